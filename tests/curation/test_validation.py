"""Every write is validated by the rules of the dataset; errors equal those of `kkb check`."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from app.services.dataset import check
from tests import factories
from tests.curation.conftest import Curator, accepted_revision, proposal_number

FINDING = factories.FINDING
BAD: list[tuple[str, dict[str, Any], str, str]] = [
    ("compounds/compound-1", {"kind": "drug"}, "kind", "is not an allowed value"),
    ("compounds/compound-1", {"smile": "C"}, "smile", "Did you mean smiles"),
    ("compounds/compound-1", {"inchikey": "ABC"}, "inchikey", "is not an InChIKey"),
    ("compounds/compound-1", {"slug": "other"}, "slug", "Unknown field slug"),
    ("compounds/compound-1", {"name": None}, "name", "this field is required"),
    ("compounds/compound-1", {"name": ""}, "name", "ck_record_name_not_empty"),
    ("compounds/compound-1", {"xrefs": [{"curie": "chembl:1"}]}, "xrefs.0.curie", "prefix"),
    (
        "compounds/compound-1",
        {"relations": [{"relation": "metabolite_of", "compound": "compound-1x"}]},
        "relations.0.compound",
        "Did you mean compound-1",
    ),
    (
        "compounds/compound-1",
        {"relations": [{"relation": "metabolite_of", "compound": "compound-1"}]},
        "relations.0.compound",
        "ck_compound_link_not_itself",
    ),
    (
        "compounds/compound-1",
        {"molecular_mass_g_per_mol": -1},
        "molecular_mass_g_per_mol",
        "ck_compound_molecular_mass_g_per_mol_positive",
    ),
    ("compounds/compound-1", {"synonyms": ["same", "same"]}, "synonyms.1", "duplicate value"),
    ("compounds/compound-1", {"name": "x\x00"}, "name", "NUL"),
    ("compounds/compound-1", {"name": "ab\ncd"}, "name", "must be one line"),
    ("compounds/compound-1", {"synonyms": ["ab\u2028cd"]}, "synonyms", "ends after 'ab'"),
    ("references/reference-1", {"title": "a\r\nER  - "}, "title", "must be one line"),
    ("references/reference-1", {"title": "a\x1b[1m"}, "title", "U+001B (ESCAPE) at position 2"),
    ("compounds/compound-1", {"name": "x\u202ey"}, "name", "U+202E (RIGHT-TO-LEFT OVERRIDE)"),
    ("compounds/compound-1", {"synonyms": ["a", "b\u200bc"]}, "synonyms", "U+200B"),
    ("compounds/compound-1", {"description": "a\nb\x07"}, "description", "U+0007 (ALERT)"),
    ("claims/claim-1", {"subject": "compound:\u2066x"}, "subject", "U+2066"),
    ("compounds/compound-1", {"stereo": "x" * 201}, "stereo", "200 or fewer"),
    (
        "references/reference-1",
        {"name": "Reference-2"},
        "name",
        "could be taken for references/reference-2",
    ),
    ("studies/study-1", {"n_randomised": 2**40}, "n_randomised", "no integer here"),
    ("studies/study-1", {"n_randomised": 0}, "n_randomised", "ck_study_n_randomised_in_range"),
    ("studies/study-1", {"year": "two"}, "year", "must be a whole number"),
    ("studies/study-1", {"draws_on": ["nobody"]}, "draws_on.0", "unknown study 'nobody'"),
    ("studies/study-1", {"trial_group": "trial-9"}, "trial_group", "not 'trial-9'"),
    ("studies/study-0", {"trial_group": "trial-9"}, "trial_group", "'trial-9', not 'trial-0'"),
    (
        "studies/study-0",
        {"trials_pooled": ["study-1"]},
        "trials_pooled",
        "study-0 → study-1 → study-0",
    ),
    (
        "studies/study-0",
        {"unit_of": ["study-1"]},
        "unit_of",
        "would be a further report of itself",
    ),
    ("references/reference-1", {"doi": "10.1000/X2"}, "doi", "references/reference-2"),
    ("references/reference-1", {"citation_confidence": "low"}, "citation_confidence", "low"),
    ("claims/claim-1", {"absence": "not_searched"}, "absence", "has evidence"),
    ("claims/claim-1", {"subject": "receptor-1"}, "subject", "must be type:slug"),
    ("claims/claim-1", {"sign": 2}, "sign", "ck_claim_sign_is_a_sign"),
    ("claims/claim-1", {"predicate": None}, "predicate", "ck_claim_causal_in_full"),
    (
        "claims/claim-1",
        {"readings": [{"audience": "plain", "text": "In 7777 people [evidence-1]."}]},
        "readings.0.text",
        "states 7777",
    ),
    (
        "claims/claim-1",
        {"readings": [{"audience": "plain", "text": "Yes [evidence-5]."}]},
        "readings.0.text",
        "which is not a note on this claim",
    ),
    ("evidence/evidence-1", {"claims": []}, "claims", "has no claim"),
    (
        "evidence/evidence-1",
        {"claims": [{**FINDING, "claim": "claim-99"}]},
        "claims.0.claim",
        "unknown claim 'claim-99'",
    ),
    (
        "evidence/evidence-1",
        {"timepoint_absence": None},
        "timepoint_absence",
        "without a time-point",
    ),
    (
        "evidence/evidence-1",
        {
            "arms": [
                {"key": "a", "name": "a", "n": 3, "events": 1},
                {"key": "b", "name": "b", "n": 3, "events": 4},
            ]
        },
        "arms.1.events",
        "ck_arm_events_within_n",
    ),
    ("affinities/affinity-1", {"published_value": "Infinity"}, "published_value", "finite"),
    ("regions/region-1", {"parent": "region-1"}, "parent", "not_its_own_parent"),
]


@pytest.mark.parametrize(("name", "patch", "field", "words"), BAD)
def test_a_broken_rule_names_the_field(
    anna: Curator, name: str, patch: dict[str, Any], field: str, words: str
) -> None:
    answer = anna.change(name, patch)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    errors = answer.json()["errors"]
    matching = [e for e in errors if e["name"] == field and words in e["message"]]
    assert matching, errors
    assert matching[0]["in"] == "body"
    if words.startswith("Did you mean "):
        assert words.removeprefix("Did you mean ") in matching[0]["did_you_mean"]


def test_all_errors_are_reported_together(anna: Curator) -> None:
    note = {
        "arms": [
            {"key": "a", "name": "a", "n": 3, "events": 4},
            {"key": "b", "name": "b", "percent": 101},
        ],
        "participants": 0,
    }
    errors = anna.change("evidence/evidence-2", note).json()["errors"]
    assert {e["name"] for e in errors} == {"arms.0.events", "arms.1.percent", "participants"}
    assert {e["record"] for e in errors} == {"evidence/evidence-2"}


def test_an_incomplete_draft_is_stored_and_lists_its_problems(anna: Curator, ben: Curator) -> None:
    answer = anna.change("claims/claim-2", {"absence": "not_searched"}, draft=True)
    made = proposal_number(answer)
    assert answer.json()["data"]["problems"][0]["name"] == "absence"
    assert anna.perform(made, "submit").status_code == 422
    told = {"absence": None, "open_question": "Why?"}
    anna.change("claims/claim-2", told, proposal=made)
    assert anna.perform(made, "submit").json()["data"]["problems"] == []


def test_withdrawing_a_referenced_record_is_refused(
    own_client: httpx.Client, anna: Curator
) -> None:
    for name, by in (
        ("compounds/compound-0", "adverse-effects/adverse-effect-0"),
        ("claims/claim-3", "evidence/evidence-1"),
        ("studies/study-1", "evidence/evidence-1"),
        ("references/reference-1", "affinities/affinity-1"),
    ):
        answer = anna.withdraw(name)
        assert answer.status_code == 422
        message = answer.json()["errors"][0]["message"]
        assert "is still referenced by " in message
        assert by in message


def test_a_successor_must_exist_and_be_another_record(anna: Curator) -> None:
    for to in ("pathway-4", "pathway-4x", "none"):
        answer = anna.withdraw("pathways/pathway-4", successor=to)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["name"] == "successor"
        assert answer.json()["errors"][0]["in"] == "query"


def test_a_rule_that_a_later_change_breaks_is_reported_at_acceptance(
    anna: Curator, ben: Curator, curator: Any
) -> None:
    """Both are valid when written; after the first, the second refers to a withdrawn record."""
    eve = curator("eve", "propose")
    new = factories.record_input("pathways", 40, steps=["claim-41"])
    claim = factories.record_input("claims", 41, absence="not_searched")
    accepted_revision(ben, anna.create("claims", claim))
    late = proposal_number(eve.create("pathways", new))
    accepted_revision(ben, anna.withdraw("claims/claim-41"))
    answer = ben.perform(late, "accept")
    assert answer.status_code == 422
    assert "unknown claim 'claim-41'" in answer.json()["detail"]


def test_a_write_that_changes_nothing_is_refused(own_client: httpx.Client, anna: Curator) -> None:
    row = own_client.get("/v1/claims/claim-1").json()["data"]
    for patch in ({}, {"name": row["name"]}):
        answer = anna.change("claims/claim-1", patch)
        assert answer.status_code == 422
        assert "changes nothing" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ({"why": ""}, "why"),
        ({"why": "a\x00"}, "why"),
        ({"why": "a\nb"}, "why"),
        ({"why": "a\u202eb"}, "why"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_write_needs_a_reason_and_refuses_unknown_fields(
    anna: Curator, query: dict[str, str], name: str
) -> None:
    answer = anna.change("claims/claim-1", {"summary": "X."}, **query)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["name"] == name


def test_a_comment_may_have_line_breaks_but_no_invisible_characters(anna: Curator) -> None:
    made = proposal_number(anna.change("claims/claim-5", {"summary": "Y."}, draft=True))
    refused = anna.perform(made, "comment", "first\nsecond\u2028third")
    assert refused.status_code == 422
    assert "U+2028 (LINE SEPARATOR) at position 13" in refused.json()["detail"]
    assert anna.perform(made, "comment", "first\n\tsecond").status_code == 200


def test_kkb_check_and_a_write_report_the_same_message(anna: Curator, tmp_path: Path) -> None:
    """The message is the same: with a line in `kkb check`, with a field in the response."""
    content = factories.dataset(10)
    content["claims"][1]["absence"] = "not_searched"
    content["evidence"][1]["arms"] = [{"key": "a", "name": "a", "n": 3, "events": 4}]
    content["references"][1]["doi"] = "10.1000/x2"
    folder = check.check_folder(factories.write_folder(tmp_path / "data", content))
    messages = [error.message for error in folder.errors]
    same = anna.change("claims/claim-1", {"absence": "not_searched"}).json()["detail"]
    assert same in messages
    assert any(m.startswith("doi '10.1000/x2' is already used by all.yaml:") for m in messages)
    doi = anna.change("references/reference-1", {"doi": "10.1000/x2"}).json()["detail"]
    assert doi == "doi '10.1000/x2' is already used by references/reference-2"

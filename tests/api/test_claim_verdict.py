"""A claim weighed over HTTP: the stored verdict, the reader's own, and the ladder."""

import csv
import io
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.domain.vocabulary import VerdictKind
from tests import factories
from tests.helpers import fill_store, serving, walk


def ask(kb: httpx.Client, path: str, **query: Any) -> dict[str, Any]:
    answer = kb.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def verdict(kb: httpx.Client, slug: str) -> dict[str, Any]:
    return dict(ask(kb, f"/v1/verdicts/{slug}")["data"])


@pytest.mark.parametrize(
    ("slug", "kind"),
    [
        ("racemic-ketamine-fda-approved-for-depression", "refuted"),
        ("ketamine-competes-with-glutamate", "refuted"),
        ("no-other-nmda-antagonist-is-antidepressant", "refuted"),
        ("ketamine-blocks-nmda-receptor", "established"),
        ("ketamine-is-an-anaesthetic", "background"),
        ("ketamine-rapidly-relieves-depression", "supported"),
        ("ketamine-relieves-ptsd", "inconclusive"),
        ("iv-hydration-treats-depression", "not_assessed"),
        ("opioid-system-needed-for-ketamine-effect", "contested"),
        ("mtorc1-needed-for-ketamine-effect", "contested"),
    ],
)
def test_what_the_field_holds_comes_out_of_the_rule(
    shipped_client: httpx.Client, slug: str, kind: str
) -> None:
    assert verdict(shipped_client, slug)["verdict"] == kind


def test_a_request_leaves_out_no_notes_of_other_populations(shipped_client: httpx.Client) -> None:
    """Trials of unipolar depression could not answer the claim, whatever the request includes."""
    address = "/v1/claims/ketamine-relieves-bipolar-depression/verdict"
    left_out = ask(shipped_client, address, min_participants=1000)["data"]["excluded"]
    unlinked = [note["study"] for note in left_out if note["direction"] is None]
    assert unlinked
    for study in unlinked:
        indications = ask(shipped_client, f"/v1/studies/{study}")["data"]["indications"]
        assert "bipolar-depression" in {indication["slug"] for indication in indications}


def test_rapid_relief_is_held_with_less_than_high_certainty(shipped_client: httpx.Client) -> None:
    assert verdict(shipped_client, "ketamine-rapidly-relieves-depression")["certainty"] in {
        "moderate",
        "low",
    }


def test_the_mtor_claim_splits_by_species_and_says_so(shipped_client: httpx.Client) -> None:
    found = verdict(shipped_client, "mtorc1-needed-for-ketamine-effect")
    assert found["in_animals"] == "supported"
    assert found["in_people"] not in {"supported", "established"}
    assert any("people" in rule.lower() for rule in found["rules_fired"])


def test_the_stored_verdict_is_the_one_computed_from_the_store(
    shipped_client: httpx.Client,
) -> None:
    claims = ask(shipped_client, "/v1/claims", include="verdict", limit=500)
    for claim in claims["data"]:
        stored = claims["included"]["verdicts"][claim["slug"]]
        live = ask(shipped_client, f"/v1/claims/{claim['slug']}/verdict")["data"]
        assert not live["moved"]
        for name in ("verdict", "certainty", "size", "estimate", "lower", "steps", "rules_fired"):
            assert stored[name] == live["default"][name] == live["chosen"][name], claim["slug"]
        assert len(stored["ledger"]) == len(live["default"]["ledger"])


def test_the_weights_of_a_ledger_add_up_to_the_whole(shipped_client: httpx.Client) -> None:
    pooled = [v for v in ask(shipped_client, "/v1/verdicts", limit=500)["data"] if v["trials"]]
    assert pooled
    for found in pooled:
        pooled = [x for x in found["ledger"] if x["weight"] is not None]
        assert len({x["study"]["slug"] for x in pooled}) == found["trials"], found["slug"]
        # Two notes on one trial share its weight.
        assert sum(x["weight"] for x in pooled) == pytest.approx(1), found["slug"]
        left_out = [x for x in found["ledger"] if x["weight"] is None]
        assert all(line["reason"] for line in left_out), found["slug"]


def test_a_reader_s_own_choice_stands_beside_the_standing_verdict(
    shipped_client: httpx.Client,
) -> None:
    path = "/v1/claims/ketamine-relieves-ptsd/verdict"
    data = ask(shipped_client, path, exclude="abdallah-2022,dadabayev-2020")["data"]
    assert data["moved"]
    assert data["default"]["trials"] == 2
    assert data["chosen"]["trials"] < data["default"]["trials"]
    left = {note["note"]: note["reason"] for note in data["excluded"]}
    assert left == dict.fromkeys(
        ("abdallah-2022-pcl5", "abdallah-2022-retention", "dadabayev-2020-ptsd"),
        "excluded by name",
    )
    rapid = "/v1/claims/ketamine-rapidly-relieves-depression/verdict"
    wanted = {"design": "rct", "species": "human", "exclude": "lii-2023", "year_to": 2020}
    rct = ask(shipped_client, rapid, **wanted)["data"]
    assert "lii-2023" not in {x["study"] for x in rct["chosen"]["ledger"]}
    assert "han-2016" in {x["study"] for x in rct["excluded"]}
    assert "murrough-2013" in {x["study"] for x in rct["chosen"]["ledger"]}
    early = ask(shipped_client, path, year_to=2015)["data"]
    assert {x["note"] for x in early["chosen"]["ledger"]} == {"feder-2014-iesr"}


def test_an_empty_choice_is_not_assessed_and_nonsense_is_refused(
    shipped_client: httpx.Client,
) -> None:
    path = "/v1/claims/ketamine-relieves-ptsd/verdict"
    assert ask(shipped_client, path, species="rat")["data"]["chosen"]["verdict"] == "not_assessed"
    refused = shipped_client.get(path, params={"design": "rtc"})
    assert refused.status_code == 422
    assert shipped_client.get(path, params={"yaer_to": 2020}).status_code == 422
    near = shipped_client.get("/v1/claims/ketamine-relieves-ptsx/verdict")
    assert near.status_code == 404
    assert "ketamine-relieves-ptsd" in near.text


def test_the_ladder_climbs_from_the_dish_to_the_trial(shipped_client: httpx.Client) -> None:
    rungs = ask(shipped_client, "/v1/claims/mtorc1-needed-for-ketamine-effect/ladder")["data"]
    assert [r["rung"] for r in rungs] == [
        "in_vitro",
        "slice",
        "rodent",
        "primate",
        "human_biomarker",
        "human_trial",
    ]
    state = {r["rung"]: r["state"] for r in rungs}
    assert (state["human_trial"], state["primate"]) == ("contradicted", "untested")
    best = {r["rung"]: r["best"] for r in rungs}
    assert best["human_trial"] == "abdallah-2020-day1"


def test_a_claim_with_its_whole_ledger_is_one_request(shipped_client: httpx.Client) -> None:
    answer = ask(
        shipped_client, "/v1/claims/ketamine-relieves-ptsd", include="verdict,evidence.reference"
    )
    assert set(answer["included"]) == {"verdicts", "evidence", "references"}


def test_a_weighed_claim_is_cached_by_its_cause(shipped_client: httpx.Client) -> None:
    path = "/v1/claims/ketamine-relieves-ptsd/verdict?year_to=2020"
    first = shipped_client.get(path)
    again = shipped_client.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304


def test_claims_are_found_by_their_verdict(shipped_client: httpx.Client) -> None:
    refuted = {
        c["slug"] for c in ask(shipped_client, "/v1/claims", verdict="refuted", limit=500)["data"]
    }
    stored = ask(shipped_client, "/v1/verdicts", verdict="refuted", limit=500)["data"]
    assert refuted == {v["claim"]["slug"] for v in stored}


def test_contradictions_are_records_with_what_differs(shipped_client: httpx.Client) -> None:
    mtor = ask(shipped_client, "/v1/conflicts/mtorc1-needed-for-ketamine-effect", include="claim")[
        "data"
    ]
    assert mtor["kind"] == "opposite_direction", "mice and people on the disputing side"
    assert {"abdallah-2020-day1", "zanos-2016-signalling"} <= {n["slug"] for n in mtor["disputing"]}
    habenula = ask(shipped_client, "/v1/conflicts/habenula-needed-for-sustained-effect")["data"]
    assert habenula["kind"] == "other_species"
    assert "species" in {m["name"] for m in habenula["moderators"] if m["separates"]}
    course = ask(shipped_client, "/v1/conflicts/ketamine-course-beats-active-placebo")["data"]
    assert course["kind"] == "replication_failed"
    assert course["resolution"] is None
    pressure = ask(shipped_client, "/v1/conflicts/ketamine-raises-blood-pressure")["data"]
    assert pressure["kind"] == "opposite_direction", "one later study against nine"
    assert not [
        m for m in pressure["moderators"] if "not_stated" in m["supporting"] + m["disputing"]
    ]


def test_every_clash_of_directions_is_a_conflict(shipped_client: httpx.Client) -> None:
    verdicts = ask(shipped_client, "/v1/verdicts", limit=500)["data"]
    clashing = {v["slug"] for v in verdicts if v["notes_for"] and v["notes_against"]}
    conflicts = ask(shipped_client, "/v1/conflicts", limit=500)["data"]
    assert clashing == {c["slug"] for c in conflicts}


def test_the_whole_ledger_of_a_claim_is_one_request(shipped_client: httpx.Client) -> None:
    path = "/v1/claims/ketamine-relieves-ptsd"
    answer = ask(shipped_client, path, include="verdict,evidence.reference,conflicts")
    assert set(answer["included"]) == {"verdicts", "evidence", "references", "conflicts"}


def test_an_override_is_seen_wherever_the_verdict_is(tmp_path: Path, address: str) -> None:
    content = factories.dataset(3)
    override = {"override_verdict": "contested", "override_reason": "Under inquiry."}
    content["claims"][1] |= override
    store = fill_store(address, factories.write_folder(tmp_path / "data", content))
    with serving(store) as url, httpx.Client(base_url=url) as own:
        stored = ask(own, "/v1/verdicts/claim-1")["data"]
        standing = ask(own, "/v1/claims/claim-1/verdict")["data"]["default"]
        plain = ask(own, "/v1/verdicts/claim-2")["data"]
    for shown in (stored, standing):
        assert (shown["verdict"], shown["override_reason"]) == ("contested", "Under inquiry.")
        assert shown["rule_verdict"] not in (None, "contested")
        assert "Under inquiry." in shown["rules_fired"][-1]
    assert (plain["rule_verdict"], plain["override_reason"]) == (None, None)


def test_every_claim_has_three_readings_that_cite_its_own_notes(
    shipped_client: httpx.Client,
) -> None:
    claims = ask(shipped_client, "/v1/claims", limit=500, include="evidence")
    notes = walk(shipped_client, "/v1/evidence", limit=500, fields="claims")
    with_notes = {link["claim"]["slug"] for note in notes for link in note["claims"]}
    for claim in claims["data"]:
        readings = ask(shipped_client, f"/v1/claims/{claim['slug']}/readings")["data"]
        assert set(readings) == {"plain", "clinician", "researcher"}
        for audience, reading in readings.items():
            assert reading is not None, (claim["slug"], audience)
            assert reading["text"] == " ".join(s["text"] for s in reading["sentences"])
            assert "[" not in reading["text"]
            assert bool(reading["evidence"]) == (claim["slug"] in with_notes), claim["slug"]
            assert set(reading["evidence"]) <= set(claims["included"]["evidence"])


def test_claims_have_their_verdict_and_are_listed_by_it(shipped_client: httpx.Client) -> None:
    stored = {row["slug"]: row for row in ask(shipped_client, "/v1/verdicts", limit=500)["data"]}
    claims = ask(shipped_client, "/v1/claims", limit=500, sort="-verdict,-certainty")["data"]
    assert len(claims) == len(stored)
    for claim in claims:
        for field in ("verdict", "certainty", "absence", "studies_for", "participants_against"):
            assert claim[field] == stored[claim["slug"]][field], claim["slug"]
    order = [kind.value for kind in VerdictKind if not kind.superseded]
    listed = list(dict.fromkeys(claim["verdict"] for claim in claims))
    assert listed == [kind for kind in order if kind in set(listed)]
    assert len(listed) >= 9
    query = {"indication": "treatment-resistant-depression", "sort": "-certainty", "limit": 5}
    strongest = walk(shipped_client, "/v1/claims", **query)
    levels = list(dict.fromkeys(claim["certainty"] for claim in strongest))
    assert levels == ["high", "moderate", "low", "very_low", None]
    query |= {"certainty": "low", "verdict": "contested,supported"}
    assert {claim["certainty"] for claim in walk(shipped_client, "/v1/claims", **query)} == {"low"}
    rows = csv.DictReader(io.StringIO(shipped_client.get("/v1/claims.csv").text))
    assert [(r["slug"], r["verdict"]) for r in rows] == sorted(
        (claim["slug"], claim["verdict"]) for claim in claims
    )


@pytest.mark.parametrize(
    "query",
    [
        {"compound": "esketamine"},
        {"indication": "treatment-resistant-depression"},
        {"pathway": "ampa-bdnf"},
        {"entity": "receptor:nmda-receptor"},
        {
            "entity": "receptor:nmda-receptor",
            "kind": "mechanism",
            "verdict": "contested,suggestive",
        },
    ],
    ids="-".join,
)
def test_verdicts_are_filtered_by_what_their_claims_are_about(
    shipped_client: httpx.Client, query: dict[str, str]
) -> None:
    found = walk(shipped_client, "/v1/verdicts", limit=20, sort="-certainty", **query)
    claims = walk(shipped_client, "/v1/claims", limit=20, sort="-certainty", **query)
    assert found
    assert [row["slug"] for row in found] == [row["slug"] for row in claims]


def test_a_claim_whose_trial_is_not_read_is_not_called_untested(
    shipped_client: httpx.Client,
) -> None:
    slug = "ketamine-relieves-pain-after-surgery"
    assert ask(shipped_client, f"/v1/claims/{slug}")["data"]["absence"] == "no_figure"
    assert verdict(shipped_client, slug)["verdict"] == "not_assessed"
    hydration = verdict(shipped_client, "iv-hydration-treats-depression")
    assert hydration["absence"] == "no_evidence_found"
    unread = ask(shipped_client, "/v1/claims", absence="study_not_read,no_figure")["data"]
    assert slug in {claim["slug"] for claim in unread}
    assert {claim["verdict"] for claim in unread} == {"not_assessed"}


def test_figures_of_a_record_have_as_many_digits_as_every_machine_gives(
    shipped_client: httpx.Client,
) -> None:
    names = ("estimate", "lower", "upper", "prediction_lower", "prediction_upper", "i2", "tau2")
    records = walk(shipped_client, "/v1/verdicts", limit=500)
    figures = [record[name] for record in records for name in names]
    figures += [
        line[name] for r in records for line in r["ledger"] for name in ("weight", "importance")
    ]
    figures = [figure for figure in figures if figure is not None]
    assert len(figures) > 100
    assert [figure for figure in figures if figure != float(f"{figure:.12g}")] == []

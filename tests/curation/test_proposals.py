"""Proposals: from a draft to an accepted change by two curators, and the table of actions."""

from typing import Any

import httpx
import pytest

from app.resources import RESOURCES
from tests import factories
from tests.curation.conftest import (
    Create,
    Curator,
    accepted_revision,
    current_revision,
    proposal_number,
)

CURATED = [name for name, resource in RESOURCES.items() if not resource.derived]


def test_a_change_is_public_once_another_curator_accepts_it(
    own_client: httpx.Client, anna: Curator, ben: Curator
) -> None:
    before, stood = own_client.get("/v1/claims/claim-1"), current_revision(own_client)
    answer = anna.change("claims/claim-1", {"summary": "Said better."})
    proposal = answer.json()["data"]
    assert (proposal["state"], proposal["author"], proposal["problems"]) == ("proposed", "anna", [])
    change = proposal["changes"][0]
    assert change["diff"] == [
        {"field": "summary", "before": "What it is.", "after": "Said better."}
    ]
    assert own_client.get("/v1/claims/claim-1").content == before.content
    assert accepted_revision(ben, answer) == stood + 1
    after = own_client.get("/v1/claims/claim-1")
    assert after.json()["data"]["summary"] == "Said better."
    assert after.json()["meta"]["revision"] == stood + 1
    assert after.headers["etag"].startswith(f'"{stood + 1}-')
    events = anna.request("GET", f"/v1/proposals/{proposal['id']}").json()["data"]["events"]
    assert [(e["who"], e["move"]) for e in events] == [
        ("anna", "write"),
        ("anna", "submit"),
        ("ben", "accept"),
    ]


@pytest.mark.parametrize("name", CURATED)
def test_records_of_every_collection_can_be_changed_and_withdrawn_or_are_refused_with_a_reason(
    own_client: httpx.Client, anna: Curator, ben: Curator, name: str
) -> None:
    slug = factories.slug(RESOURCES[name], 9)
    before = own_client.get(f"/v1/{name}/{slug}").json()["data"]
    answer = anna.change(f"{name}/{slug}", {"summary": "Said better.", "description": "More."})
    accepted_revision(ben, answer)
    after = own_client.get(f"/v1/{name}/{slug}").json()["data"]
    assert after == before | {"summary": "Said better.", "description": "More."}
    gone = anna.withdraw(f"{name}/{slug}")
    if gone.status_code == 202:
        accepted_revision(ben, gone)
        assert own_client.get(f"/v1/{name}/{slug}").status_code == 410
    else:
        assert gone.status_code == 422
        assert gone.json()["errors"]


@pytest.mark.parametrize("name", CURATED)
def test_a_new_record_of_every_collection_can_be_drafted(anna: Curator, name: str) -> None:
    draft = factories.record_input(name, 77)
    answer = anna.create(name, draft, draft=True)
    assert answer.status_code == 202, answer.text
    proposal = answer.json()["data"]
    assert proposal["state"] == "draft"
    sent = {key: value for key, value in draft.items() if value not in (None, [])}
    assert proposal["changes"][0]["draft"].keys() == sent.keys()


@pytest.mark.parametrize("name", ["verdicts", "conflicts"])
@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
def test_a_write_to_a_computed_collection_is_refused(anna: Curator, name: str, method: str) -> None:
    path = f"/v1/{name}" if method == "POST" else f"/v1/{name}/claim-1"
    answer = anna.request(method, path, params={"why": "x"}, json={})
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]


def test_study_reference_and_note_are_proposed_together(
    own_client: httpx.Client, anna: Curator, ben: Curator
) -> None:
    """They refer to each other, and are accepted together or not at all."""
    stood = current_revision(own_client)
    reference = factories.record_input("references", 30, doi="10.1000/new")
    first = anna.create("references", reference, draft=True)
    whole = proposal_number(first)
    problem = first.json()["data"]["problems"][0]
    assert problem["record"] == "references/reference-30"
    assert "not cited by any record" in problem["message"]
    alone = anna.perform(whole, "submit")
    assert alone.status_code == 422
    study = factories.record_input("studies", 30, references=["reference-30"])
    anna.create("studies", study, proposal=whole)
    note = factories.record_input("evidence", 30, study="study-30", reference="reference-30")
    last = anna.create("evidence", note, proposal=whole).json()["data"]
    assert last["problems"] == []
    assert [c["slug"] for c in last["changes"]] == ["reference-30", "study-30", "evidence-30"]
    verdict = own_client.get("/v1/verdicts/claim-0").json()["data"]
    assert anna.perform(whole, "submit").json()["data"]["state"] == "proposed"
    assert ben.perform(whole, "accept").json()["data"]["revision"] == stood + 1
    assert own_client.get("/v1/evidence/evidence-30").json()["data"]["study"]["slug"] == "study-30"
    after = own_client.get("/v1/verdicts/claim-0").json()["data"]
    assert after["notes_for"] == verdict["notes_for"] + 1, "the verdict follows"


def test_a_curator_cannot_accept_a_proposal_of_their_own(curator: Create) -> None:
    both = curator("anna", "propose", "review", "publish", "admin")
    second = curator("anna", "propose", "review")
    made = proposal_number(both.change("claims/claim-2", {"summary": "Mine."}))
    for key in (both, second):
        answer = key.perform(made, "accept")
        assert answer.status_code == 403
        assert "by its own author" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("state", "who", "what", "status"),
    [
        ("draft", "author", "submit", 200),
        ("draft", "author", "reject", 200),
        ("draft", "author", "return", 409),
        ("draft", "judge", "submit", 403),
        ("draft", "judge", "accept", 409),
        ("draft", "judge", "comment", 200),
        ("proposed", "author", "submit", 409),
        ("proposed", "author", "return", 200),
        ("proposed", "author", "reject", 200),
        ("proposed", "author", "comment", 200),
        ("proposed", "judge", "return", 200),
        ("proposed", "judge", "reject", 200),
        ("proposed", "peer", "accept", 403),
        ("proposed", "peer", "comment", 200),
        ("proposed", "publisher", "accept", 403),
        ("proposed", "publisher", "comment", 403),
        ("rejected", "judge", "accept", 409),
        ("rejected", "author", "submit", 409),
        ("rejected", "judge", "comment", 200),
    ],
)
def test_each_action_is_allowed_to_the_curators_in_the_table(
    curator: Create, state: str, who: str, what: str, status: int
) -> None:
    author, judge = curator("anna", "propose"), curator("ben", "review")
    others = {"author": author, "judge": judge}
    others["peer"], others["publisher"] = curator("cy", "propose"), curator("di", "publish")
    made = proposal_number(
        author.change("claims/claim-3", {"summary": "X."}, draft=state == "draft")
    )
    if state == "rejected":
        judge.perform(made, "reject", "No.")
    answer = others[who].perform(made, what, "Because.")
    assert answer.status_code == status, answer.text


def test_a_returned_proposal_can_be_revised_and_accepted(anna: Curator, ben: Curator) -> None:
    made = proposal_number(anna.change("claims/claim-4", {"summary": "X."}))
    assert ben.perform(made, "return", "Say it in full.").json()["data"]["state"] == "draft"
    again = anna.change("claims/claim-4", {"summary": "In full."}, proposal=made)
    assert [c["draft"]["summary"] for c in again.json()["data"]["changes"]] == ["In full."]
    assert anna.perform(made, "submit").status_code == 200
    assert ben.perform(made, "accept").status_code == 200


def test_a_second_change_of_a_record_in_a_proposal_builds_on_the_first(
    anna: Curator, ben: Curator
) -> None:
    first = anna.change("claims/claim-9", {"summary": "First."}, draft=True)
    second = anna.change(
        "claims/claim-9", {"description": "Second."}, proposal=proposal_number(first)
    )
    (change,) = second.json()["data"]["changes"]
    assert (change["draft"]["summary"], change["draft"]["description"]) == ("First.", "Second.")
    assert anna.perform(proposal_number(first), "submit").status_code == 200
    accepted_revision(ben, second)
    after = anna.client.get("/v1/claims/claim-9").json()["data"]
    assert (after["summary"], after["description"]) == ("First.", "Second.")


@pytest.mark.parametrize(
    ("name", "patch", "field"),
    [
        ("affinities/affinity-1", {"published_value": 0}, "published_value"),
        ("affinities/affinity-1", {"published_value": -5}, "published_value"),
        ("references/reference-1", {"url": "javascript:alert(1)"}, "url"),
        ("references/reference-1", {"authors": [""]}, "authors.0"),
        ("claims/claim-1", {"synonyms": [""]}, "synonyms.0"),
    ],
)
def test_invalid_values_are_refused(
    anna: Curator, name: str, patch: dict[str, Any], field: str
) -> None:
    answer = anna.change(name, patch)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["name"] == field


def test_a_proposal_based_on_an_older_record_is_not_accepted(
    own_client: httpx.Client, anna: Curator, ben: Curator, curator: Create
) -> None:
    cy = curator("cy", "propose")
    first = anna.change("claims/claim-5", {"summary": "First."})
    second = cy.change("claims/claim-5", {"name": "Second"})
    accepted_revision(ben, first)
    shown = cy.request("GET", f"/v1/proposals/{proposal_number(second)}").json()["data"]["changes"][
        0
    ]
    assert shown["stale"] is True
    late = ben.perform(proposal_number(second), "accept")
    assert late.status_code == 409
    assert "claims/claim-5" in late.json()["detail"]
    ben.perform(proposal_number(second), "return", "It moved.")
    cy.change("claims/claim-5", {"name": "Second"}, proposal=proposal_number(second))
    cy.perform(proposal_number(second), "submit")
    assert ben.perform(proposal_number(second), "accept").status_code == 200
    after = own_client.get("/v1/claims/claim-5").json()["data"]
    assert (after["summary"], after["name"]) == ("First.", "Second"), "neither is lost"


def test_the_list_of_proposals_has_filters_and_pages(
    own_client: httpx.Client, curator: Create, ben: Curator
) -> None:
    cleo = curator("cleo", "propose")
    one, two, three = (
        proposal_number(cleo.change(f"claims/claim-{n}", {"summary": "Y."})) for n in (6, 7, 8)
    )
    four = proposal_number(cleo.change("regions/region-4", {"summary": "Y."}, draft=True))
    ben.perform(one, "reject", "No.")
    assert own_client.get("/v1/proposals").status_code == 401

    def ids(**query: Any) -> list[int]:
        answer = ben.request("GET", "/v1/proposals", params={"author": "cleo", **query})
        assert answer.status_code == 200, answer.text
        return [row["id"] for row in answer.json()["data"]]

    assert ids() == [four, three, two, one]
    assert ids(state="draft") == [four]
    assert ids(state="rejected,proposed") == [three, two, one]
    assert ids(collection="regions") == ids(slug="region-4") == [four]
    assert ids(collection="claims", slug="region-4") == ids(author="ben") == []
    assert ids(limit=3) == [four, three, two]
    page = ben.request("GET", "/v1/proposals?author=cleo&limit=3").json()["page"]
    assert ids(limit=3, cursor=page["next"]) == [one]
    assert ben.request("GET", f"/v1/proposals?cursor={page['next']}").status_code == 422
    assert ben.request("GET", "/v1/proposals?collection=clams").status_code == 422
    assert ben.request("GET", "/v1/proposals?colour=red").status_code == 422
    assert ben.request("GET", "/v1/proposals/99999").status_code == 404


def test_a_withdrawn_slug_is_a_410_with_the_successor_and_cannot_be_reused(
    own_client: httpx.Client, anna: Curator, ben: Curator
) -> None:
    two = anna.withdraw("pathways/pathway-1", successor="pathway-2")
    accepted_revision(ben, two)
    answer = own_client.get("/v1/pathways/pathway-1")
    assert answer.status_code == 410
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["successor"] == "/v1/pathways/pathway-2"
    assert "Wrong." in answer.json()["detail"]
    batch = own_client.post("/v1/pathways/batch", json={"ids": ["pathway-1"]}).json()["data"][0]
    assert "withdrawn" in batch["message"]
    assert "pathway-2" in batch["message"]
    for called in (
        "pathway-1",
        "pathway:pathway-1",
        "pathways/pathway-1",
        "/v1/pathways/pathway-1",
    ):
        resolved = own_client.get(f"/v1/resolve/{called}")
        assert (resolved.status_code, resolved.json()["successor"]) == (
            410,
            "/v1/pathways/pathway-2",
        )
    assert own_client.get("/pathway:pathway-1").status_code == 410
    itself = anna.withdraw("pathways/pathway-3", successor="pathway-3")
    assert "cannot replace itself" in itself.json()["errors"][0]["message"]
    assert own_client.get("/v1/resolve/claim:pathway-1").status_code == 404
    (resolved,) = own_client.post("/v1/resolve", json={"ids": ["pathway-1"]}).json()["data"]
    assert [one["url"] for one in resolved["similar"]] == ["/v1/pathways/pathway-2"]
    again = anna.create("pathways", factories.record_input("pathways", 1), draft=True)
    assert again.status_code == 409
    assert "pathway-1" not in own_client.get("/v1/pathways?limit=500").text


def test_withdrawing_a_claim_withdraws_its_verdict_and_conflict(
    own_client: httpx.Client, anna: Curator, ben: Curator
) -> None:
    made = proposal_number(
        anna.create("claims", factories.record_input("claims", 31, absence="not_searched"))
    )
    assert ben.perform(made, "accept").status_code == 200
    assert own_client.get("/v1/verdicts/claim-31").json()["data"]["verdict"] == "not_assessed"
    accepted_revision(ben, anna.withdraw("claims/claim-31", successor="claim-1"))
    assert own_client.get("/v1/claims/claim-31").json()["successor"] == "/v1/claims/claim-1"
    assert own_client.get("/v1/verdicts/claim-31").json()["successor"] == "/v1/verdicts/claim-1"
    assert own_client.get("/v1/claims/claim-31/verdict").status_code == 410
    assert own_client.get("/v1/claims/claim-31/ladder").status_code == 410

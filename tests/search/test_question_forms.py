"""Question forms: what is asked of a subject is recognised, and its answers are ranked first."""

from typing import Any

import httpx
import pytest

from app.domain.question_forms import Intent, recognise


@pytest.mark.parametrize(
    ("query", "intents"),
    [
        ("how does zolpidem work", {Intent.EXPLANATION}),
        ("how do ssris relieve anxiety", {Intent.EXPLANATION}),
        ("mechanism of action of lithium", {Intent.EXPLANATION}),
        ("what argues against the serotonin theory", {Intent.EVIDENCE_AGAINST, Intent.MECHANISM}),
        ("evidence for and against x", {Intent.EVIDENCE_FOR, Intent.EVIDENCE_AGAINST}),
        ("who disputes that x binds y", {Intent.EVIDENCE_AGAINST}),
        ("is there evidence that x helps", {Intent.EVIDENCE_FOR}),
        ("trials that failed", {Intent.NEGATIVE_RESULT}),
        ("does x work for y", {Intent.EFFICACY}),
        ("is x approved in y", {Intent.REGULATION}),
        ("side effects of x", {Intent.SAFETY}),
        ("is x addictive", {Intent.SAFETY}),
        ("how long does x last", {Intent.DURATION}),
        ("is x better than y", {Intent.COMPARISON}),
        ("x against y", set()),
        ("working memory", set()),
        ("trials of x", set()),
        ("", set()),
    ],
)
def test_forms_are_recognised_whatever_the_subject_is(query: str, intents: set[Intent]) -> None:
    assert {match.form.intent for match in recognise(query.split())} == intents


def test_the_words_of_a_form_are_not_part_of_the_subject() -> None:
    words = ["what", "argues", "against", "the", "opioid", "hypothesis"]
    against = recognise(words)[0]
    assert [words[at] for at in against.positions] == ["argues", "against"]


def search(kb: httpx.Client, q: str, **more: Any) -> dict[str, Any]:
    response = kb.get("/v1/search", params={"q": q, **more})
    assert response.status_code == 200, response.text
    return dict(response.json())


def keys(body: dict[str, Any]) -> list[str]:
    return [f"{row['type']}:{row['slug']}" for row in body["data"]]


@pytest.mark.parametrize("q", ["how does ketamine work", "how does ketamine relieve depression?"])
def test_how_it_works_leads_to_the_pathways_and_the_explanation(
    shipped_client: httpx.Client, q: str
) -> None:
    body = search(shipped_client, q, limit=10)
    kinds = [row["type"] for row in body["data"]]
    assert body["query"]["intents"] == ["explanation"]
    assert kinds.count("pathway") >= 5
    assert kinds[0] == "pathway"
    assert body["related"]
    for link in body["related"]:
        explained = shipped_client.get(link["url"])
        assert explained.status_code == 200, link
        assert explained.json()["data"], link


def direction_of(kb: httpx.Client, note: str, claim: str) -> str | None:
    findings = kb.get(f"/v1/evidence/{note}").json()["data"]["claims"]
    return next((f["direction"] for f in findings if f["claim"]["slug"] == claim), None)


@pytest.mark.parametrize(
    ("q", "claim", "direction"),
    [
        (
            "what argues against the opioid hypothesis",
            "opioid-system-needed-for-ketamine-effect",
            "disputes",
        ),
        (
            "what contradicts the mTORC1 hypothesis",
            "mtorc1-needed-for-ketamine-effect",
            "disputes",
        ),
        ("evidence that esketamine prevents relapse", "esketamine-prevents-relapse", "supports"),
    ],
)
def test_a_question_for_one_side_leads_to_the_claim_and_its_notes_on_that_side(
    shipped_client: httpx.Client, q: str, claim: str, direction: str
) -> None:
    body = search(shipped_client, q, limit=8)
    found = keys(body)
    assert f"claim:{claim}" == next(key for key in found if key.startswith("claim:"))
    notes = shipped_client.get(f"/v1/evidence?claim={claim}&direction={direction}").json()["data"]
    assert notes
    assert {f"evidence:{note['slug']}" for note in notes} <= set(found)
    through = {row["slug"]: row["through"] for row in body["data"] if row["type"] == "evidence"}
    for note in notes:
        assert through[note["slug"]]["type"] == "claim"
        assert direction_of(shipped_client, note["slug"], claim) == direction
    (link,) = body["related"]
    linked = shipped_client.get(link["url"]).json()["data"]
    assert {note["slug"] for note in linked} == {note["slug"] for note in notes}
    alone = search(shipped_client, q, type="evidence", limit=8)
    assert {f"evidence:{note['slug']}" for note in notes} <= set(keys(alone))


def test_failed_trials_are_those_that_missed_their_end_point(shipped_client: httpx.Client) -> None:
    body = search(shipped_client, "failed trials of NMDA antagonists", limit=8)
    studies = [row["slug"] for row in body["data"] if row["type"] == "study"]
    missed = shipped_client.get(
        "/v1/evidence", params={"primary_endpoint": "missed", "study": ",".join(studies)}
    ).json()["data"]
    assert len({note["study"]["slug"] for note in missed}) >= 4


@pytest.mark.parametrize(
    ("q", "first"),
    [
        ("side effects of esketamine", "claim:esketamine-causes-dissociation-and-sedation"),
        ("is ketamine addictive", "claim:ketamine-has-abuse-liability"),
        (
            "is esketamine approved?",
            "claim:esketamine-approved-for-treatment-resistant-depression",
        ),
    ],
)
def test_what_is_asked_of_a_subject_comes_first(
    shipped_client: httpx.Client, q: str, first: str
) -> None:
    assert keys(search(shipped_client, q))[0] == first


@pytest.mark.parametrize("q", ["side effects", "is it approved?", "how does it work?"])
def test_a_form_without_a_subject_is_searched_by_its_words(
    shipped_client: httpx.Client, q: str
) -> None:
    body = search(shipped_client, q)
    assert body["data"]
    assert body["query"]["searched_for"] == q

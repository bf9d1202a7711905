"""Paths, neighbourhoods and explanations over HTTP."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.domain.readings import sentences
from tests import factories
from tests.helpers import fill_store, serving


def ask(client: httpx.Client, start: str, end: str, more: str = "") -> dict[str, Any]:
    """What a search finds that its clock does not stop: a busy machine may need another try."""
    for _ in range(5):
        answer = client.get(f"/v1/paths?from={start}&to={end}&{more}")
        assert answer.status_code == 200, answer.text
        data: dict[str, Any] = answer.json()["data"]
        if not str(data["truncated"]).endswith("seconds."):
            break
    return data


def test_a_path_s_steps_join_and_its_figures_follow_from_them(shipped_client: httpx.Client) -> None:
    for start, end in itertools.product(
        ["compound:ketamine", "process:glutamate-release"],
        ["process:spine-formation", "process:antidepressant-effect"],
    ):
        paths = ask(shipped_client, start, end, "max_hops=12")["paths"]
        assert paths
        for path in paths:
            steps = path["steps"]
            assert f"{steps[0]['subject']['type']}:{steps[0]['subject']['slug']}" == start
            assert f"{steps[-1]['object']['type']}:{steps[-1]['object']['slug']}" == end
            assert all(a["object"] == b["subject"] for a, b in itertools.pairwise(steps))
            assert path["hops"] == len(steps)
            product = 1
            for step in steps:
                product *= step["sign"]
            assert path["sign"] == product
            assert path["disputed"] == [s["claim"] for s in steps if s["studies_against"]]
            assert path["weakest"]["claim"] in {s["claim"] for s in steps}


def test_every_step_is_a_claim_on_record_with_a_sentence_that_cites(
    shipped_client: httpx.Client,
) -> None:
    path = ask(
        shipped_client, "process:glutamate-release", "process:spine-formation", "max_hops=12"
    )["paths"][0]
    for step in path["steps"]:
        record = shipped_client.get(f"/v1/claims/{step['claim']}?include=evidence").json()
        assert step["statement"] == record["data"]["statement"]
        notes = set(record["included"]["evidence"])
        assert {citation["note"] for citation in step["citations"]} == notes
        (said,) = sentences(step["sentence"])
        assert said.evidence
        assert set(said.evidence) <= notes
        for citation in step["citations"]:
            assert shipped_client.get(f"/v1/references/{citation['reference']}").status_code == 200


def test_a_latency_is_a_time_that_its_note_states(shipped_client: httpx.Client) -> None:
    found = shipped_client.get("/v1/graph").json()["data"]["elements"]["edges"]
    timed = {e["data"]["id"]: e["data"]["latency"] for e in found if e["data"]["latency"]}
    assert len(timed) > 10
    hours = {"minute": 1 / 60, "hour": 1, "day": 24, "week": 168, "month": 730.5, "year": 8766}
    for latency in timed.values():
        note = shipped_client.get(f"/v1/evidence/{latency['note']}").json()["data"]
        times = [note, *note["effects"]]
        stated = [
            round(t["timepoint_value"] * hours[t["timepoint_unit"]], 3)
            for t in times
            if t["timepoint_value"] is not None
        ]
        assert latency["hours"] == min(stated)


def test_where_nothing_leads_the_answer_says_so(shipped_client: httpx.Client) -> None:
    found = ask(shipped_client, "process:sustained-antidepressant-effect", "compound:ketamine")
    assert found["paths"] == []
    assert "No chain of at most 8 accepted claims leads from" in found["no_path_reason"]
    assert found["truncated"] is None


def test_an_entity_may_be_named_by_its_slug_alone(shipped_client: httpx.Client) -> None:
    short = ask(shipped_client, "ketamine", "spine-formation")
    assert short == ask(shipped_client, "compound:ketamine", "process:spine-formation")


@pytest.mark.parametrize(
    ("query", "status", "word"),
    [
        ("from=compound:ketamin&to=process:spine-formation", 422, "compound:ketamine"),
        ("from=compound:ketamine&to=process:spine-formatio", 422, "process:spine-formation"),
        (
            "from=claim:x&to=process:spine-formation",
            422,
            "no compound, receptor, process, region or indication",
        ),
        ("from=compound:ketamine&to=compound:ketamine", 422, "two entities"),
        ("from=compound:ketamine", 422, "to"),
        ("from=compound:ketamine&to=process:hypnosis&k=0", 422, "k"),
        ("from=compound:ketamine&to=process:hypnosis&max_hops=99", 422, "max_hops"),
        ("from=compound:ketamine&to=process:hypnosis&hops=2", 422, "max_hops"),
    ],
)
def test_a_question_that_cannot_be_answered_says_what_would_work(
    shipped_client: httpx.Client, query: str, status: int, word: str
) -> None:
    answer = shipped_client.get(f"/v1/paths?{query}")
    assert answer.status_code == status
    assert word in answer.text


def near(client: httpx.Client, entity: str, query: str = "") -> dict[str, Any]:
    answer = client.get(f"/v1/neighbourhood/{entity}?{query}")
    assert answer.status_code == 200, answer.text
    data: dict[str, Any] = answer.json()["data"]
    return data


def test_a_neighbourhood_is_what_the_hops_reach_whichever_way_they_point(
    shipped_client: httpx.Client,
) -> None:
    whole = [e["data"] for e in shipped_client.get("/v1/graph").json()["data"]["elements"]["edges"]]
    reached = {"process:spine-formation": 0}
    for hops in range(1, 4):
        touching = {
            end
            for edge in whole
            for end in (edge["source"], edge["target"])
            if {edge["source"], edge["target"]} & set(reached)
        }
        reached |= dict.fromkeys(touching - set(reached), hops)
        found = near(shipped_client, "process:spine-formation", f"hops={hops}")["elements"]
        assert {n["data"]["id"]: n["data"]["hops"] for n in found["nodes"]} == reached
        assert {e["data"]["id"] for e in found["edges"]} == {
            e["id"] for e in whole if e["source"] in reached and e["target"] in reached
        }


def test_a_neighbourhood_says_what_it_cuts_and_keeps_what_is_near(
    shipped_client: httpx.Client,
) -> None:
    whole = near(shipped_client, "compound:ketamine")
    part = near(shipped_client, "compound:ketamine", "limit=5")
    number = len(whole["elements"]["edges"])
    assert part["truncated"]["omitted_count"] == number - 5
    assert whole["truncated"] is None
    assert {n["data"]["hops"] for n in part["elements"]["nodes"]} == {0, 1}


@pytest.mark.parametrize("query", ["hops=0", "hops=5", "hop=2"])
def test_hops_are_one_to_four(shipped_client: httpx.Client, query: str) -> None:
    assert shipped_client.get(f"/v1/neighbourhood/compound:ketamine?{query}").status_code == 422


def test_an_entity_without_claims_stands_alone(shipped_client: httpx.Client) -> None:
    found = near(shipped_client, "compound:dizocilpine")
    assert [n["data"]["id"] for n in found["elements"]["nodes"]] == ["compound:dizocilpine"]


def test_an_unknown_entity_is_refused_with_what_is_near(shipped_client: httpx.Client) -> None:
    answer = shipped_client.get("/v1/neighbourhood/receptor:ntrk")
    assert answer.status_code == 404
    (error,) = answer.json()["errors"]
    assert error["in"] == "path"
    assert "receptor:ntrk2" in error["did_you_mean"]


DEPRESSION = "compound=ketamine&indication=treatment-resistant-depression"


def test_the_mechanism_is_told_in_order_and_each_claim_once(shipped_client: httpx.Client) -> None:
    told = shipped_client.get(f"/v1/explain?{DEPRESSION}").json()["data"]
    steps = [step for part in told["parts"] for step in part["steps"]]
    assert [step["order"] for step in steps] == list(range(1, len(steps) + 1))
    claims = [step["claim"] for step in steps]
    assert len(claims) == len(set(claims))
    for part in told["parts"][:-1]:
        own = shipped_client.get(f"/v1/pathways/{part['pathway']['slug']}").json()["data"]["steps"]
        order = [step["slug"] for step in own]
        found = [step["claim"] for step in part["steps"]]
        assert found == [claim for claim in order if claim in found]
    last = told["parts"][-1]
    assert last["kind"] == "effect"
    assert [s["claim"] for s in last["steps"]] == [s["claim"] for s in told["helps"]]
    assert "ketamine-relieves-treatment-resistant-depression" in claims


def test_every_pathway_is_told_or_the_answer_says_why_not(shipped_client: httpx.Client) -> None:
    told = shipped_client.get(f"/v1/explain?{DEPRESSION}").json()["data"]
    named = [part["pathway"]["slug"] for part in told["parts"] if part["pathway"]]
    left = [pathway["slug"] for pathway in told["omitted"]]
    every = {row["slug"] for row in shipped_client.get("/v1/pathways?limit=100").json()["data"]}
    assert sorted(named + left) == sorted(every)
    assert "mtor" in named
    assert "hcn1" in left


def test_each_step_carries_its_verdict_its_citations_and_its_readings(
    shipped_client: httpx.Client,
) -> None:
    told = shipped_client.get(f"/v1/explain?{DEPRESSION}").json()["data"]
    for step in (step for part in told["parts"] for step in part["steps"]):
        verdict = shipped_client.get(f"/v1/verdicts/{step['claim']}").json()["data"]
        assert (step["verdict"], step["certainty"]) == (verdict["verdict"], verdict["certainty"])
        assert step["citations"]
        own = shipped_client.get(f"/v1/claims/{step['claim']}/readings").json()["data"]
        assert step["readings"] == own
        assert set(own) == {"plain", "clinician", "researcher"}


def small(root: Path) -> Path:
    """A mechanism of two steps, a pathway that ends nowhere, and one that is not the compound's."""

    def claim(number: int, a: str, b: str, **more: Any) -> dict[str, Any]:
        facts = {"subject": a, "predicate": "increases", "object": b, "sign": 1}
        absence = {} if number == 0 else {"absence": "not_searched"}
        return factories.record_input("claims", number, **facts, **absence, **more)

    readings = [
        {"audience": audience, "text": f"Told to the {audience} [evidence-0]."}
        for audience in ("plain", "clinician", "researcher")
    ]
    content = {
        "compounds": [factories.record_input("compounds", 0)],
        "indications": [
            factories.record_input("indications", 0),
            factories.record_input("indications", 1, parent="indication-0"),
        ],
        "processes": [
            factories.record_input("processes", n, kind=kind)
            for n, kind in enumerate(["cellular", "clinical", "cellular", "cellular", "adverse"])
        ],
        "claims": [
            claim(0, "compound:compound-0", "process:process-0", readings=readings),
            claim(1, "process:process-0", "process:process-1", indication="indication-0"),
            claim(2, "compound:compound-0", "indication:indication-1"),
            claim(3, "compound:compound-0", "process:process-2"),
            claim(4, "process:process-3", "process:process-1"),
            claim(5, "compound:compound-0", "process:process-4", indication="indication-0"),
        ],
        "pathways": [
            factories.record_input("pathways", 0, steps=["claim-0", "claim-1"]),
            factories.record_input("pathways", 1, steps=["claim-3"]),
            factories.record_input("pathways", 2, steps=["claim-4"]),
            factories.record_input("pathways", 3, steps=["claim-5"]),
            factories.record_input("pathways", 4, steps=["claim-0", "claim-3"]),
        ],
        "references": [factories.record_input("references", 0)],
        "studies": [factories.record_input("studies", 0)],
        "evidence": [factories.record_input("evidence", 0)],
    }
    return factories.write_folder(root / "data", content)


@pytest.fixture(scope="module")
def little(
    make_empty_store: Callable[[str, Path], str],
    database: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[httpx.Client]:
    root = tmp_path_factory.mktemp("small")
    with (
        serving(fill_store(make_empty_store(database, root), small(root))) as url,
        httpx.Client(base_url=url, timeout=30) as client,
    ):
        yield client


@pytest.fixture(scope="module")
def told(little: httpx.Client) -> dict[str, Any]:
    answer = little.get("/v1/explain?compound=compound-0&indication=indication-1")
    data: dict[str, Any] = answer.json()["data"]
    return data


def test_max_hops_bounds_a_path(little: httpx.Client) -> None:
    ends = ("compound:compound-0", "process:process-1")
    assert ask(little, *ends, "max_hops=1")["paths"] == []
    assert [path["hops"] for path in ask(little, *ends, "max_hops=2")["paths"]] == [2]


def test_filters_keep_a_path_to_what_the_reader_accepts(little: httpx.Client) -> None:
    ends = ("compound:compound-0", "process:process-0")
    assert len(ask(little, *ends, "species=human")["paths"]) == 1
    assert ask(little, *ends, "species=rat")["paths"] == []
    assert ask(little, *ends, "verdict=not_assessed")["paths"] == []


def test_an_outcome_is_a_process_that_a_claim_names_with_the_condition_or_a_broader_one(
    told: dict[str, Any],
) -> None:
    assert [outcome["slug"] for outcome in told["outcomes"]] == ["process-1"]


def test_a_mechanism_begins_at_the_compound_and_ends_at_an_outcome(told: dict[str, Any]) -> None:
    parts = [(p["kind"], [s["claim"] for s in p["steps"]]) for p in told["parts"]]
    assert parts == [
        ("mechanism", ["claim-0", "claim-1"]),
        ("mechanism", ["claim-3"]),  # claim-0, which it shares with the first, is told once
        ("effect", ["claim-2"]),
    ]
    assert {p["slug"]: p["reason"].split(" ")[0] for p in told["omitted"]} == {
        "pathway-1": "No",
        "pathway-2": "None",
        "pathway-3": "No",
    }


def test_a_step_is_told_in_its_three_readings(told: dict[str, Any]) -> None:
    first, second = told["parts"][0]["steps"]
    assert {who: reading["text"] for who, reading in first["readings"].items()} == {
        "plain": "Told to the plain.",
        "clinician": "Told to the clinician.",
        "researcher": "Told to the researcher.",
    }
    assert first["readings"]["plain"]["evidence"] == ["evidence-0"]
    assert [c["note"] for c in first["citations"]] == ["evidence-0"]
    assert second["readings"] == {"plain": None, "clinician": None, "researcher": None}
    assert second["sentence"].endswith(": not assessed here.")


def test_compound_and_condition_may_bear_their_types(shipped_client: httpx.Client) -> None:
    typed = "compound=compound:ketamine&indication=indication:treatment-resistant-depression"
    both = [
        shipped_client.get(f"/v1/explain?{query}").json()["data"] for query in (typed, DEPRESSION)
    ]
    assert both[0] == both[1]


def test_a_condition_that_nothing_leads_to_gets_no_mechanism(shipped_client: httpx.Client) -> None:
    told = shipped_client.get("/v1/explain?compound=ketamine&indication=migraine").json()["data"]
    assert (told["parts"], told["outcomes"], told["weakest"]) == ([], [], None)
    assert all(pathway["reason"] for pathway in told["omitted"])


@pytest.mark.parametrize(
    ("query", "status", "word"),
    [
        ("compound=ketamin&indication=migraine", 422, "ketamine"),
        ("compound=ketamine&indication=migrain", 422, "migraine"),
        ("compound=ketamine", 422, "indication"),
        (f"{DEPRESSION}&audience=child", 422, "audience"),
    ],
)
def test_what_cannot_be_explained_is_refused(
    shipped_client: httpx.Client, query: str, status: int, word: str
) -> None:
    answer = shipped_client.get(f"/v1/explain?{query}")
    assert answer.status_code == status
    assert word in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/v1/paths?from=compound:ketamine&to=process:spine-formation",
        "/v1/neighbourhood/compound:ketamine",
        f"/v1/explain?{DEPRESSION}",
    ],
)
def test_a_copy_is_known_to_be_fresh(shipped_client: httpx.Client, path: str) -> None:
    tag = shipped_client.get(path).headers["etag"]
    assert shipped_client.get(path, headers={"If-None-Match": tag}).status_code == 304

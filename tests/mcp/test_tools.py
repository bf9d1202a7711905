"""The tools: what they answer, how they fail, and that both agree with the API."""

import asyncio
import json
import re
from itertools import pairwise

import httpx
import pytest
from mcp.client import Client
from mcp.types import CallToolResult

from app.domain.errors import ERROR_TYPES
from app.mcp.answers import MIN_BUDGET
from app.resources import RESOURCES
from tests.mcp.calls import (
    Arguments,
    Caller,
    answer_of,
    facts_of,
    ids_of,
    problem_of,
    sent_bytes,
    text_of,
)
from tests.params import ONE_STORE

TOOLS = [
    *("search", "get_record", "check_claim", "evidence_for_and_against"),
    *("compare", "find_path", "timeline", "cite"),
]
#: A call of each tool.
CALLS: list[tuple[str, Arguments]] = [
    ("search", {"query": "ketamine bladder"}),
    ("get_record", {"id": "claim:ketamine-matches-ect"}),
    ("check_claim", {"sentence": "Ketamine relieves PTSD."}),
    ("evidence_for_and_against", {"claim": "claim:ketamine-rapidly-relieves-depression"}),
    ("compare", {"compounds": ["ketamine", "memantine"], "targets": ["NMDA receptor"]}),
    ("find_path", {"start": "ketamine", "end": "antidepressant-effect"}),
    ("timeline", {"compounds": ["ketamine"]}),
    ("cite", {"ids": ["claim:ketamine-matches-ect"]}),
]
RECORD_ID = re.compile(r"([a-z_]+):[a-z0-9-]+")


@ONE_STORE
def test_schemas_of_all_tools_are_small_and_describe_both_ends(caller: Caller) -> None:
    async def list_tools(client: Client) -> list[dict[str, object]]:
        tools = (await client.list_tools()).tools
        return [tool.model_dump(mode="json", by_alias=True, exclude_none=True) for tool in tools]

    tools = caller.run(list_tools)
    assert [tool["name"] for tool in tools] == TOOLS
    assert len(json.dumps(tools, separators=(",", ":")).encode()) < 12_000
    for tool in tools:
        assert tool["description"]
        assert tool["annotations"]["readOnlyHint"] is True  # type: ignore[index]
        properties = tool["inputSchema"]["properties"]  # type: ignore[index]
        assert {"release", "budget_tokens"} <= properties.keys()
        assert tool["inputSchema"]["additionalProperties"] is False  # type: ignore[index]
        assert "facts" in tool["outputSchema"]["properties"]  # type: ignore[index]


def test_every_fact_has_a_record_and_a_citation(caller: Caller) -> None:
    for (tool, _), result in zip(CALLS, caller.call_all(CALLS), strict=True):
        assert facts_of(result), tool
        for fact in facts_of(result):
            match = RECORD_ID.fullmatch(fact["id"])
            assert match, fact["id"]
            assert match[1] in RESOURCES.by_record_type, tool
            assert fact["text"], tool
            assert fact["cite"], tool
            assert f"- {fact['id']}: " in text_of(result), tool


@ONE_STORE
def test_a_verdict_is_that_of_the_api(caller: Caller, shipped_client: httpx.Client) -> None:
    claim = "esketamine-relieves-treatment-resistant-depression"
    verdict = shipped_client.get(f"/v1/verdicts/{claim}").json()["data"]
    result = caller.call(
        "evidence_for_and_against", {"claim": claim, "limit": 50, "budget_tokens": 20_000}
    )
    (stated,) = facts_of(result, "Verdict")
    assert stated["id"] == f"verdict:{claim}"
    assert verdict["summary"] in stated["text"]
    for name in ("estimate", "lower", "upper"):
        assert stated["values"][name] == pytest.approx(verdict[name], rel=1e-3)
    notes = {line["note"]["slug"]: line["direction"] for line in verdict["ledger"]}
    shown = {fact["id"]: fact["group"] for fact in facts_of(result) if "evidence:" in fact["id"]}
    assert shown.keys() == {f"evidence:{note}" for note in notes}
    for note, direction in notes.items():
        if direction in ("supports", "disputes"):
            side = "Evidence for" if direction == "supports" else "Evidence against"
            assert shown[f"evidence:{note}"] == side


def test_both_databases_find_the_nearest_claim(caller: Caller) -> None:
    result = caller.call("check_claim", {"sentence": "Ketamine harms the urinary bladder."})
    assert ids_of(result)[0] == "claim:ketamine-damages-the-urinary-tract"
    result = caller.call("check_claim", {"sentence": "Ketamine cures depression."})
    assert ids_of(result)[0] == "claim:ketamine-rapidly-relieves-depression"
    assert "That claim does not say 'cures'." in text_of(result)


@ONE_STORE
def test_a_small_budget_leaves_facts_out_and_says_how_to_get_them(caller: Caller) -> None:
    claim = {"claim": "claim:ketamine-rapidly-relieves-depression", "limit": 50}
    budgets = [MIN_BUDGET, 1_000, 4_000, 25_000]
    results = caller.call_all(
        [("evidence_for_and_against", {**claim, "budget_tokens": budget}) for budget in budgets]
    )
    for budget, result in zip(budgets, results, strict=True):
        assert sent_bytes(result) <= budget * 4
    numbers = [len(ids_of(result)) for result in results]
    assert all(fewer < more for fewer, more in pairwise(numbers)), numbers
    for result in results[:-1]:
        (sentence,) = answer_of(result)["omitted"]
        assert "budget_tokens" in sentence
        assert sentence in text_of(result)
    assert "omitted" not in answer_of(results[-1])


@ONE_STORE
def test_fields_that_do_not_fit_are_named_and_can_be_requested(caller: Caller) -> None:
    record = "verdict:ketamine-rapidly-relieves-depression"
    small = caller.call("get_record", {"id": record, "budget_tokens": MIN_BUDGET})
    assert sent_bytes(small) <= MIN_BUDGET * 4
    assert "ledger" in answer_of(small)["omitted"][0]
    whole = caller.call("get_record", {"id": record, "fields": ["ledger"], "budget_tokens": 25_000})
    assert len(facts_of(whole)[0]["values"]["ledger"]) > 20


@ONE_STORE
@pytest.mark.parametrize(
    ("tool", "arguments", "problem", "words"),
    [
        ("search_records", {}, "not-found", "Did you mean get_record or search?"),
        ("search", {"q": "x"}, "invalid-parameters", "This tool accepts query, types"),
        ("search", {}, "invalid-parameters", "query: this parameter is required."),
        ("search", {"query": "x", "types": ["clam"]}, "invalid-parameters", "Did you mean claim?"),
        ("search", {"query": "x", "limit": 51}, "invalid-parameters", "must be at most 50"),
        ("search", {"query": "a\0b"}, "invalid-parameters", "must not hold NUL"),
        ("search", {"query": "x", "release": "99"}, "invalid-parameters", "Releases: 2"),
        ("search", {"query": "x", "budget_tokens": 10}, "invalid-parameters", "at least 500"),
        (
            "get_record",
            {"id": "claim:ketamine-matches-ectt"},
            "not-found",
            "Did you mean claim:ketamine-matches-ect",
        ),
        ("get_record", {"id": "zarate-2006-trd"}, "invalid-parameters", "several records"),
        (
            "get_record",
            {"id": "compound:ketamine", "fields": ["formul"]},
            "invalid-parameters",
            "Did you mean formula?",
        ),
        ("evidence_for_and_against", {"claim": "ketamine-matches"}, "not-found", "claim:ketamine"),
        ("check_claim", {"sentence": "Zqx wvb."}, "not-found", "Name a compound"),
        ("compare", {"compounds": ["ketamin"]}, "invalid-parameters", "Did you mean ketamine?"),
        (
            "compare",
            {"compounds": ["ketamine"], "targets": ["drd2"], "outcomes": ["PTSD"]},
            "invalid-parameters",
            "not both",
        ),
        ("find_path", {"start": "ketamine", "end": "ketamin"}, "not-found", "Did you mean"),
        ("find_path", {"start": "BDNF", "end": "bdnf"}, "invalid-parameters", "two entities"),
        ("timeline", {"compounds": []}, "invalid-parameters", "1 or more items"),
        ("cite", {"ids": ["study:zarate-2006"]}, "not-found", "study:zarate-2006-trd"),
        ("cite", {"style": "apa"}, "invalid-parameters", "Allowed: text, bibtex"),
    ],
)
def test_a_bad_call_is_a_typed_problem_that_says_what_would_work(
    caller: Caller, tool: str, arguments: Arguments, problem: str, words: str
) -> None:
    result = caller.call(tool, arguments)
    found = problem_of(result)
    assert found["type"] == f"/v1/problems/{problem}"
    assert found["status"] in {kind.status for kind in ERROR_TYPES}
    assert words in text_of(result)


@ONE_STORE
def test_a_path_is_found_to_what_takes_part_in_a_process(caller: Caller) -> None:
    result = caller.call("find_path", {"start": "BDNF", "end": "mTORC1 signalling"})
    assert "process:mtorc1-signalling itself" in text_of(result)
    assert [fact["values"]["object"] for fact in facts_of(result, "Path 1")][-1] == (
        "receptor:mtorc1"
    )
    nothing = caller.call("find_path", {"start": "anorexia-nervosa", "end": "ketamine"})
    assert "No chain of at most 8 claims" in answer_of(nothing)["summary"]
    assert [fact["group"] for fact in facts_of(nothing)] == ["Ends", "Ends"]


@ONE_STORE
def test_absences_are_stated(caller: Caller) -> None:
    result = caller.call("compare", {"compounds": ["ketamine", "sertraline"], "targets": ["drd2"]})
    (absent,) = facts_of(result, "No data on record")
    assert absent["id"] == "compound:sertraline"
    result = caller.call("compare", {"compounds": ["ketamine", "esketamine"], "outcomes": ["PTSD"]})
    assert [fact["id"] for fact in facts_of(result, "No data on record")] == ["compound:esketamine"]
    result = caller.call("timeline", {"compounds": ["d-ap5"]})
    assert answer_of(result)["summary"].startswith("No result with a time")


@ONE_STORE
def test_citations_in_every_style(caller: Caller) -> None:
    trial = {"ids": ["study:zarate-2006-trd"]}
    styles = {"text": "Zarate", "bibtex": "@article{", "ris": "TY  - JOUR\r\n", "csl": '{"id": "'}
    for style, words in styles.items():
        result = caller.call("cite", {**trial, "style": style, "budget_tokens": 4_000})
        assert "reference:zarate-2006-trd" in ids_of(result)
        assert all(
            fact["text"].startswith(words[:3]) or words in fact["text"] for fact in facts_of(result)
        )
    dataset = caller.call("cite", {})
    assert ids_of(dataset) == ["release:2"]
    assert "ketamine-kb, release 2" in text_of(dataset)
    none = caller.call("cite", {"ids": ["statement:how-ketamine-works-01"]})
    assert "rest on no references" in text_of(none)


@ONE_STORE
def test_a_release_is_read(caller: Caller) -> None:
    for tool, arguments in CALLS:
        result = caller.call(tool, {**arguments, "release": "2"})
        assert answer_of(result)["release"] == "2", tool
        assert facts_of(result) == facts_of(caller.call(tool, arguments)), tool


@ONE_STORE
def test_many_clients_at_once_get_the_answers_of_one(caller: Caller) -> None:
    alone = caller.call_all(CALLS)

    async def call_repeatedly() -> list[list[CallToolResult]]:
        async def one() -> list[CallToolResult]:
            async with Client(caller.server) as client:
                return [await client.call_tool(tool, arguments) for tool, arguments in CALLS]

        return await asyncio.gather(*(one() for _ in range(6)))

    busy = 0
    for results in asyncio.run(call_repeatedly()):
        for expected, result in zip(alone, results, strict=True):
            if result.is_error:  # more expensive calls than places
                assert problem_of(result)["type"] == "/v1/problems/service-unavailable"
                busy += 1
            else:
                assert text_of(result) == text_of(expected)
    assert busy < 6 * len(CALLS) / 2

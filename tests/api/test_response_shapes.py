"""The public shape of the responses: names, order and types of their fields, without content.

`response_shapes.txt` has a line per object: where it is, and its fields. A change of it is a change
of the API (docs/stability.md): `make shapes` rewrites the file, and the diff shows the lines.
"""

import difflib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.api.schemas.synthesis import SYNTHESIS_EXAMPLE
from app.resources import RESOURCES
from tests.params import ONE_STORE

SHAPES = Path(__file__).with_name("response_shapes.txt")
ADDRESSES = [
    "/healthz",
    "/v1",
    "/v1/meta",
    "/v1/cite",
    "/v1/problems/not-found",
    "/v1/search?q=rapamicin&limit=5",
    "/v1/search?q=what+argues+against+the+opioid+hypothesis",
    "/v1/suggest?q=keta",
    "/v1/resolve/PMID:16894061",
    "/v1/matrix?columns=receptor",
    "/v1/gaps",
    "/v1/timeline?compound=esketamine&indication=treatment-resistant-depression",
    "/v1/changes",
    "/v1/releases",
    "/v1/graph?pathway=gsk3",
    "/v1/paths?from=process:glutamate-release&to=receptor:cacna1c",
    "/v1/neighbourhood/receptor:hcn1?hops=1",
    "/v1/explain?compound=ketamine&indication=general-anaesthesia",
    "/v1/claims/ketamine-relieves-ptsd/verdict?year_to=2021",
    "/v1/claims/ketamine-relieves-ptsd/synthesis",
    "/v1/claims/racemic-ketamine-fda-approved-for-depression/synthesis",
    "/v1/claims/no-other-nmda-antagonist-is-antidepressant/synthesis",
    "/v1/claims/esketamine-relieves-treatment-resistant-depression/synthesis.csv",
    "/v1/claims/esketamine-relieves-treatment-resistant-depression/synthesis/forest.vl.json",
    "/v1/claims/esketamine-relieves-treatment-resistant-depression/synthesis/funnel.vl.json",
    "/v1/calibration",
    "/v1/claims/ketamine-relieves-ptsd/readings",
    "/v1/claims/ketamine-relieves-ptsd/ladder",
    "/v1/claims/ketamine-relieves-ptsd/history",
    "/v1/claims?limit=2&facets=kind&include=verdict&q=NMDA",
    "/v1/pages/compound/ketamine",
    "/v1/pages/claim/ketamine-relieves-ptsd",
    *(f"/v1/{name}?limit=500" for name in RESOURCES),
    *(f"/v1/{name}.csv" for name in RESOURCES),
    "/v1/changes.csv",
    # Problems.
    "/v1/nothing",
    "/v1/claims/ketamin",
    "/v1/claims?compond=ketamine",
    "/v1/affinities?receptor=no-such-receptor",
    "/v1/claims/iv-hydration-treats-depression/synthesis",
]
#: Requests with a body that read no record.
POSTS = {"/v1/synthesis": SYNTHESIS_EXAMPLE}
#: Objects whose keys are data: their values have one shape.
MAPS = {"vocabularies", "prefixes", "counts"}
JSON_TYPES = {str: "string", int: "number", float: "number", bool: "boolean", type(None): "null"}
#: Values of any field of any record.
ANY = {"before", "after"}


def shape(value: Any, key: str = "") -> Any:
    """The type of a value: of a list that of all its items, of an object those of its fields."""
    if key in ANY:
        return "any"
    if isinstance(value, dict):
        if key in MAPS:
            return {"*": merged(map(shape, value.values()))}
        if key == "included":
            return {name: {"*": merged(map(shape, of.values()))} for name, of in value.items()}
        return {name: shape(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [merged(map(shape, value))]
    return JSON_TYPES[type(value)]


def merged(shapes: Iterator[Any]) -> Any:
    """The shape that several values have together; null says nothing where others have a value."""
    distinct: list[Any] = []
    for one in shapes:
        if one != "null" and one not in distinct:
            distinct.append(one)
    if not distinct:
        return "null"
    if all(isinstance(one, dict) for one in distinct):
        names = dict.fromkeys(name for one in distinct for name in one)
        return {name: merged(one[name] for one in distinct if name in one) for name in names}
    if all(isinstance(one, list) for one in distinct):
        return [merged(one[0] for one in distinct)]
    types = {one if isinstance(one, str) else type(one).__name__ for one in distinct}
    return "|".join(sorted(types))


def lines(found: Any, path: str = "") -> Iterator[str]:
    """A line per object, the outer one before the inner ones."""
    if isinstance(found, list):
        yield from lines(found[0], f"{path}[]")
    elif isinstance(found, dict) and found:
        fields = [f"{name} {kind(inner)}".rstrip() for name, inner in found.items()]
        yield f"  {path or '.'}: {', '.join(fields)}"
        for name, inner in found.items():
            yield from lines(inner, f"{path}.{name}".lstrip("."))


def kind(found: Any) -> str:
    if isinstance(found, list):
        return f"{kind(found[0])}[]"
    return "" if isinstance(found, dict) else str(found)


def read(client: httpx.Client, address: str) -> list[str]:
    method, _, path = address.rpartition(" ")
    response = client.request(method or "GET", path, json=POSTS.get(path) if method else None)
    head = f"{address} {response.status_code} {response.headers['content-type']}"
    if "json" in response.headers["content-type"]:
        return [head, *lines(shape(response.json()))]
    return [head, f"  {response.text.splitlines()[0]}"]


@ONE_STORE
def test_the_shapes_of_the_responses_are_as_recorded(shipped_client: httpx.Client) -> None:
    addresses = [*ADDRESSES, *(f"POST {path}" for path in POSTS)]
    current = [line for address in addresses for line in read(shipped_client, address)]
    if os.environ.get("WRITE_SHAPES"):
        SHAPES.write_text("\n".join([*current, ""]), encoding="utf-8")
    recorded = SHAPES.read_text(encoding="utf-8").splitlines()
    changes = list(difflib.unified_diff(recorded, current, "recorded", "current", n=0, lineterm=""))
    assert not changes, "run `make shapes` if this is meant:\n" + "\n".join(changes)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"a": [1, None, 2.5], "b": {}}, ["  .: a number[], b"]),
        ([{"a": None}, {"a": {"b": True}}], ["  []: a", "  [].a: b boolean"]),
        (
            {"included": {"claims": {"x": {"n": 1}, "y": {"n": None}}}},
            [
                "  .: included",
                "  included: claims",
                "  included.claims: *",
                "  included.claims.*: n number",
            ],
        ),
    ],
)
def test_a_shape_has_fields_and_types_without_content(value: Any, expected: list[str]) -> None:
    assert list(lines(shape(value))) == expected

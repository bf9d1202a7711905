"""Facets of every list: counts are those of the filtered lists, in the same request."""

from collections.abc import Callable
from enum import EnumType, StrEnum
from pathlib import Path
from typing import Any, get_args

import httpx
import pytest
from sqlalchemy import insert, select

from app import models as m
from app.kit.facets import MAX_VALUES
from app.kit.query_types import ListQuery, WhereRef
from app.kit.resource import Resource
from app.resources import RESOURCES
from tests import factories
from tests.helpers import fill_store, serving
from tests.params import SIZE, SOME_STORE, sample

EACH = pytest.mark.parametrize("resource", RESOURCES.values(), ids=list(RESOURCES))
FACETS = [(r, name) for r in RESOURCES.values() for name in r.facets]
EACH_FACET = pytest.mark.parametrize(
    ("resource", "name"), FACETS, ids=[f"{r.name} {n}" for r, n in FACETS]
)


def ask(client: httpx.Client, resource: Resource, **params: Any) -> dict[str, Any]:
    answer = client.get(f"/v1/{resource.name}", params={"limit": 1, **params})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def total(client: httpx.Client, resource: Resource, **params: Any) -> int:
    return int(ask(client, resource, **params)["page"]["total"])


def leaves(annotation: Any) -> list[Any]:
    inner = [leaf for a in get_args(annotation) for leaf in leaves(a)]
    return inner or [annotation]


@EACH_FACET
def test_a_facet_counts_what_each_value_would_list(
    client: httpx.Client, resource: Resource, name: str
) -> None:
    counted = ask(client, resource, facets=name)["facets"][name]
    assert [(-v["count"], v["value"]) for v in counted] == sorted(
        (-v["count"], v["value"]) for v in counted
    )
    for value in sample(counted, 6, f"{resource.name} {name}"):
        assert value["count"] == total(client, resource, **{name: value["value"]}) > 0
    facet = resource.facets[name]
    marker = facet.marker
    # The name of a record, the label of a value, or the text itself, such as an agency.
    assert all(value["name"] for value in counted)
    everything = [v["value"] for v in counted]
    if isinstance(marker, WhereRef):
        target = RESOURCES[marker.to.split("|")[0]]
        slugs = [factories.slug(target, n) for n in (0, 7, SIZE - 1)]
        mixed = "|" in marker.to
        others = [f"{target.record_type}:{slug}" if mixed else slug for slug in slugs]
    else:
        info = resource.query.model_fields[resource.facets[name].attribute]
        kinds: list[Any] = [k for k in leaves(info.annotation) if isinstance(k, EnumType)]
        others = [member.value for kind in kinds for member in kind]
    for other in others:
        if other not in everything:
            assert total(client, resource, **{name: other}) == 0, other


@SOME_STORE
@EACH_FACET
def test_a_facet_ignores_its_own_filter_and_no_other(
    client: httpx.Client, resource: Resource, name: str
) -> None:
    """Under every other filter in turn, and under its own."""
    alone = ask(client, resource, facets=name)["facets"][name]
    for other in sample([*resource.facets], 4, f"{resource.name} {name}"):
        offered = ask(client, resource, facets=other)["facets"][other]
        if not offered:
            continue
        chosen = {other: offered[-1]["value"]}
        found = ask(client, resource, facets=name, **chosen)
        counted = found["facets"][name]
        assert found["page"]["total"] == offered[-1]["count"], "the list itself is narrowed"
        if other == name:
            assert counted == alone
            continue
        for value in [*counted[:1], *counted[-1:]]:
            both = {**chosen, name: value["value"]}
            assert value["count"] == total(client, resource, **both), both


@EACH
def test_every_facet_comes_in_one_request_at_one_statement_each_and_is_kept(
    client: httpx.Client, resource: Resource, count_statements: Callable[[], int]
) -> None:
    """At words and sizes that no other test asks for: what was counted costs no statement."""
    every = ",".join(resource.facets)
    # Verdicts and conflicts have the names of their claims.
    words = {"q": "claim" if resource.derived else resource.record_type}
    if resource.rows:
        acts = resource.record_type == "regulatory_act"
        words = {"q": "marketing authorisation" if acts else "evidence"}
    count_statements()
    first = ask(client, resource, limit=4, **words)
    counting = count_statements()
    plain = ask(client, resource, limit=3, **words)
    without = count_statements()
    assert without == counting - 1, "the total is counted once"
    found = ask(client, resource, facets=every, limit=3, **words)
    assert count_statements() == without + len(resource.facets)
    assert list(found["facets"]) == list(resource.facets)
    assert (plain["facets"], plain["page"]["total"]) == ({}, first["page"]["total"])
    assert found["data"] == plain["data"]
    assert found["page"] == {**plain["page"], "next": found["page"]["next"]}
    assert ask(client, resource, facets=every, limit=499, **words)["facets"] == found["facets"]
    assert count_statements() == without
    follow = {"cursor": plain["page"]["next"], "facets": next(iter(resource.facets)), **words}
    assert ask(client, resource, **follow)["facets"], "facets do not change what a cursor fits"


@EACH
def test_words_narrow_a_facet_too(client: httpx.Client, resource: Resource) -> None:
    found = ask(client, resource, facets=",".join(resource.facets), q="zzyzx")
    assert set(map(len, found["facets"].values())) == {0}


@EACH
def test_every_closed_filter_is_a_facet_and_the_catalogue_lists_them(
    client: httpx.Client, resource: Resource
) -> None:
    listed = {c["name"]: c["facets"] for c in client.get("/v1/meta").json()["collections"]}
    closed = []
    for declared in resource.filters:
        kinds = leaves(resource.query.model_fields[declared.attribute].annotation)
        vocabulary = any(isinstance(k, type) and issubclass(k, StrEnum) for k in kinds)
        if vocabulary or declared.column is not None or isinstance(declared.marker, WhereRef):
            closed.append(declared.name)
    assert closed == list(resource.facets) == listed[resource.name]
    open_ones = [f.name for f in resource.filters if f.name not in closed]
    for name in [*open_ones, "no-such-facet", "", *ListQuery.model_fields]:
        refused = client.get(f"/v1/{resource.name}", params={"facets": name})
        assert refused.status_code == 422, name
        problem = refused.json()["errors"][0]
        assert (problem["name"], problem["allowed"]) == ("facets", closed)


@EACH
def test_what_has_no_pages_has_no_facets(client: httpx.Client, resource: Resource) -> None:
    name = next(iter(resource.facets))
    for path in [*(f"{resource.name}.{f}" for f in resource.formats), f"{resource.name}/x"]:
        refused = client.get(f"/v1/{path}", params={"facets": name})
        assert refused.status_code == 422, path
        assert refused.json()["errors"][0]["name"] == "facets"
    refused = client.get(
        f"/v1/{resource.name}", params={"facets": name}, headers={"Accept": "text/csv"}
    )
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["name"] == "facets"


def test_a_facet_through_one_related_row_holds_for_that_row(client: httpx.Client) -> None:
    """`claim=x&facets=direction` counts directions towards x, not towards the note's others."""
    found = ask(client, RESOURCES["evidence"], claim="claim-1", facets="direction")
    counts = {v["value"]: v["count"] for v in found["facets"]["direction"]}
    assert counts == {"disputes": 2, "supports": 1}
    assert found["page"]["total"] == 3


def test_a_reader_sees_where_the_evidence_lies(shipped_client: httpx.Client) -> None:
    found = ask(shipped_client, RESOURCES["receptors"], facets="class,kind", kind="complex")
    classes = {v["value"]: v["count"] for v in found["facets"]["class"]}
    assert sum(classes.values()) == found["page"]["total"], "every receptor has one class"
    assert classes["lgic"] == total(
        shipped_client, RESOURCES["receptors"], kind="complex", **{"class": "lgic"}
    )
    kinds = {v["value"]: v["count"] for v in found["facets"]["kind"]}
    assert set(kinds) == {"single_protein", "complex", "family"}
    named = ask(shipped_client, RESOURCES["affinities"], facets="receptor")["facets"]["receptor"]
    assert {key: value for key, value in named[0].items() if key != "count"} == {
        "value": "nmda-receptor",
        "name": "NMDA receptor",
    }


def test_a_facet_of_more_values_than_an_answer_holds_is_refused(
    tmp_path: Path, address: str
) -> None:
    folder = factories.write_folder(tmp_path / "data", factories.dataset(1))
    store = fill_store(address, folder)
    numbers = range(1_000, 1_000 + MAX_VALUES)
    with store.write() as session:
        (study,) = session.execute(select(m.Study.id)).one()
        named = {"type": "reference", "summary": "A paper."}
        kind = {"kind": "article", "authors_complete": False}
        status = {"retraction": "not_checked", "citation_confidence": "high"}
        records = [
            {"id": n, "slug": f"paper-{n}", "name": f"Paper {n}", "folded": f"paper {n}", **named}
            for n in numbers
        ]
        session.execute(insert(m.Record), records)
        session.execute(insert(m.Reference), [{"id": n, **kind, **status} for n in numbers])
        links = [{"study_id": study, "reference_id": n, "position": n} for n in numbers]
        session.execute(insert(m.StudyReference), links)
    with serving(store) as base, httpx.Client(base_url=base, timeout=60) as client:
        refused = client.get("/v1/studies?facets=compound,reference")
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["value"] == "reference"
        assert "other filters" in refused.json()["detail"]
        assert client.get("/v1/studies?facets=reference&species=rat").status_code == 200

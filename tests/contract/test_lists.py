"""Every list: paging, sorting, filters, fields, totals."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, get_args

import httpx
import pytest

from app.kit import repository
from app.kit.query_types import WhereRef
from app.kit.resource import Filter, Resource
from app.resources import RESOURCES
from tests import helpers
from tests.helpers import walk
from tests.params import SIZE

EACH = pytest.mark.parametrize("resource", RESOURCES.values(), ids=list(RESOURCES))
SORTS = [(r, key) for r in RESOURCES.values() for name in r.sort for key in (name, f"-{name}")]
FILTERS = [(r, f) for r in RESOURCES.values() for f in r.filters]


@EACH
def test_a_list_pages_through_every_row_once(client: httpx.Client, resource: Resource) -> None:
    rows = walk(client, f"/v1/{resource.name}", limit=7)
    slugs = [row["slug"] for row in rows]
    assert len(slugs) == len(set(slugs)) == SIZE
    assert slugs == sorted(slugs)


@pytest.mark.parametrize(("resource", "key"), SORTS, ids=[f"{r.name} {k}" for r, k in SORTS])
def test_a_sort_is_total_puts_null_last_and_survives_paging(
    client: httpx.Client, resource: Resource, key: str
) -> None:
    rows = walk(client, f"/v1/{resource.name}", limit=8, sort=key)
    assert len({row["slug"] for row in rows}) == SIZE
    values = [row[key.lstrip("-")] for row in rows]
    known = [value for value in values if value is not None]
    assert values[: len(known)] == known, "null comes last"
    field = resource.mapping.by_name[key.lstrip("-")]
    if getattr(field.marker, "rank", None):  # an ordered vocabulary, not the alphabet
        known = [field.ranks[value] for value in known]
    assert known == sorted(known, reverse=key.startswith("-"))


def test_several_sort_keys_apply_in_order(client: httpx.Client) -> None:
    rows = walk(client, "/v1/studies", limit=4, sort="design,-year")
    pairs = [(row["design"], -(row["year"] or -9999)) for row in rows]
    assert pairs == sorted(pairs)


#: Filters by text of a form of its own.
DATES = ("date_from", "date_to")
#: Filters by text of a format, in which only what has it can be of a record.
FORMATS = {"doi", "pmid", "pmcid", "inchikey", "registration", "jurisdiction"}


def _value(client: httpx.Client, resource: Resource, declared: Filter) -> Any:
    """A value that some record has."""
    if isinstance(declared.marker, WhereRef):
        target = declared.marker.to.split("|")[0]
        rows = client.get(f"/v1/{target}?limit=1").json()["data"]
        return rows[0]["slug"]
    info = resource.query.model_fields[declared.attribute]
    kinds = [a for a in _leaves(info.annotation) if isinstance(a, type)]
    for kind in kinds:
        if issubclass(kind, StrEnum):
            return next(iter(kind)).value
    if bool in kinds:
        return "true"
    if int in kinds or float in kinds:
        return {"min_p_affinity": 5.5, "max_p_affinity": 5.5, "article_claim": 3}.get(
            declared.name, 2010 if "year" in declared.name else 20
        )
    rows = client.get(f"/v1/{resource.name}?limit=50").json()["data"]
    field = declared.name.removesuffix("_from").removesuffix("_to")
    values = next(value for row in rows if (value := row.get(field) or row.get(f"{field}s")))
    return values[0] if isinstance(values, list) else values


def _leaves(annotation: Any) -> list[Any]:
    inner = [leaf for a in get_args(annotation) for leaf in _leaves(a)]
    return inner or [annotation]


@pytest.mark.parametrize(
    ("resource", "declared"), FILTERS, ids=[f"{r.name} {f.name}" for r, f in FILTERS]
)
def test_a_filter_narrows_and_refuses_nonsense(
    client: httpx.Client, resource: Resource, declared: Filter
) -> None:
    value = (
        "CFBVGSWSOJBYGC-ZYHUDNBSSA-N"
        if declared.name == "inchikey"
        else "not_checked"
        if declared.name == "retraction"
        else "no_evidence_found"
        if declared.name == "absence"
        else _value(client, resource, declared)
    )
    answer = client.get(f"/v1/{resource.name}", params={declared.name: value, "limit": 500})
    assert answer.status_code == 200, answer.text
    page = answer.json()
    assert page["page"]["total"] == len(page["data"]) <= SIZE
    sent = page["meta"]["filters"][declared.name]
    first = sent[0] if isinstance(sent, list) else sent
    assert first == value or str(first).lower() == value
    nonsense = client.get(f"/v1/{resource.name}", params={declared.name: "no-such-thing"})
    kinds = _leaves(resource.query.model_fields[declared.attribute].annotation)
    if (
        isinstance(declared.marker, WhereRef)
        or str not in kinds
        or declared.column is not None  # recorded text
        or declared.name in {*DATES, *FORMATS}
    ):
        assert nonsense.status_code == 422
        assert nonsense.json()["errors"][0]["name"] == declared.name
    else:
        assert nonsense.json()["page"]["total"] == 0


def test_filters_on_one_related_row_hold_for_that_row(client: httpx.Client) -> None:
    """A note that supports one claim is no answer to `claim=…&direction=disputes`."""
    answer = client.get("/v1/evidence", params={"claim": "claim-1", "direction": "disputes"})
    assert [row["slug"] for row in answer.json()["data"]] == ["evidence-1", "evidence-44"]
    answer = client.get("/v1/evidence", params={"claim": "claim-1", "direction": "supports"})
    assert [row["slug"] for row in answer.json()["data"]] == ["evidence-0"]


def test_a_bound_never_counts_as_tight_binding(client: httpx.Client) -> None:
    rows = walk(client, "/v1/affinities", max_value_nm=10_000)
    assert rows
    assert all(row["relation"] != ">" and row["value_nm"] <= 10_000 for row in rows)
    rows = walk(client, "/v1/affinities", min_p_affinity=5)
    assert rows
    assert all(row["relation"] != ">" and row["p_affinity"] >= 5 for row in rows)


def test_lists_of_values_may_be_repeated_or_comma_separated(client: httpx.Client) -> None:
    repeated = client.get("/v1/receptors?class=gpcr&class=lgic").json()
    joined = client.get("/v1/receptors?class=gpcr,lgic").json()
    assert repeated["data"] == joined["data"]
    assert repeated["page"]["total"] == 30


@pytest.mark.parametrize("words", ["cafe 3", "CAFÉ 3", "compound-3", "Compound-3"])
def test_q_finds_names_and_synonyms_without_case_or_accents(
    client: httpx.Client, words: str
) -> None:
    found = client.get("/v1/compounds", params={"q": words}).json()["data"]
    assert found[0]["slug"] == "compound-3"


@pytest.mark.parametrize("words", ["%", "_", "100%", "\\"])
def test_q_takes_wildcards_as_they_are(client: httpx.Client, words: str) -> None:
    assert client.get("/v1/compounds", params={"q": words}).json()["page"]["total"] == 0


@EACH
def test_fields_keep_what_was_asked_for(client: httpx.Client, resource: Resource) -> None:
    row = client.get(f"/v1/{resource.name}?fields=name&limit=1").json()["data"][0]
    assert list(row) == ["slug", "name"]


def _budget(resource: Resource) -> int:
    """Revision, count and rows; one per list-valued part; the same again per include."""
    lists = sum(part.many for part in resource.mapping.fields)
    added = [RESOURCES[t] for i in resource.includes.values() for t in i.targets]
    return 3 + lists + sum(1 + sum(p.many for p in other.mapping.fields) for other in added)


@EACH
def test_the_number_of_statements_does_not_grow_with_the_page(
    client: httpx.Client, resource: Resource, count_statements: Callable[[], int]
) -> None:
    def spent(**query: Any) -> int:
        count_statements()
        # Whoever shows a cookie is never answered from memory.
        headers = {"Cookie": "nothing=from-memory"}
        answer = client.get(f"/v1/{resource.name}", params=query, headers=headers)
        assert answer.status_code == 200, answer.text
        return count_statements()

    names = ",".join(resource.includes)
    for limit in (1, 40):
        assert 2 < spent(limit=limit, include=names) <= _budget(resource)
    assert spent(limit=3) == spent(limit=44) > 0


def test_a_page_of_large_records_ends_before_its_limit(
    shipped_client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = shipped_client.get("/v1/evidence", params={"limit": 500, "sort": "-name"}).json()
    monkeypatch.setattr(repository, "MAX_PAGE_CHARACTERS", 200_000)
    first = shipped_client.get("/v1/evidence", params={"limit": 499, "sort": "-name"}).json()
    assert 50 <= len(first["data"]) < len(whole["data"])
    assert first["page"]["next"]
    pages = helpers.walk(shipped_client, "/v1/evidence", limit=499, sort="-name")
    assert pages == whole["data"]
    monkeypatch.setattr(repository, "MAX_PAGE_CHARACTERS", 1)
    fifty = shipped_client.get("/v1/evidence", params={"limit": 498, "sort": "-name"}).json()
    assert len(fifty["data"]) == 50

"""Ranges of query parameters: one that ends before it begins is refused, at every address."""

import re
from typing import Any

import httpx
import pytest

from app.api.query_parameters import query_models
from app.api.route_groups import flattened
from app.main import routers
from tests.params import ONE_STORE

VERDICT = "claims/ketamine-relieves-ptsd/verdict"


def declared_ranges() -> set[tuple[str, str, str]]:
    """Path, lower end and upper end of every range that a GET route takes."""
    ranges = set()
    for router in routers():
        for route in flattened(router.routes):
            names = {
                info.alias or name
                for model in query_models(route)
                for name, info in model.model_fields.items()
            }
            for name in names:
                upper = re.sub(r"_from$", "_to", re.sub(r"^min_", "max_", name))
                if upper != name and upper in names and "GET" in (route.methods or ()):
                    ranges.add((route.path, name, upper))
    return ranges


RANGES = sorted(declared_ranges())


def test_the_ranges_are_known() -> None:
    assert {path for path, *_ in RANGES} >= {
        "/v1/studies", "/v1/studies.{format}", "/v1/affinities", "/v1/regulatory-acts",
        "/v1/references", "/v1/evidence", "/v1/claims/{slug}/verdict",
    }  # fmt: skip


@ONE_STORE
@pytest.mark.parametrize(("path", "lower", "upper"), RANGES)
def test_a_reversed_range_is_refused(
    shipped_client: httpx.Client, path: str, lower: str, upper: str
) -> None:
    url = path.format(slug="ketamine-relieves-ptsd", format="csv")
    low, high = ("2021", "2022") if "year" in lower or "date" in lower else ("2", "7")
    for end in (high, low):
        # Pages of parts of a record redirect to the record's page.
        answer = shipped_client.get(url, params={lower: low, upper: end}, follow_redirects=True)
        assert answer.status_code == 200
    answer = shipped_client.get(url, params={lower: high, upper: low})
    assert answer.status_code == 422, answer.text
    if not path.startswith("/v1/"):  # a page
        assert lower in answer.text
        assert upper in answer.text
        return
    problem: dict[str, Any] = answer.json()
    assert len(problem["errors"]) == 1
    assert lower in problem["detail"]
    assert upper in problem["detail"]


@ONE_STORE
@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("regulatory-acts", "date_from=2019-05&date_to=2019", 200),
        ("regulatory-acts", "date_from=2019&date_to=2019-01", 200),
        ("regulatory-acts", "date_from=2019-05-02&date_to=2019-05-01", 422),
        ("changes", "since=17&until=2", 422),
        ("changes", "since=2&until=17", 200),
        ("changes", "since=9&until=17", 200),
        ("changes", "since=17&until=2020-01-01", 200),
        ("changes", "since=2026-12-01&until=2026-11-30", 422),
        ("changes", "since=2026-12-01&until=2026-12-01", 200),
        ("changes.csv", "since=2026-12-01&until=2026-11-30", 422),
    ],
)
def test_partial_dates_and_revisions_are_compared_as_such(
    shipped_client: httpx.Client, path: str, query: str, status: int
) -> None:
    assert shipped_client.get(f"/v1/{path}?{query}").status_code == status

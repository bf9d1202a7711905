"""The difference between two releases, or between a release and the store, by field."""

import csv
import io
import json
import time
from typing import Any

import pytest
from sqlalchemy import select

from app import models as m
from tests.helpers import rewrite_record
from tests.releases.conftest import Published

SIDES = "from=1&to=2026.7"


def diff(published: Published, query: str) -> dict[str, Any]:
    response = published.client.get(f"/v1/diff?{query}")
    assert response.status_code == 200, response.text
    return dict(response.json())


def test_records_are_added_changed_and_removed(published: Published) -> None:
    body = diff(published, f"{SIDES}&limit=500")
    by_key = {(row["collection"], row["slug"]): row for row in body["data"]}
    assert by_key["compounds", "compound-5"]["difference"] == "removed"
    assert by_key["regions", "region-99"]["difference"] == "added"
    renamed = by_key["claims", "claim-1"]
    assert renamed["difference"] == "changed"
    assert renamed["name"] == "Renamed"
    assert renamed["fields"] == [{"field": "name", "before": "Claim-1", "after": "Renamed"}]
    assert ("claims", "claim-0") not in by_key
    assert body["page"] == {"limit": 500, "total": len(body["data"]), "next": None}
    assert body["before"] == {"release": "1", "revision": 1}
    assert body["after"] == {"release": "2026.7", "revision": 2}
    assert body["summary"]["regions"] == {"added": 1, "changed": 0, "removed": 0}
    assert sum(sum(counts.values()) for counts in body["summary"].values()) == len(by_key)


def test_the_difference_equals_the_changelog_of_the_manifest(published: Published) -> None:
    body = diff(published, f"{SIDES}&limit=500")
    changelog = published.client.get("/v1/releases/2026.7").json()["data"]["changelog"]
    for word, kind in (("added", "added"), ("withdrawn", "removed")):
        listed = [
            (row["collection"], row["slug"]) for row in body["data"] if row["difference"] == kind
        ]
        assert listed == [(name, slug) for name, slugs in changelog[word].items() for slug in slugs]
    changed = {
        (name, row["slug"]): row["fields"]
        for name, changes in changelog["changed"].items()
        for row in changes
    }
    assert changed == {
        (row["collection"], row["slug"]): [field["field"] for field in row["fields"]]
        for row in body["data"]
        if row["difference"] == "changed"
    }
    assert body["verdicts"] == changelog["verdicts"]


def test_changed_verdicts_are_listed_with_both_values(published: Published) -> None:
    moved = {row["claim"]: row for row in diff(published, SIDES)["verdicts"]}
    assert moved["claim-2"]["before"] == {"verdict": "inconclusive", "certainty": "very_low"}
    assert moved["claim-2"]["after"] == {"verdict": "not_assessed", "certainty": None}
    assert "claim-0" not in moved
    assert diff(published, f"{SIDES}&collection=regions")["verdicts"] == []


def test_the_values_equal_those_of_the_records_of_both_releases(published: Published) -> None:
    for row in diff(published, f"{SIDES}&limit=500")["data"]:
        url = f"/v1/{row['collection']}/{row['slug']}"
        old, new = (published.client.get(f"{url}?release={name}") for name in ("1", "2026.7"))
        assert (old.status_code, new.status_code) == {
            "added": (404, 200),
            "removed": (200, 410),
            "changed": (200, 200),
        }[row["difference"]]
        if row["difference"] == "changed":
            before, after = old.json()["data"], new.json()["data"]
            changed_fields = [name for name in after if before[name] != after[name]]
            assert changed_fields == [field["field"] for field in row["fields"]]
            for field in row["fields"]:
                assert field["before"] == before[field["field"]]
                assert field["after"] == after[field["field"]]


def test_following_the_pages_gives_every_difference_once(published: Published) -> None:
    whole = diff(published, f"{SIDES}&limit=500")["data"]
    url: str | None = f"/v1/diff?{SIDES}&limit=3"
    rows = []
    while url:
        response = published.client.get(url)
        assert len(response.json()["data"]) <= 3
        assert response.json()["page"]["total"] == len(whole)
        rows += response.json()["data"]
        url = response.links.get("next", {}).get("url")
    assert rows == whole
    assert len(whole) > 6


def test_the_csv_has_every_difference(published: Published) -> None:
    listed = diff(published, f"{SIDES}&limit=500")
    response = published.client.get(f"/v1/diff.csv?{SIDES}")
    rows = list(csv.DictReader(io.StringIO(response.text)))
    assert response.headers["x-total-count"] == str(len(rows))
    assert [{**row, "fields": json.loads(row["fields"])} for row in rows] == listed["data"]
    regions = published.client.get(f"/v1/diff.csv?{SIDES}&collection=regions").text
    assert {row["collection"] for row in csv.DictReader(io.StringIO(regions))} == {"regions"}
    same = published.client.get("/v1/diff.csv?from=1&to=1")
    assert (same.text, same.headers["x-total-count"]) == (
        "collection,slug,name,difference,fields\r\n",
        "0",
    )
    tag = {"If-None-Match": response.headers["etag"]}
    assert published.client.get(f"/v1/diff.csv?{SIDES}", headers=tag).status_code == 304
    assert published.client.get(f"/v1/diff.csv?{SIDES}&limit=3").status_code == 422
    assert published.client.get("/v1/diff.csv?from=none").status_code == 422


def test_the_collection_parameter_filters_the_differences(published: Published) -> None:
    body = diff(published, f"{SIDES}&collection=claims,regions")
    assert list(body["summary"]) == ["regions", "claims"]
    assert {row["collection"] for row in body["data"]} == {"claims", "regions"}


def test_exchanging_the_releases_exchanges_added_and_removed(published: Published) -> None:
    forward, reverse = diff(published, f"{SIDES}&limit=500"), diff(published, "from=2026.7&to=1")
    opposite = {"added": "removed", "removed": "added", "changed": "changed"}
    assert reverse["page"]["total"] == forward["page"]["total"]
    assert [opposite[row["difference"]] for row in forward["data"]][:50] == [
        row["difference"] for row in reverse["data"]
    ]


def test_a_release_does_not_differ_from_itself(published: Published) -> None:
    body = diff(published, "from=1&to=1")
    assert (body["data"], body["summary"], body["verdicts"]) == ([], {}, [])


def test_the_difference_to_the_current_store_includes_the_last_write(published: Published) -> None:
    body = diff(published, "from=2026.7&collection=claims")
    assert [row["slug"] for row in body["data"]] == ["claim-0"]
    assert body["after"]["release"] == "current"
    rewrite_record(published.store, "claim", "claim-3", summary="Written just now.")
    with published.store.read() as session:
        revision = session.execute(select(m.Dataset.revision)).scalar_one()
    time.sleep(0.15)  # a cache entry is at most this old
    body = diff(published, "from=2026.7&to=current&collection=claims")
    assert body["after"] == {"release": "current", "revision": revision}
    assert [row["slug"] for row in body["data"]] == ["claim-0", "claim-3"]
    assert body["data"][1]["fields"][0]["after"] == "Written just now."


def test_a_difference_between_releases_is_immutable_and_one_to_the_current_store_is_not(
    published: Published,
) -> None:
    client = published.client
    assert "immutable" in client.get(f"/v1/diff?{SIDES}").headers["cache-control"]
    response = client.get("/v1/diff?from=1")
    assert "immutable" not in response.headers["cache-control"]
    revalidated = client.get("/v1/diff?from=1", headers={"If-None-Match": response.headers["etag"]})
    assert revalidated.status_code == 304


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("", 422, "from: this parameter is required."),
        ("from=9", 422, "Releases: 2026.7"),
        ("from=1&to=9", 422, "Releases: 2026.7"),
        ("from=current", 422, "Releases: 2026.7"),
        ("from=1&to=", 422, "Releases: 2026.7"),
        ("from=a%00b", 422, "NUL"),
        (f"from={'9' * 50}", 422, "40 or fewer characters"),
        (f"{SIDES}&collection=claim", 422, "claims"),
        (f"{SIDES}&collection=", 422, "is not an allowed value"),
        (f"{SIDES}&limit=0", 422, "limit"),
        (f"{SIDES}&cursor=AAAA", 422, "cursor"),
        (f"{SIDES}&colection=claims", 422, "collection"),
        (f"{SIDES}&release=1", 422, "is not supported here"),
    ],
)
def test_invalid_parameters_are_refused_with_a_reason(
    published: Published, query: str, status: int, words: str
) -> None:
    response = published.client.get(f"/v1/diff?{query}")
    assert response.status_code == status, response.text
    assert words in json.dumps(response.json())


def test_a_cursor_is_refused_for_another_comparison(published: Published) -> None:
    cursor = diff(published, f"{SIDES}&limit=2")["page"]["next"]
    assert diff(published, f"{SIDES}&limit=5&cursor={cursor}")["data"]
    for query in ("from=2026.7&to=1", "from=1", f"{SIDES}&collection=claims"):
        response = published.client.get(f"/v1/diff?{query}&cursor={cursor}")
        assert response.status_code == 422


def test_a_date_selects_the_newest_release_on_or_before_it(published: Published) -> None:
    named = diff(published, f"{SIDES}&limit=500")
    for dates in ("from=2026-01-31&to=2026-07-31", "from=2026-02-14&to=2026-12-31"):
        dated = diff(published, f"{dates}&limit=500")
        for part in ("data", "page", "before", "after", "summary", "verdicts"):
            assert dated[part] == named[part], part
    cursor = diff(published, f"{SIDES}&limit=2")["page"]["next"]
    assert diff(published, f"from=2026-01-31&to=2026.7&limit=2&cursor={cursor}")["data"]
    final = published.client.get("/v1/diff?from=2026-01-31&to=2026-07-30")
    assert "immutable" in final.headers["cache-control"]
    open_ended = published.client.get("/v1/diff?from=2026-01-31&to=2026-12-31")
    assert "immutable" not in open_ended.headers["cache-control"], "a release may come"


@pytest.mark.parametrize(
    ("query", "words"),
    [("from=2026-01-30", "on or before 2026-01-30"), ("from=2026-02-30", "must be a date")],
)
def test_a_date_before_the_first_release_and_an_invalid_date_are_refused(
    published: Published, query: str, words: str
) -> None:
    response = published.client.get(f"/v1/diff?{query}")
    assert response.status_code == 422
    assert words in response.json()["errors"][0]["message"]

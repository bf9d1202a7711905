"""The difference between two releases, or between one and now, field by field."""

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
    answer = published.client.get(f"/v1/diff?{query}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_records_are_added_changed_and_removed(published: Published) -> None:
    found = diff(published, f"{SIDES}&limit=500")
    by_key = {(one["collection"], one["slug"]): one for one in found["data"]}
    assert by_key["compounds", "compound-5"]["difference"] == "removed"
    assert by_key["regions", "region-99"]["difference"] == "added"
    renamed = by_key["claims", "claim-1"]
    assert renamed["difference"] == "changed"
    assert renamed["name"] == "Renamed"
    assert renamed["fields"] == [{"field": "name", "before": "Claim-1", "after": "Renamed"}]
    assert ("claims", "claim-0") not in by_key
    assert found["page"] == {"limit": 500, "total": len(found["data"]), "next": None}
    assert found["before"] == {"release": "1", "revision": 1}
    assert found["after"] == {"release": "2026.7", "revision": 2}
    assert found["summary"]["regions"] == {"added": 1, "changed": 0, "removed": 0}
    assert sum(sum(counted.values()) for counted in found["summary"].values()) == len(by_key)


def test_it_agrees_with_the_changelog_of_the_manifest(published: Published) -> None:
    found = diff(published, f"{SIDES}&limit=500")
    told = published.client.get("/v1/releases/2026.7").json()["data"]["changelog"]
    for word, kind in (("added", "added"), ("withdrawn", "removed")):
        listed = [
            (one["collection"], one["slug"]) for one in found["data"] if one["difference"] == kind
        ]
        assert listed == [(name, slug) for name, slugs in told[word].items() for slug in slugs]
    changed = {
        (name, one["slug"]): one["fields"] for name, all_ in told["changed"].items() for one in all_
    }
    assert changed == {
        (one["collection"], one["slug"]): [field["field"] for field in one["fields"]]
        for one in found["data"]
        if one["difference"] == "changed"
    }
    assert found["verdicts"] == told["verdicts"]


def test_a_verdict_that_moved_says_from_what_to_what(published: Published) -> None:
    moved = {one["claim"]: one for one in diff(published, SIDES)["verdicts"]}
    assert moved["claim-2"]["before"] == {"verdict": "inconclusive", "certainty": "very_low"}
    assert moved["claim-2"]["after"] == {"verdict": "not_assessed", "certainty": None}
    assert "claim-0" not in moved
    assert diff(published, f"{SIDES}&collection=regions")["verdicts"] == []


def test_what_is_shown_is_what_the_releases_show(published: Published) -> None:
    for one in diff(published, f"{SIDES}&limit=500")["data"]:
        url = f"/v1/{one['collection']}/{one['slug']}"
        old, new = (published.client.get(f"{url}?release={name}") for name in ("1", "2026.7"))
        assert (old.status_code, new.status_code) == {
            "added": (404, 200),
            "removed": (200, 410),
            "changed": (200, 200),
        }[one["difference"]]
        if one["difference"] == "changed":
            before, after = old.json()["data"], new.json()["data"]
            unlike = [name for name in after if before[name] != after[name]]
            assert unlike == [field["field"] for field in one["fields"]]
            for field in one["fields"]:
                assert field["before"] == before[field["field"]]
                assert field["after"] == after[field["field"]]


def test_it_pages_through_every_difference_once(published: Published) -> None:
    whole = diff(published, f"{SIDES}&limit=500")["data"]
    url: str | None = f"/v1/diff?{SIDES}&limit=3"
    seen = []
    while url:
        answer = published.client.get(url)
        assert len(answer.json()["data"]) <= 3
        assert answer.json()["page"]["total"] == len(whole)
        seen += answer.json()["data"]
        url = answer.links.get("next", {}).get("url")
    assert seen == whole
    assert len(whole) > 6


def test_the_csv_has_every_difference(published: Published) -> None:
    listed = diff(published, f"{SIDES}&limit=500")
    answer = published.client.get(f"/v1/diff.csv?{SIDES}")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert answer.headers["x-total-count"] == str(len(rows))
    assert [{**row, "fields": json.loads(row["fields"])} for row in rows] == listed["data"]
    regions = published.client.get(f"/v1/diff.csv?{SIDES}&collection=regions").text
    assert {row["collection"] for row in csv.DictReader(io.StringIO(regions))} == {"regions"}
    same = published.client.get("/v1/diff.csv?from=1&to=1")
    assert (same.text, same.headers["x-total-count"]) == (
        "collection,slug,name,difference,fields\r\n",
        "0",
    )
    tag = {"If-None-Match": answer.headers["etag"]}
    assert published.client.get(f"/v1/diff.csv?{SIDES}", headers=tag).status_code == 304
    assert published.client.get(f"/v1/diff.csv?{SIDES}&limit=3").status_code == 422
    assert published.client.get("/v1/diff.csv?from=none").status_code == 422


def test_a_collection_narrows_it(published: Published) -> None:
    found = diff(published, f"{SIDES}&collection=claims,regions")
    assert list(found["summary"]) == ["regions", "claims"]
    assert {one["collection"] for one in found["data"]} == {"claims", "regions"}


def test_the_other_way_round_it_is_the_opposite(published: Published) -> None:
    there, back = diff(published, f"{SIDES}&limit=500"), diff(published, "from=2026.7&to=1")
    opposite = {"added": "removed", "removed": "added", "changed": "changed"}
    assert back["page"]["total"] == there["page"]["total"]
    assert [opposite[one["difference"]] for one in there["data"]][:50] == [
        one["difference"] for one in back["data"]
    ]


def test_a_release_does_not_differ_from_itself(published: Published) -> None:
    found = diff(published, "from=1&to=1")
    assert (found["data"], found["summary"], found["verdicts"]) == ([], {}, [])


def test_what_differs_now_follows_every_write(published: Published) -> None:
    found = diff(published, "from=2026.7&collection=claims")
    assert [one["slug"] for one in found["data"]] == ["claim-0"]
    assert found["after"]["release"] == "current"
    rewrite_record(published.store, "claim", "claim-3", summary="Written just now.")
    with published.store.read() as session:
        revision = session.execute(select(m.Dataset.revision)).scalar_one()
    time.sleep(0.15)  # what is kept is at most this old
    found = diff(published, "from=2026.7&to=current&collection=claims")
    assert found["after"] == {"release": "current", "revision": revision}
    assert [one["slug"] for one in found["data"]] == ["claim-0", "claim-3"]
    assert found["data"][1]["fields"][0]["after"] == "Written just now."


def test_it_is_for_ever_between_releases_and_not_until_now(published: Published) -> None:
    client = published.client
    assert "immutable" in client.get(f"/v1/diff?{SIDES}").headers["cache-control"]
    answer = client.get("/v1/diff?from=1")
    assert "immutable" not in answer.headers["cache-control"]
    again = client.get("/v1/diff?from=1", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304


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
def test_what_cannot_be_compared_is_refused_in_words(
    published: Published, query: str, status: int, words: str
) -> None:
    answer = published.client.get(f"/v1/diff?{query}")
    assert answer.status_code == status, answer.text
    assert words in json.dumps(answer.json())


def test_a_cursor_fits_its_own_comparison_alone(published: Published) -> None:
    cursor = diff(published, f"{SIDES}&limit=2")["page"]["next"]
    assert diff(published, f"{SIDES}&limit=5&cursor={cursor}")["data"]
    for other in ("from=2026.7&to=1", "from=1", f"{SIDES}&collection=claims"):
        answer = published.client.get(f"/v1/diff?{other}&cursor={cursor}")
        assert answer.status_code == 422


def test_dates_stand_for_the_newest_releases_of_their_days(published: Published) -> None:
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
def test_a_date_without_a_release_is_refused_in_words(
    published: Published, query: str, words: str
) -> None:
    answer = published.client.get(f"/v1/diff?{query}")
    assert answer.status_code == 422
    assert words in answer.json()["errors"][0]["message"]

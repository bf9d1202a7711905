"""History: who, when, why, field by field; of a record, of a verdict, and of everything."""

import csv
import io
import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest

from app.api import atom
from app.domain import timestamps
from tests.curation.conftest import Curator, accepted_revision, current_revision, proposal_number

ATOM = "{http://www.w3.org/2005/Atom}"


def told(client: httpx.Client, path: str, **query: Any) -> list[dict[str, Any]]:
    answer = client.get(path, params=query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


def test_a_record_tells_who_changed_what_when_and_why(
    own_client: httpx.Client, anna: Curator, ben: Curator
) -> None:
    before = datetime.now(UTC)
    patch = {"name": "Renamed", "synonyms": ["other"]}
    made = accepted_revision(
        ben, anna.change("claims/claim-1", patch, why="It had the wrong name.")
    )
    created, changed = told(own_client, "/v1/claims/claim-1/history")
    assert (created["action"], created["who"], created["revision"]) == ("create", "kkb load", 1)
    assert {"field": "statement", "before": None, "after": "It does."} in created["fields"]
    assert changed["fields"] == [
        {"field": "name", "before": "Claim-1", "after": "Renamed"},
        {"field": "synonyms", "before": [], "after": ["other"]},
    ]
    assert (changed["who"], changed["accepted_by"], changed["revision"]) == ("anna", "ben", made)
    assert changed["why"] == "It had the wrong name."
    at = datetime.fromisoformat(changed["at"])
    assert before - timedelta(seconds=1) <= at <= datetime.now(UTC)


def test_a_verdict_tells_what_moved_it(
    own_client: httpx.Client, anna: Curator, ben: Curator
) -> None:
    before = own_client.get("/v1/verdicts/claim-5").json()["data"]
    patch = {"design": "rct_parallel", "species": "human", "n_analysed": 10}
    made = accepted_revision(ben, anna.change("studies/study-5", patch, why="Read."))
    after = own_client.get("/v1/verdicts/claim-5").json()["data"]
    assert after["ledger"] != before["ledger"]
    last = told(own_client, "/v1/verdicts/claim-5/history")[-1]
    assert (last["revision"], last["why"]) == (made, "Read.")
    assert "studies/study-5" in last["causes"]
    moved = {one["field"]: (one["before"], one["after"]) for one in last["fields"]}
    was, now = ([line["rung"] for line in side] for side in moved["ledger"])
    assert was == [line["rung"] for line in before["ledger"]]
    assert now == [line["rung"] for line in after["ledger"]]
    assert told(own_client, "/v1/claims/claim-5/history")[-1]["revision"] == 1, "the claim stands"


def test_a_verdict_that_does_not_move_has_no_entry(
    own_client: httpx.Client, anna: Curator, ben: Curator
) -> None:
    before = told(own_client, "/v1/verdicts/claim-3/history")
    accepted_revision(ben, anna.change("claims/claim-3", {"open_question": "Why?"}))
    assert told(own_client, "/v1/verdicts/claim-3/history") == before


def test_a_withdrawn_record_keeps_its_history(
    own_client: httpx.Client, anna: Curator, ben: Curator
) -> None:
    accepted_revision(ben, anna.withdraw("pathways/pathway-5", why="It was a duplicate."))
    last = told(own_client, "/v1/pathways/pathway-5/history")[-1]
    assert (last["action"], last["why"]) == ("withdraw", "It was a duplicate.")
    assert {"field": "name", "before": "Pathway-5", "after": None} in last["fields"]


def test_what_never_was_has_no_history(own_client: httpx.Client) -> None:
    answer = own_client.get("/v1/claims/claim-1x/history")
    assert answer.status_code == 404
    assert "/v1/claims/claim-1" in answer.json()["did_you_mean"]


def test_the_feed_pages_through_every_change_once(
    own_client: httpx.Client, anna: Curator, ben: Curator
) -> None:
    accepted_revision(ben, anna.change("regions/region-1", {"summary": "X."}))
    seen, page = [], own_client.get("/v1/changes?limit=37")
    while True:
        seen += [change["id"] for change in page.json()["data"]]
        if "next" not in page.links:
            break
        page = own_client.get(page.links["next"]["url"])
    assert seen == sorted(set(seen))
    whole = told(own_client, "/v1/changes", limit=500)
    assert seen == [change["id"] for change in whole]
    assert {change["revision"] for change in whole} == set(
        range(1, current_revision(own_client) + 1)
    )


def test_the_feed_tells_what_is_new_since(
    own_client: httpx.Client, anna: Curator, ben: Curator
) -> None:
    stood = current_revision(own_client)
    made = accepted_revision(ben, anna.change("regions/region-2", {"summary": "X."}))
    new = told(own_client, "/v1/changes", since=stood)
    assert [(c["collection"], c["slug"], c["revision"]) for c in new] == [
        ("regions", "region-2", made)
    ]
    assert told(own_client, "/v1/changes", since=made) == []
    assert told(own_client, "/v1/changes", since=new[0]["at"]) == new
    today = datetime.now(UTC).date()
    assert told(own_client, "/v1/changes", since=today - timedelta(days=1), limit=500)
    assert told(own_client, "/v1/changes", since=today + timedelta(days=2)) == []
    assert told(own_client, "/v1/changes", since=stood, collection="claims,studies") == []
    assert told(own_client, "/v1/changes", since=stood, until=made) == new
    assert told(own_client, "/v1/changes", since=stood, until=stood) == []
    assert told(own_client, "/v1/changes", since=stood, until=new[0]["at"]) == new
    assert told(own_client, "/v1/changes", since=stood, until=today) == new
    assert told(own_client, "/v1/changes", until=today - timedelta(days=1)) == []


def test_changes_have_a_total_and_are_a_table(own_client: httpx.Client) -> None:
    query: dict[str, Any] = {"collection": "claims,evidence", "fields": "slug,action,why,causes"}
    page = own_client.get("/v1/changes", params={**query, "limit": 3}).json()
    table = own_client.get("/v1/changes.csv", params=query)
    assert table.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(table.text)))
    assert len(rows) == page["page"]["total"] == int(table.headers["x-total-count"]) > 3
    assert list(rows[0]) == list(page["data"][0]) == ["id", "why", "action", "slug", "causes"]
    assert [row["slug"] for row in rows[:3]] == [change["slug"] for change in page["data"]]
    whole = list(csv.DictReader(io.StringIO(own_client.get("/v1/changes.csv").text)))
    assert json.loads(whole[0]["fields"])[0]["field"]
    history = own_client.get("/v1/regions/region-2/history").json()
    assert history["page"]["total"] == len(history["data"])
    wrong = own_client.get("/v1/changes.csv?fields=slugs")
    assert wrong.status_code == 422
    assert "slug" in wrong.json()["errors"][0]["did_you_mean"]


@pytest.mark.parametrize(
    "since",
    [
        "yesterday",
        "2026-13-01",
        "2026-02-30",
        "0001-01-01T00:00:00+14:00",
        "-1",
        "1e3",
        "9" * 30,
        "\x00",
    ],
)
def test_a_since_that_says_nothing_is_refused(own_client: httpx.Client, since: str) -> None:
    answer = own_client.get("/v1/changes", params={"since": since})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["name"] == "since"
    assert own_client.get("/v1/changes?collection=clams").status_code == 422


def test_the_atom_feed_tells_the_same_newest_first(
    own_client: httpx.Client, anna: Curator, ben: Curator
) -> None:
    stood = current_revision(own_client)
    why = "Less <b> & more"
    accepted_revision(ben, anna.change("regions/region-3", {"summary": "X."}, why=why))
    accepted_revision(ben, anna.withdraw("pathways/pathway-6"))
    answer = own_client.get("/v1/changes.atom", params={"since": stood})
    assert answer.headers["content-type"].startswith("application/atom+xml")
    root = ElementTree.fromstring(answer.content)
    titles = [entry.findtext(f"{ATOM}title") for entry in root.iter(f"{ATOM}entry")]
    assert titles == ["pathways/pathway-6 withdrawn", "regions/region-3 changed"]
    entry = list(root.iter(f"{ATOM}entry"))[1]
    assert entry.findtext(f"{ATOM}summary") == why
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == "anna"
    assert "What it is. → X." in (entry.findtext(f"{ATOM}content") or "")
    ids = [e.findtext(f"{ATOM}id") for e in root.iter(f"{ATOM}entry")]
    assert len(set(ids)) == len(ids)
    headers = {"If-None-Match": answer.headers["etag"]}
    again = own_client.get("/v1/changes.atom", params={"since": stood}, headers=headers)
    assert again.status_code == 304
    page = own_client.get("/v1/changes.atom?limit=5")
    following = ElementTree.fromstring(page.content).find(f"{ATOM}link[@rel='next']")
    assert following is not None
    assert own_client.get(following.attrib["href"]).status_code == 200


def test_the_atom_feed_replaces_what_xml_cannot_hold() -> None:
    """Earlier versions accepted control characters in reasons."""
    change = {"id": 1, "collection": "regions", "slug": "a", "action": "change", "fields": []}
    change |= {"at": "2026-11-24T00:00:00Z", "who": "anna", "why": "a\x0bb"}
    root = ElementTree.fromstring(atom.feed("http://x", "http://x/y", None, [change]))
    assert root.findtext(f"{ATOM}entry/{ATOM}summary") == "a\ufffdb"


class SetBackClock(datetime):
    """The system clock, an hour behind."""

    @classmethod
    def now(cls, tz: Any = None) -> "SetBackClock":
        return cls.fromtimestamp(time.time() - 3600, tz)


def test_changes_since_a_time_miss_nothing_when_the_clock_is_set_back(
    own_client: httpx.Client, anna: Curator, ben: Curator, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = accepted_revision(ben, anna.change("regions/region-5", {"summary": "Before."}))
    first = told(own_client, "/v1/changes", since=before - 1)[0]
    monkeypatch.setattr(timestamps, "datetime", SetBackClock)
    after = accepted_revision(ben, anna.change("regions/region-6", {"summary": "After."}))
    last = told(own_client, "/v1/changes", since=before)[0]
    assert last["at"] < first["at"], "the clock was set back"
    # Whoever has seen the first change, and follows by its time or by its revision:
    assert [c["revision"] for c in told(own_client, "/v1/changes", since=first["at"])] == [
        before,
        after,
    ]
    assert [c["revision"] for c in told(own_client, "/v1/changes", since=before)] == [after]
    # Whoever reads up to a time, and goes on from that revision:
    until = told(own_client, "/v1/changes", since=before - 1, until=last["at"])
    assert [c["revision"] for c in until] == [before, after]
    feed = own_client.get("/v1/changes.atom", params={"since": first["at"]})
    root = ElementTree.fromstring(feed.content)
    slugs = [
        (entry.findtext(f"{ATOM}title") or "").split()[0] for entry in root.iter(f"{ATOM}entry")
    ]
    assert slugs == ["regions/region-6", "regions/region-5"]
    assert root.findtext(f"{ATOM}updated") == first["at"]
    table = own_client.get("/v1/changes.csv", params={"since": first["at"]}).text
    assert [row["slug"] for row in csv.DictReader(io.StringIO(table))] == ["region-5", "region-6"]
    history = told(own_client, "/v1/regions/region-6/history")
    assert history[-1]["revision"] == after


def test_a_rejected_proposal_leaves_no_trace_in_public(
    own_client: httpx.Client, anna: Curator, ben: Curator
) -> None:
    before = own_client.get("/v1/changes?limit=500").content
    made = proposal_number(anna.change("claims/claim-4", {"summary": "secret-words"}))
    ben.perform(made, "reject", "No.")
    assert own_client.get("/v1/changes?limit=500").content == before

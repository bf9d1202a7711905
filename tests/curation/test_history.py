"""History of records and verdicts, and the list of all changes: who, when, why, which fields."""

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


def get_data(client: httpx.Client, path: str, **query: Any) -> list[dict[str, Any]]:
    response = client.get(path, params=query)
    assert response.status_code == 200, response.text
    data: list[dict[str, Any]] = response.json()["data"]
    return data


def test_a_change_is_listed_with_curators_time_reason_and_fields(
    own_client: httpx.Client, anna: Curator, ben: Curator
) -> None:
    before = datetime.now(UTC)
    patch = {"name": "Renamed", "synonyms": ["other"]}
    revision = accepted_revision(
        ben, anna.change("claims/claim-1", patch, why="It had the wrong name.")
    )
    created, changed = get_data(own_client, "/v1/claims/claim-1/history")
    assert (created["action"], created["who"], created["revision"]) == ("create", "kkb load", 1)
    assert {"field": "statement", "before": None, "after": "It does."} in created["fields"]
    assert changed["fields"] == [
        {"field": "name", "before": "Claim-1", "after": "Renamed"},
        {"field": "synonyms", "before": [], "after": ["other"]},
    ]
    assert (changed["who"], changed["accepted_by"], changed["revision"]) == (
        "anna",
        "ben",
        revision,
    )
    assert changed["why"] == "It had the wrong name."
    at = datetime.fromisoformat(changed["at"])
    assert before - timedelta(seconds=1) <= at <= datetime.now(UTC)


def test_a_verdict_change_is_listed_with_the_records_that_caused_it(
    own_client: httpx.Client, anna: Curator, ben: Curator
) -> None:
    before = own_client.get("/v1/verdicts/claim-5").json()["data"]
    patch = {"design": "rct_parallel", "species": "human", "n_analysed": 10}
    revision = accepted_revision(ben, anna.change("studies/study-5", patch, why="Read."))
    after = own_client.get("/v1/verdicts/claim-5").json()["data"]
    assert after["ledger"] != before["ledger"]
    last = get_data(own_client, "/v1/verdicts/claim-5/history")[-1]
    assert (last["revision"], last["why"]) == (revision, "Read.")
    assert "studies/study-5" in last["causes"]
    values = {field["field"]: (field["before"], field["after"]) for field in last["fields"]}
    ladder_before, ladder_after = ([line["rung"] for line in side] for side in values["ledger"])
    assert ladder_before == [line["rung"] for line in before["ledger"]]
    assert ladder_after == [line["rung"] for line in after["ledger"]]
    assert get_data(own_client, "/v1/claims/claim-5/history")[-1]["revision"] == 1, (
        "the claim is unchanged"
    )


def test_a_write_that_does_not_change_the_verdict_adds_no_entry_to_its_history(
    own_client: httpx.Client, anna: Curator, ben: Curator
) -> None:
    before = get_data(own_client, "/v1/verdicts/claim-3/history")
    accepted_revision(ben, anna.change("claims/claim-3", {"open_question": "Why?"}))
    assert get_data(own_client, "/v1/verdicts/claim-3/history") == before


def test_a_withdrawn_record_keeps_its_history(
    own_client: httpx.Client, anna: Curator, ben: Curator
) -> None:
    accepted_revision(ben, anna.withdraw("pathways/pathway-5", why="It was a duplicate."))
    last = get_data(own_client, "/v1/pathways/pathway-5/history")[-1]
    assert (last["action"], last["why"]) == ("withdraw", "It was a duplicate.")
    assert {"field": "name", "before": "Pathway-5", "after": None} in last["fields"]


def test_the_history_of_an_unknown_record_is_a_404(own_client: httpx.Client) -> None:
    response = own_client.get("/v1/claims/claim-1x/history")
    assert response.status_code == 404
    assert "/v1/claims/claim-1" in response.json()["did_you_mean"]


def test_following_the_pages_of_changes_gives_every_change_once(
    own_client: httpx.Client, anna: Curator, ben: Curator
) -> None:
    accepted_revision(ben, anna.change("regions/region-1", {"summary": "X."}))
    ids, page = [], own_client.get("/v1/changes?limit=37")
    while True:
        ids += [change["id"] for change in page.json()["data"]]
        if "next" not in page.links:
            break
        page = own_client.get(page.links["next"]["url"])
    assert ids == sorted(set(ids))
    all_changes = get_data(own_client, "/v1/changes", limit=500)
    assert ids == [change["id"] for change in all_changes]
    assert {change["revision"] for change in all_changes} == set(
        range(1, current_revision(own_client) + 1)
    )


def test_the_since_and_until_parameters_filter_changes(
    own_client: httpx.Client, anna: Curator, ben: Curator
) -> None:
    revision_before = current_revision(own_client)
    revision_after = accepted_revision(ben, anna.change("regions/region-2", {"summary": "X."}))
    changes = get_data(own_client, "/v1/changes", since=revision_before)
    assert [(c["collection"], c["slug"], c["revision"]) for c in changes] == [
        ("regions", "region-2", revision_after)
    ]
    assert get_data(own_client, "/v1/changes", since=revision_after) == []
    assert get_data(own_client, "/v1/changes", since=changes[0]["at"]) == changes
    today = datetime.now(UTC).date()
    assert get_data(own_client, "/v1/changes", since=today - timedelta(days=1), limit=500)
    assert get_data(own_client, "/v1/changes", since=today + timedelta(days=2)) == []
    assert (
        get_data(own_client, "/v1/changes", since=revision_before, collection="claims,studies")
        == []
    )
    assert (
        get_data(own_client, "/v1/changes", since=revision_before, until=revision_after) == changes
    )
    assert get_data(own_client, "/v1/changes", since=revision_before, until=revision_before) == []
    assert (
        get_data(own_client, "/v1/changes", since=revision_before, until=changes[0]["at"])
        == changes
    )
    assert get_data(own_client, "/v1/changes", since=revision_before, until=today) == changes
    assert get_data(own_client, "/v1/changes", until=today - timedelta(days=1)) == []


def test_changes_have_a_total_and_a_csv_export(own_client: httpx.Client) -> None:
    query: dict[str, Any] = {"collection": "claims,evidence", "fields": "slug,action,why,causes"}
    page = own_client.get("/v1/changes", params={**query, "limit": 3}).json()
    table = own_client.get("/v1/changes.csv", params=query)
    assert table.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(table.text)))
    assert len(rows) == page["page"]["total"] == int(table.headers["x-total-count"]) > 3
    assert list(rows[0]) == list(page["data"][0]) == ["id", "why", "action", "slug", "causes"]
    assert [row["slug"] for row in rows[:3]] == [change["slug"] for change in page["data"]]
    all_rows = list(csv.DictReader(io.StringIO(own_client.get("/v1/changes.csv").text)))
    assert json.loads(all_rows[0]["fields"])[0]["field"]
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
def test_an_invalid_since_is_refused(own_client: httpx.Client, since: str) -> None:
    response = own_client.get("/v1/changes", params={"since": since})
    assert response.status_code == 422
    assert response.json()["errors"][0]["name"] == "since"
    assert own_client.get("/v1/changes?collection=clams").status_code == 422


def test_the_atom_feed_lists_the_same_changes_newest_first(
    own_client: httpx.Client, anna: Curator, ben: Curator
) -> None:
    revision_before = current_revision(own_client)
    why = "Less <b> & more"
    accepted_revision(ben, anna.change("regions/region-3", {"summary": "X."}, why=why))
    accepted_revision(ben, anna.withdraw("pathways/pathway-6"))
    response = own_client.get("/v1/changes.atom", params={"since": revision_before})
    assert response.headers["content-type"].startswith("application/atom+xml")
    root = ElementTree.fromstring(response.content)
    titles = [entry.findtext(f"{ATOM}title") for entry in root.iter(f"{ATOM}entry")]
    assert titles == ["pathways/pathway-6 withdrawn", "regions/region-3 changed"]
    entry = list(root.iter(f"{ATOM}entry"))[1]
    assert entry.findtext(f"{ATOM}summary") == why
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == "anna"
    assert "What it is. → X." in (entry.findtext(f"{ATOM}content") or "")
    ids = [e.findtext(f"{ATOM}id") for e in root.iter(f"{ATOM}entry")]
    assert len(set(ids)) == len(ids)
    headers = {"If-None-Match": response.headers["etag"]}
    revalidated = own_client.get(
        "/v1/changes.atom", params={"since": revision_before}, headers=headers
    )
    assert revalidated.status_code == 304
    page = own_client.get("/v1/changes.atom?limit=5")
    next_link = ElementTree.fromstring(page.content).find(f"{ATOM}link[@rel='next']")
    assert next_link is not None
    assert own_client.get(next_link.attrib["href"]).status_code == 200


def test_the_atom_feed_replaces_characters_that_are_invalid_in_xml() -> None:
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


def test_changes_since_a_time_are_complete_when_the_clock_is_set_back(
    own_client: httpx.Client, anna: Curator, ben: Curator, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = accepted_revision(ben, anna.change("regions/region-5", {"summary": "Before."}))
    first = get_data(own_client, "/v1/changes", since=before - 1)[0]
    monkeypatch.setattr(timestamps, "datetime", SetBackClock)
    after = accepted_revision(ben, anna.change("regions/region-6", {"summary": "After."}))
    last = get_data(own_client, "/v1/changes", since=before)[0]
    assert last["at"] < first["at"], "the clock was set back"
    # A client that has the first change reads on from its time or its revision:
    assert [c["revision"] for c in get_data(own_client, "/v1/changes", since=first["at"])] == [
        before,
        after,
    ]
    assert [c["revision"] for c in get_data(own_client, "/v1/changes", since=before)] == [after]
    # A client reads up to a time, and then from that revision:
    until = get_data(own_client, "/v1/changes", since=before - 1, until=last["at"])
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
    history = get_data(own_client, "/v1/regions/region-6/history")
    assert history[-1]["revision"] == after


def test_a_rejected_proposal_does_not_appear_in_public_changes(
    own_client: httpx.Client, anna: Curator, ben: Curator
) -> None:
    before = own_client.get("/v1/changes?limit=500").content
    number = proposal_number(anna.change("claims/claim-4", {"summary": "secret-words"}))
    ben.perform(number, "reject", "No.")
    assert own_client.get("/v1/changes?limit=500").content == before

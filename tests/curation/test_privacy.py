"""Drafts are seen by keyed curators alone: a word of one is looked for at every public address."""

import re
from typing import Any

import httpx
import pytest

from app.resources import RESOURCES
from tests import factories
from tests.curation.conftest import Curator
from tests.params import SOME_STORE

WORD = "xylographic"


@pytest.fixture
def drafted(anna: Curator) -> list[int]:
    """Proposals, drafted and submitted, of every kind, that all say one rare word."""
    new = factories.record_input("claims", 60, name=WORD, statement=WORD, absence="not_searched")
    made = [
        anna.create("claims", new, why=WORD, draft=True),
        anna.create("pathways", factories.record_input("pathways", 60, name=WORD), why=WORD),
        anna.change("compounds/compound-1", {"synonyms": [WORD], "name": WORD}, why=WORD),
        anna.change("references/reference-1", {"title": WORD, "doi": f"10.1000/{WORD}"}, why=WORD),
        anna.withdraw("pathways/pathway-1", why=WORD),
    ]
    assert [answer.status_code for answer in made] == [202] * 5
    return [answer.json()["data"]["id"] for answer in made]


def addresses(document: dict[str, Any]) -> list[str]:
    """Every address that the public reads, with its blanks filled in."""
    found = []
    for path, operations in document["paths"].items():
        operation = operations.get("get")
        if operation is None or operation.get("security"):
            continue
        room = path.split("/")[2].partition(".")[0] if path.count("/") > 1 else ""
        resource = RESOURCES.get(room)
        slugs = [factories.slug(resource)] if resource else ["not-found"]
        slugs += ["claim-60", "pathway-60"]
        for slug in slugs if "{" in path else [""]:
            formats = ("csv", "tsv", "ndjson") if "{format}" in path else ("",)
            found += [re.sub(r"{\w+}", slug, path.replace("{format}", form)) for form in formats]
    return found


@SOME_STORE
def test_no_public_address_shows_a_draft(
    own_client: httpx.Client, anna: Curator, drafted: list[int]
) -> None:
    document = own_client.get("/openapi.json").json()
    asked = addresses(document)
    assert len(asked) > 100
    for path in asked:
        for query in ("", "?limit=500", f"?q={WORD}", "?include=claims", f"?compounds={WORD}"):
            answer = own_client.get(path + query)
            assert answer.status_code < 500, path
            is_json = answer.headers.get("content-type", "").startswith("application/json")
            # A search repeats its query in `meta`.
            only_data = is_json and f"q={WORD}" in query and "data" in answer.json()
            text = str(answer.json()["data"]) if only_data else answer.text
            if answer.status_code == 200 and query != f"?compounds={WORD}":
                assert WORD not in text, path + query
            assert "claim-60" not in text or answer.status_code in {404, 422}, path + query
    assert WORD in anna.request("GET", f"/v1/proposals/{drafted[0]}").text


def test_counts_and_revision_do_not_move(
    own_client: httpx.Client, anna: Curator, request: pytest.FixtureRequest
) -> None:
    paths = ("/v1", "/v1/meta", "/v1/claims?limit=1", "/v1/changes?limit=500", "/v1/gaps")
    before = {path: own_client.get(path) for path in paths}
    request.getfixturevalue("drafted")
    for path, answer in before.items():
        again = own_client.get(path)
        assert again.content == answer.content, path
        assert again.headers["etag"] == answer.headers["etag"], path


@pytest.mark.parametrize("path", ["/v1/proposals", "/v1/proposals/1", "/v1/keys"])
def test_what_curators_see_is_kept_by_no_cache(
    own_client: httpx.Client, anna: Curator, drafted: list[int], path: str
) -> None:
    assert own_client.get(path).status_code == 401
    answer = anna.request("GET", path)
    assert "no-store" in answer.headers["cache-control"]
    assert own_client.get(path).status_code == 401, "not from memory either"

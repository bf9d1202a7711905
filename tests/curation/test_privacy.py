"""Drafts are visible only with an API key: no public address contains a word of a draft."""

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
    """Drafted and submitted proposals of every kind that contain one rare word."""
    new = factories.record_input("claims", 60, name=WORD, statement=WORD, absence="not_searched")
    responses = [
        anna.create("claims", new, why=WORD, draft=True),
        anna.create("pathways", factories.record_input("pathways", 60, name=WORD), why=WORD),
        anna.change("compounds/compound-1", {"synonyms": [WORD], "name": WORD}, why=WORD),
        anna.change("references/reference-1", {"title": WORD, "doi": f"10.1000/{WORD}"}, why=WORD),
        anna.withdraw("pathways/pathway-1", why=WORD),
    ]
    assert [response.status_code for response in responses] == [202] * 5
    return [response.json()["data"]["id"] for response in responses]


def addresses(document: dict[str, Any]) -> list[str]:
    """Return every address that needs no API key, with values for its path parameters."""
    paths = []
    for path, operations in document["paths"].items():
        operation = operations.get("get")
        if operation is None or operation.get("security"):
            continue
        collection = path.split("/")[2].partition(".")[0] if path.count("/") > 1 else ""
        resource = RESOURCES.get(collection)
        slugs = [factories.slug(resource)] if resource else ["not-found"]
        slugs += ["claim-60", "pathway-60"]
        for slug in slugs if "{" in path else [""]:
            formats = ("csv", "tsv", "ndjson") if "{format}" in path else ("",)
            paths += [re.sub(r"{\w+}", slug, path.replace("{format}", form)) for form in formats]
    return paths


@SOME_STORE
def test_no_public_address_shows_a_draft(
    own_client: httpx.Client, anna: Curator, drafted: list[int]
) -> None:
    document = own_client.get("/openapi.json").json()
    public_paths = addresses(document)
    assert len(public_paths) > 100
    for path in public_paths:
        for query in ("", "?limit=500", f"?q={WORD}", "?include=claims", f"?compounds={WORD}"):
            response = own_client.get(path + query)
            assert response.status_code < 500, path
            is_json = response.headers.get("content-type", "").startswith("application/json")
            # The response of a search contains its query in `meta`.
            only_data = is_json and f"q={WORD}" in query and "data" in response.json()
            text = str(response.json()["data"]) if only_data else response.text
            if response.status_code == 200 and query != f"?compounds={WORD}":
                assert WORD not in text, path + query
            assert "claim-60" not in text or response.status_code in {404, 422}, path + query
    assert WORD in anna.request("GET", f"/v1/proposals/{drafted[0]}").text


def test_a_draft_changes_neither_counts_nor_the_revision(
    own_client: httpx.Client, anna: Curator, request: pytest.FixtureRequest
) -> None:
    paths = ("/v1", "/v1/meta", "/v1/claims?limit=1", "/v1/changes?limit=500", "/v1/gaps")
    before = {path: own_client.get(path) for path in paths}
    request.getfixturevalue("drafted")
    for path, response in before.items():
        after = own_client.get(path)
        assert after.content == response.content, path
        assert after.headers["etag"] == response.headers["etag"], path


@pytest.mark.parametrize("path", ["/v1/proposals", "/v1/proposals/1", "/v1/keys"])
def test_responses_for_curators_are_not_cached(
    own_client: httpx.Client, anna: Curator, drafted: list[int], path: str
) -> None:
    assert own_client.get(path).status_code == 401
    response = anna.request("GET", path)
    assert "no-store" in response.headers["cache-control"]
    assert own_client.get(path).status_code == 401, "the response cache does not serve it either"

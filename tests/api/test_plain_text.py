"""Texts at addresses of their own can be sent as text/plain, the type that every client knows."""

import httpx
import pytest

from tests.params import ONE_STORE


@ONE_STORE
@pytest.mark.parametrize(
    ("address", "media_type"),
    [
        ("/v1/claims.bib", "application/x-bibtex; charset=utf-8"),
        ("/v1/graph.graphml", "application/graphml+xml"),
        ("/v1/changes.atom", "application/atom+xml"),
    ],
)
def test_the_text_is_the_same_in_both_types(
    client: httpx.Client, address: str, media_type: str
) -> None:
    own = client.get(address)
    assert own.headers["Content-Type"] == media_type
    plain = client.get(address, headers={"Accept": "text/plain"})
    assert plain.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert plain.text == own.text
    assert plain.headers["ETag"] != own.headers["ETag"]
    # axios accepts everything alike, and the address names the format: no other type, and no 406.
    for accept in ("application/json, text/plain, */*", "application/json", media_type):
        again = client.get(address, headers={"Accept": accept})
        assert again.status_code == 200
        assert again.headers["ETag"] == own.headers["ETag"], accept


@ONE_STORE
def test_tables_keep_their_type(client: httpx.Client) -> None:
    response = client.get("/v1/claims.csv", headers={"Accept": "text/plain"})
    assert response.headers["Content-Type"].startswith("text/csv")

"""A store and a server for each test module, and curators with API keys."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.domain.curation import Scope
from app.kit.sessions import Store
from app.services.curation import api_keys
from tests import factories
from tests.helpers import fill_store, serving

Create = Callable[..., "Curator"]


@dataclass(frozen=True)
class Curator:
    """A curator with an API key, who sends requests through a client."""

    client: httpx.Client
    name: str
    token: str
    key_id: int

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}", **options.pop("headers", {})}
        return self.client.request(method, path, headers=headers, **options)

    def create(self, collection: str, record: dict[str, Any], **query: Any) -> httpx.Response:
        return self.request(
            "POST", f"/v1/{collection}", params={"why": "New.", **query}, json=record
        )

    def change(self, name: str, patch: dict[str, Any], **query: Any) -> httpx.Response:
        headers = {"If-Match": self.client.get(f"/v1/{name}").headers["etag"]}
        params = {"why": "Better.", **query}
        return self.request("PATCH", f"/v1/{name}", params=params, json=patch, headers=headers)

    def withdraw(self, name: str, **query: Any) -> httpx.Response:
        headers = {"If-Match": self.client.get(f"/v1/{name}").headers["etag"]}
        params = {"why": "Wrong.", **query}
        return self.request("DELETE", f"/v1/{name}", params=params, headers=headers)

    def perform(
        self, number: int, action: str, text: str | None = None, **options: Any
    ) -> httpx.Response:
        path = f"/v1/proposals/{number}"
        tag = self.request("GET", path).headers.get("etag", "*")
        headers = {"If-Match": tag, **options.pop("headers", {})}
        body = {"json": {"text": text}} if text else {}
        return self.request("POST", f"{path}/{action}", headers=headers, **body, **options)


@pytest.fixture(scope="module")
def own_store(
    make_empty_store: Callable[[str, Path], str],
    database: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Store]:
    """A store for one test module with ten generated records of each collection."""
    root = tmp_path_factory.mktemp("own")
    store = fill_store(
        make_empty_store(database, root),
        factories.write_folder(root / "data", factories.dataset(10)),
    )
    yield store
    store.engine.dispose()


@pytest.fixture(scope="module")
def own_client(own_store: Store) -> Iterator[httpx.Client]:
    """A client of the store's server, without an API key."""
    with serving(own_store) as url, httpx.Client(base_url=url, timeout=30) as client:
        yield client


@pytest.fixture(scope="module")
def curator(own_client: httpx.Client, own_store: Store) -> Create:
    """Return a function that creates curators: `curator("anna", "propose")`."""

    def make(name: str, *scopes: str, days: int = 1) -> Curator:
        with own_store.write() as session:
            key, token = api_keys.create_key(session, name, [Scope(s) for s in scopes], days)
        return Curator(own_client, name, token, key["id"])

    return make


@pytest.fixture
def anna(curator: Create) -> Curator:
    """A curator who may propose."""
    return curator("anna", "propose")


@pytest.fixture
def ben(curator: Create) -> Curator:
    """A curator who may review."""
    return curator("ben", "review")


def proposal_number(write_response: httpx.Response) -> int:
    """Return the number of the proposal that a write created."""
    assert write_response.status_code == 202, write_response.text
    number = write_response.json()["data"]["id"]
    assert write_response.headers["location"].endswith(f"/v1/proposals/{number}")
    return int(number)


def current_revision(client: httpx.Client) -> int:
    """Return the current revision of the store."""
    return int(client.get("/v1").json()["meta"]["revision"])


def accepted_revision(ben: Curator, write_response: httpx.Response) -> int:
    """Accept the proposal of a write as another curator; return the new revision."""
    response = ben.perform(proposal_number(write_response), "accept")
    assert response.status_code == 200, response.text
    return int(response.json()["data"]["revision"])

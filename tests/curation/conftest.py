"""A store for each file of tests, served, with curators who hold keys."""

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
    """Somebody with a key, at the door."""

    client: httpx.Client
    name: str
    token: str
    key_id: int

    def request(self, method: str, path: str, **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}", **more.pop("headers", {})}
        return self.client.request(method, path, headers=headers, **more)

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
        self, number: int, what: str, text: str | None = None, **more: Any
    ) -> httpx.Response:
        path = f"/v1/proposals/{number}"
        tag = self.request("GET", path).headers.get("etag", "*")
        headers = {"If-Match": tag, **more.pop("headers", {})}
        body = {"json": {"text": text}} if text else {}
        return self.request("POST", f"{path}/{what}", headers=headers, **body, **more)


@pytest.fixture(scope="module")
def own_store(
    make_empty_store: Callable[[str, Path], str],
    database: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Store]:
    """A store for one file of tests, ten made-up records of each noun, on each kind of store."""
    root = tmp_path_factory.mktemp("own")
    store = fill_store(
        make_empty_store(database, root),
        factories.write_folder(root / "data", factories.dataset(10)),
    )
    yield store
    store.engine.dispose()


@pytest.fixture(scope="module")
def own_client(own_store: Store) -> Iterator[httpx.Client]:
    """A client of it, without a key."""
    with serving(own_store) as url, httpx.Client(base_url=url, timeout=30) as client:
        yield client


@pytest.fixture(scope="module")
def curator(own_client: httpx.Client, own_store: Store) -> Create:
    """Makes curators: `curator("anna", "propose")`."""

    def make(name: str, *scopes: str, days: int = 1) -> Curator:
        with own_store.write() as session:
            known, token = api_keys.create_key(session, name, [Scope(s) for s in scopes], days)
        return Curator(own_client, name, token, known["id"])

    return make


@pytest.fixture
def anna(curator: Create) -> Curator:
    """Who proposes."""
    return curator("anna", "propose")


@pytest.fixture
def ben(curator: Create) -> Curator:
    """Who reviews."""
    return curator("ben", "review")


def proposal_number(answer: httpx.Response) -> int:
    """The proposal that a write made."""
    assert answer.status_code == 202, answer.text
    found = answer.json()["data"]["id"]
    assert answer.headers["location"].endswith(f"/v1/proposals/{found}")
    return int(found)


def current_revision(client: httpx.Client) -> int:
    """Where the store stands."""
    return int(client.get("/v1").json()["meta"]["revision"])


def accepted_revision(ben: Curator, answer: httpx.Response) -> int:
    """The revision that a write becomes, once another curator accepts it."""
    done = ben.perform(proposal_number(answer), "accept")
    assert done.status_code == 200, done.text
    return int(done.json()["data"]["revision"])

"""A store that is busy, full or read-only: reads succeed, and a write is a 503 or a 507."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from sqlalchemy import event, text

from app.domain.curation import Scope
from app.kit.sessions import Store
from app.services.curation import api_keys
from app.services.store.opening import open_store
from tests import factories
from tests.curation.conftest import Curator, current_revision, proposal_number
from tests.helpers import fill_store, serving


def refused_write(client: httpx.Client, anna: Curator, status: int, kind: str) -> httpx.Response:
    """Send a write that the store cannot accept; return the error response. Reads succeed."""
    revision_before = current_revision(client)
    response = anna.create("claims", factories.record_input("claims", 50, absence="not_searched"))
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["type"] == f"/v1/problems/{kind}"
    assert client.get("/v1/claims/claim-1").status_code == 200
    assert current_revision(client) == revision_before
    return response


def assert_write_is_accepted(anna: Curator) -> None:
    """Send the same write after the failure."""
    proposal_number(
        anna.create("claims", factories.record_input("claims", 50, absence="not_searched"))
    )


@contextmanager
def concurrent_write(store: Store) -> Iterator[None]:
    """Hold a write transaction open within the block."""
    with store.write():
        yield


def test_a_write_during_a_long_write_of_another_session_is_a_503(
    own_client: httpx.Client, own_store: Store, anna: Curator
) -> None:
    with concurrent_write(own_store):
        response = refused_write(own_client, anna, 503, "service-unavailable")
    assert response.headers["retry-after"] == "1"
    assert_write_is_accepted(anna)


def limit_page_count(connection: sqlite3.Connection, _record: object) -> None:
    used = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {used}")
    connection.execute("PRAGMA cache_size = 5")


@contextmanager
def full_disk(store: Store) -> Iterator[None]:
    """Simulate a full disk: a page limit for SQLite, a trigger that raises for PostgreSQL."""
    if store.engine.dialect.name == "sqlite":
        event.listen(store.engine, "connect", limit_page_count)
        store.engine.dispose()
        yield
        event.remove(store.engine, "connect", limit_page_count)
        store.engine.dispose()
        return
    with store.write() as session:
        session.execute(
            text(
                "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                " RAISE EXCEPTION 'no space left on device' USING ERRCODE = 'disk_full'; END $$"
            )
        )
        session.execute(
            text(
                "CREATE TRIGGER full_disk BEFORE INSERT ON proposal_event"
                " EXECUTE FUNCTION full_disk()"
            )
        )
    yield
    with store.write() as session:
        session.execute(text("DROP TRIGGER full_disk ON proposal_event"))


def test_a_write_to_a_full_disk_is_a_507(
    own_client: httpx.Client, own_store: Store, anna: Curator
) -> None:
    with full_disk(own_store):
        long_synonyms = [f"{number} {'x' * 290}" for number in range(700)]
        draft = factories.record_input("claims", 51, absence="not_searched", synonyms=long_synonyms)
        assert own_client.get("/v1/claims").status_code == 200
        response = anna.create("claims", draft)
        assert response.status_code == 507, response.text
        assert response.json()["type"] == "/v1/problems/insufficient-storage"
        assert own_client.get("/v1/claims/claim-2").status_code == 200
    proposal_number(anna.create("claims", draft))


def test_a_node_on_a_read_only_file_serves_reads_and_refuses_writes(tmp_path: Path) -> None:
    store = fill_store(
        f"sqlite:///{tmp_path}/kkb.db",
        factories.write_folder(tmp_path / "data", factories.dataset(3)),
    )
    with store.write() as session:
        _, token = api_keys.create_key(session, "anna", [Scope.PROPOSE], 1)
    read_only_store = open_store(f"sqlite:///file:{tmp_path}/kkb.db?mode=ro&uri=true")
    with serving(read_only_store) as url, httpx.Client(base_url=url, timeout=30) as client:
        response = refused_write(
            client, Curator(client, "anna", token, 1), 503, "service-unavailable"
        )
        assert "is read-only" in response.json()["detail"]

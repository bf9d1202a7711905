"""A store that is busy, full or takes no writes: reads go on, and a write says so."""

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


def refused(own: httpx.Client, anna: Curator, status: int, kind: str) -> httpx.Response:
    """A write that is refused for the store's sake, while reads are answered."""
    stood = current_revision(own)
    answer = anna.create("claims", factories.record_input("claims", 50, absence="not_searched"))
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == f"/v1/problems/{kind}"
    assert own.get("/v1/claims/claim-1").status_code == 200
    assert current_revision(own) == stood
    return answer


def written(anna: Curator) -> None:
    """The same write, once the trouble is over."""
    proposal_number(
        anna.create("claims", factories.record_input("claims", 50, absence="not_searched"))
    )


@contextmanager
def writing(store: Store) -> Iterator[None]:
    """Somebody else's write, which takes long."""
    with store.write():
        yield


def test_a_store_that_others_write_to_is_busy(
    own_client: httpx.Client, own_store: Store, anna: Curator
) -> None:
    with writing(own_store):
        answer = refused(own_client, anna, 503, "service-unavailable")
    assert answer.headers["retry-after"] == "1"
    written(anna)


def limit_pages(connection: sqlite3.Connection, _record: object) -> None:
    used = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {used}")
    connection.execute("PRAGMA cache_size = 5")


@contextmanager
def full(store: Store) -> Iterator[None]:
    """No room: SQLite may not grow; PostgreSQL says what it says when its disk is full."""
    if store.engine.dialect.name == "sqlite":
        event.listen(store.engine, "connect", limit_pages)
        store.engine.dispose()
        yield
        event.remove(store.engine, "connect", limit_pages)
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


def test_a_store_without_room_says_so(
    own_client: httpx.Client, own_store: Store, anna: Curator
) -> None:
    with full(own_store):
        many = [f"{number} {'x' * 290}" for number in range(700)]
        long = factories.record_input("claims", 51, absence="not_searched", synonyms=many)
        assert own_client.get("/v1/claims").status_code == 200
        answer = anna.create("claims", long)
        assert answer.status_code == 507, answer.text
        assert answer.json()["type"] == "/v1/problems/insufficient-storage"
        assert own_client.get("/v1/claims/claim-2").status_code == 200
    proposal_number(anna.create("claims", long))


def test_a_node_on_a_read_only_file_answers_reads_and_refuses_writes(tmp_path: Path) -> None:
    store = fill_store(
        f"sqlite:///{tmp_path}/kkb.db",
        factories.write_folder(tmp_path / "data", factories.dataset(3)),
    )
    with store.write() as session:
        _, token = api_keys.create_key(session, "anna", [Scope.PROPOSE], 1)
    locked = open_store(f"sqlite:///file:{tmp_path}/kkb.db?mode=ro&uri=true")
    with serving(locked) as url, httpx.Client(base_url=url, timeout=30) as client:
        answer = refused(client, Curator(client, "anna", token, 1), 503, "service-unavailable")
        assert "is read-only" in answer.json()["detail"]

"""Full and read-only disks: reads succeed, a write is refused and stores nothing.

    python -m tests.reliability.disk_full

The disk is a small tmpfs that is filled completely, which needs root. It holds the SQLite file, or
the tables of PostgreSQL; PostgreSQL stops if the disk of its write-ahead log is full, which is an
outage like any other. The read-only case is a second mount for SQLite, a standby for PostgreSQL.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import httpx

from app.domain.curation import Scope
from app.kit.sessions import Store
from app.services.curation import api_keys
from app.services.store.opening import open_store
from tests import factories, postgres
from tests.helpers import fill_store, serving
from tests.reliability import empty_store, integrity_check, mounts

UNUSED_NUMBERS = count(50)
MEGABYTE = 1 << 20
StatusesByState = dict[str, tuple[str, str]]


class NodeClient:
    """An HTTP client of a node, with the API key of a curator."""

    def __init__(self, client: httpx.Client, token: str) -> None:
        self.client, self.key = client, {"Authorization": f"Bearer {token}"}

    def read_and_write(self) -> tuple[str, str]:
        """Return the statuses of reads that miss the cache, and the status of a write."""
        number = next(UNUSED_NUMBERS)
        paths = (f"claims?q={number}", f"search?q={number}", f"references.csv?q={number}")
        read = {str(self.client.get(f"/v1/{path}").status_code) for path in paths}
        long_synonyms = [secrets.token_hex(150) for _ in range(600)]
        fields = {"absence": "not_searched", "synonyms": long_synonyms}
        draft = factories.record_input("claims", number, **fields)
        response = self.client.post("/v1/claims?why=More.", json=draft, headers=self.key)
        return " ".join(sorted(read)), str(response.status_code)


@contextmanager
def open_client(store: Store, token: str) -> Iterator[NodeClient]:
    with serving(store) as url, httpx.Client(base_url=url, timeout=60) as client:
        yield NodeClient(client, token)


def on_sqlite(folder: Path) -> StatusesByState:
    """Return the statuses of reads and of a write on SQLite, by the state of the disk."""
    (folder / "disk").mkdir()
    with mounts.small(folder / "disk", 8 * MEGABYTE) as disk:
        store, token = filled_store(f"sqlite:///{disk}/kkb.db", folder)
        statuses = fill_until_full(store, token, disk)
        with mounts.read_only(disk, folder / "view") as view:
            statuses["read-only"] = read_and_write_once(
                open_store(f"sqlite:///{view}/kkb.db"), token
            )
        store.engine.dispose()
    return statuses


def on_postgresql(folder: Path) -> StatusesByState:
    """Return the statuses of reads and of a write on PostgreSQL, by the state of the disk."""
    with (
        postgres.cluster() as server,
        postgres.temporary_folder() as place,
        mounts.small(place, 80 * MEGABYTE) as disk,
    ):
        owner = server.folder.stat()
        os.chown(disk, owner.st_uid, owner.st_gid)
        postgres.execute(server.database_url, f"CREATE TABLESPACE small LOCATION '{disk}'")
        postgres.execute(server.database_url, "CREATE DATABASE kkb TABLESPACE small")
        store, token = filled_store(
            server.database_url.set(database="kkb").render_as_string(False), folder
        )
        statuses = fill_until_full(store, token, disk)
        store.engine.dispose()
        postgres.execute(server.database_url, "ALTER DATABASE kkb SET TABLESPACE pg_default")
        postgres.execute(server.database_url, "DROP TABLESPACE small")
        with postgres.standby(server) as standby:
            standby_url = standby.database_url.set(database="kkb").render_as_string(False)
            statuses["read-only"] = read_and_write_once(open_store(standby_url), token)
    return statuses


def filled_store(url: str, folder: Path) -> tuple[Store, str]:
    """Fill a store; return it and an API key that may propose changes."""
    store = fill_store(url, factories.write_folder(folder / "data", factories.dataset(3)))
    with store.write() as session:
        return store, api_keys.create_key(session, "anna", [Scope.PROPOSE], 1)[1]


def fill_until_full(store: Store, token: str, disk: Path) -> StatusesByState:
    with open_client(store, token) as client:
        with mounts.full(disk):
            full_statuses = client.read_and_write()
        statuses = {"full": full_statuses, "room again": client.read_and_write()}
    assert (errors := integrity_check.integrity_errors(store)) == [], errors[:5]
    return statuses


def read_and_write_once(store: Store, token: str) -> tuple[str, str]:
    with open_client(store, token) as client:
        return client.read_and_write()


def main() -> None:
    for run in (on_sqlite, on_postgresql):
        with empty_store.empty_store(None) as (_, folder):
            for state, (read, write) in run(folder).items():
                print(f"{run.__name__}, {state}: reads {read}, writes {write}")


if __name__ == "__main__":
    main()

"""Disks that are full or read-only: reads are answered, a write is refused and leaves nothing.

    python -m tests.reliability.disk_full

The disk is a small one in memory, filled to its last byte, which needs root. SQLite's file is on
it, or PostgreSQL's tables are; a full disk under PostgreSQL's log stops it, which is an outage like
any other. Read-only is a second mount of SQLite's disk, and a standby of PostgreSQL's.
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

NUMBERS = count(50)
MEGABYTE = 1 << 20
Met = dict[str, tuple[str, str]]


class NodeClient:
    """A node's door, and a curator before it."""

    def __init__(self, client: httpx.Client, token: str) -> None:
        self.client, self.key = client, {"Authorization": f"Bearer {token}"}

    def read_and_write(self) -> tuple[str, str]:
        """The statuses of reads that no memory holds, and that of a write."""
        word = next(NUMBERS)
        addresses = (f"claims?q={word}", f"search?q={word}", f"references.csv?q={word}")
        read = {str(self.client.get(f"/v1/{one}").status_code) for one in addresses}
        many = [secrets.token_hex(150) for _ in range(600)]
        more = {"absence": "not_searched", "synonyms": many}
        draft = factories.record_input("claims", word, **more)
        answer = self.client.post("/v1/claims?why=More.", json=draft, headers=self.key)
        return " ".join(sorted(read)), str(answer.status_code)


@contextmanager
def open_client(store: Store, token: str) -> Iterator[NodeClient]:
    with serving(store) as url, httpx.Client(base_url=url, timeout=60) as client:
        yield NodeClient(client, token)


def on_sqlite(folder: Path) -> Met:
    """By the state of the disk: what reads were answered, and a write."""
    (folder / "disk").mkdir()
    with mounts.small(folder / "disk", 8 * MEGABYTE) as disk:
        store, token = filled_store(f"sqlite:///{disk}/kkb.db", folder)
        found = fill_until_full(store, token, disk)
        with mounts.read_only(disk, folder / "view") as view:
            found["read-only"] = ask_node(open_store(f"sqlite:///{view}/kkb.db"), token)
        store.engine.dispose()
    return found


def on_postgresql(folder: Path) -> Met:
    """The same."""
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
        found = fill_until_full(store, token, disk)
        store.engine.dispose()
        postgres.execute(server.database_url, "ALTER DATABASE kkb SET TABLESPACE pg_default")
        postgres.execute(server.database_url, "DROP TABLESPACE small")
        with postgres.standby(server) as standby:
            copy = standby.database_url.set(database="kkb").render_as_string(False)
            found["read-only"] = ask_node(open_store(copy), token)
    return found


def filled_store(url: str, folder: Path) -> tuple[Store, str]:
    """A store, and the key of somebody who may write to it."""
    store = fill_store(url, factories.write_folder(folder / "data", factories.dataset(3)))
    with store.write() as session:
        return store, api_keys.create_key(session, "anna", [Scope.PROPOSE], 1)[1]


def fill_until_full(store: Store, token: str, disk: Path) -> Met:
    with open_client(store, token) as found:
        with mounts.full(disk):
            full = found.read_and_write()
        met = {"full": full, "room again": found.read_and_write()}
    assert (faults := integrity_check.integrity_errors(store)) == [], faults[:5]
    return met


def ask_node(store: Store, token: str) -> tuple[str, str]:
    with open_client(store, token) as found:
        return found.read_and_write()


def main() -> None:
    for run in (on_sqlite, on_postgresql):
        with empty_store.empty_store(None) as (_, folder):
            for state, (read, write) in run(folder).items():
                print(f"{run.__name__}, {state}: reads {read}, writes {write}")


if __name__ == "__main__":
    main()

"""Replicas: reads go to a real standby, a writer sees its write, an outage costs nothing."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from sqlalchemy import update

from app import models as m
from app.api.deps import WRITE_TOKEN
from app.kit.sessions import Store
from app.services.replicas import replicated
from app.services.store import open_store
from tests import factories, postgres
from tests.conftest import fill, serving

PATH = "/v1/claims/claim-1?fields=name"
BEGINNING = "0/0"  # a token that every standby has seen; what shows one is not answered from memory


class Topology:
    """A primary, a standby that can be held back, and a service that reads from the standby."""

    def __init__(self, root: Path, stack: ExitStack) -> None:
        self.primary = stack.enter_context(postgres.cluster())
        folder = factories.write(root / "data", factories.dataset(2))
        fill(self.primary.address, folder).engine.dispose()
        self.standby = stack.enter_context(postgres.standby(self.primary))
        self.store = replicated(open_store(self.primary.address), [self.standby.address])
        url = stack.enter_context(serving(self.store))
        self.client = stack.enter_context(httpx.Client(base_url=url, timeout=30))

    def rename(self, name: str) -> str:
        """A write, as a write route does it; gives its token."""
        with self.store.write() as session:
            session.execute(update(m.Record).where(m.Record.slug == "claim-1").values(name=name))
            session.execute(update(m.Dataset).values(revision=m.Dataset.revision + 1))
        token = self.store.token()
        assert token
        return token

    def name(self, token: str = BEGINNING) -> str:
        answer = self.client.get(PATH, headers={WRITE_TOKEN: token})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["data"]["name"])

    def wait_for(self, name: str) -> None:
        deadline = time.monotonic() + 30
        while self.name() != name:
            assert time.monotonic() < deadline
            time.sleep(0.02)


@pytest.fixture
def topology(tmp_path: Path) -> Iterator[Topology]:
    with ExitStack() as stack:
        yield Topology(tmp_path, stack)


def test_reads_go_to_the_standby_and_a_writer_sees_its_own_write(topology: Topology) -> None:
    topology.standby.configure("recovery_min_apply_delay", "1h")
    token = topology.rename("New")
    assert topology.name() == "Claim-1", "the standby answers, an hour behind"
    assert topology.name(token) == "New", "the primary answers the one who wrote"
    plain = topology.client.get(PATH)
    assert plain.json()["data"]["name"] == "Claim-1"
    assert WRITE_TOKEN in plain.headers["vary"], "a shared cache keeps the two apart"
    topology.standby.configure("recovery_min_apply_delay", "0")
    topology.wait_for("New")
    topology.primary.stop()
    assert topology.name(token) == "New", "the standby has seen the write, and answers itself"


def test_a_standby_that_dies_is_not_missed_and_comes_back(topology: Topology) -> None:
    token = topology.rename("New")
    topology.wait_for("New")
    for _ in range(3):
        topology.standby.stop()
        assert [topology.name(token) for _ in range(20)] == ["New"] * 20
        topology.standby.start()
    topology.primary.stop()
    deadline = time.monotonic() + 30
    while topology.client.get(PATH, headers={WRITE_TOKEN: BEGINNING}).status_code != 200:
        assert time.monotonic() < deadline, "a rest ends"
        time.sleep(0.05)


def test_a_read_that_the_standby_breaks_off_is_answered_by_the_primary(topology: Topology) -> None:
    """What the standby must forget to go on, it takes from whoever reads it: SQLSTATE 40001."""
    seen = []

    def work(session: object) -> int:
        seen.append(session)
        if len(seen) == 1:
            postgres.execute(
                topology.standby.url,
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()",
            )
        return int(session.execute(m.Record.__table__.select()).rowcount >= 0)  # type: ignore[attr-defined]

    assert topology.store.reading(work) == 1
    assert len(seen) == 2


def test_a_token_is_one_of_ours(client: httpx.Client) -> None:
    assert client.get(PATH, headers={WRITE_TOKEN: BEGINNING}).status_code == 200
    answer = client.get(PATH, headers={WRITE_TOKEN: "yesterday"})
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert (error["in"], error["name"]) == ("header", WRITE_TOKEN)


def test_replicas_are_of_a_postgresql_primary(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/kkb.db")
    with pytest.raises(ValueError, match="PostgreSQL primary"):
        replicated(store, ["postgresql+psycopg:///x"])
    assert replicated(store, []) is store
    assert store.token() is None


def test_without_replicas_a_store_is_its_own(store: Store) -> None:
    assert store.token() is None
    assert store.seen_by(BEGINNING) is store

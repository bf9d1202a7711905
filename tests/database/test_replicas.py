"""Replicas: reads go to a real standby, a writer sees its write, an outage costs nothing."""

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from threading import Event

import httpx
import pytest
from sqlalchemy import insert, literal, select

from app import models as m
from app.api.deps import WRITE_TOKEN
from app.domain.curation import Scope
from app.domain.vocabulary import RegionKind
from app.kit.sessions import Store
from app.services import following, keys
from app.services.replicas import FIRST_REST, Replicated, replicated
from app.services.store import open_store, standing
from tests import factories, postgres
from tests.conftest import fill, rewrite, serving
from tests.curation.conftest import Curator, number

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
        rewrite(self.store, "claim", "claim-1", name=name)
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


def test_the_answer_to_a_curator_s_write_hands_over_the_token(topology: Topology) -> None:
    def curator(name: str, scope: Scope) -> Curator:
        with topology.store.write() as session:
            known, token = keys.create(session, name, [scope], 1)
        return Curator(topology.client, name, token, known["id"])

    anna, ben = curator("anna", Scope.PROPOSE), curator("ben", Scope.REVIEW)
    topology.standby.configure("recovery_min_apply_delay", "1h")
    proposed = anna.change("claims/claim-1", {"name": "New"})
    assert WRITE_TOKEN in proposed.headers
    done = ben.move(number(proposed), "accept")
    assert done.status_code == 200, done.text
    assert topology.name() == "Claim-1"
    assert topology.name(done.headers[WRITE_TOKEN]) == "New"


def test_a_standby_that_dies_under_load_is_not_missed_and_comes_back(topology: Topology) -> None:
    token = topology.rename("New")
    topology.wait_for("New")
    stopped = Event()

    def read() -> set[str]:
        seen = set()
        while not stopped.is_set():
            seen.add(topology.name(token))
        return seen

    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(read) for _ in range(4)]
        for _ in range(3):
            topology.standby.stop()
            time.sleep(0.3)
            topology.standby.start()
            time.sleep(0.3)
        stopped.set()
        assert [future.result() for future in asked] == [{"New"}] * 4
    topology.primary.stop()
    deadline = time.monotonic() + 30
    while topology.client.get(PATH, headers={WRITE_TOKEN: BEGINNING}).status_code != 200:
        assert time.monotonic() < deadline, "a rest ends"
        time.sleep(0.05)


def enlarge(store: Store, regions: int, size: int) -> None:
    """So many regions, and so large, that an export of them waits for its reader."""
    shared = {"type": "region", "summary": "Large.", "description": "x" * size}
    with store.write() as session:
        names = [f"large-{number}" for number in range(regions)]
        rows = [{"slug": name, "name": name, "folded": name} | shared for name in names]
        session.execute(insert(m.Record), rows)
        large = select(m.Record.id, literal(RegionKind.REGION.value))
        large = large.where(m.Record.slug.startswith("large-"))
        session.execute(insert(m.Region).from_select(["id", "kind"], large))
        stmt = select(m.Record.id).where(m.Record.slug.startswith("large-"))
        following.follow(session, session.execute(stmt).scalars())


def test_an_export_that_a_dying_standby_cuts_is_seen_to_be_cut(topology: Topology) -> None:
    enlarge(topology.store, 1500, 20_000)
    token = topology.rename("New")
    topology.wait_for("New")
    address = "/v1/regions.ndjson"
    headers = {WRITE_TOKEN: token, "Accept-Encoding": "identity"}
    with topology.client.stream("GET", address, headers=headers) as answer:
        assert answer.status_code == 200
        chunks = answer.iter_bytes()
        got = [next(chunks)]
        topology.standby.stop()
        with pytest.raises(httpx.RemoteProtocolError, match="incomplete chunked read"):
            got += chunks
    assert b'"end"' not in b"".join(got)[-100:], "no last line that states the count"
    whole = topology.client.get(address, headers=headers).text.splitlines()
    assert whole[-1] == '{"end": true, "count": 1502}', "the primary gives it whole"


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_standby_that_says_nothing_is_given_up(store: Store) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        port = mute.getsockname()[1]
        address = store.engine.url.render_as_string(hide_password=False)
        url = f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres"
        replicas = replicated(open_store(address), [url])
        assert isinstance(replicas, Replicated)
        for _ in range(3):
            assert replicas.reading(standing) is not None
        assert replicas.replicas[0].rest >= FIRST_REST


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

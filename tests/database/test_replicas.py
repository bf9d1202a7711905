"""Reads on a real standby: what is read where, what an outage costs, what may be cached."""

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from threading import Event

import httpx
import psycopg
import pytest
from sqlalchemy import event, insert, literal, select, text, update
from sqlalchemy.engine import URL

from app import models as m
from app.domain.curation import Scope
from app.domain.vocabulary import RegionKind
from app.kit.database import open_engine
from app.kit.sessions import Store
from app.services.curation import api_keys
from app.services.records import facet_counts, read_models
from app.services.store.opening import open_store
from app.services.store.revision import current_revision
from tests import factories, postgres
from tests.curation.conftest import Curator, proposal_number
from tests.helpers import fill_store, rewrite_record, serving

PATH = "/v1/claims/claim-1?fields=name"
UNCACHED = {"Cookie": "session=1"}
#: Any key: what is public needs none, and a request that sends one is answered by the primary.
WITH_KEY = {"Authorization": "Bearer kkb_any"}


def read_url(*hosts: str | Path) -> str:
    """The address of several servers, standbys first, as KKB_READ_DATABASE_URL takes it."""
    query = {"host": [str(host) for host in hosts], "target_session_attrs": "prefer-standby"}
    return URL.create(
        "postgresql+psycopg", "postgres", database="postgres", query=query
    ).render_as_string()


class Topology:
    """A primary, a standby that can be held back, and a service that prefers the standby."""

    def __init__(self, filled: Path, stack: ExitStack) -> None:
        self.primary = stack.enter_context(postgres.cluster(template=filled))
        self.standby = stack.enter_context(postgres.standby(self.primary))
        hosts = read_url(self.standby.folder, self.primary.folder)
        self.store = open_store(self.primary.address, hosts)
        url = stack.enter_context(serving(self.store))
        self.client = stack.enter_context(httpx.Client(base_url=url, timeout=30))

    def hold_standby_back(self) -> None:
        self.standby.configure("recovery_min_apply_delay", "1h")

    def release_standby(self) -> None:
        self.standby.configure("recovery_min_apply_delay", "0")

    def rename(self, name: str) -> None:
        rewrite_record(self.store, "claim", "claim-1", name=name)

    def get(self, **headers: str) -> httpx.Response:
        return self.client.get(PATH, headers=headers)

    def name(self, **headers: str) -> str:
        response = self.get(**headers)
        assert response.status_code == 200, response.text
        return str(response.json()["data"]["name"])

    def wait_for(self, name: str) -> None:
        """Wait until the standby has replayed a write."""
        deadline = time.monotonic() + 30
        while self.name(**UNCACHED) != name:
            assert time.monotonic() < deadline
            time.sleep(0.02)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The data folder of a cluster with two records of every collection, which was shut down."""
    folder = factories.write_folder(tmp_path_factory.mktemp("data"), factories.dataset(2))
    with postgres.cluster() as cluster:
        fill_store(cluster.address, folder).engine.dispose()
        cluster.shut_down()
        yield cluster.data


@pytest.fixture
def topology(filled: Path) -> Iterator[Topology]:
    with ExitStack() as stack:
        yield Topology(filled, stack)


def test_reads_use_the_standby_and_requests_with_a_key_use_the_primary(
    topology: Topology,
) -> None:
    topology.hold_standby_back()
    topology.rename("New")
    public, personal = topology.get(), topology.get(**WITH_KEY)
    assert public.json()["data"]["name"] == "Claim-1", "the standby is an hour behind"
    assert personal.json()["data"]["name"] == "New"
    assert personal.headers["cache-control"] == "private, no-cache", "no copy hides a write"
    for response in (public, personal):
        assert "Authorization" in response.headers["vary"], "a shared cache keeps the two apart"
    topology.release_standby()
    topology.wait_for("New")
    topology.primary.stop()
    assert topology.name() == "New", "reads go on while the primary is away"
    assert topology.client.get("/readyz").status_code == 200
    response = topology.get(**WITH_KEY)
    assert (response.status_code, response.headers["retry-after"]) == (503, "1")


def test_history_and_changes_are_current_while_the_standby_is_behind(topology: Topology) -> None:
    def curator(name: str, scope: Scope) -> Curator:
        with topology.store.write() as session:
            key, token = api_keys.create_key(session, name, [scope], 1)
        return Curator(topology.client, name, token, key["id"])

    def revisions(path: str) -> list[int]:
        return [change["revision"] for change in topology.client.get(path).json()["data"]]

    anna, ben = curator("anna", Scope.PROPOSE), curator("ben", Scope.REVIEW)
    topology.hold_standby_back()
    before = revisions("/v1/changes")
    proposed = anna.change("claims/claim-1", {"name": "New"})
    accepted = ben.perform(proposal_number(proposed), "accept")
    assert accepted.status_code == 200, accepted.text
    assert topology.name() == "Claim-1"
    assert topology.name(Authorization=f"Bearer {ben.token}") == "New", "a writer sees the write"
    assert len(revisions("/v1/claims/claim-1/history")) == 2
    assert max(revisions("/v1/changes")) == max(before) + 1
    again = ben.request("GET", "/v1/proposals").json()["data"]
    assert [proposal["state"] for proposal in again] == ["accepted"]


def test_an_old_body_from_the_standby_is_not_cached_under_the_new_revision(
    topology: Topology,
) -> None:
    def hits() -> float:
        lines = topology.client.get("/metrics").text.splitlines()
        (line,) = [line for line in lines if line.startswith("kkb_response_cache_hits_total ")]
        return float(line.split()[-1])

    old = topology.get()
    topology.hold_standby_back()
    topology.rename("New")
    time.sleep(0.2)  # the revision watcher looks at the primary forty times a second
    before = hits()
    for _ in range(5):
        stale = topology.get()
        assert stale.json()["data"]["name"] == "Claim-1"
        assert stale.headers["etag"] == old.headers["etag"], "an old body has its old tag"
    assert hits() == before, "nothing old is served from the cache"
    new = topology.get(**WITH_KEY)
    assert new.json()["data"]["name"] == "New"
    assert new.headers["etag"] != old.headers["etag"]
    known = topology.get(**{"If-None-Match": new.headers["etag"]})
    assert (known.status_code, known.headers["etag"]) == (200, old.headers["etag"])
    topology.release_standby()
    topology.wait_for("New")
    for _ in range(5):
        current = topology.get()
        assert current.json()["data"]["name"] == "New"
        assert current.headers["etag"] == new.headers["etag"]
    assert hits() > before, "what is current is cached"


def test_documents_that_an_upgrade_rebuilt_have_another_etag(topology: Topology) -> None:
    """The revision stays, and the standby has the documents of the version before."""
    topology.hold_standby_back()
    with topology.store.write() as session:
        session.execute(update(m.Dataset).values(document_version="next"))
    behind, rebuilt = topology.get(), topology.get(**WITH_KEY)
    assert behind.json()["meta"]["revision"] == rebuilt.json()["meta"]["revision"]
    assert behind.headers["etag"] != rebuilt.headers["etag"]


def test_a_standby_that_dies_under_load_costs_each_client_one_503_at_most(
    topology: Topology,
) -> None:
    topology.rename("New")
    topology.wait_for("New")
    stopped = Event()

    def read() -> list[httpx.Response]:
        responses = []
        while not stopped.is_set():
            responses.append(topology.get(**UNCACHED))
        return responses

    deaths = 3
    with ThreadPoolExecutor(4) as pool:
        clients = [pool.submit(read) for _ in range(4)]
        for _ in range(deaths):
            topology.standby.stop()
            time.sleep(0.3)
            topology.standby.start()
            time.sleep(0.3)
        stopped.set()
        for responses in [client.result() for client in clients]:
            failed = [response for response in responses if response.status_code != 200]
            assert {response.status_code for response in failed} <= {503}
            assert all(response.headers["retry-after"] == "1" for response in failed)
            assert len(failed) <= deaths
            answered = [response for response in responses if response.status_code == 200]
            assert {response.json()["data"]["name"] for response in answered} == {"New"}
    topology.primary.stop()
    assert topology.get(**UNCACHED).status_code in {200, 503}
    assert topology.name(**UNCACHED) == "New", "the standby is used again once the primary is away"


def test_connections_move_back_to_a_standby_that_was_away(topology: Topology) -> None:
    hosts = read_url(topology.standby.folder, topology.primary.folder)
    engine = open_engine(hosts, pool_size=1, pool_recycle=1)

    def reads_from_standby() -> bool:
        with Store(engine).read() as session:
            return bool(session.execute(text("SELECT pg_is_in_recovery()")).scalar_one())

    assert reads_from_standby()
    topology.standby.stop()
    assert not reads_from_standby()
    topology.standby.start()
    deadline = time.monotonic() + 10
    while not reads_from_standby():
        assert time.monotonic() < deadline
        time.sleep(0.1)
    engine.dispose()


def test_a_statement_that_the_standby_cancels_is_a_503_and_the_next_a_200(
    topology: Topology,
) -> None:
    waiting = "wait_event_type = 'Lock' AND backend_type = 'client backend'"
    with (
        psycopg.connect(plain(topology.primary)) as writer,
        ThreadPoolExecutor(1) as pool,
    ):
        writer.execute("LOCK TABLE record IN ACCESS EXCLUSIVE MODE")
        writer.execute("SELECT pg_switch_wal()")
        wait_until(topology.standby, "SELECT 1 FROM pg_locks WHERE mode = 'AccessExclusiveLock'")
        response = pool.submit(topology.get, **UNCACHED)
        wait_until(topology.standby, f"SELECT 1 FROM pg_stat_activity WHERE {waiting}")
        postgres.execute(
            topology.standby.database_url,
            f"SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE {waiting}",
        )
        failed = response.result(10)
    assert (failed.status_code, failed.headers["retry-after"]) == (503, "1")
    assert failed.headers["content-type"] == "application/problem+json"
    assert topology.name(**UNCACHED) == "Claim-1"


def test_a_conflict_with_recovery_is_a_503_and_the_next_a_200(topology: Topology) -> None:
    """The standby removes rows that a read transaction still needs, and ends the transaction."""
    topology.standby.configure("max_standby_streaming_delay", "0")
    conflicts = []

    @event.listens_for(topology.store.read_engine, "before_cursor_execute")
    def cause_conflict(_connection: object, _cursor: object, sql: str, *_: object) -> None:
        """Between the first and the second query of a request."""
        if sql.startswith("SET"):
            return  # the time limit, which takes no snapshot
        conflicts.append(1)
        if len(conflicts) == 2:
            rewrite_record(topology.store.primary, "claim", "claim-1", name="New")
            postgres.execute(topology.primary.database_url, "VACUUM")
            wait_until(
                topology.standby,
                "SELECT 1 FROM pg_stat_database_conflicts WHERE confl_snapshot > 0",
            )

    failed = topology.get(**UNCACHED)
    assert len(conflicts) >= 2
    assert (failed.status_code, failed.headers["retry-after"]) == (503, "1")
    topology.wait_for("New")


def test_an_export_that_a_dying_standby_cuts_is_recognisably_cut(topology: Topology) -> None:
    enlarge(topology.store, 1500, 20_000)
    topology.rename("New")
    topology.wait_for("New")
    address = "/v1/regions.ndjson"
    headers = {**UNCACHED, "Accept-Encoding": "identity"}
    with topology.client.stream("GET", address, headers=headers) as response:
        assert response.status_code == 200
        chunks = response.iter_bytes()
        received = [next(chunks)]
        topology.standby.stop()
        with pytest.raises(httpx.RemoteProtocolError, match="incomplete chunked read"):
            received += chunks
    assert b"".join(received).count(b"\n") < 1502
    whole = topology.client.get(address, headers=headers)
    assert whole.text.count("\n") == int(whole.headers["x-total-count"]) == 1502


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_host_that_never_answers_is_given_up_for_the_next(address: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        url = httpx.URL(address.replace("postgresql+psycopg", "http"))
        folder = url.params["host"]
        hosts = f"host=127.0.0.1:{port}&host={folder}:5432&target_session_attrs=prefer-standby"
        store = open_store(address, f"postgresql+psycopg://postgres@{url.path}?{hosts}")
        began = time.monotonic()
        with store.read() as session:
            assert session.execute(text("SELECT 1")).scalar_one() == 1
        assert 1 < time.monotonic() - began < 10
        store.engine.dispose()
        store.read_engine.dispose()


def test_without_a_read_address_every_read_is_on_the_primary(store: Store) -> None:
    assert store.primary is store
    assert store.read_engine is store.engine
    with store.read() as session:
        assert current_revision(session) is not None


def plain(cluster: postgres.Cluster) -> str:
    return cluster.database_url.set(drivername="postgresql").render_as_string(hide_password=False)


def wait_until(cluster: postgres.Cluster, sql: str) -> None:
    """Wait until a query has a row."""
    deadline = time.monotonic() + 20
    with psycopg.connect(plain(cluster), autocommit=True) as connection:
        while connection.execute(sql.encode()).fetchone() is None:
            assert time.monotonic() < deadline, sql
            time.sleep(0.02)


def enlarge(store: Store, regions: int, size: int) -> None:
    """Add so many regions, and so large, that an export of them waits for its reader."""
    shared = {"type": "region", "summary": "Large.", "description": "x" * size}
    with store.write() as session:
        names = [f"large-{number}" for number in range(regions)]
        rows = [{"slug": name, "name": name, "folded": name} | shared for name in names]
        session.execute(insert(m.Record), rows)
        large = select(m.Record.id, literal(RegionKind.REGION.value))
        large = large.where(m.Record.slug.startswith("large-"))
        session.execute(insert(m.Region).from_select(["id", "kind"], large))
        stmt = select(m.Record.id).where(m.Record.slug.startswith("large-"))
        read_models.refresh(session, session.execute(stmt).scalars())
        facet_counts.rebuild(session)  # the rows were not written by the services

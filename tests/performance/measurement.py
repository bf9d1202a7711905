"""What a request costs, in counts: statements, steps of their plans, bytes of the response."""

import asyncio
import math
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import httpx
from fastapi import FastAPI
from sqlalchemy import Engine, event, func, select, update

from app import models as m
from app.kit.sessions import Store
from app.main import create_app
from app.resources import RESOURCES
from app.services.releases.archive import Archive
from app.services.store.revision import current_revision
from app.settings import Settings
from tests.performance.addresses import LARGE_RECORDS, Address, measured_addresses

#: The revision of the first request. The number is in many responses: it keeps its four digits.
FIRST_REVISION = 1000
#: Tables that do not grow with the evidence, of one row or of what a curator enters once for a
#: compound or a condition, and that are read in full; a new table counts as one that grows.
#: `tests/database/test_query_plans.py` looks at a store that grew.
SMALL_TABLES = {
    *("assessment_claim", "assessment_estimate", "compound", "dataset", "indication", "pathway"),
    *("process_receptor", "regulatory_act", "step"),
}
#: Modules that run the statements of others.
EXECUTORS = {"app.kit.filter_clauses", "app.kit.prepared_statements", "app.kit.sessions"}
#: Set in the context of the measured requests, and in the threads that they run in.
_RECORDED = ContextVar("recorded", default=False)
_TABLE_AND_ALIAS = re.compile(r'\b(?:FROM|JOIN|,)\s+"?(\w+)"?(?:\s+AS\s+"?(\w+)"?)?', re.IGNORECASE)


@dataclass(frozen=True)
class Cost:
    """What one request costs.

    Attributes:
        statements: SQL statements with empty caches.
        plain: Bytes of the body without compression.
        brotli: Bytes of the body with `Accept-Encoding: br`.
    """

    statements: int
    plain: int
    brotli: int


@dataclass(frozen=True)
class Statement:
    """A statement with the parameters of one execution, and the function that runs it."""

    sql: str
    parameters: Any
    function: str


@dataclass(frozen=True)
class FullScan:
    """A step of a plan that reads a growing table from its first row to its last."""

    function: str
    table: str
    sql: str
    addresses: tuple[str, ...]


class Recorder:
    """The statements of the requests of this context, in order; other servers run meanwhile."""

    def __init__(self) -> None:
        self.statements: list[Statement] = []

    @contextmanager
    def listen(self) -> Iterator[None]:
        event.listen(Engine, "before_cursor_execute", self._record)
        token = _RECORDED.set(True)
        try:
            yield
        finally:
            _RECORDED.reset(token)
            event.remove(Engine, "before_cursor_execute", self._record)

    def _record(self, _c: Any, _cursor: Any, sql: str, parameters: Any, *_: Any) -> None:
        if _RECORDED.get() and sql.startswith(("SELECT", "WITH")):
            self.statements.append(Statement(sql, parameters, _calling_function()))


def _calling_function() -> str:
    """Return the function of the application that runs a statement, with its module."""
    frame = sys._getframe(2)
    while frame.f_back:
        module = frame.f_globals["__name__"]
        if module.startswith("app.") and module not in EXECUTORS:
            return f"{module}.{frame.f_code.co_qualname.partition('.<locals>')[0]}"
        frame = frame.f_back
    return "?"


def measure(store: Store, archive: Archive) -> tuple[dict[str, Cost], list[FullScan]]:
    """Return the costs of all addresses, and the full scans in the plans of their statements.

    Each address is requested once before it counts, so that what a process reads once is left out.

    Args:
        store: A store of its own: its revision is increased before each request.
        archive: The releases.
    """
    # A read in the event loop that takes 5 ms begins again in a thread: its statements would count
    # twice on a busy machine.
    store.shares.nonblocking_paused_until = math.inf
    app = create_app(
        Settings(
            database_url="sqlite://", cache_bytes=0, contact_url="https://example.org/contact"
        ),
        store,
        archive,
    )
    costs, executed = asyncio.run(_measure(app, store, Recorder()))
    return costs, list(_full_scans(store, executed))


async def _measure(
    app: FastAPI, store: Store, recorder: Recorder
) -> tuple[dict[str, Cost], dict[str, list[Statement]]]:
    costs: dict[str, Cost] = {}
    executed: dict[str, list[Statement]] = {}
    _set_revision(store, FIRST_REVISION)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://kb.example") as client:
        with recorder.listen():
            for number, address in enumerate(measured_addresses(app, _slugs(store)), 1):
                _note_answer(app, store)
                brotli = await _body_bytes(client, address, "br")
                # As after a write: no cache has anything of this revision.
                _set_revision(store, FIRST_REVISION + number)
                recorder.statements.clear()
                plain = await _body_bytes(client, address, "identity")
                costs[str(address)] = Cost(len(recorder.statements), plain, brotli)
                executed[str(address)] = recorder.statements.copy()
    return costs, executed


async def _body_bytes(client: httpx.AsyncClient, address: Address, encoding: str) -> int:
    accept = "text/html" if address.is_page else "*/*"
    headers = {"Accept": accept, "Accept-Encoding": encoding}
    response = await client.request(
        address.method, address.path, headers=headers, json=address.body
    )
    assert response.status_code < 400, f"{address}: {response.status_code} {response.text[:300]}"
    return response.num_bytes_downloaded


def _set_revision(store: Store, revision: int) -> None:
    with store.write() as session:
        session.execute(update(m.Dataset).values(revision=revision))


def _note_answer(app: FastAPI, store: Store) -> None:
    """Note that the database answers, as the revision watcher does while a process serves.

    On a busy machine, `/readyz` would be a 503 otherwise.
    """
    with store.read() as session:
        app.state.readiness.note_revision(current_revision(session))


def _slugs(store: Store) -> dict[str, str]:
    """Return a record of each collection: a large one, its example, or the first."""
    with store.read() as session:
        rows = session.execute(
            select(m.Record.type, func.min(m.Record.slug)).group_by(m.Record.type)
        )
        first = {row[0]: row[1] for row in rows}
    examples = {r.name: r.example or first[r.record_type] for r in RESOURCES.values()}
    return examples | LARGE_RECORDS


def _full_scans(store: Store, executed: Mapping[str, list[Statement]]) -> Iterator[FullScan]:
    addresses: dict[tuple[str, str], list[str]] = {}
    examples: dict[tuple[str, str], Statement] = {}
    for address, statements in executed.items():
        for key, statement in {(each.function, each.sql): each for each in statements}.items():
            addresses.setdefault(key, []).append(address)
            examples.setdefault(key, statement)
    with store.read() as session:
        for key, statement in examples.items():
            explained = session.connection.exec_driver_sql(
                f"EXPLAIN QUERY PLAN {statement.sql}", statement.parameters
            )
            for table in sorted(
                {table for row in explained for table in scanned_tables(*key[1:], row[3])}
            ):
                yield FullScan(key[0], table, statement.sql, tuple(addresses[key]))


def scanned_tables(sql: str, step: str) -> set[str]:
    """Return the growing tables that a step of a plan scans; it calls them by their aliases."""
    if not step.startswith("SCAN"):
        return set()
    alias = step.split()[1]
    tables = {table for table, name in _TABLE_AND_ALIAS.findall(sql) if alias == (name or table)}
    return (tables & set(m.Base.metadata.tables)) - SMALL_TABLES

"""Sessions of two types, so that a read route that writes does not type-check."""

from collections.abc import Callable, Generator, Hashable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Executable, Result

T = TypeVar("T")


class ReadSession:
    """One read transaction: every statement in it sees the same state of the store.

    `state` is whatever tells that state from others; a write leaves it out.
    """

    state: Hashable = None

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def execute(self, statement: Executable, parameters: Any = None) -> Result[*tuple[Any, ...]]:
        return self._connection.execute(statement, parameters)

    @property
    def connection(self) -> Connection:
        """The connection itself, for what has no statement of ours: schema versions, savepoints."""
        return self._connection


class WriteSession(ReadSession):
    """One write transaction, committed when its block ends without an error."""


class Store:
    """The database, and the only way to it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._writing = engine.execution_options(writing=True)

    def latest(self) -> "Snapshot":
        """A read that is never stale, whatever replicas there are."""
        return Snapshot(self.engine.connect)

    def read(self) -> "Snapshot":
        return self.latest()

    def reading(self, work: Callable[[ReadSession], T]) -> T:
        """One read as a function, so that a store of several servers may try it once more."""
        with self.read() as session:
            return work(session)

    def streaming(self, work: Callable[[ReadSession], Iterator[T]]) -> Generator[T]:
        """One read that is given in parts, all from one state of the store."""
        with self.read() as session:
            yield from work(session)

    @contextmanager
    def write(self) -> Iterator[WriteSession]:
        with self._writing.begin() as connection:
            yield WriteSession(connection)

    def token(self) -> str | None:
        """A mark of the latest write, for its writer; None where every read sees it anyway."""
        return None

    def seen_by(self, token: str) -> "Store":
        """The store for a reader who shows a token: never staler than the write it marks."""
        return self


def read_only(connection: Connection) -> Connection:
    """A connection whose transactions see one state, and which a standby takes."""
    if connection.dialect.name == "postgresql":
        connection = connection.execution_options(postgresql_readonly=True)
        connection = connection.execution_options(isolation_level="REPEATABLE READ")
    return connection


class Snapshot:
    """A read transaction on a connection, which is given back at its end."""

    def __init__(self, connect: Callable[[], Connection]) -> None:
        self.connect = connect

    def __enter__(self) -> ReadSession:
        with ExitStack() as stack:
            connection = read_only(stack.enter_context(self.connect()))
            stack.enter_context(connection.begin())
            self.opened = stack.pop_all()
        return ReadSession(connection)

    def __exit__(self, *how: Any) -> None:
        self.opened.__exit__(*how)

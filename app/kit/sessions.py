"""Sessions of two types, so that a read route that writes does not type-check."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, Executable, Result

from app.kit.tables import take_turn


class ReadSession:
    """One read transaction: every statement in it sees the same state of the store."""

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

    @contextmanager
    def read(self) -> Iterator[ReadSession]:
        with self.engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield ReadSession(connection)

    @contextmanager
    def write(self) -> Iterator[WriteSession]:
        with self._writing.begin() as connection:
            take_turn(connection)
            yield WriteSession(connection)

"""Read and write transactions, as two types: a read route that writes does not type-check."""

from collections.abc import Hashable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, Executable, Result


class ReadSession:
    """One read transaction: every statement in it sees the same state of the database.

    `state` identifies that state, as a key for values that are computed once per state. It is
    None until it was read from the database, and in every write transaction.
    """

    state: Hashable = None

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def execute(self, statement: Executable, parameters: Any = None) -> Result[*tuple[Any, ...]]:
        """Execute a statement of SQLAlchemy."""
        return self._connection.execute(statement, parameters)

    @property
    def connection(self) -> Connection:
        """The connection, for what is not a statement: schema versions, savepoints, the dialect."""
        return self._connection


class WriteSession(ReadSession):
    """One write transaction, committed when its block ends without an error."""


class Store:
    """The database: one engine for writes, and one for reads that may be a little behind.

    `primary` is the same database with all reads on the write engine, for reads that must see
    every committed write. Without a read engine the two are one. `app.api.deps` chooses between
    them for each request.
    """

    primary: "Store"

    def __init__(self, engine: Engine, read_engine: Engine | None = None) -> None:
        self.engine = engine
        self.read_engine = read_engine or engine
        self.primary = Store(engine) if read_engine else self
        self._writing = engine.execution_options(writing=True)

    def read(self) -> "ReadTransaction":
        """Return a context manager that begins a read transaction and gives its session."""
        return ReadTransaction(self.read_engine)

    @contextmanager
    def write(self) -> Iterator[WriteSession]:
        """Begin a write transaction, which waits for the one before it to end."""
        with self._writing.begin() as connection:
            yield WriteSession(connection)


class ReadOnlyStore(Store):
    """A store that is never written to, such as a release."""

    @contextmanager
    def write(self) -> Iterator[WriteSession]:
        """Refuse every write: the API answers 405 before it comes to this.

        Raises:
            TypeError: Always.
        """
        raise TypeError("a release is read-only")
        yield


class ReadTransaction:
    """Context manager of a read transaction on a pooled connection."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def __enter__(self) -> ReadSession:
        with ExitStack() as stack:
            connection = stack.enter_context(self.engine.connect())
            if connection.dialect.name == "postgresql":
                # One snapshot for all statements, in a mode that a hot standby accepts.
                connection = connection.execution_options(
                    isolation_level="REPEATABLE READ", postgresql_readonly=True
                )
            stack.enter_context(connection.begin())
            self._stack = stack.pop_all()
        return ReadSession(connection)

    def __exit__(self, *exc_info: Any) -> None:
        self._stack.__exit__(*exc_info)

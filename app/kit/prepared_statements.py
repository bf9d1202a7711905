"""Prepared statements: compiled once, executed by the driver directly.

What SQLAlchemy does at every run of a statement costs ten times what SQLite takes to answer it.
"""

from collections.abc import Callable, Hashable, Mapping
from enum import Enum
from threading import Lock
from typing import Any

from cachetools import LRUCache, cached
from sqlalchemy import Connection, SelectBase, TextClause, bindparam
from sqlalchemy.exc import DBAPIError

from app.kit.database import bind_list, list_parameter
from app.kit.sessions import ReadSession

BuildStatement = Callable[..., SelectBase | TextClause]
MAX_STATEMENTS = 1000
#: A statement as one driver takes it: SQL, its parameters where they go by place, its own values.
CompiledSql = tuple[str, list[str] | None, dict[str, Any]]


class PreparedStatement:
    """A SELECT of texts and figures; its rows come as the driver gives them.

    `build` makes it of its parameters: what stands for a value, and for a list what `in_` takes.
    A list is one parameter, so that one text serves all lengths.
    """

    def __init__(self, build: BuildStatement) -> None:
        self.build = build
        self._compiled: dict[str, CompiledSql] = {}

    def rows(self, session: ReadSession, **values: Any) -> list[tuple[Any, ...]]:
        """What it finds: nothing where a list among the values is empty."""
        if [] in values.values():
            return []
        connection = session.connection
        name = connection.dialect.name
        parameters = {
            key: bind_list(name, [_stored_value(item) for item in value])
            if isinstance(value, list)
            else _stored_value(value)
            for key, value in values.items()
        }
        compiled = self._compiled.get(name) or self._compile(connection, values)
        return _execute(connection, compiled, parameters)

    def _compile(self, connection: Connection, values: Mapping[str, Any]) -> CompiledSql:
        dialect = connection.dialect
        placeholders = {
            key: list_parameter(dialect.name, key, type(_stored_value(value[0])))
            if isinstance(value, list)
            else bindparam(key, None, required=False)
            for key, value in values.items()
        }
        compile_kwargs = {"render_postcompile": True}
        compiled = self.build(**placeholders).compile(
            dialect=dialect, compile_kwargs=compile_kwargs
        )
        fixed = {
            k: _stored_value(v) for k, v in (compiled.params or {}).items() if k not in placeholders
        }
        order = compiled.positiontup if compiled.positional else None
        statement = self._compiled[dialect.name] = str(compiled), order, fixed
        return statement


@cached(LRUCache(MAX_STATEMENTS), key=lambda shape, _build: shape, lock=Lock())
def prepared_statement(shape: Hashable, build: BuildStatement) -> PreparedStatement:
    """Return the statement of a shape; the first `build` of a shape makes it."""
    return PreparedStatement(build)


def _stored_value(value: Any) -> Any:
    """A word of a closed vocabulary as it is stored."""
    return value.value if isinstance(value, Enum) else value


def _execute(
    connection: Connection, text: CompiledSql, bound: dict[str, Any]
) -> list[tuple[Any, ...]]:
    pooled, dialect = connection.connection, connection.dialect
    driver: Any = pooled.driver_connection
    sql, order, fixed = text
    values = bound | fixed
    parameters = values if order is None else tuple([values[name] for name in order])
    # Whoever listens to statements hears of these, too.
    before_cursor_execute = connection.engine.dispatch.before_cursor_execute
    before_cursor_execute(connection, None, sql, parameters, None, False)
    errors = dialect.loaded_dbapi.Error
    try:
        return list(driver.execute(sql, parameters).fetchall())
    except errors as error:
        disconnected = dialect.is_disconnect(error, pooled.dbapi_connection, None)
        if disconnected:
            connection.invalidate(error)
        raise DBAPIError.instance(
            sql, None, error, errors, connection_invalidated=disconnected, dialect=dialect
        ) from error

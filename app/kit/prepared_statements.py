"""Prepared statements: compiled once, executed by the driver directly.

SQLAlchemy's work on each execution (cache key, compilation look-up, result rows) takes ten times as
long as SQLite takes to answer a typical statement. Here that work is done once per statement.
"""

from collections.abc import Callable, Hashable, Mapping
from enum import Enum
from threading import Lock
from typing import Any

from cachetools import LRUCache, cached
from sqlalchemy import BindParameter, Connection, SelectBase, TextClause, bindparam
from sqlalchemy.exc import DBAPIError

from app.kit.database import bind_list, list_parameter
from app.kit.sessions import ReadSession

BuildStatement = Callable[..., SelectBase | TextClause]
MAX_STATEMENTS = 1000
#: A statement for one dialect: SQL, the order of positional parameters (None if they are named),
#: and the values of literals in the statement.
CompiledSql = tuple[str, list[str] | None, dict[str, Any]]


class PreparedStatement:
    """A SELECT of text and number columns, whose rows are returned as the driver gives them.

    `build` returns the statement for its parameters, which it takes by keyword: a bind parameter
    for a value, and for a list what `in_` takes. A list is a single parameter, so that one SQL text
    serves lists of all lengths. A list of one member, which most are, has a text of its own: an
    index look-up in place of a subquery.
    """

    def __init__(self, build: BuildStatement) -> None:
        self.build = build
        self._compiled: dict[tuple[str, ...], CompiledSql] = {}

    def rows(self, session: ReadSession, **values: Any) -> list[tuple[Any, ...]]:
        """Execute the statement and return its rows; none if one of the lists is empty.

        Args:
            session: The transaction to read in.
            values: Values by parameter name, the keyword arguments of `build`.

        Raises:
            DBAPIError: As SQLAlchemy would raise it.
        """
        if [] in values.values():
            return []
        connection = session.connection
        variant = [name := connection.dialect.name]
        parameters: dict[str, Any] = {}
        for key, value in values.items():
            if not isinstance(value, list):
                parameters[key] = _stored_value(value)
            elif len(value) == 1:
                parameters[key] = _stored_value(value[0])
                variant.append(key)
            else:
                parameters[key] = bind_list(name, [_stored_value(item) for item in value])
        compiled = self._compiled.get(texts := tuple(variant))
        if compiled is None:
            compiled = self._compiled[texts] = self._compile(connection, values)
        return _execute(connection, compiled, parameters)

    def _compile(self, connection: Connection, values: Mapping[str, Any]) -> CompiledSql:
        """Compile the statement for the dialect of the connection.

        `values` give the names of the parameters, and the type of the members of a list.
        """
        dialect = connection.dialect
        placeholders = {key: _placeholder(dialect.name, key, v) for key, v in values.items()}
        compile_kwargs = {"render_postcompile": True}
        compiled = self.build(**placeholders).compile(
            dialect=dialect, compile_kwargs=compile_kwargs
        )
        fixed = {
            k: _stored_value(v) for k, v in (compiled.params or {}).items() if k not in placeholders
        }
        order = compiled.positiontup if compiled.positional else None
        return str(compiled), order, fixed


def _placeholder(dialect: str, name: str, value: Any) -> Any:
    """Return what stands for a value in the statement: a parameter, or what `in_` takes."""
    if isinstance(value, list) and len(value) > 1:
        return list_parameter(dialect, name, type(_stored_value(value[0])))
    parameter: BindParameter[Any] = bindparam(name, None, required=False)
    return [parameter] if isinstance(value, list) else parameter


@cached(LRUCache(MAX_STATEMENTS), key=lambda shape, _build: shape, lock=Lock())
def prepared_statement(shape: Hashable, build: BuildStatement) -> PreparedStatement:
    """Return the statement of a shape; the first `build` of a shape makes it.

    Equal shapes must mean equal SQL. `build` is cached with its closure, which must not hold a
    session.
    """
    return PreparedStatement(build)


def _stored_value(value: Any) -> Any:
    """Return a value as the driver takes it: a member of an enum as its value."""
    return value.value if isinstance(value, Enum) else value


def _execute(
    connection: Connection, text: CompiledSql, bound: dict[str, Any]
) -> list[tuple[Any, ...]]:
    """Execute SQL on the driver's connection, with SQLAlchemy's event and error handling."""
    pooled, dialect = connection.connection, connection.dialect
    driver: Any = pooled.driver_connection
    sql, order, fixed = text
    values = bound | fixed
    parameters = values if order is None else tuple([values[name] for name in order])
    # Listeners of this event (statement counts in tests, tracing) must see these statements, too.
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

"""Prepared statements: put together and compiled once, then handed to the driver as they are.

What SQLAlchemy does at every run of a statement costs ten times what SQLite takes to answer it.
"""

from collections.abc import Callable, Hashable, Mapping
from enum import Enum
from threading import Lock
from typing import Any

from cachetools import LRUCache, cached
from sqlalchemy import Connection, SelectBase, TextClause, bindparam
from sqlalchemy.exc import DBAPIError

from app.kit.database import listed, members
from app.kit.sessions import ReadSession

Build = Callable[..., SelectBase | TextClause]
MAX_STATEMENTS = 1000
#: A statement as one driver takes it: SQL, its parameters where they go by place, its own values.
Text = tuple[str, list[str] | None, dict[str, Any]]


class Prepared:
    """A SELECT of texts and figures; its rows come as the driver gives them.

    `build` makes it of its parameters: what stands for a value, and for a list what `in_` takes.
    A list is one parameter, so that one text serves all lengths.
    """

    def __init__(self, build: Build) -> None:
        self.build = build
        self._texts: dict[str, Text] = {}

    def rows(self, session: ReadSession, **values: Any) -> list[tuple[Any, ...]]:
        """What it finds: nothing where a list among the values is empty."""
        if [] in values.values():
            return []
        connection = session.connection
        name = connection.dialect.name
        given = {
            key: listed(name, [_plain(one) for one in value])
            if isinstance(value, list)
            else _plain(value)
            for key, value in values.items()
        }
        text = self._texts.get(name) or self._text(connection, values)
        return _run(connection, text, given)

    def _text(self, connection: Connection, values: Mapping[str, Any]) -> Text:
        dialect = connection.dialect
        placeholders = {
            key: members(dialect.name, key, type(_plain(value[0])))
            if isinstance(value, list)
            else bindparam(key, None, required=False)
            for key, value in values.items()
        }
        more = {"render_postcompile": True}
        compiled = self.build(**placeholders).compile(dialect=dialect, compile_kwargs=more)
        own = {k: _plain(v) for k, v in (compiled.params or {}).items() if k not in placeholders}
        order = compiled.positiontup if compiled.positional else None
        text = self._texts[dialect.name] = str(compiled), order, own
        return text


@cached(LRUCache(MAX_STATEMENTS), key=lambda shape, _build: shape, lock=Lock())
def prepared(shape: Hashable, build: Build) -> Prepared:
    """Return the statement of a shape; the first `build` of a shape makes it."""
    return Prepared(build)


def _plain(value: Any) -> Any:
    """A word of a closed vocabulary as it is stored."""
    return value.value if isinstance(value, Enum) else value


def _run(connection: Connection, text: Text, given: dict[str, Any]) -> list[tuple[Any, ...]]:
    pooled, dialect = connection.connection, connection.dialect
    driver: Any = pooled.driver_connection
    sql, order, own = text
    known = given | own
    parameters = known if order is None else tuple([known[name] for name in order])
    # Whoever listens to statements hears of these, too.
    heard = connection.engine.dispatch.before_cursor_execute
    heard(connection, None, sql, parameters, None, False)
    errors = dialect.loaded_dbapi.Error
    try:
        return list(driver.execute(sql, parameters).fetchall())
    except errors as error:
        broken = dialect.is_disconnect(error, pooled.dbapi_connection, None)
        if broken:
            connection.invalidate(error)
        raise DBAPIError.instance(
            sql, None, error, errors, connection_invalidated=broken, dialect=dialect
        ) from error

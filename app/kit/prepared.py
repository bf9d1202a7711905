"""Prepared statements: put together and compiled once, then handed to the driver as they are.

What SQLAlchemy does at every run of a statement costs ten times what SQLite takes to answer it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from sqlalchemy import BindParameter, Connection, Select, bindparam
from sqlalchemy.exc import DBAPIError

from app.kit.sessions import ReadSession

Shape = tuple[Any, ...]


@dataclass(frozen=True)
class Text:
    """A statement as one driver takes it: `constants` are values that are part of it."""

    sql: str
    order: list[str] | None  # of the parameters, where the driver takes them by place
    constants: Mapping[str, Any]


class Prepared:
    """A SELECT of texts and figures; its rows come as the driver gives them.

    `build` makes it of its parameters: a placeholder for each value, and for a list as many as
    there are values, or more: the last value stands in for what is missing, so that a few texts
    serve lists of all lengths.
    """

    def __init__(self, build: Callable[..., Select[*tuple[Any, ...]]]) -> None:
        self.build = build
        self._texts: dict[Shape, Text] = {}

    def rows(self, session: ReadSession, **values: Any) -> list[tuple[Any, ...]]:
        """What it finds; a list among `values` is any number of values."""
        connection = session.connection
        shape: list[Any] = [connection.dialect.name]
        given: dict[str, Any] = {}
        for name, value in values.items():
            if isinstance(value, list):
                room = 1 << (len(value) - 1).bit_length() if value else 0
                shape.append(room)
                for at in range(room):
                    given[f"{name}_{at}"] = _plain(value[min(at, len(value) - 1)])
            else:
                given[name] = _plain(value)
        text = self._texts.get(tuple(shape)) or self._text(connection, tuple(shape), values)
        given.update(text.constants)
        return _run(connection, text, given)

    def _text(self, connection: Connection, shape: Shape, values: Mapping[str, Any]) -> Text:
        rooms = iter(shape[1:])
        placeholders = {
            name: [_placeholder(f"{name}_{at}") for at in range(next(rooms))]
            if isinstance(value, list)
            else _placeholder(name)
            for name, value in values.items()
        }
        stmt, more = self.build(**placeholders), {"render_postcompile": True}
        compiled = stmt.compile(dialect=connection.dialect, compile_kwargs=more)
        constants = {n: _plain(v) for n, v in (compiled.params or {}).items() if v is not None}
        order = compiled.positiontup if compiled.positional else None
        text = self._texts[shape] = Text(str(compiled), order, constants)
        return text


def _placeholder(name: str) -> BindParameter[Any]:
    return bindparam(name, None, required=False)


def _plain(value: Any) -> Any:
    """A word of a closed vocabulary as it is stored."""
    return value.value if isinstance(value, Enum) else value


def _run(connection: Connection, text: Text, given: dict[str, Any]) -> list[tuple[Any, ...]]:
    pooled, dialect = connection.connection, connection.dialect
    driver: Any = pooled.driver_connection
    parameters = given if text.order is None else tuple([given[name] for name in text.order])
    # Whoever listens to statements hears of these, too.
    heard = connection.engine.dispatch.before_cursor_execute
    heard(connection, None, text.sql, parameters, None, False)
    errors = dialect.loaded_dbapi.Error
    try:
        return list(driver.execute(text.sql, parameters).fetchall())
    except errors as error:
        broken = dialect.is_disconnect(error, pooled.dbapi_connection, None)
        if broken:
            connection.invalidate(error)
        raise DBAPIError.instance(
            text.sql, None, error, errors, connection_invalidated=broken, dialect=dialect
        ) from error

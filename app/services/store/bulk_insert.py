"""Bulk insertion: many rows of plain values into one table, as fast as the driver takes them."""

from collections.abc import Sequence
from typing import Any

from pydantic_core import to_json
from sqlalchemy import JSON, Connection, Table
from sqlalchemy.exc import DBAPIError

from app.kit.sessions import WriteSession

Cells = tuple[Any, ...]
COPY_FROM = 100  # rows; for fewer, the two additional messages of COPY cost more than it saves


def insert_rows(
    session: WriteSession, table: Table, columns: Sequence[str], rows: Sequence[Cells]
) -> None:
    """Insert rows of plain values: text, numbers, None; lists and objects in JSON columns.

    Args:
        columns: The column names of the cells of each row, in order.

    Raises:
        DBAPIError: The database refuses a row; it is not known which.
    """
    names, rows = ", ".join(columns), _encode_json(table, columns, rows)
    connection = session.connection
    if connection.dialect.name == "postgresql" and len(rows) >= COPY_FROM:
        _copy(connection, f"COPY {table.name} ({names}) FROM STDIN", rows)
        return
    mark = "?" if connection.dialect.name == "sqlite" else "%s"
    marks = ", ".join([mark] * len(columns))
    connection.exec_driver_sql(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", [*rows])


def _copy(connection: Connection, statement: str, rows: Sequence[Cells]) -> None:
    """Run COPY on a cursor of the driver, and raise its errors as those of SQLAlchemy."""
    driver: Any = connection.connection.driver_connection
    dbapi: Any = connection.dialect.loaded_dbapi
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except dbapi.Error as error:
        raise DBAPIError.instance(statement, None, error, dbapi.Error) from error


def _encode_json(table: Table, columns: Sequence[str], rows: Sequence[Cells]) -> Sequence[Cells]:
    """Return the rows with JSON cells as text, because SQLAlchemy's types are bypassed."""
    json = [at for at, name in enumerate(columns) if isinstance(table.c[name].type, JSON)]
    return [_with_json(row, json) for row in rows] if json else rows


def _with_json(row: Cells, json: Sequence[int]) -> Cells:
    """Return a row with the cells at some positions as JSON."""
    cells = list(row)
    for at in json:
        cells[at] = to_json(cells[at]).decode()
    return tuple(cells)

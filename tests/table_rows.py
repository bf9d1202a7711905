"""The rows of every table of a store, to hold one store against another."""

from typing import Any

from sqlalchemy import inspect, text

from app.kit.sessions import Store

TableRows = dict[str, list[tuple[Any, ...]]]


def table_rows(store: Store) -> TableRows:
    """Read all tables in one transaction; the rows of each are sorted."""
    with store.read() as session:
        names = inspect(session.connection).get_table_names()
        return {
            name: sorted(
                (tuple(row) for row in session.execute(text(f'SELECT * FROM "{name}"'))), key=repr
            )
            for name in names
        }

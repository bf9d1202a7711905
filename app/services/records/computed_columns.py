"""Columns that are computed from the fields of a written record, such as folded names."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Table, select, update
from sqlalchemy.exc import IntegrityError

from app import models as m
from app.kit.batching import batched
from app.kit.resource import Resource
from app.kit.sessions import ReadSession, WriteSession
from app.resources import RESOURCES
from app.services.records.input_models import full_dict
from app.services.records.lookup import record_inputs
from app.services.records.row_mapping import TableRows, row_mapper, table_of

BATCH = 500  # records
RECORD = table_of(m.Record.id)


class OutdatedRow(NamedTuple):
    """A row whose computed columns differ from what this software computes.

    Attributes:
        slug: Slug of the record.
        path: The columns of the record's id and of the position in a list, with their values.
        values: The columns that differ, with the values that they should have.
    """

    table: Table
    slug: str
    path: dict[str, Any]
    values: dict[str, Any]


def update_computed_columns(session: WriteSession) -> int:
    """Compute the columns of all records again; return the number of rows that changed.

    The folded names of some types are unique. A record whose name is another's gets a key by its
    slug instead, as in migration 0015.
    """
    rows = list(outdated_rows(session))
    renamed = [row for row in rows if row.table is RECORD and "folded" in row.values]
    for row in renamed:  # two records may exchange their names
        _update(session, row, {"folded": key_by_slug(row.slug)})
    for row in rows:
        try:
            with session.connection.begin_nested():
                _update(session, row, row.values)
        except IntegrityError:
            if row not in renamed:
                raise
    return len(rows)


def key_by_slug(slug: str) -> str:
    """Return the key of a record whose folded name is that of another; no name folds to it."""
    return f"~{slug}"


def _update(session: WriteSession, row: OutdatedRow, values: dict[str, Any]) -> None:
    same_row = [row.table.c[name] == value for name, value in row.path.items()]
    session.execute(update(row.table).where(*same_row).values(values))


def outdated_rows(session: ReadSession) -> Iterator[OutdatedRow]:
    """Yield the rows whose computed columns another version of the software computed otherwise."""
    stmt = select(m.Record.type, m.Record.slug, m.Record.id)
    ids = {
        (RESOURCES.by_record_type[record_type].name, slug): key
        for record_type, slug, key in session.execute(stmt)
    }
    for resource in RESOURCES.values():
        slugs = [slug for collection, slug in ids if collection == resource.name]
        for batch in batched(slugs, BATCH):
            yield from _outdated_rows(session, resource, batch, ids)


def _outdated_rows(
    session: ReadSession,
    resource: Resource,
    slugs: Sequence[str],
    ids: dict[tuple[str, str], int],
) -> Iterator[OutdatedRow]:
    mapper = row_mapper(resource)
    keys = [ids[resource.name, slug] for slug in slugs]
    stored = {
        rows: _stored_rows(session, rows, keys)
        for rows in (*mapper.record_tables, *mapper.children)
        if rows.computed
    }
    for slug, draft in record_inputs(session, resource, slugs).items():
        key = ids[resource.name, slug]
        for rows, _, cells in mapper.rows(full_dict(draft), key, lambda *name: ids[name]):
            if rows not in stored:
                continue
            values = dict(zip(rows.columns, cells, strict=True))
            path = {name: values[name] for name in rows.path_columns}
            row = stored[rows][tuple(path.values())]
            outdated = {n: values[n] for n in rows.computed if row[n] != values[n]}
            has_key = rows.table is RECORD and row["folded"] == key_by_slug(slug)
            if has_key and _is_taken(session, values["type"], values["folded"]):
                outdated.pop("folded", None)
            if outdated:
                yield OutdatedRow(rows.table, slug, path, outdated)


def _is_taken(session: ReadSession, record_type: str, folded: str) -> bool:
    same = (m.Record.type == record_type) & (m.Record.folded == folded)
    return session.execute(select(m.Record.id).where(same).limit(1)).first() is not None


def _stored_rows(
    session: ReadSession, rows: TableRows, keys: Sequence[int]
) -> dict[tuple[Any, ...], Any]:
    """Return the path and computed columns of the rows of records, by path."""
    columns = rows.table.c
    stmt = select(*(columns[name] for name in dict.fromkeys([*rows.path_columns, *rows.computed])))
    stored = session.execute(stmt.where(columns[rows.path_columns[0]].in_(keys))).mappings()
    return {tuple(row[name] for name in rows.path_columns): row for row in stored}

"""Loading a checked dataset into the store: atomic and idempotent."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Table, delete, insert, select
from sqlalchemy.exc import IntegrityError

from app import models as m
from app.domain.text import fold
from app.kit.sessions import ReadSession, WriteSession
from app.kit.shape import Attr, Col, Refs, RefTo, Rows, Shape, Values
from app.kit.tables import Base, restart_keys
from app.resources import RESOURCES
from app.services import weighing
from app.services.dataset import Entry, Fault, Folder, value_of
from app.services.drafts import written
from app.services.search import indexing

BATCH = 2000
Progress = Callable[[int, int], None]
Rows_ = dict[Table, list[tuple[dict[str, Any], Entry]]]


def loaded_digest(session: ReadSession) -> str | None:
    """The digest of the dataset in the store, or None where it is empty."""
    return session.execute(select(m.Dataset.digest)).scalar_one_or_none()


def load(session: WriteSession, folder: Folder, progress: Progress | None = None) -> bool:
    """Replace the store's content by the folder's; False when it already holds it."""
    if folder.faults:
        raise ValueError("a folder with faults is not loaded")
    if loaded_digest(session) == folder.digest:
        if not indexing.is_current(session):
            indexing.rebuild(session)
        return False
    revision = session.execute(select(m.Dataset.revision)).scalar_one_or_none() or 0
    for table in reversed(Base.metadata.sorted_tables):
        session.execute(delete(table))
    rows = prepare(folder)
    total, done = sum(len(r) for r in rows.values()), 0
    for table in Base.metadata.sorted_tables:
        pending = rows.get(table, [])
        for start in range(0, len(pending), BATCH):
            batch = pending[start : start + BATCH]
            session.execute(insert(table), [values for values, _ in batch])
            done += len(batch)
            if progress:
                progress(done, total)
    restart_keys(session.connection, m.Record.__tablename__)
    session.execute(
        insert(m.Dataset).values(
            id=1,
            revision=revision + 1,
            digest=folder.digest,
            release=folder.release,
            about=folder.about or None,
        )
    )
    indexing.rebuild(session)
    return True


def database_faults(session: WriteSession, folder: Folder) -> list[Fault]:
    """What the database's own rules refuse, found row by row in an empty store."""
    faults = []
    for table, pending in sorted(prepare(folder).items(), key=lambda item: _order(item[0])):
        for values, entry in pending:
            try:
                with session.connection.begin_nested():
                    session.execute(insert(table), values)
            except IntegrityError as error:
                message = f"{entry.resource.kind} {entry.slug!r}: {error.orig}"
                faults.append(Fault(entry.file, entry.line("slug"), message))
    return faults


def _order(table: Table) -> int:
    return Base.metadata.sorted_tables.index(table)


def prepare(folder: Folder) -> Rows_:
    """Every table's rows, in an order of insertion, each with the draft it came from."""
    entries = [*folder.entries, *weighing.derive(folder)]
    ids = {(entry.resource.name, entry.slug): key for key, entry in enumerate(entries, start=1)}
    rows: Rows_ = defaultdict(list)
    for key, entry in enumerate(entries, start=1):
        _add_record(rows, entry, key, ids)
    return rows


def _add_record(rows: Rows_, entry: Entry, key: int, ids: Mapping[tuple[str, str], int]) -> None:
    resource = entry.resource
    tables: dict[Table, dict[str, Any]] = {
        m.Record.__table__: {"id": key, "type": resource.kind, "folded": fold(entry.draft.name)},  # type: ignore[attr-defined,dict-item]
        _table(resource.key): {"id": key},
    }
    _fill(rows, tables, entry, resource.shape, entry.draft, key, ids)
    for table, values in tables.items():
        rows[table].append((values, entry))


def _fill(
    rows: Rows_,
    tables: dict[Table, dict[str, Any]],
    entry: Entry,
    shape: Shape,
    draft: Any,
    key: int,
    ids: Mapping[tuple[str, str], int],
) -> None:
    """Put a draft's values into the rows of its own tables, and add the rows of its children."""
    for part in shape.parts:
        marker = part.marker
        if isinstance(marker, Col) and marker.derive:
            tables[_table(marker.column)][marker.column.key] = marker.derive(draft.model_dump())
            continue
        if not written(part):
            continue
        value = value_of(draft, part.name, shape)
        if isinstance(marker, Col):
            tables[_table(marker.column)][marker.column.key] = value
        elif isinstance(marker, RefTo):
            own = tables[_table(marker.column)]
            kind, other = _target(marker, value, ids)
            own[marker.column.key] = other
            if marker.kind is not None:
                own[marker.kind.key] = kind
        else:
            for position, item in enumerate(value):
                _add_child(rows, entry, shape, part.name, (key, position, item), ids)


def _add_child(
    rows: Rows_,
    entry: Entry,
    shape: Shape,
    name: str,
    child: tuple[int, int, Any],
    ids: Mapping[tuple[str, str], int],
) -> None:
    key, position, item = child
    marker = shape.by_name[name].marker
    assert isinstance(marker, Values | Refs | Rows)
    values: dict[str, Any] = {marker.parent.key: key, marker.position.key: position}
    table = _table(marker.parent)
    if isinstance(marker, Values):
        values[marker.value.key] = item
        if marker.folded is not None:
            values[marker.folded.key] = fold(item)
    elif isinstance(marker, Refs):
        values[marker.child.key] = ids[marker.to, item]
    else:
        inner = {table: values}
        # A child without a column keeps null; every row of a batch names the same columns.
        values.update({c.key: None for c in table.columns if c.key not in values and c.key != "id"})
        _fill(rows, inner, entry, shape.nested[name], item, key, ids)
    rows[table].append((values, entry))


def _target(
    marker: RefTo, value: str | None, ids: Mapping[tuple[str, str], int]
) -> tuple[str | None, int | None]:
    if value is None:
        return None, None
    if isinstance(marker.to, str):
        return None, ids[marker.to, value]
    kind, _, slug = value.partition(":")
    return kind, ids[RESOURCES.by_kind[kind].name, slug]


def _table(attribute: Attr) -> Table:
    table = attribute.class_.__table__
    assert isinstance(table, Table)
    return table

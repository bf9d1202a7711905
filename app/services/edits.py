"""Edits: what one write does to one record, and how the rows of many reach the tables."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import CheckConstraint, Table, delete, func, insert, select, update
from sqlalchemy.exc import DataError, IntegrityError

from app import models as m
from app.kit.batching import batched
from app.kit.resource import Resource
from app.kit.sessions import WriteSession
from app.kit.shape import Col, RefTo, Rows, Shape
from app.kit.tables import Base, broken_rule, restart_keys
from app.resources import RESOURCES
from app.services.drafts import Draft, links, whole
from app.services.records import Name, ids_of
from app.services.rows import Row, children_of, rows_of, table_of
from app.services.rules import Flaw

BATCH = 2000
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Edit:
    """One record as it shall stand; without a draft it is withdrawn."""

    resource: Resource
    slug: str
    draft: Draft | None
    why: str
    successor: str | None = None

    @property
    def name(self) -> Name:
        return self.resource.name, self.slug


class RefusedError(Exception):
    """A write that breaks rules; says which, all of them."""

    def __init__(self, flaws: Iterable[Flaw]) -> None:
        self.flaws = list(flaws)
        super().__init__("; ".join(flaw.message for flaw in self.flaws))


@dataclass(frozen=True)
class Pending:
    """A row on its way to its table, and the edit that it belongs to."""

    row: Row
    edit: Edit
    replaces: bool


def put(
    session: WriteSession, edits: Sequence[Edit], revision: int, progress: Progress | None = None
) -> None:
    """Bring the tables to what the edits say; raises RefusedError where a rule of theirs bites."""
    there = ids_of(session, _names(edits))
    ids = dict(there)
    last = session.execute(select(func.max(m.Record.id))).scalar_one() or 0
    for edit in edits:
        if edit.draft is not None and edit.name not in ids:
            ids[edit.name] = last = last + 1
    _clear(session, [edit for edit in edits if edit.name in there], there)
    pending = []
    for edit in edits:
        if edit.draft is not None:
            values = whole(edit.draft)
            rows = rows_of(edit.resource, values, ids[edit.name], lambda *name: ids[name])
            rows[0].values["changed_revision"] = revision
            pending += [Pending(r, edit, edit.name in there and not r.place) for r in rows]
    _write(session, pending, progress)
    if len(ids) > len(there):
        restart_keys(session.connection, m.Record.__tablename__)
    for resource in reversed(RESOURCES.values()):
        gone = [there[e.name] for e in edits if e.draft is None and e.resource is resource]
        if gone:
            session.execute(delete(m.Record).where(m.Record.id.in_(gone)))


def _names(edits: Sequence[Edit]) -> set[Name]:
    """Every record that the edits are about, or name."""
    names = {edit.name for edit in edits}
    for edit in edits:
        for to, slug, _ in links(edit.resource.shape, edit.draft) if edit.draft else ():
            kind, _, bare = slug.rpartition(":")
            names.add((RESOURCES.by_kind[kind].name if kind else to[0], bare))
    return names


def _clear(session: WriteSession, edits: Sequence[Edit], ids: dict[Name, int]) -> None:
    """Take away what the rows to come replace, and free the values that stand once."""
    for resource in {edit.resource: None for edit in edits}:
        keys = [ids[edit.name] for edit in edits if edit.resource is resource]
        for batch in batched(keys, BATCH):
            for parent, where in children_of(resource):
                stmt = delete(table_of(parent)).where(parent.in_(batch))
                session.execute(stmt.where(where) if where is not None else stmt)
            own = table_of(resource.key)
            if unique := {c.key: None for c in own.columns if c.unique and c.nullable}:
                session.execute(update(own).where(own.c.id.in_(batch)).values(unique))


def _write(
    session: WriteSession, pending: Sequence[Pending], progress: Progress | None = None
) -> None:
    """All rows, in batches; where the database refuses, row by row, to name what it refuses."""
    try:
        with session.connection.begin_nested():
            done = 0
            for table in Base.metadata.sorted_tables:
                own = [p for p in pending if p.row.table is table]
                for one in (p for p in own if p.replaces):
                    _update(session, one.row)
                new = [p.row.values for p in own if not p.replaces]
                for batch in batched(new, BATCH):
                    session.execute(insert(table), batch)
                done += len(own)
                if progress and own:
                    progress(done, len(pending))
    except (IntegrityError, DataError) as error:
        raise RefusedError(_refused(session, pending)) from error


def _update(session: WriteSession, row: Row) -> None:
    session.execute(update(row.table).where(row.table.c.id == row.values["id"]).values(row.values))


def _refused(session: WriteSession, pending: Sequence[Pending]) -> list[Flaw]:
    flaws, lost = [], set()
    order = {table: n for n, table in enumerate(Base.metadata.sorted_tables)}
    for one in sorted(pending, key=lambda p: order[p.row.table]):
        if one.edit.name in lost:
            continue
        try:
            with session.connection.begin_nested():
                if one.replaces:
                    _update(session, one.row)
                else:
                    session.execute(insert(one.row.table), one.row.values)
        except (IntegrityError, DataError) as error:
            flaws.append(_flaw(one, error))
            if not one.row.place and not one.replaces:
                lost.add(one.edit.name)  # its other rows would only fail for want of this one
    return flaws


def _flaw(one: Pending, error: IntegrityError | DataError) -> Flaw:
    """What the database refused, in the words of the draft."""
    kind, rule = broken_rule(error)
    place = one.row.place
    if kind == "unique":
        message = f"{place[0] if place else 'this'}: stands twice"
    elif kind == "check" and rule is not None:
        text = _text_of(one.row.table, rule)
        shape = one.edit.resource.shape
        if place and isinstance(shape.by_name[str(place[0])].marker, Rows):
            shape = shape.nested[str(place[0])]
        place = (*place, *_field_of(shape, one.row.table, text))
        message = f"breaks the rule {rule}: {text}"
    else:
        message = f"does not fit the database: {error.orig}"
    words = f"{one.edit.resource.kind} {one.edit.slug!r}: {message}"
    return Flaw(one.edit.resource, one.edit.slug, place, words)


def _text_of(table: Table, rule: str) -> str:
    found = (
        str(c.sqltext)
        for c in table.constraints
        if isinstance(c, CheckConstraint) and c.name == rule
    )
    return next(found, "")


def _field_of(shape: Shape, table: Table, text: str) -> tuple[str, ...]:
    """The first field whose column the rule speaks of."""
    by_column = {
        part.marker.column.key: part.name
        for part in shape.parts
        if isinstance(part.marker, Col | RefTo) and table_of(part.marker.column) is table
    }
    spoken = (by_column[word] for word in re.findall(r"\w+", text) if word in by_column)
    return tuple(islice(spoken, 1))

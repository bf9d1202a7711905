"""Queries on the audit log."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any

from sqlalchemy import ColumnElement, func, select

from app import models as m
from app.kit.repository import EXPORT_CHUNK_ROWS
from app.kit.resource import Resource
from app.kit.sessions import ReadSession
from app.resources import RESOURCES

Row = dict[str, Any]


def changes(
    session: ReadSession,
    where: Sequence[ColumnElement[bool]],
    limit: int,
    after: int | None = None,
    *,
    newest_first: bool = False,
) -> list[Row]:
    """Return rows of the audit log in order, starting after the one with the id `after`."""
    table = m.Change.__table__
    stmt = select(table).where(*where)
    if after is not None:
        stmt = stmt.where(m.Change.id < after if newest_first else m.Change.id > after)
    stmt = stmt.order_by(m.Change.id.desc() if newest_first else m.Change.id).limit(limit)
    return [_render_change(row) for row in session.execute(stmt).mappings()]


def iter_changes(session: ReadSession, where: Sequence[ColumnElement[bool]]) -> Iterator[list[Row]]:
    """Yield all rows of the audit log that match, in order, in chunks."""
    stmt = select(m.Change.__table__).where(*where).order_by(m.Change.id)
    with closing(session.execute(stmt.execution_options(yield_per=EXPORT_CHUNK_ROWS))) as rows:
        for chunk in rows.mappings().partitions():
            yield [_render_change(row) for row in chunk]


def count(session: ReadSession, where: Sequence[ColumnElement[bool]]) -> int:
    """Return the number of rows of the audit log that match."""
    stmt = select(func.count()).select_from(m.Change).where(*where)
    return int(session.execute(stmt).scalar_one())


def for_record(resource: Resource, slug: str) -> list[ColumnElement[bool]]:
    """Match the changes of one record."""
    return [m.Change.type == resource.record_type, m.Change.slug == slug]


def for_collections(names: Sequence[str]) -> list[ColumnElement[bool]]:
    """Match the changes of some collections; of all if none is named."""
    return [m.Change.type.in_([RESOURCES[name].record_type for name in names])] if names else []


def since_revision(revision: int) -> ColumnElement[bool]:
    """Match the changes after a revision."""
    return m.Change.revision > revision


def since_time(moment: str) -> ColumnElement[bool]:
    """Match the changes of the first revision at or after a time (ISO 8601, UTC) and of all later.

    Revisions order changes, times do not: a clock that was set back stamps later revisions with
    earlier times, and those who follow changes by time would miss them.
    """
    first = select(m.Change.revision).where(m.Change.at >= moment)
    return m.Change.revision >= first.order_by(m.Change.revision).limit(1).scalar_subquery()


def until_revision(revision: int) -> ColumnElement[bool]:
    """Match the changes up to a revision."""
    return m.Change.revision <= revision


def until_time(moment: str) -> ColumnElement[bool]:
    """Match the changes of the last revision up to a time (ISO 8601, UTC) and of all before it."""
    last = select(m.Change.revision).where(m.Change.at <= moment)
    return m.Change.revision <= last.order_by(m.Change.revision.desc()).limit(1).scalar_subquery()


def _render_change(row: Any) -> Row:
    return {
        "id": row["id"],
        "revision": row["revision"],
        "at": row["at"],
        "who": row["who"],
        "accepted_by": row["accepted_by"],
        "why": row["why"],
        "action": row["action"],
        "collection": RESOURCES.by_record_type[row["type"]].name,
        "slug": row["slug"],
        "proposal": row["proposal_id"],
        "fields": row["fields"],
        "causes": row["causes"],
    }

"""Addresses of all records for search engines, in blocks of ids, so that each file is bounded."""

from dataclasses import dataclass

from sqlalchemy import func, select

from app import models as m
from app.kit.sessions import ReadSession
from app.resources import RESOURCES

#: Ids of one file: the protocol allows 50,000 addresses (sitemaps.org).
BLOCK = 10_000


@dataclass(frozen=True)
class SitemapEntry:
    """The page of one record.

    Args:
        path: Path of the page.
        changed_on: Day on which the record was changed last; None if the audit log does not say.
    """

    path: str
    changed_on: str | None


def block_count(session: ReadSession) -> int:
    """Return the number of blocks that hold all ids of records."""
    newest = session.execute(select(func.max(m.Record.id))).scalar() or 0
    return int(-(-newest // BLOCK))


def entries_of_block(session: ReadSession, number: int) -> list[SitemapEntry]:
    """Return the records of a block, counted from 1, in the order of their ids."""
    of_block = (m.Record.id > (number - 1) * BLOCK, m.Record.id <= number * BLOCK)
    rows = session.execute(
        select(m.Record.type, m.Record.slug, m.Record.changed_revision)
        .where(*of_block)
        .order_by(m.Record.id)
    )
    # A revision is of many records: after a load, of all.
    revisions = select(m.Record.changed_revision).where(*of_block).distinct().subquery()
    revision = revisions.c.changed_revision
    day = select(m.Change.at).where(m.Change.revision == revision).limit(1).scalar_subquery()
    days = {key: at[:10] for key, at in session.execute(select(revision, day)) if at}
    names = {resource.record_type: name for name, resource in RESOURCES.items()}
    return [
        SitemapEntry(f"/{names[kind]}/{slug}", days.get(changed))
        for kind, slug, changed in rows
        if kind in names
    ]

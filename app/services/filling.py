"""Filling: the records of a source, streamed into an empty store, with all that follows from them.

What stands in the store afterwards is what the one way into a store that lives (`writing`) would
have put there, revision and ledger included; memory holds no more than the slugs.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from sqlalchemy import Table, insert

from app import models as m
from app.domain.release import UNRELEASED
from app.kit.resource import Resource
from app.kit.sessions import WriteSession
from app.kit.tables import Base, restart_keys
from app.resources import RESOURCES
from app.services import following, ledger, weighing
from app.services.bulk import check_links, insert_rows, unindexed
from app.services.dataset import Entry, Fault
from app.services.drafts import Draft, whole
from app.services.edits import BATCH, Progress
from app.services.ledger import Signature
from app.services.rows import Cells, children_of, filler, table_of

REVISION = 1
ROWS = 10_000  # that wait in memory
RECORD = table_of(m.Record.id)
SEARCH = [table_of(m.SearchName.text_id)]
DERIVED = {
    table
    for resource in RESOURCES.values()
    if resource.derived
    for table in (table_of(resource.key), *(table_of(p) for p, _ in children_of(resource)))
}
ORDER = {table: at for at, table in enumerate(Base.metadata.sorted_tables)}
CURATED = [table for table in ORDER if table not in DERIVED and table not in SEARCH]
PLACED = ("changed_revision", "source_file", "source_position")


class Source(Protocol):
    """What is loaded: a folder, or a synthesis. Its entries were put to the rules."""

    @property
    def release(self) -> str: ...

    @property
    def digest(self) -> str: ...

    @property
    def about(self) -> str: ...

    @property
    def faults(self) -> Sequence[Fault]: ...

    @property
    def entries(self) -> Iterable[Entry]: ...


class Keys:
    """The ids of records, given out as their slugs are first met, in any order."""

    def __init__(self) -> None:
        self.last = 0
        self._known: dict[str, dict[str, int]] = defaultdict(dict)

    def of(self, collection: str, slug: str) -> int:
        known = self._known[collection]
        key = known.get(slug)
        if key is None:
            key = known[slug] = self.last = self.last + 1
        return key


class Pen:
    """Writes drafts in batches, each with its line in the ledger."""

    def __init__(self, session: WriteSession, signed: Signature, why: str) -> None:
        self.session, self.keys = session, Keys()
        self.ledger = ledger.Opening(REVISION, signed, why)
        self._waiting: dict[tuple[Table, tuple[str, ...]], list[Cells]] = defaultdict(list)
        self._rows = 0

    def write(
        self,
        resource: Resource,
        draft: Draft,
        place: tuple[str | None, int | None] = (None, None),
        causes: Sequence[str] = (),
    ) -> None:
        values = whole(draft)
        key = self.keys.of(resource.name, values["slug"])
        for lines, _, cells in filler(resource).rows(values, key, self.keys.of):
            columns = lines.columns
            if lines.table is RECORD:
                columns, cells = columns + PLACED, (*cells, REVISION, *place)
            self._add(lines.table, columns, cells)
        self._add(ledger.CHANGE, ledger.COLUMNS, self.ledger.line(resource, values, causes))
        if self._rows > ROWS:  # a verdict may have a thousand lines
            self.flush()

    def _add(self, table: Table, columns: tuple[str, ...], cells: Cells) -> None:
        self._waiting[table, columns].append(cells)
        self._rows += 1

    def flush(self) -> None:
        for table, columns in sorted(self._waiting, key=lambda lines: ORDER[lines[0]]):
            insert_rows(self.session, table, columns, self._waiting[table, columns])
        self._waiting.clear()
        self._rows = 0


def fill(
    session: WriteSession,
    source: Source,
    signed: Signature,
    why: str,
    progress: Progress | None = None,
) -> None:
    """All of a source; its name and digest are written by who calls this."""
    _write(session, Pen(session, signed, why), source, progress)  # whose slugs are let go of then
    check_links(session)
    restart_keys(session.connection, RECORD.name)
    values = {"id": 1, "digest": "", "release": UNRELEASED, "loaded_revision": REVISION}
    session.execute(insert(m.Dataset).values(revision=REVISION, **values))
    with unindexed(session, SEARCH):
        following.rebuild(session, progress)


def _write(session: WriteSession, pen: Pen, source: Source, progress: Progress | None) -> None:
    """Every row of the tables, the derived ones last."""
    with unindexed(session, CURATED):
        for number, entry in enumerate(source.entries, start=1):
            pen.write(entry.resource, entry.draft, (entry.file, entry.position))
            if progress and number % BATCH == 0:
                progress(number, 0)
        pen.flush()
    with unindexed(session, DERIVED):
        for resource, draft, causes in _derived(session):
            pen.write(resource, draft, causes=causes)
        pen.flush()


def _derived(session: WriteSession) -> Iterator[tuple[Resource, Draft, list[str]]]:
    for claim, witnesses, drafts in weighing.derive_all(session):
        notes = sorted({f"evidence/{witness.note.slug}" for witness in witnesses})
        for resource, draft in drafts:
            yield resource, draft, [f"claims/{claim.slug}", *notes]

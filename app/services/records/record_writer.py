"""Writing records: the rows of edits and their audit log entries, in batches."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import Table, bindparam, delete, literal, select, update
from sqlalchemy.exc import DataError, IntegrityError

from app import models as m
from app.kit.batching import batched
from app.kit.database import Base, reset_sequence
from app.kit.progress import ProgressCallback
from app.kit.resource import Resource
from app.kit.sessions import WriteSession
from app.resources import RESOURCES
from app.services.records import audit_log
from app.services.records.audit_log import ChangeAuthor
from app.services.records.constraint_errors import constraint_violation
from app.services.records.facet_counts import FacetCountChange
from app.services.records.id_allocator import IdAllocator
from app.services.records.input_models import Path, RecordInput, full_dict, referenced_slugs
from app.services.records.lookup import RecordKey, record_inputs_of
from app.services.records.record_edit import RecordEdit
from app.services.records.row_mapping import Cells, TableRows, children_of, row_mapper, table_of
from app.services.records.validation import RulesViolatedError, Violation
from app.services.store.bulk_insert import insert_rows

BATCH = 2000  # edits, or ids in a statement
MAX_PENDING_ROWS = 10_000  # a verdict may have a thousand
RECORD = table_of(m.Record.id)
EMPTY: Mapping[RecordKey, RecordInput] = MappingProxyType({})
#: Columns of the file and of the index of a record there.
POSITION = ("source_file", "source_position")
#: Tables by dependency: what is referred to comes before what refers to it.
TABLE_ORDER = {table: at for at, table in enumerate(Base.metadata.sorted_tables)}


class EditComparison(NamedTuple):
    """Edits compared with the store: the stored inputs that they replace, and those unchanged."""

    replaced: dict[RecordKey, RecordInput]
    unchanged: set[RecordKey]

    def is_effective(self, edit: RecordEdit) -> bool:
        """Return whether an edit changes anything."""
        if edit.key in self.unchanged:
            return False
        return edit.draft is not None or edit.key in self.replaced


class PendingRow(NamedTuple):
    """A row that waits for its batch, and the path in the edit that it came from."""

    cells: Cells
    edit: RecordEdit
    path: Path


@dataclass(frozen=True, eq=False)
class _Group:
    """Rows that are written together: inserts, or updates, of one table.

    Groups are compared by identity, which takes a fraction of the time; `_group` makes each once.
    """

    table: Table
    columns: tuple[str, ...]
    replaces: bool


@cache
def _group(table: Table, columns: tuple[str, ...], replaces: bool = False) -> _Group:
    return _Group(table, columns, replaces)


@cache
def _group_of(rows: TableRows, has_position: bool, replaces: bool) -> _Group:
    """Return the group of rows of a record input in one table."""
    columns = rows.columns
    if rows.table is RECORD:
        columns = (*columns, "changed_revision", *(POSITION if has_position else ()))
    return _group(rows.table, columns, replaces)


class RecordWriter:
    """Writes the edits of one revision in batches of rows.

    A batch ends where every record that its rows refer to is stored or in the batch itself, so that
    foreign keys hold after each. If records come after those that refer to them, as in a dataset
    folder, all rows wait in memory; if they come before, about 10,000 rows do.
    """

    def __init__(
        self,
        session: WriteSession,
        revision: int,
        author: ChangeAuthor,
        progress: ProgressCallback | None = None,
    ) -> None:
        self.session, self.revision, self._progress = session, revision, progress
        self.ids = IdAllocator(session)
        self.count = 0
        self._log = audit_log.AuditLogWriter(revision, author)
        self._stored_ids: set[int] = set()
        self._created = 0
        self._pending: dict[_Group, list[PendingRow]] = defaultdict(list)
        self._pending_rows = 0
        self._violations: list[Violation] = []
        self._failed: set[RecordKey] = set()

    def compare(
        self, edits: Iterable[RecordEdit], read: Mapping[RecordKey, RecordInput] = EMPTY
    ) -> EditComparison:
        """Compare edits with the stored records, and update the file positions of the latter.

        Args:
            read: Record inputs that were read before the records they refer to were changed.
        """
        comparison = EditComparison({}, set())
        for batch in batched(edits if self.ids.has_stored else (), BATCH):
            ids = self.ids.stored(edit.key for edit in batch)
            stored = record_inputs_of(
                self.session, {n: key for n, key in ids.items() if n not in read}
            )
            for edit in batch:
                before = read.get(edit.key) or stored.get(edit.key)
                if before is not None and full_dict(before) != edit.values:
                    comparison.replaced[edit.key] = before
                elif before is not None:
                    comparison.unchanged.add(edit.key)
            positions = {ids[e.key]: e.position for e in batch if e.position and e.key in ids}
            _update_positions(self.session, positions)
        return comparison

    def stored(self, names: Iterable[RecordKey]) -> dict[RecordKey, RecordInput]:
        """Return the inputs of those records that are stored."""
        return record_inputs_of(self.session, self.ids.stored(names))

    def write(self, edits: Iterable[RecordEdit], replaced: Mapping[RecordKey, RecordInput]) -> None:
        """Write effective edits; those of `replaced` change or withdraw stored records.

        Raises:
            RulesViolatedError: The database refuses rows; with a violation for each.
        """
        stored = self._ids_by_collection(replaced)
        # A first load counts its records at its end, with the other read models.
        counts = FacetCountChange(self.session, stored) if self.ids.has_stored else None
        written = {resource: set(ids) for resource, ids in stored.items()}
        self._clear(stored)
        withdrawn: dict[Resource, list[int]] = defaultdict(list)
        for batch in batched(edits, BATCH):
            self.ids.stored(_mentioned_keys(batch) if self.ids.has_stored else ())
            for edit in batch:
                self._add_edit(edit, replaced.get(edit.key))
                if counts:
                    written.setdefault(edit.resource, set()).add(self.ids.get(*edit.key))
                if edit.draft is None:
                    withdrawn[edit.resource].append(self.ids.get(*edit.key))
            self._log.save_withdrawals(self.session)
            self.count += len(batch)
            if self._progress:
                self._progress(self.count, 0)
        self._flush()
        if self._violations:
            raise RulesViolatedError(self._violations)
        for resource in reversed(RESOURCES.values()):
            for ids in batched(withdrawn[resource], BATCH):
                self.session.execute(delete(m.Record).where(m.Record.id.in_(ids)))
        if counts:
            counts.apply(written)

    def finish(self) -> "Written":
        """End the revision; return what was written."""
        if self.ids.new:
            reset_sequence(self.session.connection, RECORD.name)
        return Written(self.count, self._stored_ids, self.ids.new)

    def _add_edit(self, edit: RecordEdit, before: RecordInput | None) -> None:
        after = edit.values
        if edit.draft is not None:
            key, place = self.ids.get(*edit.key), edit.position or ()
            for lines, position, values in row_mapper(edit.resource).rows(after, key, self.ids.get):
                cells = (*values, self.revision, *place) if lines.table is RECORD else values
                replaces = before is not None and lines.field is None
                path: Path = () if lines.field is None else (lines.field, position)
                group = _group_of(lines, bool(place), replaces)
                self._add(group, PendingRow(cells, edit, path))
        entry = self._log.entry(edit, full_dict(before), after)
        self._add(_group(audit_log.CHANGE, audit_log.COLUMNS), PendingRow(entry, edit, ()))
        self._created += not before
        if self._pending_rows > MAX_PENDING_ROWS and self._created == len(self.ids.new):
            self._flush()

    def _add(self, group: _Group, row: PendingRow) -> None:
        self._pending[group].append(row)
        self._pending_rows += 1

    def _ids_by_collection(self, keys: Iterable[RecordKey]) -> dict[Resource, list[int]]:
        ids: dict[Resource, list[int]] = defaultdict(list)
        for key in keys:
            ids[RESOURCES[key[0]]].append(self.ids.get(*key))
        return ids

    def _clear(self, ids: Mapping[Resource, Sequence[int]]) -> None:
        """Delete the child rows of records that change, and clear their unique values."""
        for resource, stored_ids in ids.items():
            self._stored_ids.update(stored_ids)
            for batch in batched(stored_ids, BATCH):
                for parent, where in children_of(resource):
                    stmt = delete(table_of(parent)).where(parent.in_(batch))
                    self.session.execute(stmt.where(where) if where is not None else stmt)
                if resource.distinct_names:  # so that records can exchange their names
                    renamed = update(m.Record).where(m.Record.id.in_(batch))
                    self.session.execute(renamed.values(folded=literal("~") + m.Record.slug))
                table = table_of(resource.key)
                if unique := {c.key: None for c in table.columns if c.unique and c.nullable}:
                    self.session.execute(update(table).where(table.c.id.in_(batch)).values(unique))

    def _flush(self) -> None:
        """Write the pending rows; if the database refuses them, one by one, to find which."""
        groups = sorted(self._pending.items(), key=lambda item: _order(item[0]))
        try:
            with self.session.connection.begin_nested():
                for group, rows in groups:
                    self._write_group(group, [row.cells for row in rows])
        except (IntegrityError, DataError):
            for group, rows in groups:
                for row in rows:
                    self._try_row(group, row)
        self._pending.clear()
        self._pending_rows = 0

    def _write_group(self, group: _Group, rows: Sequence[Cells]) -> None:
        if not group.replaces:
            insert_rows(self.session, group.table, group.columns, rows)
            return
        for cells in rows:
            values = dict(zip(group.columns, cells, strict=True))
            same_id = group.table.c.id == values["id"]
            self.session.execute(update(group.table).where(same_id).values(values))

    def _try_row(self, group: _Group, row: PendingRow) -> None:
        if row.edit.key in self._failed:
            return
        try:
            with self.session.connection.begin_nested():
                self._write_group(group, [row.cells])
        except (IntegrityError, DataError) as error:
            edit, path = row.edit, row.path
            if edit.row_of:  # the curator wrote it in another record
                edit, path = edit.row_of
            violation = constraint_violation(edit.resource, edit.slug, group.table, path, error)
            self._violations.append(violation)
            if not row.path and not group.replaces:
                self._failed.add(row.edit.key)  # its other rows refer to this one


class Written(NamedTuple):
    """What a revision wrote: the number of records, the ids that were stored, the new ids."""

    records: int
    stored_ids: set[int]
    new_ids: range


def _order(group: _Group) -> tuple[int, bool]:
    """Order groups by table, updates before inserts."""
    return TABLE_ORDER[group.table], not group.replaces


def _mentioned_keys(edits: Sequence[RecordEdit]) -> set[RecordKey]:
    """Return the keys of all records that are edited, or that the edits refer to."""
    keys = {edit.key for edit in edits}
    for edit in edits:
        for to, slug, _ in (
            referenced_slugs(edit.resource.mapping, edit.draft) if edit.draft else ()
        ):
            record_type, _, bare_slug = slug.rpartition(":")
            keys.add(
                (RESOURCES.by_record_type[record_type].name if record_type else to[0], bare_slug)
            )
    return keys


def _update_positions(session: WriteSession, positions: Mapping[int, tuple[str, int]]) -> None:
    """Store the file and the index of records, so that an export restores the same folder."""
    if not positions:
        return
    stored = select(RECORD.c.id, *(RECORD.c[name] for name in POSITION))
    moved = [
        {"key": key, **dict(zip(POSITION, positions[key], strict=True))}
        for key, *position in session.execute(stored.where(RECORD.c.id.in_(positions)))
        if tuple(position) != positions[key]
    ]
    if moved:
        values: dict[str, Any] = {name: bindparam(name) for name in POSITION}
        same_id = RECORD.c.id == bindparam("key")
        session.execute(update(RECORD).where(same_id).values(values), moved)

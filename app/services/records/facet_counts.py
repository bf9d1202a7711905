"""Stored numbers of records per value of a facet, and their changes in a write.

A facet is counted over rows that lead from a record to its values: the findings of notes, the
claims of findings. A write changes rows of the records in it alone, so that the numbers change by
what these rows led to before and after it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    cast,
    delete,
    func,
    insert,
    literal,
    not_,
    select,
    text,
    union_all,
)

from app import models as m
from app.kit.facets import facet_rows, stored_name
from app.kit.field_mapping import Attr
from app.kit.prepared_statements import prepared_statement
from app.kit.resource import Resource
from app.kit.sessions import ReadSession, WriteSession
from app.resources import RESOURCES
from app.services.evidence import evidence_count_names
from app.services.records.row_mapping import children_of, table_of

#: Ids of records by collection.
RecordIds = Mapping[Resource, Iterable[int]]
#: SQLite and PostgreSQL read it alike; SQLAlchemy has a construct of its own for each.
ADD = text(
    "INSERT INTO facet_count (facet, value, count) VALUES (:facet, :value, :count)"
    " ON CONFLICT (facet, value) DO UPDATE SET count = facet_count.count + excluded.count"
)


@dataclass(frozen=True, eq=False)
class FacetCountSource:
    """Rows that lead from records to the values by which they are counted.

    Args:
        collection: Collection of the records.
        statement: SELECT without columns.
        key: Column with the id of the record.
        name: Name of the facet.
        value: Value as text.
        grouped: What name and value depend on.
        owners: Columns with the id of the record that a part of the row is written with, and its
            collection.
        repeated: Whether several rows may lead from a record to a value.
    """

    collection: Resource
    statement: Select[Any]
    key: Attr
    name: ColumnElement[str]
    value: ColumnElement[str]
    grouped: Sequence[Any]
    owners: Mapping[Attr, Resource]
    repeated: bool = True

    def counts(self) -> Select[Any]:
        """Return the SELECT of name, value and number of records."""
        number = func.count(self.key.distinct()) if self.repeated else func.count()
        stmt = self.statement.add_columns(self.name, self.value, number)
        return stmt.group_by(*self.grouped) if self.grouped else stmt.having(number > 0)


@cache
def count_sources() -> tuple[FacetCountSource, ...]:
    """Return the rows of all facets with stored counts, and of all collections."""
    return tuple(_count_sources())


def _count_sources() -> Iterator[FacetCountSource]:
    for resource in RESOURCES.values():
        key, name = resource.key, literal(resource.name)
        every = select().select_from(table_of(key))
        yield FacetCountSource(resource, every, key, name, literal(""), (), {key: resource}, False)
        for facet in resource.facets.values():
            if not RESOURCES.has_stored_counts(resource, facet):
                continue
            rows = facet_rows(RESOURCES, resource, facet)
            yield FacetCountSource(
                resource,
                rows.statement,
                rows.key,
                literal(stored_name(resource, facet)),
                cast(rows.value, String),
                (rows.value,),
                _owners(*rows.tables),
                rows.repeated,
            )
    yield from _sources_of_sides()
    yield _source_of_citations()


def _sources_of_sides() -> Iterator[FacetCountSource]:
    """Yield the findings of notes by the side of their claims that they are on."""
    notes = RESOURCES["evidence"]
    for name, by_group in evidence_count_names.COUNTED_BY.items():
        rows = facet_rows(RESOURCES, notes, notes.facets[name])
        statement, group = rows.statement, literal("")
        if by_group:
            group = evidence_count_names.group_of_kind(m.Claim.kind)
            if m.Claim not in rows.tables:
                statement = statement.join(m.Claim, m.Claim.id == m.Finding.claim_id)
        side = evidence_count_names.side_of_direction(m.Finding.direction)
        full_name = evidence_count_names.count_name(name, group, side).label("full_name")
        yield FacetCountSource(
            notes,
            statement,
            rows.key,
            full_name,
            cast(rows.value, String),
            (full_name, rows.value),
            _owners(*rows.tables, m.Finding, *([m.Claim] if by_group else ())),
        )


def _source_of_citations() -> FacetCountSource:
    """Return the references of the notes on claims about entities."""
    notes = RESOURCES["evidence"]
    rows = facet_rows(RESOURCES, notes, notes.facets["entity"])
    return FacetCountSource(
        RESOURCES["references"],
        rows.statement.join(m.Evidence, m.Evidence.id == rows.key),
        m.Evidence.reference_id,
        literal(evidence_count_names.CITED_BY_ENTITY),
        cast(rows.value, String),
        (rows.value,),
        _owners(*rows.tables, m.Evidence),
    )


@cache
def _owners(*tables: type) -> dict[Attr, Resource]:
    """Return the columns with the ids of the records that rows of tables are written with.

    Raises:
        TypeError: If no record has rows in one of the tables.
    """
    owners = {r.key: r for r in RESOURCES.values() if r.key.class_ in tables}
    for resource in RESOURCES.values():
        parents = (parent for parent, _ in children_of(resource))
        owners |= {parent: resource for parent in parents if parent.class_ in tables}
    if strays := set(tables) - {owner.class_ for owner in owners}:
        raise TypeError(f"no record has rows in {', '.join(t.__name__ for t in strays)}")
    return owners


def stored_facet_names() -> list[str]:
    """Return the names of the facets whose counts are stored."""
    return [
        stored_name(resource, facet)
        for resource in RESOURCES.values()
        for facet in resource.facets.values()
        if RESOURCES.has_stored_counts(resource, facet)
    ]


def rebuild(session: WriteSession) -> None:
    """Count the records of all collections."""
    session.execute(delete(m.FacetCount))
    columns = ["facet", "value", "count"]
    for rows in count_sources():
        session.execute(insert(m.FacetCount).from_select(columns, rows.counts()))


class FacetCountChange:
    """The change of the stored numbers by one write.

    Args:
        session: The transaction of the write.
        stored: Records that are about to be changed or withdrawn.
    """

    def __init__(self, session: WriteSession, stored: RecordIds) -> None:
        self.session = session
        self._counts = _counts(session, stored)
        self._related = _related(session, stored)

    def apply(self, written: RecordIds) -> None:
        """Store the numbers after the write of records, new ones and those of `stored`."""
        changes = _counts(self.session, written)
        changes.subtract(self._counts)
        ids = {key for keys in written.values() for key in keys}
        related = _related(self.session, written)
        for row in related ^ self._related:
            # All rows of the records that were written are counted above.
            if row.key not in ids and not _has_other_source(self.session, row, sorted(ids)):
                changes[row.name, row.value] += 1 if row in related else -1
        values = [
            {"facet": name, "value": value, "count": change}
            for (name, value), change in sorted(changes.items())
            if change
        ]
        if values:
            self.session.execute(ADD, values)
            less = {name for (name, _), change in changes.items() if change < 0}
            none_left = (m.FacetCount.facet.in_(less), m.FacetCount.count == 0)
            self.session.execute(delete(m.FacetCount).where(*none_left))


class AffectedCount(NamedTuple):
    """Number of the `count_sources`, name of the facet, id of the record, and value."""

    number: int
    name: str
    key: int
    value: str


def _counts(session: ReadSession, records: RecordIds) -> Counter[tuple[str, str]]:
    """Return the number of these records for each name and value."""
    counts: Counter[tuple[str, str]] = Counter()
    for resource, keys in records.items():
        shape = (__name__, "counts", resource)
        statement = prepared_statement(shape, partial(_counts_of, resource))
        for name, value, number in statement.rows(session, ids=list(keys)):
            counts[name, value] += number
    return counts


def _counts_of(resource: Resource, ids: Any) -> Any:
    return union_all(
        *(
            rows.counts().where(rows.key.in_(ids))
            for rows in count_sources()
            if rows.collection is resource
        )
    )


def _related(session: ReadSession, records: RecordIds) -> set[AffectedCount]:
    """Return what rows written with these records lead to, from other records."""
    related: set[AffectedCount] = set()
    for resource, keys in records.items():
        if any(_related_rows(resource)):
            shape = (__name__, "related", resource)
            statement = prepared_statement(shape, partial(_related_to, resource))
            related.update(map(AffectedCount._make, statement.rows(session, ids=list(keys))))
    return related


def _related_to(resource: Resource, ids: Any) -> Any:
    return union_all(
        *(
            rows.statement.add_columns(literal(number), rows.name, rows.key, rows.value)
            .where(owner.in_(ids))
            .distinct()
            for number, rows, owner in _related_rows(resource)
        )
    )


@cache
def _related_rows(resource: Resource) -> list[tuple[int, FacetCountSource, Attr]]:
    """Return the rows that records of a collection have for the counts of other records."""
    return [
        (number, rows, owner)
        for number, rows in enumerate(count_sources())
        for owner, of in rows.owners.items()
        if of is resource and owner is not rows.key
    ]


def _has_other_source(session: ReadSession, related: AffectedCount, ids: list[int]) -> bool:
    """Return whether a row without a part of these records leads to the value as well."""
    rows = count_sources()[related.number]

    def build(name: Any, key: Any, value: Any, ids: Any) -> Any:
        same = (rows.key == key, rows.name == name, rows.value == value)
        others = (not_(owner.in_(ids)) for owner in rows.owners)
        return rows.statement.add_columns(rows.key).where(*same, *others).limit(1)

    statement = prepared_statement((__name__, "otherwise", related.number), build)
    _, name, key, value = related
    return bool(statement.rows(session, name=name, key=key, value=value, ids=ids))

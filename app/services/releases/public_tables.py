"""The tables that a release contains.

They follow from the collections: private tables (API keys, proposals, audit log) are left out
because no collection shows them.
"""

from collections.abc import Iterator

from sqlalchemy import Table

from app import models as m
from app.kit.field_mapping import (
    Attr,
    Column,
    ObjectList,
    RecordMapping,
    ReferenceList,
    ScalarList,
    SingleReference,
)
from app.resources import RESOURCES

DATASET: Table = m.Base.metadata.tables[m.Dataset.__tablename__]
#: Content of 410 responses; public, though no collection shows it.
WITHDRAWALS: Table = m.Base.metadata.tables[m.Withdrawal.__tablename__]


def public_tables() -> list[Table]:
    """Return the tables in an order that satisfies foreign keys, with the row about the dataset."""
    named = {DATASET, WITHDRAWALS}
    for resource in RESOURCES.values():
        named |= {_table(resource.key), _table(resource.identity.id)}
        named |= set(_tables(resource.mapping))
    return [table for table in m.Base.metadata.sorted_tables if table in named]


def _tables(mapping: RecordMapping) -> Iterator[Table]:
    for field in mapping.fields:
        marker = field.marker
        if isinstance(marker, Column | SingleReference):
            yield _table(marker.column)
            continue
        assert isinstance(marker, ScalarList | ReferenceList | ObjectList)
        yield _table(marker.parent)
        if isinstance(marker, ObjectList):
            yield from _tables(mapping.nested[field.name])


def _table(attribute: Attr) -> Table:
    table = attribute.class_.__table__
    assert isinstance(table, Table)
    return table

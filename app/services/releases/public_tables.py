"""The tables that a release contains.

A new private table (keys, proposals, the ledger) is left out because no noun shows it.
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
#: What a 410 says of a slug that is gone: everybody may read it, though no noun shows it.
WITHDRAWALS: Table = m.Base.metadata.tables[m.Withdrawal.__tablename__]


def public_tables() -> list[Table]:
    """In an order in which rows can be inserted, the row that says what it all is included."""
    named = {DATASET, WITHDRAWALS}
    for resource in RESOURCES.values():
        named |= {_table(resource.key), _table(resource.identity.id)}
        named |= set(_tables(resource.mapping))
    return [table for table in m.Base.metadata.sorted_tables if table in named]


def _tables(shape: RecordMapping) -> Iterator[Table]:
    for part in shape.fields:
        marker = part.marker
        if isinstance(marker, Column | SingleReference):
            yield _table(marker.column)
            continue
        assert isinstance(marker, ScalarList | ReferenceList | ObjectList)
        yield _table(marker.parent)
        if isinstance(marker, ObjectList):
            yield from _tables(shape.nested[part.name])


def _table(attribute: Attr) -> Table:
    table = attribute.class_.__table__
    assert isinstance(table, Table)
    return table

"""Errors of the database's own rules, as flaws of the record that breaks them."""

import re
from itertools import islice

from sqlalchemy import CheckConstraint, Table
from sqlalchemy.exc import DataError, IntegrityError

from app.kit.database import violated_constraint
from app.kit.field_mapping import Column, ObjectList, RecordMapping, SingleReference
from app.kit.resource import Resource
from app.services.records.input_models import Path
from app.services.records.row_mapping import table_of
from app.services.records.validation import Violation


def constraint_flaw(
    resource: Resource, slug: str, table: Table, place: Path, error: IntegrityError | DataError
) -> Violation:
    """What the database refused, by the fields of the record.

    Args:
        table: The table whose row was refused.
        place: Where in the draft the row came from; () for the record's own.
    """
    kind, rule = violated_constraint(error)
    if kind == "unique":
        message = f"{place[0] if place else 'this'}: stands twice"
    elif kind == "check" and rule is not None:
        text = _condition(table, rule)
        shape = resource.mapping
        if place and isinstance(shape.by_name[str(place[0])].marker, ObjectList):
            shape = shape.nested[str(place[0])]
        place = (*place, *_first_field(shape, table, text))
        message = f"breaks the rule {rule}: {text}"
    else:
        message = f"does not fit the database: {error.orig}"
    return Violation(resource, slug, place, f"{resource.kind} {slug!r}: {message}")


def _condition(table: Table, rule: str) -> str:
    texts = (
        str(c.sqltext)
        for c in table.constraints
        if isinstance(c, CheckConstraint) and c.name == rule
    )
    return next(texts, "")


def _first_field(shape: RecordMapping, table: Table, text: str) -> tuple[str, ...]:
    """The first field whose column a condition names."""
    by_column = {
        part.marker.column.key: part.name
        for part in shape.fields
        if isinstance(part.marker, Column | SingleReference)
        and table_of(part.marker.column) is table
    }
    mentioned = (by_column[word] for word in re.findall(r"\w+", text) if word in by_column)
    return tuple(islice(mentioned, 1))

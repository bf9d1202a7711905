"""Turn constraint errors of the database into violations of the record that caused them."""

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


def constraint_violation(
    resource: Resource, slug: str, table: Table, path: Path, error: IntegrityError | DataError
) -> Violation:
    """Return the violation behind an error, by the field of the record.

    Args:
        table: The table whose row was refused.
        path: Path in the record input that the row came from; () for the record itself.
    """
    kind, rule = violated_constraint(error)
    if kind == "unique":
        message = f"{path[0] if path else 'this'}: duplicate value"
    elif kind == "check" and rule is not None:
        text = _condition(table, rule)
        mapping = resource.mapping
        if path and isinstance(mapping.by_name[str(path[0])].marker, ObjectList):
            mapping = mapping.nested[str(path[0])]
        path = (*path, *_first_field(mapping, table, text))
        message = f"violates the rule {rule}: {text}"
    else:
        message = f"refused by the database: {error.orig}"
    return Violation(resource, slug, path, f"{resource.record_type} {slug!r}: {message}")


def _condition(table: Table, rule: str) -> str:
    texts = (
        str(c.sqltext)
        for c in table.constraints
        if isinstance(c, CheckConstraint) and c.name == rule
    )
    return next(texts, "")


def _first_field(mapping: RecordMapping, table: Table, text: str) -> tuple[str, ...]:
    """Return the first field whose column a condition names."""
    by_column = {
        field.marker.column.key: field.name
        for field in mapping.fields
        if isinstance(field.marker, Column | SingleReference)
        and table_of(field.marker.column) is table
    }
    mentioned = (by_column[word] for word in re.findall(r"\w+", text) if word in by_column)
    return tuple(islice(mentioned, 1))

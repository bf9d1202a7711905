"""Rows inside records that are records themselves: their edits follow from those of the records.

An act of a regulator is written in the list of its indication, and is a record of its own.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from app.kit.registry import RowList
from app.resources import RESOURCES
from app.services.records.input_models import RecordInput, computed_input, full_dict
from app.services.records.lookup import RecordKey
from app.services.records.record_edit import RecordEdit


class WithRows:
    """Edits of records, each followed by the edits of its rows; regenerated on each iteration."""

    def __init__(self, edits: Iterable[RecordEdit]) -> None:
        self.edits = edits

    def __iter__(self) -> Iterator[RecordEdit]:
        """Yield each edit, then those of its rows."""
        for edit in self.edits:
            yield edit
            yield from row_edits(edit)


def row_edits(edit: RecordEdit) -> Iterator[RecordEdit]:
    """Yield the edits of the rows of a record that is created or changed."""
    if edit.draft is None:
        return
    for rows in RESOURCES.row_lists[edit.resource.name]:
        for position, row in enumerate(full_dict(edit.draft)[rows.field]):
            draft = _row_input(rows, edit.slug, row, position)
            slug = str(draft.slug)  # type: ignore[attr-defined]
            cause = f"{edit.resource.name}/{edit.slug}"
            row_of = (edit, (rows.field, position))
            yield RecordEdit(rows.to, slug, draft, edit.why, causes=(cause,), row_of=row_of)


def withdrawn_rows(
    edits: Iterable[RecordEdit], replaced: Mapping[RecordKey, RecordInput]
) -> list[RecordEdit]:
    """Return the withdrawals of rows that no record has any more.

    Args:
        edits: Edits of records, with those of their rows.
        replaced: The stored inputs of the records that the edits change or withdraw.
    """
    before = {
        row.key: edit
        for edit in edits
        if edit.key in replaced and RESOURCES.row_lists[edit.resource.name]
        for row in row_edits(replace(edit, draft=replaced[edit.key]))
    }
    for edit in edits if before else ():
        if edit.draft is not None:
            before.pop(edit.key, None)
    return [
        RecordEdit(RESOURCES[collection], slug, None, edit.why, causes=("/".join(edit.key),))
        for (collection, slug), edit in before.items()
    ]


def _row_input(rows: RowList, parent: str, row: Mapping[str, Any], position: int) -> RecordInput:
    """Return the record input of a row, given the slug of the record that it is in."""
    declared = rows.to.rows
    assert declared is not None
    values = {**row, rows.parent: parent, rows.position: position}
    values |= {
        "slug": declared.slug(parent, row),
        "name": declared.name(values),
        "summary": declared.summary(values),
    }
    return computed_input(rows.to, values)

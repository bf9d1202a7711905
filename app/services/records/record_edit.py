"""One edit of a record."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from app.kit.resource import Resource
from app.services.records.input_models import Path, RecordInput, full_dict
from app.services.records.lookup import RecordKey


@dataclass(frozen=True)
class RecordEdit:
    """The new content of one record, or its withdrawal.

    Args:
        draft: The record input; None withdraws the record.
        why: The reason, for the audit log.
        successor: Slug of the record that replaces a withdrawn one.
        position: File in a dataset folder, and index in its list there.
        causes: Records, as collection/slug, whose change changed a derived record.
        row_of: Of a row, the edit of the record that it is in, and its path there.
    """

    resource: Resource
    slug: str
    draft: RecordInput | None
    why: str
    successor: str | None = None
    position: tuple[str, int] | None = None
    causes: Sequence[str] = ()
    row_of: "tuple[RecordEdit, Path] | None" = None

    @property
    def key(self) -> RecordKey:
        """The collection and the slug of the record."""
        return self.resource.name, self.slug

    @cached_property
    def values(self) -> dict[str, Any]:
        """All fields of the draft as JSON values, by public name; {} for None."""
        return full_dict(self.draft)

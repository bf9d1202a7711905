"""Edits of records, and the error of a write that violates rules."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from app.kit.resource import Resource
from app.services.records.input_models import RecordInput
from app.services.records.lookup import RecordKey
from app.services.records.validation import Violation

#: Called with the number of records done, and the total; the total is 0 while it is not known.
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Edit:
    """The new content of one record, or its withdrawal.

    Args:
        draft: The record input; None withdraws the record.
        why: The reason, for the audit log.
        successor: Slug of the record that replaces a withdrawn one.
        position: File in a dataset folder, and index in its list there.
        causes: Records, as collection/slug, whose change changed a derived record.
    """

    resource: Resource
    slug: str
    draft: RecordInput | None
    why: str
    successor: str | None = None
    position: tuple[str, int] | None = None
    causes: Sequence[str] = ()

    @property
    def key(self) -> RecordKey:
        """The collection and the slug of the record."""
        return self.resource.name, self.slug


class RulesViolatedError(Exception):
    """A write violates rules; `violations` has all of them."""

    def __init__(self, violations: Iterable[Violation]) -> None:
        self.violations = list(violations)
        super().__init__("; ".join(violation.message for violation in self.violations))

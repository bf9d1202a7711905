"""Edits: what a commit does to one record."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from app.kit.resource import Resource
from app.services.records.input_models import RecordInput
from app.services.records.lookup import RecordKey
from app.services.records.validation import Violation

#: Called with what is done, and the total; the total is 0 where it is not known.
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Edit:
    """One record as it shall be; without a draft it is withdrawn.

    `position` is its file in a dataset folder and its place in the list there, `causes` are the
    records, as collection/slug, whose change moved a derived one.
    """

    resource: Resource
    slug: str
    draft: RecordInput | None
    why: str
    successor: str | None = None
    position: tuple[str, int] | None = None
    causes: Sequence[str] = ()

    @property
    def name(self) -> RecordKey:
        return self.resource.name, self.slug


class RulesViolatedError(Exception):
    """A write that breaks rules; says which, all of them."""

    def __init__(self, violations: Iterable[Violation]) -> None:
        self.violations = list(violations)
        super().__init__("; ".join(flaw.message for flaw in self.violations))

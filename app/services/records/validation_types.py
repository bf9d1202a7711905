"""What validation rules are made of: their context, and the errors that they yield."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import ColumnElement

from app.kit.field_mapping import Attr
from app.kit.resource import Resource
from app.services.records.input_models import Path

#: The collection and the slug of a record that is referred to and does not exist.
MissingRecord = tuple[str, str]


@dataclass(frozen=True)
class InputError:
    """A wrong value in a record input.

    Args:
        path: Path of the value.
        message: What is wrong, with the suggestions.
        missing: The record that does not exist, if that is what is wrong.
        did_you_mean: Values that may be meant instead, the most similar first.
    """

    path: Path
    message: str
    missing: MissingRecord | None = None
    did_you_mean: Sequence[str] = ()


InputErrors = Iterator[InputError]


@dataclass(frozen=True)
class UniqueColumn:
    """A column with a unique constraint, and the column of the id of the record it belongs to."""

    name: str
    column: Attr
    owner: Attr
    where: Callable[[], ColumnElement[bool]] | None = None


class ValidationContext(Protocol):
    """Answers the questions of rules about other records."""

    def has(self, collection: str, slug: str) -> bool:
        """Return whether a record exists."""

    def similar(self, collection: str, slug: str) -> list[str]:
        """Return slugs that may be meant instead, the most similar first."""

    def find_owner(
        self, unique: UniqueColumn, value: Any, except_for: tuple[Resource, str]
    ) -> str | None:
        """Return where another record has a unique value, as text; None if no other does."""

    def names_taken(
        self, resource: Resource, names: Sequence[str], except_for: str
    ) -> Mapping[str, str]:
        """Return where other records have one of some folded names, by name."""

    def draft(self, collection: str, slug: str) -> Any:
        """Return the input of a record, or None."""

    def notes_on(self, claim: str) -> Mapping[str, Any]:
        """Return the inputs of the evidence notes on a claim, by slug."""

    def is_cited(self, reference: str) -> bool:
        """Return whether any record refers to a reference."""


Rule = Callable[[Resource, Any, ValidationContext], InputErrors]

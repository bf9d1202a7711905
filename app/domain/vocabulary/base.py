"""Base of the closed vocabularies: values with a label and a definition."""

from enum import StrEnum
from typing import Self


class Vocabulary(StrEnum):
    """Closed vocabulary, whose members are written `NAME = value, label, definition`.

    A member is its value, which is what records hold; label and definition explain it to readers
    (`/v1/meta`, facets). If the vocabulary has an order, its members are listed highest first.
    """

    _value_: str
    label: str
    definition: str
    superseded: bool

    def __new__(
        cls, value: str, label: str = "", definition: str = "", superseded: bool = False
    ) -> Self:
        """Create a member.

        Args:
            value: The value.
            label: What readers see.
            definition: What it means.
            superseded: Whether only releases of earlier versions have it.

        Raises:
            TypeError: Label or definition is missing.
        """
        # Defaults, since mypy takes the look-up `Vocabulary(value)` for a call of this function.
        if not (label and definition):
            raise TypeError(f"{cls.__name__}: {value} needs a label and a definition")
        member = str.__new__(cls, value)
        member._value_, member.label, member.definition = value, label, definition
        member.superseded = superseded
        return member

"""Questions: what somebody typed, as units that a record may hold in one way or another."""

from dataclasses import dataclass, field

from app.services.search.name_index import Named


@dataclass(frozen=True)
class Choice:
    """One way to hold a unit: all of these terms, worth so many per cent."""

    phrase: tuple[str, ...]
    worth: int


@dataclass(frozen=True)
class Unit:
    """One thing that was asked for, with the ways to hold it, and its weight: rare ones weigh."""

    asked: str
    choices: tuple[Choice, ...]
    weight: int
    held: int  # by at most so many records
    every: int  # of so many
    common: bool  # one in five holds it, and thousands do


@dataclass
class Question:
    """What was asked, as it is searched."""

    text: str
    units: list[Unit] = field(default_factory=list)
    whole: list[Named] = field(default_factory=list)
    corrected: list[dict[str, str]] = field(default_factory=list)
    ignored: list[dict[str, str]] = field(default_factory=list)
    asks: bool = False
    nouns: frozenset[str] = frozenset()
    counts: dict[str, dict[str, int]] = field(default_factory=dict)

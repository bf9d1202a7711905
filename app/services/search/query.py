"""A parsed search query: terms with their variants and weights."""

from dataclasses import dataclass, field

from app.services.search.name_index import NameMatch


@dataclass(frozen=True)
class TermVariant:
    """One way to hold a unit: all of these terms, worth so many per cent."""

    phrase: tuple[str, ...]
    weight: int


@dataclass(frozen=True)
class QueryTerm:
    """One thing that was asked for, with the ways to hold it, and its weight: rare ones weigh."""

    text: str
    choices: tuple[TermVariant, ...]
    weight: int
    count: int  # by at most so many records
    total: int  # of so many
    common: bool  # one in five holds it, and thousands do


@dataclass
class ParsedQuery:
    """What was asked, as it is searched."""

    text: str
    units: list[QueryTerm] = field(default_factory=list)
    exact_names: list[NameMatch] = field(default_factory=list)
    corrected: list[dict[str, str]] = field(default_factory=list)
    ignored: list[dict[str, str]] = field(default_factory=list)
    is_question: bool = False
    types: frozenset[str] = frozenset()
    counts: dict[str, dict[str, int]] = field(default_factory=dict)

"""A parsed search query: terms with their variants and weights."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.domain.question_forms import Intent
from app.services.search.name_index import NameMatch


@dataclass(frozen=True)
class TermVariant:
    """One way in which a record can match a query term: it contains all terms of `phrase`."""

    phrase: tuple[str, ...]
    weight: int  # per cent of a match of the word itself


@dataclass(frozen=True)
class QueryTerm:
    """A word or name of the query with its variants and its weight; rare terms weigh more."""

    text: str
    variants: tuple[TermVariant, ...]
    weight: int
    count: int  # upper bound of the number of matching records
    total: int  # number of all records
    common: bool  # more than COMMON_COUNT records and one in five match


@dataclass
class ParsedQuery:
    """A search query after corrections, ready for retrieval and ranking.

    Attributes:
        text: The query as searched, with single spaces.
        terms: What is searched for, in the order of the query.
        subject: Those of the terms that say what the query is about, not what is asked of it.
        exact_names: Records whose whole name or identifier the query is, or contains.
        corrected: Corrected words, as {"word", "instead"}.
        ignored: Words that are not searched, as {"word", "reason"}.
        is_question: Whether it is phrased as a question; it changes the weights of the ranking.
        intents: What the question asks for, besides its subject.
        entities: Search ids of the entities that it names, in the order of the query.
        type_boosts: Record type → boost in per cent, for types that it mentions or asks for.
        answer_types: Record types that answer what is asked of the subject.
        counts: Term → record type → number of records that contain the term.
    """

    text: str
    terms: list[QueryTerm] = field(default_factory=list)
    subject: list[QueryTerm] = field(default_factory=list)
    exact_names: list[NameMatch] = field(default_factory=list)
    corrected: list[dict[str, str]] = field(default_factory=list)
    ignored: list[dict[str, str]] = field(default_factory=list)
    is_question: bool = False
    intents: tuple[Intent, ...] = ()
    entities: list[int] = field(default_factory=list)
    type_boosts: Mapping[str, int] = field(default_factory=dict)
    answer_types: frozenset[str] = frozenset()
    counts: dict[str, dict[str, int]] = field(default_factory=dict)

"""Ranking: how well a record answers a question, in whole numbers, the same on every store.

`mass` is the share of the question's weight that a record holds, `near` the share that one line of
it holds together, `fit` how far the question and one name are the same. The tables that say what
each is worth are in app.domain.search_tuning.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from app.domain.search_tuning import (
    EXACT_MATCH_BOOST,
    HUMAN_BOOST,
    IN_NAME_WEIGHT,
    IN_TEXT_WEIGHT,
    MIN_COVERAGE,
    PROPAGATION,
    SCORE_WEIGHTS,
    TYPE_WORD_BOOST,
)
from app.domain.vocabulary import NameField
from app.resources import RESOURCES
from app.services.search.index_entry import ASIDE, RECORD_TYPES, kind_of
from app.services.search.name_index import Named
from app.services.search.query import Question, Unit

#: Shares are of this.
ONE = 1000
#: More units than this are a sentence, whether it asks or not.
A_FEW = 3
MOST_LENDERS = 6
Terms = frozenset[str]
_RANKS = {record_type: rank for rank, record_type in enumerate(RECORD_TYPES)}


@dataclass
class Hit:
    """A record that was found: its score, and the whole name or the notes that led to it."""

    id: int
    slug: str
    score: int
    whole: Named | None = None
    lenders: list[int] = field(default_factory=list)

    @property
    def order(self) -> tuple[int, int, str]:
        """Best first; equals by their noun's place, then by slug."""
        return (-self.score, _RANKS[kind_of(self.id)], self.slug)


class Ranker:
    """Scores records against one question; what it works out for some terms it keeps."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self.units = question.units
        self.weight = sum(unit.weight for unit in self.units)
        self.terms = frozenset(
            term for unit in self.units for choice in unit.choices for term in choice.phrase
        )
        self._apart = [(term, f" {term} ") for term in self.terms]
        self.is_sentence = question.asks or len(self.units) > A_FEW
        mode = "question" if self.is_sentence else "lookup"
        self.shares, self.lent = SCORE_WEIGHTS[mode], PROPAGATION[mode]
        self._masses: dict[tuple[Terms, Terms], tuple[int, int]] = {}
        self._together: dict[Terms, int] = {}

    def held(self, lines: str) -> Terms:
        """The question's terms that some lines hold; a space stands on both sides of each term."""
        return frozenset([term for term, apart in self._apart if apart in lines])

    def score(self, found: int, names: str, body: str, in_people: bool) -> int:
        """The score of one record by its words; 0 where it holds too little of the question."""
        named = self.held(names)
        every = named | self.held(body)
        mass, held = self._mass(named, every)
        if not self.weight or held * 100 < MIN_COVERAGE * self.weight:
            return 0
        named_by, near = by_line(names, named), held
        if len(self.units) > 1:
            told = {every}  # one term, which some line holds
            if len(every) > 1:
                told = {*named_by.values(), *by_line(body, every).values()}
            near = max(map(self.together, told))
        near = near * ONE // self.weight
        fit = max((self._fit(names, end, some) for end, some in named_by.items()), default=0)
        gained = (
            self.shares.coverage * ONE
            + self.shares.proximity * near
            + self.shares.name_similarity * fit
        )
        return mass * mass * gained * self._prior(kind_of(found), in_people) // ONE**3

    def _prior(self, kind: str, in_people: bool) -> int:
        search = RESOURCES.by_kind[kind].search
        worth = search.question_prior if self.is_sentence else search.lookup_prior
        if self.is_sentence and in_people:
            worth = worth * HUMAN_BOOST // 100
        return worth * TYPE_WORD_BOOST // 100 if kind in self.question.nouns else worth

    def _mass(self, named: Terms, every: Terms) -> tuple[int, int]:
        """What is held, by the weight of units and by how each is held; and by weight alone."""
        if (named, every) not in self._masses:
            mass = held = 0
            for unit in self.units:
                worth = max(
                    _best(unit, named) * IN_NAME_WEIGHT, _best(unit, every) * IN_TEXT_WEIGHT
                )
                mass += unit.weight * worth
                held += unit.weight if worth else 0
            whole = (self.weight or 1) * 100 * IN_NAME_WEIGHT
            self._masses[named, every] = (mass * ONE // whole, held)
        return self._masses[named, every]

    def together(self, held: Terms) -> int:
        """The weight of the units that one line holds."""
        if held not in self._together:
            weight = sum(unit.weight * _best(unit, held) for unit in self.units) // 100
            self._together[held] = weight
        return self._together[held]

    def _fit(self, names: str, end: int, held: Terms) -> int:
        """The share of the question that a name holds, times the share of the name that it is."""
        line = names[names.rfind("\n", 0, end) + 1 : end]
        if line.startswith(ASIDE):
            return 0
        length = len(set(line.split()))
        return self.together(held) * ONE * len(held) // (self.weight * length)


def by_line(lines: str, held: Terms) -> dict[int, Terms]:
    """Where a line ends → which of the terms it holds, for each line that holds any.

    Terms are sought, and lines not looked through: most hold none.
    """
    found: dict[int, Terms] = {}
    for term in held:
        apart, only = f" {term} ", frozenset([term])
        at = lines.find(apart)
        while at >= 0:
            end = lines.index("\n", at)
            found[end] = found[end] | only if end in found else only
            at = lines.find(apart, end)
    return found


def _best(unit: Unit, held: Terms) -> int:
    """The best way in which some terms are a unit, in per cent."""
    return max((c.worth for c in unit.choices if held.issuperset(c.phrase)), default=0)


def lift(whole: Iterable[Named], hits: dict[int, Hit], slugs: dict[int, str]) -> None:
    """Put above all else what bears the whole name that was asked."""
    for named in whole:
        if named.field is NameField.RELATED_IDENTIFIER:
            continue
        if named.text_id not in hits:
            hits[named.text_id] = Hit(named.text_id, slugs[named.text_id], 0)
        hit = hits[named.text_id]
        lifted = (
            EXACT_MATCH_BOOST[named.field] * ONE
            + RESOURCES.by_kind[kind_of(hit.id)].search.lookup_prior * 100
        )
        if lifted > hit.score:
            hit.score, hit.whole = lifted, named


def lend(
    hits: dict[int, Hit], bears_on: Iterable[tuple[int, int, str]], lent: Mapping[str, int]
) -> None:
    """Notes lend to their claims and studies, papers to studies: each further one half as much."""
    loans: dict[int, list[tuple[int, int]]] = {}
    for lender, other, slug in bears_on:
        if other not in hits:
            hits[other] = Hit(other, slug, 0)
        loans.setdefault(other, []).append((-hits[lender].score, lender))
    for other, given in loans.items():
        hit = hits[other]
        for nth, (owed, lender) in enumerate(sorted(given)[:MOST_LENDERS]):
            hit.score += -owed * lent[kind_of(other)] // (100 << nth)
            hit.lenders.append(lender)

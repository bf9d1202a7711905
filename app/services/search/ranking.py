"""Ranking: scores in integers, the same on SQLite and PostgreSQL.

`mass` is the share of the question's weight that a record holds, `best_line` the share that one
line of it holds together, `fit` how far the question and one name are the same. The tables that say
what each is worth are in app.domain.search_tuning.
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
from app.services.search.index_entry import ALTERNATIVE_SEPARATOR, RECORD_TYPES, type_of
from app.services.search.name_index import NameMatch
from app.services.search.query import ParsedQuery, QueryTerm

#: Shares are of this.
ONE = 1000
#: More units than this are a sentence, whether it asks or not.
A_FEW = 3
MAX_PROPAGATORS = 6
Terms = frozenset[str]
_RANKS = {record_type: rank for rank, record_type in enumerate(RECORD_TYPES)}


@dataclass
class Hit:
    """A record that was found: its score, and the whole name or the notes that led to it."""

    id: int
    slug: str
    score: int
    whole: NameMatch | None = None
    via: list[int] = field(default_factory=list)

    @property
    def order(self) -> tuple[int, int, str]:
        """Best first; equals by their noun's place, then by slug."""
        return (-self.score, _RANKS[type_of(self.id)], self.slug)


class Ranker:
    """Scores records against one question; what it works out for some terms it keeps."""

    def __init__(self, question: ParsedQuery) -> None:
        self.question = question
        self.units = question.units
        self.weight = sum(unit.weight for unit in self.units)
        self.terms = frozenset(
            term for unit in self.units for choice in unit.choices for term in choice.phrase
        )
        self._apart = [(term, f" {term} ") for term in self.terms]
        self.is_sentence = question.is_question or len(self.units) > A_FEW
        mode = "question" if self.is_sentence else "lookup"
        self.shares, self.lent = SCORE_WEIGHTS[mode], PROPAGATION[mode]
        self._masses: dict[tuple[Terms, Terms], tuple[int, int]] = {}
        self._together: dict[Terms, int] = {}

    def matched_terms(self, lines: str) -> Terms:
        """The question's terms that some lines hold; a space stands on both sides of each term."""
        return frozenset([term for term, padded in self._apart if padded in lines])

    def score(self, search_id: int, names: str, body: str, in_people: bool) -> int:
        """The score of one record by its words; 0 where it holds too little of the question."""
        named = self.matched_terms(names)
        all_terms = named | self.matched_terms(body)
        mass, weight_held = self._coverage(named, all_terms)
        if not self.weight or weight_held * 100 < MIN_COVERAGE * self.weight:
            return 0
        named_by, best_line = terms_by_line(names, named), weight_held
        if len(self.units) > 1:
            lines = {all_terms}  # one term, which some line holds
            if len(all_terms) > 1:
                lines = {*named_by.values(), *terms_by_line(body, all_terms).values()}
            best_line = max(map(self.proximity, lines))
        best_line = best_line * ONE // self.weight
        fit = max(
            (self._name_similarity(names, end, terms) for end, terms in named_by.items()), default=0
        )
        gained = (
            self.shares.coverage * ONE
            + self.shares.proximity * best_line
            + self.shares.name_similarity * fit
        )
        return mass * mass * gained * self._prior(type_of(search_id), in_people) // ONE**3

    def _prior(self, kind: str, in_people: bool) -> int:
        search = RESOURCES.by_kind[kind].search
        worth = search.question_prior if self.is_sentence else search.lookup_prior
        if self.is_sentence and in_people:
            worth = worth * HUMAN_BOOST // 100
        return worth * TYPE_WORD_BOOST // 100 if kind in self.question.types else worth

    def _coverage(self, named: Terms, all_terms: Terms) -> tuple[int, int]:
        """What is held, by the weight of units and by how each is held; and by weight alone."""
        if (named, all_terms) not in self._masses:
            mass = weight_held = 0
            for unit in self.units:
                worth = max(
                    _best_variant(unit, named) * IN_NAME_WEIGHT,
                    _best_variant(unit, all_terms) * IN_TEXT_WEIGHT,
                )
                mass += unit.weight * worth
                weight_held += unit.weight if worth else 0
            full_weight = (self.weight or 1) * 100 * IN_NAME_WEIGHT
            self._masses[named, all_terms] = (mass * ONE // full_weight, weight_held)
        return self._masses[named, all_terms]

    def proximity(self, terms: Terms) -> int:
        """The weight of the units that one line holds."""
        if terms not in self._together:
            weight = sum(unit.weight * _best_variant(unit, terms) for unit in self.units) // 100
            self._together[terms] = weight
        return self._together[terms]

    def _name_similarity(self, names: str, end: int, terms: Terms) -> int:
        """The share of the question that a name holds, times the share of the name that it is."""
        line = names[names.rfind("\n", 0, end) + 1 : end]
        if line.startswith(ALTERNATIVE_SEPARATOR):
            return 0
        length = len(set(line.split()))
        return self.proximity(terms) * ONE * len(terms) // (self.weight * length)


def terms_by_line(lines: str, terms: Terms) -> dict[int, Terms]:
    """Where a line ends → which of the terms it holds, for each line that holds any.

    Terms are sought, and lines not looked through: most hold none.
    """
    terms_at: dict[int, Terms] = {}
    for term in terms:
        padded, only = f" {term} ", frozenset([term])
        at = lines.find(padded)
        while at >= 0:
            end = lines.index("\n", at)
            terms_at[end] = terms_at[end] | only if end in terms_at else only
            at = lines.find(padded, end)
    return terms_at


def _best_variant(unit: QueryTerm, terms: Terms) -> int:
    """The best way in which some terms are a unit, in per cent."""
    return max((c.weight for c in unit.choices if terms.issuperset(c.phrase)), default=0)


def boost_exact(
    exact_names: Iterable[NameMatch], hits: dict[int, Hit], slugs: dict[int, str]
) -> None:
    """Put above all else what bears the whole name that was asked."""
    for named in exact_names:
        if named.field is NameField.RELATED_IDENTIFIER:
            continue
        if named.text_id not in hits:
            hits[named.text_id] = Hit(named.text_id, slugs[named.text_id], 0)
        hit = hits[named.text_id]
        lifted = (
            EXACT_MATCH_BOOST[named.field] * ONE
            + RESOURCES.by_kind[type_of(hit.id)].search.lookup_prior * 100
        )
        if lifted > hit.score:
            hit.score, hit.whole = lifted, named


def propagate(
    hits: dict[int, Hit], bears_on: Iterable[tuple[int, int, str]], propagation: Mapping[str, int]
) -> None:
    """Notes lend to their claims and studies, papers to studies: each further one half as much."""
    loans: dict[int, list[tuple[int, int]]] = {}
    for lender, other, slug in bears_on:
        if other not in hits:
            hits[other] = Hit(other, slug, 0)
        loans.setdefault(other, []).append((-hits[lender].score, lender))
    for other, propagated in loans.items():
        hit = hits[other]
        for nth, (owed, lender) in enumerate(sorted(propagated)[:MAX_PROPAGATORS]):
            hit.score += -owed * propagation[type_of(other)] // (100 << nth)
            hit.via.append(lender)

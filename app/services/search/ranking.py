"""Ranking: scores in integers, the same on SQLite and PostgreSQL.

Three figures of a record count, each from 0 to ONE: coverage, the share of the query's weight that
the record contains; proximity, the share that one of its lines contains; and name similarity, how
far the query and one name are the same. Their weights are in app.domain.search_tuning.
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
)
from app.domain.vocabulary import NameField
from app.resources import RESOURCES
from app.services.search.index_entry import ALTERNATIVE_SEPARATOR, RECORD_TYPES, SHIFT, type_of
from app.services.search.name_index import NameMatch
from app.services.search.query import ParsedQuery, QueryTerm

#: Shares are integers out of this.
ONE = 1000
#: A query with more terms than this is ranked as a sentence, even if it is not a question.
MAX_LOOKUP_TERMS = 3
#: Hits that pass on a part of their score to one record.
MAX_PROPAGATORS = 6
Terms = frozenset[str]
_RANKS = {record_type: rank for rank, record_type in enumerate(RECORD_TYPES)}


@dataclass
class Hit:
    """A search hit.

    Attributes:
        whole: The name or identifier that the query is, if any.
        via: Search ids of the notes and papers that raised its score, the best first.
    """

    id: int
    slug: str
    score: int
    whole: NameMatch | None = None
    via: list[int] = field(default_factory=list)

    @property
    def order(self) -> tuple[int, int, str]:
        """Sort key: best score first, then by record type, then by slug."""
        return (-self.score, _RANKS[type_of(self.id)], self.slug)


class Ranker:
    """Scores records against one query; intermediate results are cached by sets of terms."""

    def __init__(self, query: ParsedQuery) -> None:
        """Choose the weights: those of a sentence for questions and long queries."""
        self.query = query
        self.query_terms = query.terms
        self.weight = sum(query_term.weight for query_term in self.query_terms)
        self.terms = frozenset(
            term
            for query_term in self.query_terms
            for variant in query_term.variants
            for term in variant.phrase
        )
        self._padded_terms = [(term, f" {term} ") for term in self.terms]
        self.is_sentence = query.is_question or len(self.query_terms) > MAX_LOOKUP_TERMS
        mode = "question" if self.is_sentence else "lookup"
        self.weights, self.propagation = SCORE_WEIGHTS[mode], PROPAGATION[mode]
        self._coverage_cache: dict[tuple[Terms, Terms], tuple[int, int]] = {}
        self._proximity_cache: dict[Terms, int] = {}
        self._prior_cache: dict[tuple[int, bool], int] = {}

    def matched_terms(self, lines: str) -> Terms:
        """Return the terms of the query in `lines`, where each term has a space on both sides."""
        return frozenset([term for term, padded in self._padded_terms if padded in lines])

    def score(self, search_id: int, names: str, body: str, in_people: bool) -> int:
        """Return the score of one record; 0 if it contains less than MIN_COVERAGE of the query."""
        named = self.matched_terms(names)
        all_terms = named if len(named) == len(self.terms) else named | self.matched_terms(body)
        coverage, matched_weight = self._coverage(named, all_terms)
        if not self.weight or matched_weight * 100 < MIN_COVERAGE * self.weight:
            return 0
        terms_by_name, proximity = terms_by_line(names, named), matched_weight
        if len(self.query_terms) > 1:
            lines = {all_terms}  # a single term is in some line in any case
            if len(all_terms) > 1:
                lines = {*terms_by_name.values(), *terms_by_line(body, all_terms).values()}
            proximity = max(map(self.proximity, lines))
        proximity = proximity * ONE // self.weight
        name_similarity = 0
        for end, terms in terms_by_name.items():
            name_similarity = max(name_similarity, self._name_similarity(names, end, terms))
        weighted_sum = (
            self.weights.coverage * ONE
            + self.weights.proximity * proximity
            + self.weights.name_similarity * name_similarity
        )
        prior = self._prior(search_id >> SHIFT, in_people)
        return coverage * coverage * weighted_sum * prior // ONE**3

    def _prior(self, number: int, in_people: bool) -> int:
        """Return the weight in per cent of a record type, by its search number."""
        key = number, in_people
        if key not in self._prior_cache:
            record_type = type_of(number << SHIFT)
            search = RESOURCES.by_record_type[record_type].search
            weight = search.question_prior if self.is_sentence else search.lookup_prior
            if self.is_sentence and in_people:
                weight = weight * HUMAN_BOOST // 100
            boost = self.query.type_boosts.get(record_type, 100)
            self._prior_cache[key] = weight * boost // 100
        return self._prior_cache[key]

    def _coverage(self, named: Terms, all_terms: Terms) -> tuple[int, int]:
        """Return the coverage out of ONE, and the plain sum of the weights of matched terms.

        In the coverage a match in a name counts more than one in another text, and a variant less
        than the word itself.
        """
        if (named, all_terms) not in self._coverage_cache:
            coverage = matched_weight = 0
            for query_term in self.query_terms:
                weight = max(
                    _best_variant(query_term, named) * IN_NAME_WEIGHT,
                    _best_variant(query_term, all_terms) * IN_TEXT_WEIGHT,
                )
                coverage += query_term.weight * weight
                matched_weight += query_term.weight if weight else 0
            full_weight = (self.weight or 1) * 100 * IN_NAME_WEIGHT
            self._coverage_cache[named, all_terms] = (coverage * ONE // full_weight, matched_weight)
        return self._coverage_cache[named, all_terms]

    def proximity(self, terms: Terms) -> int:
        """Return the weight of the query terms that a line with these terms matches."""
        if terms not in self._proximity_cache:
            weight = (
                sum(
                    query_term.weight * _best_variant(query_term, terms)
                    for query_term in self.query_terms
                )
                // 100
            )
            self._proximity_cache[terms] = weight
        return self._proximity_cache[terms]

    def _name_similarity(self, names: str, end: int, terms: Terms) -> int:
        """Return the share of the query that a name contains times the share of the name."""
        line = names[names.rfind("\n", 0, end) + 1 : end]
        if line.startswith(ALTERNATIVE_SEPARATOR):
            return 0
        length = len(set(line.split()))
        return self.proximity(terms) * ONE * len(terms) // (self.weight * length)


def terms_by_line(lines: str, terms: Terms) -> dict[int, Terms]:
    """Return which terms each line contains, by the position where the line ends.

    Each term is searched in the whole text instead of line by line: most lines contain none.
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


def _best_variant(query_term: QueryTerm, terms: Terms) -> int:
    """Return the weight in per cent of the best variant that the terms match; 0 if none."""
    return max((c.weight for c in query_term.variants if terms.issuperset(c.phrase)), default=0)


def boost_exact(
    exact_names: Iterable[NameMatch], hits: dict[int, Hit], slugs: dict[int, str]
) -> None:
    """Raise records whose name or identifier is the query above all others."""
    for named in exact_names:
        if named.field is NameField.RELATED_IDENTIFIER:
            continue
        if named.text_id not in hits:
            hits[named.text_id] = Hit(named.text_id, slugs[named.text_id], 0)
        hit = hits[named.text_id]
        boosted = (
            EXACT_MATCH_BOOST[named.field] * ONE
            + RESOURCES.by_record_type[type_of(hit.id)].search.lookup_prior * 100
        )
        if boosted > hit.score:
            hit.score, hit.whole = boosted, named


def propagate(
    hits: dict[int, Hit], bears_on: Iterable[tuple[int, int, str]], propagation: Mapping[str, int]
) -> None:
    """Add to records a part of the score of notes and papers that bear on them.

    Notes raise their claims and studies, papers their studies. Each further one counts half.

    Args:
        bears_on: Search id of a note or paper, search id and slug of the record it bears on.
        propagation: Record type → per cent of the score that is passed on.
    """
    sources: dict[int, list[tuple[int, int]]] = {}
    for source, target, slug in bears_on:
        if target not in hits:
            hits[target] = Hit(target, slug, 0)
        sources.setdefault(target, []).append((-hits[source].score, source))
    for target, ranked in sources.items():
        hit = hits[target]
        for nth, (negative_score, source) in enumerate(sorted(ranked)[:MAX_PROPAGATORS]):
            hit.score += -negative_score * propagation[type_of(target)] // (100 << nth)
            hit.via.append(source)


def propagate_down(
    hits: dict[int, Hit],
    claims: Mapping[int, int],
    bears_on: Iterable[tuple[int, int, str]],
    shares: Mapping[str, int],
) -> None:
    """Add to notes and studies a part of the score of the best claim that they bear on.

    Args:
        claims: Scores of the claims by search id.
        bears_on: Search id of a note or study, search id of the claim, slug of the note or study.
        shares: Record type → per cent of the claim's score.
    """
    best: dict[int, tuple[int, int, str]] = {}
    for target, claim, slug in bears_on:
        best[target] = max(best.get(target, (0, 0, "")), (claims[claim], claim, slug))
    for target, (score, claim, slug) in best.items():
        hit = hits.setdefault(target, Hit(target, slug, 0))
        hit.score += score * shares[type_of(target)] // 100
        hit.via.append(claim)

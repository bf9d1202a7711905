"""Retrieval: candidates of a query, scored, with counts by record type.

The store's index gives candidates in the order of ids, never in an order of its own. Those that
hold every word come first, names before texts; where they are few, those that hold some of the
words are looked at too. What stands beyond the ranked ones can still be paged through.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, NamedTuple

from sqlalchemy import SelectBase, literal, select, union_all

from app import models as m
from app.domain.search_tuning import MIN_COVERAGE
from app.kit.prepared_statements import PreparedStatement, prepared_statement
from app.kit.sessions import ReadSession
from app.resources.evidence import EVIDENCE
from app.resources.references import REFERENCES
from app.services.search import fulltext, ranking
from app.services.search.fulltext import AllOf, CandidateQuery
from app.services.search.index_entry import (
    EVERY_ID,
    RECORD_TYPES,
    SHIFT,
    id_range,
    record_id,
    search_id,
    type_of,
)
from app.services.search.query import ParsedQuery, QueryTerm
from app.services.search.query_parser import parse_query
from app.services.search.ranking import Hit

#: How many candidates are ranked: by names, by all words, by some of them where those are few.
NAME_LIMIT, ALL_WORDS_LIMIT, ENOUGH_HITS, SOME_WORDS_LIMIT = 200, 300, 50, 40
RAREST_TERMS = 3
#: Beyond so many, records are not counted one by one.
MAX_COUNTED = 100_000
PROPAGATORS = 20
Range = tuple[int, int]
_SLUGS = PreparedStatement(
    lambda ids: select(m.SearchText.id, m.SearchText.slug).where(m.SearchText.id.in_(ids))
)

_LINES = PreparedStatement(
    lambda ids: select(m.SearchText.id, m.SearchText.names, m.SearchText.body).where(
        m.SearchText.id.in_(ids)
    )
)


@dataclass
class SearchResult:
    """What was found: the ranked hits, and how many there are of each noun."""

    question: ParsedQuery
    hits: list[Hit]
    counts: Counter[str]
    exact: bool
    relaxed: bool
    where: list[Range]
    ranked_all: bool
    total: int


class Candidate(NamedTuple):
    """A record that holds what was drawn by."""

    id: int
    slug: str
    names: str
    body: str
    in_people: bool


def search(session: ReadSession, text: str, types: Sequence[str] = ()) -> SearchResult:
    """Everything that answers a question; `types` narrows the hits, not the counts."""
    question = parse_query(session, text)
    result = _search(session, question, [EVERY_ID])
    if not types:
        return result
    narrowed = _search(session, question, [id_range(kind) for kind in dict.fromkeys(types)])
    narrowed.counts = result.counts | narrowed.counts
    return narrowed


def _search(session: ReadSession, question: ParsedQuery, where: list[Range]) -> SearchResult:
    units = question.units
    all_words = _candidates(session, where, [(units, False, ALL_WORDS_LIMIT)])
    ranked_all = len(all_words) < ALL_WORDS_LIMIT
    if not ranked_all:
        all_words |= _candidates(session, where, [(units, True, NAME_LIMIT)])
    rows = dict(all_words)
    relaxed = len(units) > 1 and len(all_words) < ENOUGH_HITS
    if relaxed:
        rows |= _candidates(session, where, _partial_queries(units))
    hits, ranker = {}, ranking.Ranker(question)
    for key, row in rows.items():
        if points := ranker.score(key, row.names, row.body, row.in_people):
            hits[key] = Hit(key, row.slug, points)
    _add_whole(session, question, hits, where)
    if len(units) > 1:
        _propagate(session, hits, where, ranker)
    ranked = sorted(hits.values(), key=lambda hit: hit.order)
    counts = Counter(type_of(hit.id) for hit in ranked)
    exact = True
    if not ranked_all:
        counts, exact = _counted(session, question, where)
        counts += _extra_counts(session, units, hits.keys() - all_words.keys())
    elif relaxed:
        exact = all(sum(n.values()) <= SOME_WORDS_LIMIT for n in _term_counts(question))
    total = sum(counts.values())
    return SearchResult(question, ranked, counts, exact, relaxed, where, ranked_all, total)


def _candidates(
    session: ReadSession,
    where: Sequence[Range],
    requests: Sequence[tuple[Sequence[QueryTerm], bool, int]],
) -> dict[int, Candidate]:
    draws = [
        CandidateQuery(term_phrases(units), first, end, limit, estimated_count(units), in_names)
        for units, in_names, limit in requests
        if units
        for first, end in where
    ]
    rows = fulltext.fetch(session, draws, "t.id, t.slug, t.names, t.body, t.in_people")
    return {row[0]: Candidate(*row) for row in rows}


def term_phrases(units: Sequence[QueryTerm]) -> AllOf:
    """The ways to hold each unit; of a common word, the first alone: the others add few."""
    return [
        [choice.phrase for choice in (unit.choices[:1] if unit.common else unit.choices)]
        for unit in units
    ]


def estimated_count(units: Sequence[QueryTerm]) -> int:
    """How many records hold all of them, if one says nothing of the other."""
    share = prod(unit.count / unit.total for unit in units)
    return round(share * max((unit.total for unit in units), default=0))


def _partial_queries(units: Sequence[QueryTerm]) -> list[tuple[Sequence[QueryTerm], bool, int]]:
    """Draws by the rarest words, alone and in pairs.

    Of a few words, one that weighs too little is not drawn by alone: a record is not found by it.
    """
    rare = sorted(units, key=lambda unit: -unit.weight)[:RAREST_TERMS]
    least = MIN_COVERAGE * sum(unit.weight for unit in units) if len(units) == len(rare) else 0
    requests: list[tuple[Sequence[QueryTerm], bool, int]] = []
    for nth, unit in enumerate(rare):
        requests.append(([unit], True, SOME_WORDS_LIMIT))
        if unit.weight * 100 >= least:
            requests.append(([unit], False, SOME_WORDS_LIMIT))
        requests += [([unit, other], False, SOME_WORDS_LIMIT) for other in rare[nth + 1 :]]
    return requests


def _holds(lines: Sequence[str], phrases: AllOf) -> bool:
    terms = {*" ".join(lines).split()}
    return all(any(terms.issuperset(phrase) for phrase in choices) for choices in phrases)


def _term_counts(question: ParsedQuery) -> list[dict[str, int]]:
    terms = {t for unit in question.units for choice in unit.choices for t in choice.phrase}
    return [question.counts.get(term, {}) for term in terms]


def _counted(
    session: ReadSession, question: ParsedQuery, where: Sequence[Range]
) -> tuple[Counter[str], bool]:
    """How many records of each noun hold every word; False: there are more than were counted."""
    phrases = term_phrases(question.units)
    if len(phrases) == 1 and len(phrases[0]) == 1 and len(phrases[0][0]) == 1:
        counts = question.counts[phrases[0][0][0]]
        kinds = {
            k for k in RECORD_TYPES if any(first <= id_range(k)[0] < end for first, end in where)
        }
        return Counter({k: n for k, n in counts.items() if k in kinds}), True
    totals: Counter[str] = Counter()
    for first, end in where:
        draw = CandidateQuery(phrases, first, end, MAX_COUNTED, estimated_count(question.units))
        for place, count in fulltext.count_by_type(session, draw, SHIFT):
            totals[type_of(place << SHIFT)] += count
    return totals, sum(totals.values()) < MAX_COUNTED


def _extra_counts(
    session: ReadSession, units: Sequence[QueryTerm], ids: Collection[int]
) -> Counter[str]:
    """Of records that a whole name or a note led to, those that do not hold every word."""
    phrases = term_phrases(units)
    rows = _LINES.rows(session, ids=list(ids))
    return Counter(type_of(key) for key, *lines in rows if not _holds(lines, phrases))


def _add_whole(
    session: ReadSession, question: ParsedQuery, hits: dict[int, Hit], where: Sequence[Range]
) -> None:
    exact_names = [
        match for match in question.exact_names if any(a <= match.text_id < b for a, b in where)
    ]
    ids = {match.text_id for match in exact_names} - hits.keys()
    ranking.boost_exact(exact_names, hits, dict(_SLUGS.rows(session, ids=list(ids))))


def _links(**lenders: Any) -> SelectBase:
    """What some notes and papers bear on."""
    links = []
    for name, kind, lender, other in (
        ("notes", EVIDENCE.kind, m.Finding.evidence_id, m.Finding.claim_id),
        ("notes", EVIDENCE.kind, m.Evidence.id, m.Evidence.study_id),
        ("papers", REFERENCES.kind, m.StudyReference.reference_id, m.StudyReference.study_id),
    ):
        stmt = select(literal(kind), lender, m.Record.type, m.Record.id, m.Record.slug)
        if name in lenders:
            joined = stmt.join(m.Record, m.Record.id == other)
            links.append(joined.where(lender.in_(lenders[name])))
    return union_all(*links)


def _propagate(
    session: ReadSession, hits: dict[int, Hit], where: Sequence[Range], ranker: ranking.Ranker
) -> None:
    """The best notes lend to their claims and their study, the best papers to theirs."""
    notes, papers = _best_of(hits, EVIDENCE.kind), _best_of(hits, REFERENCES.kind)
    lenders = {"notes": notes, "papers": papers}
    parameters = {
        name: [record_id(hit.id) for hit in group] for name, group in lenders.items() if group
    }
    bears_on = []
    for lender_kind, lender_id, kind, key, slug in (
        prepared_statement(("lent", *parameters), _links).rows(session, **parameters)
        if parameters
        else ()
    ):
        hit_id = search_id(kind, key)
        if any(first <= hit_id < end for first, end in where):
            bears_on.append((search_id(lender_kind, lender_id), hit_id, slug))
    ranking.propagate(hits, bears_on, ranker.lent)


def _best_of(hits: dict[int, Hit], kind: str) -> list[Hit]:
    first, end = id_range(kind)
    hits_of_type = [hit for hit in hits.values() if first <= hit.id < end]
    return sorted(hits_of_type, key=lambda hit: hit.order)[:PROPAGATORS]

"""Retrieval: candidates of a query, scored, with counts by record type.

The full-text index returns candidates in the order of ids. Those that contain all words are
fetched first; if they are few, also those that contain some of the words. A limited number is
ranked; the others can still be reached by paging.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import prod
from typing import Any, NamedTuple

from sqlalchemy import SelectBase, literal, select, union_all

from app import models as m
from app.domain.question_forms import Intent
from app.domain.search_tuning import MIN_COVERAGE, MIN_SIDE_SCORE, SIDE_PROPAGATION
from app.domain.vocabulary import Direction, PrimaryEndpoint
from app.kit.field_mapping import Attr
from app.kit.prepared_statements import PreparedStatement, prepared_statement
from app.kit.sessions import ReadSession
from app.resources.claims import CLAIMS
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

#: Candidates that are ranked: all words in names, all words anywhere. Below ENOUGH_HITS of them
#: the search is relaxed to some of the words, with SOME_WORDS_LIMIT candidates for each query.
NAME_LIMIT, ALL_WORDS_LIMIT, ENOUGH_HITS, SOME_WORDS_LIMIT = 200, 300, 50, 40
RAREST_TERMS = 3
#: Records are counted up to this number.
MAX_COUNTED = 100_000
#: Best notes, and best papers, that pass on a part of their score.
PROPAGATORS = 20
#: Search ids from first to end (exclusive).
Range = tuple[int, int]
_SLUGS = PreparedStatement(
    lambda ids: select(m.SearchText.id, m.SearchText.slug).where(m.SearchText.id.in_(ids))
)

_LINES = PreparedStatement(
    lambda ids: select(m.SearchText.id, m.SearchText.names, m.SearchText.body).where(
        m.SearchText.id.in_(ids)
    )
)


#: Where a question asks for a kind of evidence: the column of a note that tells it, and its value.
SIDES: dict[Intent, tuple[Attr, Any]] = {
    Intent.EVIDENCE_FOR: (m.Finding.direction, Direction.SUPPORTS),
    Intent.EVIDENCE_AGAINST: (m.Finding.direction, Direction.DISPUTES),
    Intent.NEGATIVE_RESULT: (m.Evidence.primary_endpoint, PrimaryEndpoint.MISSED),
}
#: Best claims whose notes on that side are added.
SIDE_CLAIMS = 5


@dataclass
class SearchResult:
    """Ranked hits with counts by record type.

    Attributes:
        exact: Whether the counts are exact; otherwise there may be more.
        relaxed: Whether records that contain only some of the words were added.
        where: Ranges of search ids that were searched.
        ranked_all: Whether all matches were ranked; otherwise more follow by paging.
    """

    query: ParsedQuery
    hits: list[Hit]
    counts: Counter[str]
    exact: bool
    relaxed: bool
    where: list[Range]
    ranked_all: bool
    total: int


class Candidate(NamedTuple):
    """A record that matches a candidate query."""

    id: int
    slug: str
    names: str
    body: str
    in_people: bool


def search(session: ReadSession, text: str, types: Sequence[str] = ()) -> SearchResult:
    """Search for a query; `types` restricts the hits, not the counts by record type."""
    query = parse_query(session, text)
    result = _search(session, query, [EVERY_ID])
    if not types:
        return result
    narrowed = _search_types(session, query, types)
    narrowed.counts = result.counts | narrowed.counts
    return narrowed


def search_types(session: ReadSession, text: str, types: Sequence[str]) -> SearchResult:
    """Search for a query in the records of some types, without counts of the others."""
    return _search_types(session, parse_query(session, text), types)


def _search_types(session: ReadSession, query: ParsedQuery, types: Sequence[str]) -> SearchResult:
    return _search(session, query, [id_range(record_type) for record_type in dict.fromkeys(types)])


def _search(session: ReadSession, query: ParsedQuery, where: list[Range]) -> SearchResult:
    terms = query.terms
    all_words = _candidates(session, where, [(terms, False, ALL_WORDS_LIMIT)])
    ranked_all = len(all_words) < ALL_WORDS_LIMIT
    if not ranked_all:
        all_words |= _candidates(session, where, [(terms, True, NAME_LIMIT)])
    rows = dict(all_words)
    relaxed = len(terms) > 1 and len(all_words) < ENOUGH_HITS
    if relaxed:
        rows |= _candidates(session, where, _partial_queries(terms))
    if answers := [r for r in map(id_range, sorted(query.answer_types)) if _covers(where, r)]:
        rows |= _candidates(session, answers, [(query.subject, False, SOME_WORDS_LIMIT)])
    hits, ranker = {}, ranking.Ranker(query)
    for key, row in rows.items():
        if score := ranker.score(key, row.names, row.body, row.in_people):
            hits[key] = Hit(key, row.slug, score)
    _boost_exact_names(session, query, hits, where)
    if len(terms) > 1:
        _propagate(session, hits, where, ranker)
    for intent in SIDES.keys() & query.intents:
        _add_side(session, query, hits, where, intent)
    ranked = sorted(hits.values(), key=lambda hit: hit.order)
    counts = Counter(type_of(hit.id) for hit in ranked)
    exact = True
    if not ranked_all:
        counts, exact = _count_by_type(session, query, where)
        counts += _extra_counts(session, terms, hits.keys() - all_words.keys())
    elif relaxed:
        exact = all(sum(n.values()) <= SOME_WORDS_LIMIT for n in _term_counts(query))
    total = sum(counts.values())
    return SearchResult(query, ranked, counts, exact, relaxed, where, ranked_all, total)


def _covers(where: Sequence[Range], ids: Range) -> bool:
    """Return whether the ids of one record type are within the ranges that are searched."""
    return any(first <= ids[0] < end for first, end in where)


def _candidates(
    session: ReadSession,
    where: Sequence[Range],
    term_queries: Sequence[tuple[Sequence[QueryTerm], bool, int]],
) -> dict[int, Candidate]:
    candidate_queries = [
        CandidateQuery(term_phrases(terms), first, end, limit, estimated_count(terms), in_names)
        for terms, in_names, limit in term_queries
        if terms
        for first, end in where
    ]
    rows = fulltext.fetch(session, candidate_queries, "t.id, t.slug, t.names, t.body, t.in_people")
    return {row[0]: Candidate(*row) for row in rows}


def term_phrases(terms: Sequence[QueryTerm]) -> AllOf:
    """Return the phrases of each term; of a common word only the first, as others add little."""
    return [
        [variant.phrase for variant in (term.variants[:1] if term.common else term.variants)]
        for term in terms
    ]


def estimated_count(terms: Sequence[QueryTerm]) -> int:
    """Estimate how many records contain all terms, assuming that they are independent."""
    share = prod(term.count / term.total for term in terms)
    return round(share * max((term.total for term in terms), default=0))


def _partial_queries(terms: Sequence[QueryTerm]) -> list[tuple[Sequence[QueryTerm], bool, int]]:
    """Return queries for the rarest terms, alone and in pairs: (terms, in names only, limit).

    In a short query a term below MIN_COVERAGE is not queried alone: such records score 0.
    """
    rare = sorted(terms, key=lambda term: -term.weight)[:RAREST_TERMS]
    least = MIN_COVERAGE * sum(term.weight for term in terms) if len(terms) == len(rare) else 0
    term_queries: list[tuple[Sequence[QueryTerm], bool, int]] = []
    for nth, term in enumerate(rare):
        term_queries.append(([term], True, SOME_WORDS_LIMIT))
        if term.weight * 100 >= least:
            term_queries.append(([term], False, SOME_WORDS_LIMIT))
        term_queries += [([term, other], False, SOME_WORDS_LIMIT) for other in rare[nth + 1 :]]
    return term_queries


def _holds(lines: Sequence[str], phrases: AllOf) -> bool:
    terms = {*" ".join(lines).split()}
    return all(any(terms.issuperset(phrase) for phrase in alternatives) for alternatives in phrases)


def _term_counts(query: ParsedQuery) -> list[dict[str, int]]:
    terms = {t for term in query.terms for variant in term.variants for t in variant.phrase}
    return [query.counts.get(term, {}) for term in terms]


def _count_by_type(
    session: ReadSession, query: ParsedQuery, where: Sequence[Range]
) -> tuple[Counter[str], bool]:
    """Count the records that contain all words by type, and whether the counts are exact."""
    phrases = term_phrases(query.terms)
    if len(phrases) == 1 and len(phrases[0]) == 1 and len(phrases[0][0]) == 1:
        counts = query.counts[phrases[0][0][0]]
        record_types = {
            k for k in RECORD_TYPES if any(first <= id_range(k)[0] < end for first, end in where)
        }
        return Counter({k: n for k, n in counts.items() if k in record_types}), True
    totals: Counter[str] = Counter()
    for first, end in where:
        candidate_query = CandidateQuery(
            phrases, first, end, MAX_COUNTED, estimated_count(query.terms)
        )
        for place, count in fulltext.count_by_type(session, candidate_query, SHIFT):
            totals[type_of(place << SHIFT)] += count
    return totals, sum(totals.values()) < MAX_COUNTED


def _extra_counts(
    session: ReadSession, terms: Sequence[QueryTerm], ids: Collection[int]
) -> Counter[str]:
    """Count the records found by name or through a note that do not contain all words."""
    phrases = term_phrases(terms)
    rows = _LINES.rows(session, ids=list(ids))
    return Counter(type_of(key) for key, *lines in rows if not _holds(lines, phrases))


def _boost_exact_names(
    session: ReadSession, query: ParsedQuery, hits: dict[int, Hit], where: Sequence[Range]
) -> None:
    exact_names = [
        match for match in query.exact_names if any(a <= match.text_id < b for a, b in where)
    ]
    ids = {match.text_id for match in exact_names} - hits.keys()
    ranking.boost_exact(exact_names, hits, dict(_SLUGS.rows(session, ids=list(ids))))


def _links(**sources: Any) -> SelectBase:
    """Select the claims and studies that notes and papers bear on."""
    links = []
    for name, record_type, source, target in (
        ("notes", EVIDENCE.record_type, m.Finding.evidence_id, m.Finding.claim_id),
        ("notes", EVIDENCE.record_type, m.Evidence.id, m.Evidence.study_id),
        (
            "papers",
            REFERENCES.record_type,
            m.StudyReference.reference_id,
            m.StudyReference.study_id,
        ),
    ):
        stmt = select(literal(record_type), source, m.Record.type, m.Record.id, m.Record.slug)
        if name in sources:
            joined = stmt.join(m.Record, m.Record.id == target)
            links.append(joined.where(source.in_(sources[name])))
    return union_all(*links)


def _propagate(
    session: ReadSession, hits: dict[int, Hit], where: Sequence[Range], ranker: ranking.Ranker
) -> None:
    """Raise the claims and studies of the best notes, and the studies of the best papers."""
    notes, papers = _best_of(hits, EVIDENCE.record_type), _best_of(hits, REFERENCES.record_type)
    sources = {"notes": notes, "papers": papers}
    parameters = {
        name: [record_id(hit.id) for hit in group] for name, group in sources.items() if group
    }
    bears_on = []
    for source_type, source_id, record_type, key, slug in (
        prepared_statement(("lent", *parameters), _links).rows(session, **parameters)
        if parameters
        else ()
    ):
        hit_id = search_id(record_type, key)
        if any(first <= hit_id < end for first, end in where):
            bears_on.append((search_id(source_type, source_id), hit_id, slug))
    ranking.propagate(hits, bears_on, ranker.propagation)


def _notes_of_claims(column: Attr, claims: Any, value: Any) -> SelectBase:
    """Select the notes on claims that have a value in a column, and the studies of these notes."""
    selects = []
    for target in (m.Evidence.id, m.Evidence.study_id):
        stmt = select(m.Record.type, m.Record.id, m.Finding.claim_id, m.Record.slug)
        stmt = stmt.join(m.Evidence, m.Evidence.id == m.Finding.evidence_id)
        stmt = stmt.join(m.Record, m.Record.id == target)
        selects.append(stmt.where(m.Finding.claim_id.in_(claims), column == value))
    return union_all(*selects)


def _add_side(
    session: ReadSession,
    query: ParsedQuery,
    hits: dict[int, Hit],
    where: list[Range],
    intent: Intent,
) -> None:
    """Raise the notes on the best claims that are of the kind asked for, and their studies."""
    ids = id_range(CLAIMS.record_type)
    if _covers(where, ids):
        claim_hits = [hit for hit in hits.values() if ids[0] <= hit.id < ids[1]]
    else:
        claim_hits = _search(session, replace(query, intents=()), [ids]).hits
    claim_hits = sorted(claim_hits, key=lambda hit: hit.order)[:SIDE_CLAIMS]
    scores = {
        hit.id: hit.score
        for hit in claim_hits
        if hit.score * 100 >= claim_hits[0].score * MIN_SIDE_SCORE
    }
    column, value = SIDES[intent]
    statement = prepared_statement((column, "notes"), partial(_notes_of_claims, column))
    rows = statement.rows(session, claims=[record_id(key) for key in scores], value=value)
    bears_on = [
        (search_id(record_type, key), search_id(CLAIMS.record_type, claim), slug)
        for record_type, key, claim, slug in rows
        if _covers(where, id_range(record_type))
    ]
    ranking.propagate_down(hits, scores, bears_on, SIDE_PROPAGATION[intent])


def _best_of(hits: dict[int, Hit], record_type: str) -> list[Hit]:
    first, end = id_range(record_type)
    hits_of_type = [hit for hit in hits.values() if first <= hit.id < end]
    return sorted(hits_of_type, key=lambda hit: hit.order)[:PROPAGATORS]

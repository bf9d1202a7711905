"""Finding: the records that answer a question, best first, with counts by noun.

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
from app.services.search.fulltext import All, Draw
from app.services.search.index_entry import (
    EVERY_ID,
    RECORD_TYPES,
    SHIFT,
    bounds,
    kind_of,
    record_id,
    text_id,
)
from app.services.search.query import Question, Unit
from app.services.search.query_parser import understand
from app.services.search.ranking import Hit

#: How many candidates are ranked: by names, by all words, by some of them where those are few.
BY_NAME, BY_ALL, ENOUGH, BY_SOME = 200, 300, 50, 40
RAREST = 3
#: Beyond so many, records are not counted one by one.
COUNTED = 100_000
LENDERS = 20
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
class Found:
    """What was found: the ranked hits, and how many there are of each noun."""

    question: Question
    hits: list[Hit]
    counts: Counter[str]
    exact: bool
    widened: bool
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


def find(session: ReadSession, text: str, kinds: Sequence[str] = ()) -> Found:
    """Everything that answers a question; `kinds` narrows the hits, not the counts."""
    question = understand(session, text)
    found = _find(session, question, [EVERY_ID])
    if not kinds:
        return found
    narrowed = _find(session, question, [bounds(kind) for kind in dict.fromkeys(kinds)])
    narrowed.counts = found.counts | narrowed.counts
    return narrowed


def _find(session: ReadSession, question: Question, where: list[Range]) -> Found:
    units = question.units
    whole = _draw(session, where, [(units, False, BY_ALL)])
    ranked_all = len(whole) < BY_ALL
    if not ranked_all:
        whole |= _draw(session, where, [(units, True, BY_NAME)])
    rows = dict(whole)
    widened = len(units) > 1 and len(whole) < ENOUGH
    if widened:
        rows |= _draw(session, where, _partial(units))
    hits, ranker = {}, ranking.Ranker(question)
    for key, row in rows.items():
        if points := ranker.score(key, row.names, row.body, row.in_people):
            hits[key] = Hit(key, row.slug, points)
    _add_whole(session, question, hits, where)
    if len(units) > 1:
        _lend(session, hits, where, ranker)
    ranked = sorted(hits.values(), key=lambda hit: hit.order)
    counts = Counter(kind_of(hit.id) for hit in ranked)
    exact = True
    if not ranked_all:
        counts, exact = _counted(session, question, where)
        counts += _besides(session, units, hits.keys() - whole.keys())
    elif widened:
        exact = all(sum(n.values()) <= BY_SOME for n in _counts_of(question))
    total = sum(counts.values())
    return Found(question, ranked, counts, exact, widened, where, ranked_all, total)


def _draw(
    session: ReadSession, where: Sequence[Range], wanted: Sequence[tuple[Sequence[Unit], bool, int]]
) -> dict[int, Candidate]:
    draws = [
        Draw(words_of(units), first, end, limit, about(units), in_names)
        for units, in_names, limit in wanted
        if units
        for first, end in where
    ]
    rows = fulltext.drawn(session, draws, "t.id, t.slug, t.names, t.body, t.in_people")
    return {row[0]: Candidate(*row) for row in rows}


def words_of(units: Sequence[Unit]) -> All:
    """The ways to hold each unit; of a common word, the first alone: the others add few."""
    return [
        [choice.phrase for choice in (unit.choices[:1] if unit.common else unit.choices)]
        for unit in units
    ]


def about(units: Sequence[Unit]) -> int:
    """How many records hold all of them, if one says nothing of the other."""
    share = prod(unit.held / unit.every for unit in units)
    return round(share * max((unit.every for unit in units), default=0))


def _partial(units: Sequence[Unit]) -> list[tuple[Sequence[Unit], bool, int]]:
    """Draws by the rarest words, alone and in pairs.

    Of a few words, one that weighs too little is not drawn by alone: a record is not found by it.
    """
    rare = sorted(units, key=lambda unit: -unit.weight)[:RAREST]
    least = MIN_COVERAGE * sum(unit.weight for unit in units) if len(units) == len(rare) else 0
    wanted: list[tuple[Sequence[Unit], bool, int]] = []
    for nth, unit in enumerate(rare):
        wanted.append(([unit], True, BY_SOME))
        if unit.weight * 100 >= least:
            wanted.append(([unit], False, BY_SOME))
        wanted += [([unit, other], False, BY_SOME) for other in rare[nth + 1 :]]
    return wanted


def _holds(lines: Sequence[str], words: All) -> bool:
    held = {*" ".join(lines).split()}
    return all(any(held.issuperset(phrase) for phrase in choices) for choices in words)


def _counts_of(question: Question) -> list[dict[str, int]]:
    terms = {t for unit in question.units for choice in unit.choices for t in choice.phrase}
    return [question.counts.get(term, {}) for term in terms]


def _counted(
    session: ReadSession, question: Question, where: Sequence[Range]
) -> tuple[Counter[str], bool]:
    """How many records of each noun hold every word; False: there are more than were counted."""
    words = words_of(question.units)
    if len(words) == 1 and len(words[0]) == 1 and len(words[0][0]) == 1:
        counts = question.counts[words[0][0][0]]
        kinds = {
            k for k in RECORD_TYPES if any(first <= bounds(k)[0] < end for first, end in where)
        }
        return Counter({k: n for k, n in counts.items() if k in kinds}), True
    found: Counter[str] = Counter()
    for first, end in where:
        draw = Draw(words, first, end, COUNTED, about(question.units))
        for place, count in fulltext.tally(session, draw, SHIFT):
            found[kind_of(place << SHIFT)] += count
    return found, sum(found.values()) < COUNTED


def _besides(session: ReadSession, units: Sequence[Unit], ids: Collection[int]) -> Counter[str]:
    """Of records that a whole name or a note led to, those that do not hold every word."""
    words = words_of(units)
    rows = _LINES.rows(session, ids=list(ids))
    return Counter(kind_of(key) for key, *lines in rows if not _holds(lines, words))


def _add_whole(
    session: ReadSession, question: Question, hits: dict[int, Hit], where: Sequence[Range]
) -> None:
    whole = [one for one in question.whole if any(a <= one.text_id < b for a, b in where)]
    ids = {one.text_id for one in whole} - hits.keys()
    ranking.lift(whole, hits, dict(_SLUGS.rows(session, ids=list(ids))))


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


def _lend(
    session: ReadSession, hits: dict[int, Hit], where: Sequence[Range], ranker: ranking.Ranker
) -> None:
    """The best notes lend to their claims and their study, the best papers to theirs."""
    notes, papers = _best_of(hits, EVIDENCE.kind), _best_of(hits, REFERENCES.kind)
    lenders = {"notes": notes, "papers": papers}
    asked = {name: [record_id(hit.id) for hit in some] for name, some in lenders.items() if some}
    bears_on = []
    for lender_kind, lender_id, kind, key, slug in (
        prepared_statement(("lent", *asked), _links).rows(session, **asked) if asked else ()
    ):
        found = text_id(kind, key)
        if any(first <= found < end for first, end in where):
            bears_on.append((text_id(lender_kind, lender_id), found, slug))
    ranking.lend(hits, bears_on, ranker.lent)


def _best_of(hits: dict[int, Hit], kind: str) -> list[Hit]:
    first, end = bounds(kind)
    found = [hit for hit in hits.values() if first <= hit.id < end]
    return sorted(found, key=lambda hit: hit.order)[:LENDERS]

"""Finding: the records that answer a question, best first, with counts by noun.

The store's index gives candidates in the order of ids, never in an order of its own. Those that
hold every word come first, names before texts; where they are few, those that hold some of the
words are looked at too. What stands beyond the ranked ones can still be paged through.
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import literal, select, union_all

from app import models as m
from app.domain.vocabulary import RecordType
from app.kit.sessions import ReadSession
from app.services.search import fulltext, ranking, showing
from app.services.search.fulltext import All, Draw
from app.services.search.keeping import KINDS, SHIFT, Texts, bounds, kind_of, record_id, text_id
from app.services.search.question import Question, Unit, understand
from app.services.search.ranking import Hit

#: How many candidates are ranked: by names, by all words, by some of them where those are few.
BY_NAME, BY_ALL, ENOUGH, BY_SOME = 200, 300, 100, 60
RAREST = 3
#: Beyond so many, records are not counted one by one.
COUNTED = 100_000
LENDERS = 40
Range = tuple[int, int]


@dataclass
class Found:
    """What was found: the ranked hits, and how many there are of each noun."""

    question: Question
    hits: list[Hit]
    counts: Counter[RecordType]
    exact: bool
    widened: bool
    ranges: list[Range] = field(default_factory=list)
    ranked_all: bool = True

    @property
    def total(self) -> int:
        kinds = {kind_of(first) for first, end in self.ranges} if len(self.ranges) else None
        return sum(n for kind, n in self.counts.items() if kinds is None or kind in kinds)


def find(session: ReadSession, text: str, kinds: Sequence[RecordType] = ()) -> Found:
    """Everything that answers a question; `kinds` narrows the hits, not the counts."""
    question = understand(session, text)
    found = _find(session, question, [])
    if kinds:
        narrowed = _find(session, question, [bounds(kind) for kind in dict.fromkeys(kinds)])
        narrowed.counts = found.counts | narrowed.counts
        narrowed.exact = found.exact and narrowed.exact
        return narrowed
    return found


def _find(session: ReadSession, question: Question, ranges: list[Range]) -> Found:
    units = question.units
    where = ranges or [(bounds(KINDS[0])[0], bounds(KINDS[-1])[1])]
    rows = _draw(session, where, [(units, True, BY_NAME), (units, False, BY_ALL)])
    whole = {key: row for key, row in rows.items() if all(_holds(row, unit) for unit in units)}
    ranked_all = len(whole) < BY_ALL
    widened = len(units) > 1 and len(whole) < ENOUGH
    if widened:
        rows |= _draw(session, where, _partial(units))
    hits, ranker = {}, ranking.Ranker(question)
    for key, row in rows.items():
        if points := ranker.score(key, row.names, row.body, row.in_people):
            hits[key] = Hit(key, row.slug, points)
    _add_whole(session, question, hits, where)
    if len(units) > 1:
        _lend(session, hits, where)
    ranked = sorted(hits.values(), key=lambda hit: hit.order)
    counts = Counter(kind_of(hit.id) for hit in ranked)
    exact = True
    if not ranked_all:
        counts, exact = _counted(session, question, where)
    elif widened:
        exact = all(sum(n.values()) <= BY_SOME for n in _counts_of(question))
    return Found(question, ranked, counts, exact, widened, ranges, ranked_all)


def _draw(
    session: ReadSession, where: Sequence[Range], wanted: Sequence[tuple[Sequence[Unit], bool, int]]
) -> dict[int, Any]:
    draws = [
        Draw(_words(units), first, end, limit, in_names)
        for units, in_names, limit in wanted
        if units
        for first, end in where
    ]
    rows = fulltext.drawn(session, draws, "t.id, t.slug, t.names, t.body, t.in_people")
    return {row.id: row for row in rows}


def _words(units: Sequence[Unit]) -> All:
    return [[choice.phrase for choice in unit.choices] for unit in units]


def _partial(units: Sequence[Unit]) -> list[tuple[Sequence[Unit], bool, int]]:
    """Draws by the rarest words, alone and in pairs."""
    rare = sorted(units, key=lambda unit: -unit.weight)[:RAREST]
    wanted: list[tuple[Sequence[Unit], bool, int]] = []
    for nth, unit in enumerate(rare):
        wanted += [([unit], True, BY_SOME), ([unit], False, BY_SOME)]
        wanted += [([unit, other], False, BY_SOME) for other in rare[nth + 1 :]]
    return wanted


def _holds(row: Any, unit: Unit) -> bool:
    held = row.names + row.body
    return any(all(f" {t} " in held for t in choice.phrase) for choice in unit.choices)


def _counts_of(question: Question) -> list[dict[str, int]]:
    terms = {t for unit in question.units for choice in unit.choices for t in choice.phrase}
    return [question.counts.get(term, {}) for term in terms]


def _counted(
    session: ReadSession, question: Question, where: Sequence[Range]
) -> tuple[Counter[RecordType], bool]:
    """How many records of each noun hold every word; False: there are more than were counted."""
    units = question.units
    if len(units) == 1 and len(units[0].choices) == 1 and len(units[0].choices[0].phrase) == 1:
        counts = question.counts[units[0].choices[0].phrase[0]]
        kinds = {kind_of(first) for first, _ in where} if len(where) > 1 else set(KINDS)
        return Counter({RecordType(k): n for k, n in counts.items() if k in kinds}), True
    found: Counter[RecordType] = Counter()
    for first, end in where:
        draw = Draw(_words(units), first, end, COUNTED)
        for place, count in fulltext.tally(session, draw, SHIFT):
            found[kind_of(place << SHIFT)] += count
    return found, sum(found.values()) < COUNTED


def _add_whole(
    session: ReadSession, question: Question, hits: dict[int, Hit], where: Sequence[Range]
) -> None:
    question.whole = [one for one in question.whole if any(a <= one.text_id < b for a, b in where)]
    ids = {one.text_id for one in question.whole} - hits.keys()
    stmt = select(m.SearchText.id, m.SearchText.slug).where(m.SearchText.id.in_(ids))
    slugs = {row[0]: row[1] for row in session.execute(stmt)} if ids else {}
    ranking.lift(question, hits, slugs)


def _lend(session: ReadSession, hits: dict[int, Hit], where: Sequence[Range]) -> None:
    """The best notes lend to their claims and their study, the best papers to theirs."""
    notes, papers = _best_of(hits, RecordType.EVIDENCE), _best_of(hits, RecordType.REFERENCE)
    links = []
    for kind, lenders, lender, other in (
        (RecordType.EVIDENCE, notes, m.Finding.evidence_id, m.Finding.claim_id),
        (RecordType.EVIDENCE, notes, m.Evidence.id, m.Evidence.study_id),
        (RecordType.REFERENCE, papers, m.StudyReference.reference_id, m.StudyReference.study_id),
    ):
        stmt = select(literal(kind.value), lender, m.Record.type, m.Record.id, m.Record.slug)
        if lenders:
            joined = stmt.join(m.Record, m.Record.id == other)
            links.append(joined.where(lender.in_([record_id(hit.id) for hit in lenders])))
    bears_on = []
    for lender_kind, lender_id, kind, key, slug in (
        session.execute(union_all(*links)) if links else ()
    ):
        found = text_id(RecordType(kind), key)
        if any(first <= found < end for first, end in where):
            bears_on.append((text_id(RecordType(lender_kind), lender_id), found, slug))
    ranking.lend(hits, bears_on)


def _best_of(hits: dict[int, Hit], kind: RecordType) -> list[Hit]:
    found = [hit for hit in hits.values() if kind_of(hit.id) is kind]
    return sorted(found, key=lambda hit: hit.order)[:LENDERS]


def beyond(session: ReadSession, found: Found, after: int, limit: int) -> list[Hit]:
    """Records that hold every word and were not ranked, in the order of ids."""
    where = found.ranges or [(bounds(KINDS[0])[0], bounds(KINDS[-1])[1])]
    ranked = {hit.id for hit in found.hits}
    draws = [
        Draw(_words(found.question.units), max(first, after + 1), end, limit + len(ranked))
        for first, end in where
        if after + 1 < end
    ]
    rows = sorted(fulltext.drawn(session, draws, "t.id, t.slug"))
    return [Hit(row.id, row.slug, 0) for row in rows if row.id not in ranked][:limit]


def told(session: ReadSession, found: Found, hits: Sequence[Hit]) -> list[dict[str, Any]]:
    """Hits as they are shown."""
    lenders = [hit.lenders[0] for hit in hits if hit.lenders]
    texts = _texts(session, [*(hit.id for hit in hits), *lenders])
    slugs, ranker = {hit.id: hit.slug for hit in found.hits}, ranking.Ranker(found.question)
    return [_told(ranker, hit, texts, slugs) for hit in hits if hit.id in texts]


def _texts(session: ReadSession, ids: Sequence[int]) -> dict[int, Texts]:
    stmt = select(m.SearchText.id, m.SearchText.shown).where(m.SearchText.id.in_(set(ids)))
    return {row[0]: json.loads(row[1]) for row in session.execute(stmt)} if ids else {}


def _told(
    ranker: ranking.Ranker, hit: Hit, texts: dict[int, Texts], slugs: dict[int, str]
) -> dict[str, Any]:
    own, lender = texts[hit.id], hit.lenders[0] if hit.lenders else None
    matched, snippet = showing.shown(ranker, own, hit.whole)
    through = None
    if lender is not None and lender in texts:
        kind = kind_of(lender).value
        through = {"type": kind, "slug": slugs[lender], "name": texts[lender][0][1]}
        if matched is None:
            matched, snippet = showing.shown(ranker, texts[lender], None)
            matched = {**(matched or snippet), "field": kind}
    return {
        "type": kind_of(hit.id).value,
        "slug": hit.slug,
        "name": own[0][1],
        "score": hit.score,
        "matched": matched,
        "snippet": snippet,
        "through": through,
    }

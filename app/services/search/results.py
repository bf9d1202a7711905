"""Paging: one page of what was found, and where the next one begins."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from app.kit import cursor as cursors
from app.kit.sessions import ReadSession
from app.services.search import fulltext, index_entry, ranking, snippets
from app.services.search.fulltext import Draw
from app.services.search.index_entry import Card, kind_of
from app.services.search.ranking import Hit
from app.services.search.retrieval import Found, about, find, words_of

#: Of the last hit told: its score, its noun's place, its slug; of one beyond the ranked, its id.
_KINDS: list[TypeAdapter[Any]] = [
    TypeAdapter(int),
    TypeAdapter(int),
    TypeAdapter(str),
    TypeAdapter(int),
]
LARGEST = 2**63 - 1  # a noun's place and a record's id in one figure


@dataclass(frozen=True)
class Page:
    """One page of hits as they are shown, and the cursor of the page after."""

    found: Found
    rows: list[dict[str, Any]]
    next: str | None


def page(
    session: ReadSession,
    text: str,
    kinds: Sequence[str],
    limit: int,
    cursor: str | None,
    edition: str = "",
) -> Page:
    """The ranked hits, then what stands beyond them in the order of nouns.

    A cursor of one edition of the records serves no other.
    """
    mark = cursors.fingerprint("search", text, sorted(set(kinds)), edition)
    after = cursors.decode(cursor, mark, _KINDS, LARGEST) if cursor else None
    found = find(session, text, kinds)
    hits, beyond = found.hits, 0
    if after is not None:
        order: Any = tuple(after[:3])
        beyond = int(after[3] or 0)
        hits = [hit for hit in hits if not beyond and hit.order > order]
    some = hits[: limit + 1]
    if len(some) <= limit and not found.ranked_all:
        some += _beyond(session, found, beyond, limit + 1 - len(some))
    more, some = len(some) > limit, some[:limit]
    token = None
    if more:
        last = some[-1]
        token = cursors.encode([*last.order, 0 if last.score else last.id], mark)
    return Page(found, _told(session, found, some), token)


def _beyond(session: ReadSession, found: Found, after: int, limit: int) -> list[Hit]:
    """Records that hold every word and were not ranked, in the order of ids."""
    ranked, units = {hit.id for hit in found.hits}, found.question.units
    draws = [
        Draw(words_of(units), max(first, after + 1), end, limit + len(ranked), about(units))
        for first, end in found.where
        if after + 1 < end
    ]
    rows = sorted(fulltext.drawn(session, draws, "t.id, t.slug"))
    return [Hit(key, slug, 0) for key, slug in rows if key not in ranked][:limit]


def _told(session: ReadSession, found: Found, hits: Sequence[Hit]) -> list[dict[str, Any]]:
    """Hits as they are shown."""
    lenders = [hit.lenders[0] for hit in hits if hit.lenders]
    kept = index_entry.shown(session, [*(hit.id for hit in hits), *lenders])
    ranker = ranking.Ranker(found.question)
    return [_as_shown(ranker, hit, kept) for hit in hits if hit.id in kept]


def _as_shown(ranker: ranking.Ranker, hit: Hit, kept: dict[int, Card]) -> dict[str, Any]:
    own = kept[hit.id]
    matched, snippet = snippets.shown(ranker, own, hit.whole)
    through = None
    if hit.lenders and hit.lenders[0] in kept:
        kind = kind_of(hit.lenders[0])
        lender = kept[hit.lenders[0]]
        through = {"type": kind, "slug": lender.slug, "name": lender.name}
        if matched is None:
            matched, snippet = snippets.shown(ranker, lender, None)
            matched = {**(matched or snippet), "field": kind}
    return {
        "type": kind_of(hit.id),
        "slug": own.slug,
        "name": own.name,
        "score": hit.score,
        "matched": matched or snippet,
        "snippet": snippet,
        "through": through,
    }

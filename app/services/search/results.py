"""Search results: one page of hits, and the cursor of the next."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from app.kit import cursor as cursors
from app.kit.sessions import ReadSession
from app.services.search import fulltext, index_entry, ranking, snippets
from app.services.search.fulltext import CandidateQuery
from app.services.search.index_entry import ResultTexts, type_of
from app.services.search.ranking import Hit
from app.services.search.retrieval import SearchResult, estimated_count, search, term_phrases

#: Of the last hit told: its score, its noun's place, its slug; of one beyond the ranked, its id.
_KINDS: list[TypeAdapter[Any]] = [
    TypeAdapter(int),
    TypeAdapter(int),
    TypeAdapter(str),
    TypeAdapter(int),
]
LARGEST = 2**63 - 1  # a noun's place and a record's id in one figure


@dataclass(frozen=True)
class ResultPage:
    """One page of hits as they are shown, and the cursor of the page after."""

    found: SearchResult
    rows: list[dict[str, Any]]
    next: str | None


def result_page(
    session: ReadSession,
    text: str,
    kinds: Sequence[str],
    limit: int,
    cursor: str | None,
    edition: str = "",
) -> ResultPage:
    """The ranked hits, then what stands beyond them in the order of nouns.

    A cursor of one edition of the records serves no other.
    """
    mark = cursors.fingerprint("search", text, sorted(set(kinds)), edition)
    after = cursors.decode(cursor, mark, _KINDS, LARGEST) if cursor else None
    result = search(session, text, kinds)
    hits, after_unranked = result.hits, 0
    if after is not None:
        order: Any = tuple(after[:3])
        after_unranked = int(after[3] or 0)
        hits = [hit for hit in hits if not after_unranked and hit.order > order]
    shown_hits = hits[: limit + 1]
    if len(shown_hits) <= limit and not result.ranked_all:
        shown_hits += _unranked(session, result, after_unranked, limit + 1 - len(shown_hits))
    has_more, shown_hits = len(shown_hits) > limit, shown_hits[:limit]
    token = None
    if has_more:
        last = shown_hits[-1]
        token = cursors.encode([*last.order, 0 if last.score else last.id], mark)
    return ResultPage(result, _render_hits(session, result, shown_hits), token)


def _unranked(session: ReadSession, result: SearchResult, after: int, limit: int) -> list[Hit]:
    """Records that hold every word and were not ranked, in the order of ids."""
    ranked, units = {hit.id for hit in result.hits}, result.question.units
    draws = [
        CandidateQuery(
            term_phrases(units),
            max(first, after + 1),
            end,
            limit + len(ranked),
            estimated_count(units),
        )
        for first, end in result.where
        if after + 1 < end
    ]
    rows = sorted(fulltext.fetch(session, draws, "t.id, t.slug"))
    return [Hit(key, slug, 0) for key, slug in rows if key not in ranked][:limit]


def _render_hits(
    session: ReadSession, result: SearchResult, hits: Sequence[Hit]
) -> list[dict[str, Any]]:
    """Hits as they are shown."""
    lenders = [hit.via[0] for hit in hits if hit.via]
    texts = index_entry.result_texts(session, [*(hit.id for hit in hits), *lenders])
    ranker = ranking.Ranker(result.question)
    return [_render_hit(ranker, hit, texts) for hit in hits if hit.id in texts]


def _render_hit(
    ranker: ranking.Ranker, hit: Hit, texts_by_id: dict[int, ResultTexts]
) -> dict[str, Any]:
    texts = texts_by_id[hit.id]
    matched, snippet = snippets.best_snippet(ranker, texts, hit.whole)
    through = None
    if hit.via and hit.via[0] in texts_by_id:
        kind = type_of(hit.via[0])
        lender = texts_by_id[hit.via[0]]
        through = {"type": kind, "slug": lender.slug, "name": lender.name}
        if matched is None:
            matched, snippet = snippets.best_snippet(ranker, lender, None)
            matched = {**(matched or snippet), "field": kind}
    return {
        "type": type_of(hit.id),
        "slug": texts.slug,
        "name": texts.name,
        "score": hit.score,
        "matched": matched or snippet,
        "snippet": snippet,
        "through": through,
    }

"""Search results: one page of hits, and the cursor of the next."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from app.kit import cursor as cursors
from app.kit.sessions import ReadSession
from app.services.search import fulltext, index_entry, ranking, snippets
from app.services.search.fulltext import CandidateQuery
from app.services.search.index_entry import ResultTexts, record_id, type_of
from app.services.search.ranking import Hit
from app.services.search.retrieval import SearchResult, estimated_count, search, term_phrases

#: Values of a cursor: score, rank of the record type and slug of the last hit; then its search id
#: if it was not ranked, else 0.
_KINDS: list[TypeAdapter[Any]] = [
    TypeAdapter(int),
    TypeAdapter(int),
    TypeAdapter(str),
    TypeAdapter(int),
]
LARGEST = 2**63 - 1  # a search id combines record type and record id in 63 bits


@dataclass(frozen=True)
class ResultPage:
    """One page of rendered hits, and the cursor of the next page."""

    result: SearchResult
    rows: list[dict[str, Any]]
    next: str | None


def result_page(
    session: ReadSession,
    text: str,
    types: Sequence[str],
    limit: int,
    cursor: str | None,
    release: str = "",
) -> ResultPage:
    """Return one page of hits: the ranked ones, then unranked matches in the order of ids.

    Args:
        types: Record types to include; all if empty.
        cursor: Cursor of a previous page. It is bound to the query and the release.
    """
    fingerprint = cursors.fingerprint("search", text, sorted(set(types)), release)
    after = cursors.decode(cursor, fingerprint, _KINDS, LARGEST) if cursor else None
    result = search(session, text, types)
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
        token = cursors.encode([*last.order, 0 if last.score else last.id], fingerprint)
    return ResultPage(result, _render_hits(session, result, shown_hits), token)


def interpretation(result: SearchResult, text: str) -> dict[str, Any]:
    """Return how a text was read, as it is served."""
    return {
        "text": text,
        "searched_for": result.query.text,
        "corrected": result.query.corrected,
        "ignored": result.query.ignored,
        "relaxed": result.relaxed,
        "intents": list(result.query.intents),
    }


def matching_ids(
    session: ReadSession, text: str, types: Sequence[str], limit: int
) -> dict[str, list[int]]:
    """Return the ids of the best matches of a query, by record type.

    Args:
        types: Record types to include; all if empty.
        limit: Maximum number of records.
    """
    result = search(session, text, types)
    hits = result.hits[:limit]
    if len(hits) < limit and not result.ranked_all:
        hits += _unranked(session, result, 0, limit - len(hits))
    ids: dict[str, list[int]] = {}
    for hit in hits:
        ids.setdefault(type_of(hit.id), []).append(record_id(hit.id))
    return ids


def _unranked(session: ReadSession, result: SearchResult, after: int, limit: int) -> list[Hit]:
    """Return records that contain all words but were not ranked, in the order of ids."""
    ranked, terms = {hit.id for hit in result.hits}, result.query.terms
    candidate_queries = [
        CandidateQuery(
            term_phrases(terms),
            max(first, after + 1),
            end,
            limit + len(ranked),
            estimated_count(terms),
        )
        for first, end in result.where
        if after + 1 < end
    ]
    rows = sorted(fulltext.fetch(session, candidate_queries, "t.id, t.slug"))
    return [Hit(key, slug, 0) for key, slug in rows if key not in ranked][:limit]


def _render_hits(
    session: ReadSession, result: SearchResult, hits: Sequence[Hit]
) -> list[dict[str, Any]]:
    """Render hits with their snippets."""
    sources = [hit.via[0] for hit in hits if hit.via]
    texts = index_entry.result_texts(session, [*(hit.id for hit in hits), *sources])
    ranker = ranking.Ranker(result.query)
    return [_render_hit(ranker, hit, texts) for hit in hits if hit.id in texts]


def _render_hit(
    ranker: ranking.Ranker, hit: Hit, texts_by_id: dict[int, ResultTexts]
) -> dict[str, Any]:
    texts = texts_by_id[hit.id]
    matched, snippet = snippets.best_snippet(ranker, texts, hit.whole)
    through = None
    if hit.via and hit.via[0] in texts_by_id:
        source_type = type_of(hit.via[0])
        source = texts_by_id[hit.via[0]]
        through = {"type": source_type, "slug": source.slug, "name": source.name}
        if matched is None:
            matched, snippet = snippets.best_snippet(ranker, source, None)
            matched = {**(matched or snippet), "field": source_type}
    return {
        "type": type_of(hit.id),
        "slug": texts.slug,
        "name": texts.name,
        "score": hit.score,
        "matched": matched or snippet,
        "snippet": snippet,
        "through": through,
    }

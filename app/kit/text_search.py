"""Text search of a list: what its parameter `q` matches, and pages in the order of relevance.

The search itself is a function that is passed to the repository: this package has no index.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Select, and_, or_, select

from app.kit import cursor as cursors
from app.kit.filter_clauses import FilterClause, run_cached_statement, where_clauses
from app.kit.prepared_statements import prepared_statement
from app.kit.raw_json import Row
from app.kit.resource import Resource
from app.kit.sessions import ReadSession

#: Values of a cursor of a list by relevance: score, slug, and whether the record was not ranked.
_CURSOR = [TypeAdapter[Any](int), TypeAdapter[Any](str), TypeAdapter[Any](int)]


class RankedMatch(NamedTuple):
    """A record that matches a text; a higher score is better, equal ones follow by slug."""

    id: int
    slug: str
    score: int


@dataclass(frozen=True)
class TextMatches:
    """The records of one collection that match a text.

    Args:
        ranked: The best matches, best first.
        unranked: Condition on the key of the collection that further matches meet; None if there
            are none.
        interpretation: How the text was read, as it is served.
    """

    ranked: Sequence[RankedMatch]
    unranked: ColumnElement[bool] | None
    interpretation: Row

    def clause(self, resource: Resource) -> FilterClause:
        """Return the filter of all matches."""
        ids = [match.id for match in self.ranked]
        if self.unranked is None:
            return FilterClause("q", resource.key.in_, ids, reusable=True)
        unranked = self.unranked
        return FilterClause("q", lambda ids: or_(resource.key.in_(ids), unranked), ids)

    def unranked_clause(self, resource: Resource) -> FilterClause | None:
        """Return the filter of the matches that are not ranked; None if there are none."""
        if self.unranked is None:
            return None
        unranked, ids = self.unranked, [match.id for match in self.ranked]
        return FilterClause("q", lambda ids: and_(unranked, resource.key.not_in(ids)), ids)


#: Searches one collection for a text.
TextSearch = Callable[[ReadSession, Resource, str], TextMatches]
#: Reads at most so many unranked matches whose slug is greater: rows of id, document and slug.
ReadUnranked = Callable[[FilterClause, str | None, int], list[Any]]


class RelevancePage(NamedTuple):
    """Ids and documents of a page, and the cursor of the next one; None on the last."""

    rows: list[tuple[int, Any]]
    next: str | None


def relevance_page(
    session: ReadSession,
    resource: Resource,
    matches: TextMatches,
    others: Sequence[FilterClause],
    query: Any,
    cursor_key: str,
    read_unranked: ReadUnranked,
) -> RelevancePage:
    """Return one page of a list, best matches first, then the unranked ones by slug.

    Args:
        session: The transaction to read in.
        resource: The collection.
        matches: What the text matches.
        others: The other filters.
        query: `limit` and `cursor` of the page.
        cursor_key: Fingerprint that the cursor must have.
        read_unranked: Reads unranked matches.

    Raises:
        BadCursorError: If the cursor is not one of this list.
    """
    after = cursors.decode(query.cursor, cursor_key, _CURSOR) if query.cursor else None
    ranked, number = [], query.limit + 1
    if after is None or not after[2]:
        left = [
            match
            for match in matches.ranked
            if after is None or (-match.score, match.slug) > (-int(after[0] or 0), str(after[1]))
        ]
        ranked = list(_filtered(session, resource, left, others))[:number]
    documents = documents_by_id(session, resource, [match.id for match in ranked])
    rows = [(match.id, documents[match.id], match.score, match.slug, 0) for match in ranked]
    unranked = matches.unranked_clause(resource)
    if len(rows) < number and unranked is not None:
        last_slug = str(after[1]) if after is not None and after[2] else None
        tail = read_unranked(unranked, last_slug, number - len(rows))
        rows += [(key, document, 0, slug, 1) for key, document, slug in tail]
    following = None
    if len(rows) == number:
        rows.pop()
        following = cursors.encode(rows[-1][2:], cursor_key)
    return RelevancePage([row[:2] for row in rows], following)


def ranked_documents(
    session: ReadSession,
    resource: Resource,
    matches: TextMatches,
    others: Sequence[FilterClause],
    column: Any,
    chunk: int,
) -> Iterator[Sequence[bytes]]:
    """Yield a column of the ranked matches that meet the other filters, best first, in chunks."""
    ids = [match.id for match in _filtered(session, resource, matches.ranked, others)]
    cols = resource.identity
    for start in range(0, len(ids), chunk):
        batch = ids[start : start + chunk]
        stmt = select(cols.document_id, column).where(cols.document_id.in_(batch))
        texts = {row[0]: row[1] for row in session.execute(stmt)}
        yield [texts[key] for key in batch]


def documents_by_id(session: ReadSession, resource: Resource, ids: Sequence[int]) -> dict[int, str]:
    """Return the JSON documents of records by id."""
    cols = resource.identity

    def build(ids: Any) -> Select[Any]:
        return select(cols.document_id, cols.document).where(cols.document_id.in_(ids))

    return dict(prepared_statement((resource, "by id"), build).rows(session, ids=list(ids)))


def _filtered(
    session: ReadSession,
    resource: Resource,
    matches: Sequence[RankedMatch],
    others: Sequence[FilterClause],
) -> Iterator[RankedMatch]:
    """Yield the matches that meet the other filters, in their order."""
    if not others:
        yield from matches
        return

    def build(ids: Any, **bound: Any) -> Select[Any]:
        return select(resource.key).where(resource.key.in_(ids), *where_clauses(others, bound))

    ids = [match.id for match in matches]
    rows = run_cached_statement(session, (resource, "of ids"), build, others, ids=ids)
    allowed = {key for (key,) in rows}
    yield from (match for match in matches if match.id in allowed)

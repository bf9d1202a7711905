"""Query parameters of the gaps in the evidence, and the pages of them that they select."""

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Request
from pydantic import Field, TypeAdapter

from app.api.deps import ServiceContext, current_url
from app.kit import cursor as cursors
from app.kit.query_types import MAX_LIMIT, CommaSeparated, Cursor, QueryModel, list_field
from app.kit.sessions import ReadSession
from app.services.evidence.gaps import POSITIONS, GapKind, Position, read_gaps


class GapsQuery(QueryModel):
    """Query of `/v1/gaps`."""

    kind: Annotated[list[GapKind], CommaSeparated, Field(max_length=20)] = list_field(
        "Kinds of gaps, by the name of their list; default: all kinds."
    )
    limit: int = Field(
        MAX_LIMIT, ge=1, le=MAX_LIMIT, description="Maximum number of gaps of each kind."
    )
    cursor: Cursor | None = Field(
        None,
        description="Cursor of the next page of one kind: its `next` in `pages`. `kind` must name"
        " this kind alone.",
    )


def read_gap_pages(
    session: ReadSession, service: ServiceContext, query: GapsQuery
) -> dict[str, dict[str, Any]]:
    """Return `data` and `pages` of the gaps that a query selects.

    Raises:
        BadCursorError: The cursor is not one of the kind, or the query names several kinds.
    """
    kinds = list(dict.fromkeys(query.kind)) or list(GapKind)
    after = None if query.cursor is None else _decode_cursor(service, kinds, query.cursor)
    data: dict[str, Any] = {kind: [] for kind in GapKind}
    pages: dict[str, Any] = dict.fromkeys(GapKind)
    for kind in kinds:
        gaps = read_gaps(session, service.repository, kind, query.limit, after)
        data[kind] = gaps.items
        following = gaps.last and cursors.encode(gaps.last, _cursor_fingerprint(service, kind))
        pages[kind] = {"limit": query.limit, "total": gaps.total, "next": following}
    return {"data": data, "pages": pages}


def next_links(
    request: Request, service: ServiceContext, query: GapsQuery, pages: Mapping[str, Any]
) -> dict[str, str]:
    """Return headers with the `Link` to the next page of each kind that has one."""
    links = []
    for kind, page in pages.items():
        if page and page["next"]:
            parameters = [("kind", kind), ("limit", query.limit)]
            parameters += [*service.release_params, ("cursor", page["next"])]
            url = f"{current_url(request)}?{urlencode(parameters)}"
            links.append(f'<{url}>; rel="next"; title="{kind}"')
    return {"Link": ", ".join(links)} if links else {}


def _decode_cursor(service: ServiceContext, kinds: list[GapKind], cursor: str) -> Position:
    if len(kinds) > 1:
        raise cursors.BadCursorError("it is of one kind of gaps: send it with this `kind` alone")
    (kind,) = kinds
    text = TypeAdapter[Any](str)
    values = cursors.decode(
        cursor, _cursor_fingerprint(service, kind), [text] * len(POSITIONS[kind])
    )
    return tuple(str(value) for value in values)


def _cursor_fingerprint(service: ServiceContext, kind: GapKind) -> str:
    return cursors.fingerprint("gaps", kind, service.repository.release)

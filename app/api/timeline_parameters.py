"""Query parameters of the timeline, and the page of it that they select."""

from functools import partial
from typing import Annotated, Any

from pydantic import Field, FiniteFloat, TypeAdapter

from app.api.deps import ServiceContext
from app.kit import cursor as cursors
from app.kit.query_types import MAX_LIMIT, Cursor, QueryModel, ReferenceTo, Slugs
from app.kit.sessions import ReadSession
from app.services.evidence.timeline import TimelinePosition, count_points, timeline_slice


class TimelineQuery(QueryModel):
    """Query of `/v1/timeline`."""

    compound: Annotated[Slugs, ReferenceTo("compounds"), Field(max_length=50)] = Field(
        [], description="Compounds; default: all compounds."
    )
    indication: Annotated[Slugs, ReferenceTo("indications"), Field(max_length=50)] = Field(
        [], description="Indications of the studies; mechanisms are always included."
    )
    limit: int = Field(
        MAX_LIMIT, ge=1, le=MAX_LIMIT, description="Maximum number of items per page."
    )
    cursor: Cursor | None = Field(
        None, description="Cursor of the page: `page.next` of the previous response."
    )


#: Validators of the values of a `TimelinePosition`, in a cursor.
POSITION = [TypeAdapter[Any](kind) for kind in (FiniteFloat, int, str, int)]


def read_timeline(
    session: ReadSession, service: ServiceContext, query: TimelineQuery
) -> dict[str, Any]:
    """Return a page after the cursor, which is valid for the same filters and release only."""
    filters = (query.compound, query.indication)
    mark = cursors.fingerprint("timeline", filters, service.repository.release)
    after = None
    if query.cursor is not None:
        after = TimelinePosition(*cursors.decode(query.cursor, mark, POSITION))  # type: ignore[arg-type]
    points, last = timeline_slice(session, *filters, query.limit, after)
    following = None if last is None else cursors.encode(last, mark)
    total = service.repository.counts.get_or_compute(
        session, ("timeline", mark), partial(count_points, session, *filters)
    )
    return {
        "data": points,
        "page": {"limit": query.limit, "total": total, "next": following},
    }

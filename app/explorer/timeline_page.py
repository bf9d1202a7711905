"""What the page of the timeline shows: shares of people by time, and all points as a table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

from pydantic import Field

from app.api.deps import ServiceContext
from app.api.timeline_parameters import TimelineQuery, read_timeline
from app.domain.vocabulary import OutcomeKind
from app.explorer import queries
from app.explorer.outcome_shares import OutcomeShares, outcome_shares
from app.kit.query_types import MAX_LIMIT
from app.kit.sessions import ReadSession
from app.services.evidence import matrix_axes

#: Points of a page, estimates that each plot is drawn of, and records to choose from.
POINTS, MAX_ESTIMATES, MAX_CHOICES = 50, 40, 50


class TimelinePageQuery(TimelineQuery):
    """Query parameters of `/timeline`."""

    limit: int = Field(POINTS, ge=1, le=MAX_LIMIT, description="Maximum number of points.")


@dataclass(frozen=True)
class TimelinePage:
    """The page of a timeline.

    Args:
        points: The points of `/v1/timeline` with the same parameters.
        names: Name of each compound of the points by slug.
        studies: Name of each study of the points by slug.
        compounds: Compounds to choose from, as slug and name; those with most notes.
        indications: Indications to choose from, as slug and name.
        parameters: Query parameters of the JSON of the same points.
    """

    query: TimelinePageQuery
    benefits: OutcomeShares
    harms: OutcomeShares
    points: Sequence[Mapping[str, Any]]
    total: int
    next: str | None
    names: Mapping[str, str]
    studies: Mapping[str, str]
    compounds: Sequence[tuple[str, str]]
    indications: Sequence[tuple[str, str]]
    parameters: Mapping[str, str]

    @property
    def query_string(self) -> str:
        """The parameters as a query string."""
        return urlencode(self.parameters, safe=",:")


def read_timeline_page(
    session: ReadSession, service: ServiceContext, query: TimelinePageQuery
) -> TimelinePage:
    """Return the page of the timeline that a query selects, whose references are slugs.

    Raises:
        BadCursorError: The cursor is not one of this timeline.
    """
    body = read_timeline(session, service, query)
    filters = {"compound": query.compound, "indication": query.indication}
    chosen = {name: slugs for name, slugs in filters.items() if slugs}
    indications = queries.list_records(
        session, service, "indications", sort=["name"], limit=MAX_CHOICES
    ).records
    mentioned = {point["compound"] for point in body["data"] if point["compound"]}
    compounds = queries.get_records(
        session, service, "compounds", sorted(mentioned | set(query.compound))
    )
    names = {slug: record["name"] for slug, record in compounds.items()}
    studies = queries.get_records(
        session, service, "studies", sorted({point["study"] for point in body["data"]})
    )
    studied = service.repository.counts.get_or_compute(
        session,
        ("most studied compounds", service.repository.release, MAX_CHOICES),
        partial(matrix_axes.most_studied_compounds, session, MAX_CHOICES),
    )
    choices = {compound.slug: compound.name for compound in studied}
    choices |= {slug: names[slug] for slug in query.compound if slug in names}
    return TimelinePage(
        query,
        outcome_shares(
            session, service, MAX_ESTIMATES, outcome_kind=[OutcomeKind.BENEFIT], **chosen
        ),
        outcome_shares(
            session,
            service,
            MAX_ESTIMATES,
            ("-participants",),
            outcome_kind=[OutcomeKind.HARM],
            **chosen,
        ),
        body["data"],
        body["page"]["total"],
        body["page"]["next"],
        names,
        {slug: record["name"] for slug, record in studies.items()},
        sorted(choices.items(), key=lambda choice: choice[1].casefold()),
        [(record["slug"], record["name"]) for record in indications],
        _parameters(query),
    )


def _parameters(query: TimelinePageQuery) -> dict[str, str]:
    parameters = {
        "compound": ",".join(query.compound),
        "indication": ",".join(query.indication),
        "cursor": query.cursor or "",
        "limit": str(query.limit),
    }
    return {name: value for name, value in parameters.items() if value}

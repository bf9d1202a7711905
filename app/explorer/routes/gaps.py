"""The page of the gaps in the evidence, as `/v1/gaps` lists them."""

from collections.abc import Sequence

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.api.deps import ServiceContext, ServiceDep
from app.api.expensive_requests import EXPENSIVE
from app.api.page_addresses import HTML
from app.api.read_responses import cache_validators, not_modified
from app.domain.verdicts.ladder import Rung
from app.explorer import queries
from app.explorer.page_route import page_router
from app.explorer.rendering import PageHead, page_response
from app.kit.sessions import ReadSession
from app.services.evidence.gaps import (
    GapKind,
    UnmeasuredReceptors,
    read_gaps,
    unmeasured_by_compound,
)

#: Most gaps of a kind that the page lists; their number is shown, and the JSON has all. The studies
#: of a claim are looked up one claim at a time.
MAX_GAPS = 100
LIMITS = {GapKind.CLAIMS_WITH_UNREAD_STUDIES: 10}
#: Most compounds whose unmeasured receptors are listed, and most of these receptors.
MAX_COMPOUNDS, MAX_RECEPTORS = 20, 60


def build_router() -> APIRouter:
    """Build the router of `/gaps`."""
    router = page_router()

    @router.get("/gaps", dependencies=[EXPENSIVE])
    def gaps_page(request: Request, service: ServiceDep) -> Response:
        with service.store.read() as session:
            validators = cache_validators(request, service, session, HTML)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            repository = service.repository
            gaps = {
                kind: read_gaps(session, repository, kind, LIMITS.get(kind, MAX_GAPS))
                for kind in GapKind
                if kind is not GapKind.UNMEASURED_CELLS
            }
            unmeasured = unmeasured_by_compound(session, repository, MAX_COMPOUNDS, MAX_RECEPTORS)
            head = PageHead(
                title="Gaps in the evidence",
                description="What has no verdict, human evidence or measurement on record here.",
                api="/v1/gaps",
            )
            return page_response(
                request,
                service,
                validators,
                "gaps.html.j2",
                head,
                gaps=gaps,
                rungs=list(Rung),
                unmeasured=unmeasured,
                names=_names(session, service, unmeasured.compounds),
            )

    return router


def _names(
    session: ReadSession, service: ServiceContext, unmeasured: Sequence[UnmeasuredReceptors]
) -> dict[str, str]:
    """Return the names of compounds and receptors by `type:slug`."""
    receptors = {slug for compound in unmeasured for slug in compound.receptors}
    compounds = [compound.compound for compound in unmeasured]
    references = [("compounds", compounds), ("receptors", sorted(receptors))]
    return queries.names_of_references(session, service, references)

"""The page that holds our verdicts beside those of other bodies."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.api.deps import ServiceDep
from app.api.expensive_requests import EXPENSIVE
from app.api.page_addresses import HTML
from app.api.read_responses import cache_validators, not_modified
from app.explorer import queries
from app.explorer.page_route import page_router
from app.explorer.rendering import PageHead, page_response
from app.services.evidence.synthesis.calibration import calibration


def build_router() -> APIRouter:
    """Build the router of `/calibration`."""
    router = page_router()

    @router.get("/calibration", dependencies=[EXPENSIVE])
    def calibration_page(request: Request, service: ServiceDep) -> Response:
        with service.store.read() as session:
            validators = cache_validators(request, service, session, HTML)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            comparison = calibration(session)
            slugs = list(dict.fromkeys(row["claim"] for row in comparison["rows"]))
            claims = queries.get_records(session, service, "claims", slugs)
            head = PageHead(
                title="Calibration",
                description="Our verdicts beside what reviews, guidelines and agencies concluded.",
                api="/v1/calibration",
            )
            return page_response(
                request,
                service,
                validators,
                "calibration.html.j2",
                head,
                comparison=comparison,
                claims=claims,
            )

    return router

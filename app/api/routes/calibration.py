"""Route for the calibration of verdicts: ours beside those of other bodies."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.api.content_negotiation import negotiate
from app.api.deps import ServiceDep
from app.api.expensive_requests import EXPENSIVE
from app.api.read_responses import JSON, cache_validators, json_response, not_modified
from app.api.routers import api_router
from app.api.schemas.calibration import CalibrationResponse
from app.services.evidence.synthesis.calibration import calibration


def build_router() -> APIRouter:
    """Build the router of `/v1/calibration`."""
    router = api_router(tag="overviews")

    @router.get(
        "/calibration",
        operation_id="get_calibration",
        dependencies=[EXPENSIVE],
        summary="Compare verdicts with those of other bodies",
        description="Verdict and certainty of each claim that a review, guideline or agency has"
        " assessed, beside its conclusion, with exact agreement and weighted kappa. It is reported,"
        " and no part of the rule.",
        response_model=CalibrationResponse,
    )
    def get_calibration(request: Request, service: ServiceDep) -> Response:
        negotiate(request, [JSON])
        with service.store.read() as session:
            validators = cache_validators(request, service, session)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            body = {"data": calibration(session)}
            return json_response(request, service, validators, body)

    return router

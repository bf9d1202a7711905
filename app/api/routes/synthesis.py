"""Route of a meta-analysis of a reader's own rows."""

from typing import Annotated

from fastapi import APIRouter, Body, Depends
from fastapi.responses import Response
from pydantic_core import to_json

from app.api.deps import takes_no_parameters
from app.api.expensive_requests import EXPENSIVE
from app.api.read_responses import JSON
from app.api.routers import api_router
from app.api.schemas.synthesis import MAX_ROWS, SynthesisRequest, SynthesisResponse
from app.api.synthesis_results import synthesise


def build_router() -> APIRouter:
    """Build the router of `/v1/synthesis`."""
    router = api_router(tag="synthesis")

    @router.post(
        "/synthesis",
        operation_id="compute_synthesis",
        summary=f"Pool up to {MAX_ROWS} studies of your own",
        description=(
            "Returns the pooled effect by every method, with prediction intervals, heterogeneity,"
            " weights, leave-one-out and cumulative results, tests of small-study effects and, for"
            " ratios, differences and standardised effects of events, absolute effects. It reads no"
            " record and stores nothing; docs/meta-analysis.md has the formulas and their sources."
        ),
        response_model=SynthesisResponse,
        dependencies=[Depends(takes_no_parameters), EXPENSIVE],
    )
    def compute_synthesis(body: Annotated[SynthesisRequest, Body()]) -> Response:
        content = to_json({"data": synthesise(body)})
        return Response(content, media_type=JSON, headers={"Cache-Control": "no-store"})

    return router

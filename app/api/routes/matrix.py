"""Matrix routes: compounds against receptors or outcomes, as JSON and CSV."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic_core import to_json

from app.api.content_negotiation import negotiate
from app.api.deps import ServiceDep, next_link
from app.api.expensive_requests import EXPENSIVE
from app.api.matrix_parameters import (
    Axis,
    MatrixQuery,
    PagedMatrixQuery,
    read_matrix,
    read_matrix_page,
)
from app.api.read_responses import (
    JSON,
    cache_validators,
    content_response,
    json_response,
    not_modified,
)
from app.api.reference_parameters import resolve_query
from app.api.routers import api_router
from app.api.schemas import envelope
from app.api.schemas.matrix import AffinityCell, MatrixResponse, OutcomeCell
from app.kit.export_formats import separated_line
from app.services.records.licences import licences_of

CSV = "text/csv; charset=utf-8"


def build_router() -> APIRouter:
    """Build the router of `/v1/matrix`."""
    router = api_router(tag="overviews")

    @router.get(
        "/matrix",
        operation_id="get_matrix",
        dependencies=[EXPENSIVE],
        summary="Get a matrix of compounds by receptors or outcomes",
        description="Dense matrix of measured, negative and missing results, in pages of columns.",
        response_model=MatrixResponse,
    )
    def get_matrix(
        request: Request, service: ServiceDep, query: Annotated[PagedMatrixQuery, Query()]
    ) -> Response:
        negotiate(request, [JSON])
        with service.store.read() as session:
            validators = cache_validators(request, service, session)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            query, links = resolve_query(request, service, session, query)
            body = read_matrix_page(session, service, query)
            cells = body["data"]["cells"]
            links = next_link(request, service, body["page"]["next"], links)
            filters = envelope.applied_parameters(query)
            slugs = [slug for cell in cells for slug in cell.get("affinities", ())]
            licences = licences_of(session, service.repository, [("affinities", slugs)])
            return json_response(
                request,
                service,
                validators,
                body,
                filters=filters,
                headers=links,
                licences=licences,
            )

    @router.get(
        "/matrix.csv",
        operation_id="export_matrix_csv",
        summary="Export the matrix as CSV, one row per cell",
        description="All cells of `/v1/matrix`, with the same parameters but those of its pages.",
        response_class=Response,
        responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
    )
    def export_matrix_csv(
        request: Request, service: ServiceDep, query: Annotated[MatrixQuery, Query()]
    ) -> Response:
        with service.store.read() as session:
            validators = cache_validators(request, service, session, CSV)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            query, links = resolve_query(request, service, session, query)
            *_axes, cells = read_matrix(session, service, query)
            cell = OutcomeCell if query.columns is Axis.OUTCOME else AffinityCell
            columns = list(cell.model_fields)
            rows = [columns, *([_flat(values[name]) for name in columns] for values in cells)]
            content = "".join(f"{separated_line(row, ',')}\r\n" for row in rows)
            return content_response(request, validators, content, CSV, links)

    return router


def _flat(value: Any) -> Any:
    """Slugs joined by `|`, objects as JSON, as in every export."""
    if not isinstance(value, list):
        return value
    all_text = all(isinstance(item, str) for item in value)
    return "|".join(value) if all_text else to_json(value).decode()

"""Matrix routes: compounds against receptors or outcomes, as JSON and CSV."""

from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import Field
from pydantic_core import to_json

from app.api.content_negotiation import negotiate
from app.api.deps import ServiceContext, ServiceDep
from app.api.expensive_requests import EXPENSIVE
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
from app.kit.query_types import QueryModel, ReferenceTo, Slugs
from app.kit.sessions import ReadSession
from app.services.evidence import matrix
from app.services.records.licences import licences_of

CSV = "text/csv; charset=utf-8"


class Axis(StrEnum):
    """Column type of the matrix."""

    RECEPTOR = "receptor"
    OUTCOME = "outcome"


#: Collections whose records are the columns of a matrix of outcomes.
OUTCOMES = "indications|processes"


def _column_collections(query: "MatrixQuery") -> str:
    return OUTCOMES if query.columns is Axis.OUTCOME else "receptors"


class MatrixQuery(QueryModel):
    """Query parameters of `/v1/matrix`."""

    rows: Annotated[Slugs, ReferenceTo("compounds"), Field(min_length=1, max_length=50)] = Field(
        ["ketamine", "esketamine", "arketamine"], description="Compounds (rows), in order."
    )
    columns: Axis = Field(
        Axis.RECEPTOR,
        description="Column type: receptor (measured constants) or outcome (findings of studies of"
        " the compound on indications and processes).",
    )
    column: Annotated[Slugs, ReferenceTo(_column_collections), Field(max_length=200)] = Field(
        [],
        description="Columns, in order: receptors or, with columns=outcome, indications and"
        " processes (slug or type:slug). Default: all columns with data for any row.",
    )


def build_router() -> APIRouter:
    """Build the router of `/v1/matrix`."""
    router = api_router(tag="overviews")

    @router.get(
        "/matrix",
        operation_id="get_matrix",
        dependencies=[EXPENSIVE],
        summary="Get a matrix of compounds by receptors or outcomes",
        description="Dense matrix of measured, negative and missing results.",
        response_model=MatrixResponse,
    )
    def get_matrix(
        request: Request, service: ServiceDep, query: Annotated[MatrixQuery, Query()]
    ) -> Response:
        negotiate(request, [JSON])
        with service.store.read() as session:
            validators = cache_validators(request, service, session)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            query, links = resolve_query(request, service, session, query)
            rows, columns, cells = _grid(session, service, query)
            body = {"data": {"rows": rows, "columns": columns, "cells": cells}}
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
        description="The cells of `/v1/matrix`, with the same parameters.",
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
            *_axes, cells = _grid(session, service, query)
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


def _grid(
    session: ReadSession, service: ServiceContext, query: MatrixQuery
) -> tuple[list[str], list[str], list[dict[str, Any]]]:
    if query.columns is Axis.OUTCOME:
        ids = service.repository.resolve(session, "column", OUTCOMES, query.column)
        return query.rows, *matrix.outcome_grid(session, query.rows, query.column, ids)
    return query.rows, *matrix.affinity_grid(session, query.rows, query.column)

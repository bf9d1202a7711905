"""Matrix routes: compounds against receptors or outcomes, as JSON and CSV."""

from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import ConfigDict, Field
from pydantic_core import to_json

from app.api.content_negotiation import negotiate
from app.api.deps import ServiceContext, ServiceDep
from app.api.query_parameters import reject_repeated_parameters
from app.api.read_responses import (
    JSON,
    cache_validators,
    content_response,
    json_response,
    not_modified,
)
from app.api.schemas import envelope
from app.domain.identifiers import strip_type_prefix
from app.domain.vocabulary import AffinityState, Metric, OutcomeState
from app.kit.export_formats import separated_line
from app.kit.query_types import CommaSeparated, Text
from app.kit.sessions import ReadSession
from app.resources.base import LazyModel
from app.services.evidence import matrix

CSV = "text/csv; charset=utf-8"


class Axis(StrEnum):
    RECEPTOR = "receptor"
    OUTCOME = "outcome"


class MatrixQuery(LazyModel):
    """The rows and columns of a grid."""

    model_config = ConfigDict(extra="forbid")

    rows: Annotated[list[Text], CommaSeparated, Field(min_length=1, max_length=50)] = Field(
        ["ketamine", "esketamine", "arketamine"], description="Compound slugs, in order."
    )
    columns: Axis = Field(
        Axis.RECEPTOR,
        description="What the columns are: receptor (constants that somebody measured) or outcome"
        " (conditions treated and effects caused, as studies of that very compound found).",
    )
    column: Annotated[list[Text], CommaSeparated, Field(max_length=200)] = Field(
        [],
        description="Which columns, in order: receptor slugs; with columns=outcome, slugs of"
        " indications and processes, or type:slug. Without them, all that any of the rows met.",
    )


class Cell(LazyModel):
    """One compound at one receptor: what anybody found."""

    compound: str = Field(description="Slug of the compound.")
    receptor: str = Field(description="Slug of the receptor.")
    state: AffinityState = Field(
        description="measured, none_up_to_bound or not_tested; never a bare null."
    )
    min_nm: float | None = Field(description="The tightest constant, nM; null unless measured.")
    max_nm: float | None = Field(description="The weakest constant, nM; null unless measured.")
    none_up_to_nm: float | None = Field(
        description="The highest bound up to which somebody found none, nM."
    )
    count: int = Field(description="Measurements behind the cell.")
    affinities: list[str] = Field(description="Their slugs.")


class Grid(LazyModel):
    """A dense grid, row by row."""

    rows: list[str] = Field(description="Compound slugs.")
    columns: list[str] = Field(description="Receptor slugs.")
    cells: list[Cell] = Field(description="One per row and column, row by row.")


class Range(LazyModel):
    """How far the figures of one kind reach, over all notes of a cell.

    A note may bear on several outcomes, and tell figures of others beside: `measured` says of what.
    """

    measured: str | None = Field(
        description="What was measured, in the notes' words; null where they do not say."
    )
    metric: Metric = Field(description="What the figures are.")
    unit: str = Field(description="Their unit.")
    min: float = Field(description="The lowest.")
    max: float = Field(description="The highest.")
    count: int = Field(description="How many.")


class OutcomeCell(LazyModel):
    """One compound on one outcome: what studies of it found."""

    compound: str = Field(description="Slug of the compound.")
    outcome: str = Field(description="type:slug of the condition treated or the effect caused.")
    state: OutcomeState = Field(
        description="effect, no_effect, mixed (notes on both sides), open (neutral ones alone) or"
        " not_tested; never a bare null."
    )
    ranges: list[Range] = Field(
        description="The figures in the notes, by what was measured, metric and unit."
    )
    count: int = Field(description="Notes behind the cell.")
    studies: int = Field(description="Studies behind the cell.")
    notes: list[str] = Field(description="Slugs of the notes.")


class OutcomeGrid(LazyModel):
    """A dense grid, row by row."""

    rows: list[str] = Field(description="Compound slugs.")
    columns: list[str] = Field(description="type:slug of each outcome.")
    cells: list[OutcomeCell] = Field(description="One per row and column, row by row.")


class GridAnswer(LazyModel):
    """An answer of `/v1/matrix`."""

    data: Grid | OutcomeGrid = Field(description="The grid.")
    meta: envelope.Meta = Field(description="Release, licence, citation, filters.")


def build_router() -> APIRouter:
    router = APIRouter(
        prefix="/v1",
        tags=["overviews"],
        responses=envelope.PROBLEM_RESPONSES,
        dependencies=[Depends(reject_repeated_parameters)],
    )

    @router.get(
        "/matrix",
        operation_id="read_matrix",
        summary="Compounds against receptors or outcomes",
        description="A dense grid of what was measured, what was not found, and what nobody tried.",
        response_model=GridAnswer,
    )
    def read_matrix(
        request: Request, service: ServiceDep, query: Annotated[MatrixQuery, Query()]
    ) -> Response:
        negotiate(request, [JSON])
        with service.store.read() as session:
            validators = cache_validators(request, service, session)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            rows, columns, cells = _grid(session, service, query)
            body = {"data": {"rows": rows, "columns": columns, "cells": cells}}
            filters = envelope.applied_parameters(query)
            return json_response(request, service, validators, body, filters=filters)

    @router.get(
        "/matrix.csv",
        operation_id="export_matrix",
        summary="The grid, one cell a line",
        response_class=Response,
        responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
    )
    def export_matrix(
        request: Request, service: ServiceDep, query: Annotated[MatrixQuery, Query()]
    ) -> Response:
        with service.store.read() as session:
            validators = cache_validators(request, service, session, CSV)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            *_axes, cells = _grid(session, service, query)
            cell = OutcomeCell if query.columns is Axis.OUTCOME else Cell
            columns = list(cell.model_fields)
            rows = [columns, *([_flat(values[name]) for name in columns] for values in cells)]
            content = "".join(f"{separated_line(row, ',')}\r\n" for row in rows)
            return content_response(request, validators, content, CSV)

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
    resolve, requested = service.repository.resolve, query.column
    resolve(session, "rows", "compounds", query.rows)
    rows = list(dict.fromkeys(map(strip_type_prefix, query.rows)))
    if query.columns is Axis.OUTCOME:
        ids = resolve(session, "column", "indications|processes", requested)
        columns, cells = matrix.outcome_grid(session, rows, requested, ids)
        return rows, columns, cells
    resolve(session, "column", "receptors", requested)
    return rows, *matrix.affinity_grid(
        session, rows, list(dict.fromkeys(map(strip_type_prefix, requested)))
    )

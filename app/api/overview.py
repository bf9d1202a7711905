"""Overviews: the grid of affinities, and the gaps."""

import csv
import io
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from app.api import answers
from app.api.answering import Told, answer, told
from app.api.deps import Service, TheService, takes_no_parameters
from app.domain.errors import NotFoundError
from app.domain.ladder import Rung
from app.domain.vocabulary import AffinityState, RecordType, TimeUnit
from app.kit.resource import Many, Text
from app.kit.sessions import ReadSession
from app.services import overview, timeline
from app.services.store import Standing

CSV = "text/csv; charset=utf-8"


class Axis(StrEnum):
    RECEPTOR = "receptor"


class Axes(BaseModel):
    """The rows and columns of a grid."""

    model_config = ConfigDict(extra="forbid")

    rows: Annotated[list[Text], Many, Field(min_length=1, max_length=50)] = Field(
        ["ketamine", "esketamine", "arketamine"], description="Compound slugs, in order."
    )
    columns: Axis = Field(Axis.RECEPTOR, description="What the columns are: receptor.")
    receptor: Annotated[list[Text], Many, Field(max_length=200)] = Field(
        [], description="Receptor slugs, in order; without them, all that any of the rows met."
    )


class Cell(BaseModel):
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


class Grid(BaseModel):
    """A dense grid, row by row."""

    rows: list[str] = Field(description="Compound slugs.")
    columns: list[str] = Field(description="Receptor slugs.")
    cells: list[Cell] = Field(description="One per row and column, row by row.")


class GridAnswer(BaseModel):
    """An answer of `/v1/matrix`."""

    data: Grid = Field(description="The grid.")
    meta: answers.Meta = Field(description="Release, licence, citation, filters.")


class Named(BaseModel):
    """A claim, in short."""

    slug: str = Field(description="Its slug.")
    name: str = Field(description="Its name.")


class NotInPeople(Named):
    """A claim that was tested, and never in people."""

    highest_rung: Rung = Field(description="The highest rung of its ladder.")


class EmptyCell(BaseModel):
    """A compound and a receptor that nobody put together."""

    compound: str = Field(description="Slug of the compound.")
    receptor: str = Field(description="Slug of the receptor.")


class Question(Named):
    """What is not known, put as a question."""

    type: RecordType = Field(description="claim or pathway.")
    question: str = Field(description="The question.")


class Gaps(BaseModel):
    """What nobody has looked at."""

    untested_claims: list[Named] = Field(description="Claims without a note.")
    claims_without_human_test: list[NotInPeople] = Field(
        description="Claims tested in animals or dishes alone."
    )
    unmeasured_cells: list[EmptyCell] = Field(
        description="Of ketamine's forms and metabolites: receptors that met another of them."
    )
    open_questions: list[Question] = Field(description="Of claims and pathways.")


class GapsAnswer(BaseModel):
    """An answer of `/v1/gaps`."""

    data: Gaps = Field(description="The gaps.")
    meta: answers.Meta = Field(description="Release, licence, citation, filters.")


class When(BaseModel):
    """Whose timeline."""

    model_config = ConfigDict(extra="forbid")

    compound: Annotated[list[Text], Many, Field(max_length=50)] = Field(
        [], description="Compound slugs; without them, every compound."
    )
    indication: Annotated[list[Text], Many, Field(max_length=50)] = Field(
        [], description="Indication slugs of the studies; mechanisms are shown whatever they are."
    )


class Moment(BaseModel):
    """One figure, or one mechanism, at its time after the dose."""

    hours: float = Field(description="Hours after the dose.")
    kind: str = Field(description="effect, response (percent of an arm) or mechanism.")
    label: str | None = Field(description="What against what, the arm, or the note's name.")
    value: float | None = Field(description="The figure; null for a mechanism or a bare p.")
    unit: str | None = Field(description="Its unit.")
    outcome: str | None = Field(description="The outcome.")
    timepoint_value: float = Field(description="The time-point as published.")
    timepoint_unit: TimeUnit = Field(description="Its unit.")
    compound: str | None = Field(description="Slug of the compound.")
    note: str = Field(description="Slug of the note.")
    study: str = Field(description="Slug of the study.")


class TimelineAnswer(BaseModel):
    """An answer of `/v1/timeline`."""

    data: list[Moment] = Field(description="In the order of time.")
    meta: answers.Meta = Field(description="Release, licence, citation, filters.")


def build_router() -> APIRouter:
    router = APIRouter(prefix="/v1", tags=["overviews"], responses=answers.PROBLEMS)

    @router.get(
        "/matrix",
        operation_id="read_matrix",
        summary="Compounds against receptors",
        description="A dense grid of what was measured, what was not found, and what nobody tried.",
        response_model=GridAnswer,
    )
    def read_matrix(
        request: Request, service: TheService, query: Annotated[Axes, Query()]
    ) -> Response:
        def build(session: ReadSession) -> dict[str, Any]:
            rows, columns, cells = _grid(session, service, query)
            return {"data": {"rows": rows, "columns": columns, "cells": cells}}

        return answer(request, service, build, answers.in_force(query))

    @router.get(
        "/matrix.csv",
        operation_id="export_matrix",
        summary="Compounds against receptors, one cell a line",
        response_class=Response,
        responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
    )
    def export_matrix(
        request: Request, service: TheService, query: Annotated[Axes, Query()]
    ) -> Response:
        def write(session: ReadSession, _: Standing | None) -> Told:
            *_axes, cells = _grid(session, service, query)
            out = io.StringIO()
            writer = csv.DictWriter(out, list(Cell.model_fields), lineterminator="\r\n")
            writer.writeheader()
            writer.writerows({**cell, "affinities": "|".join(cell["affinities"])} for cell in cells)
            return out.getvalue(), {}

        return told(request, service, CSV, write)

    @router.get(
        "/timeline",
        operation_id="read_timeline",
        summary="Effects and mechanisms by hours after the dose",
        description="Every figure that has a time-point, beside the latencies of the mechanism.",
        response_model=TimelineAnswer,
    )
    def read_timeline(
        request: Request, service: TheService, query: Annotated[When, Query()]
    ) -> Response:
        def build(session: ReadSession) -> dict[str, Any]:
            _known(service, session, "compound", RecordType.COMPOUND, query.compound)
            _known(service, session, "indication", RecordType.INDICATION, query.indication)
            return {"data": timeline.timeline(session, query.compound, query.indication)}

        return answer(request, service, build, answers.in_force(query))

    @router.get(
        "/gaps",
        operation_id="read_gaps",
        summary="What nobody has looked at",
        response_model=GapsAnswer,
        dependencies=[Depends(takes_no_parameters)],
    )
    def read_gaps(request: Request, service: TheService) -> Response:
        return answer(request, service, lambda session: {"data": overview.gaps(session)})

    return router


def _grid(
    session: ReadSession, service: Service, query: Axes
) -> tuple[list[str], list[str], list[dict[str, Any]]]:
    _known(service, session, "rows", RecordType.COMPOUND, query.rows)
    _known(service, session, "receptor", RecordType.RECEPTOR, query.receptor)
    rows = list(dict.fromkeys(query.rows))
    return rows, *overview.grid(session, rows, list(dict.fromkeys(query.receptor)))


def _known(
    service: Service, session: ReadSession, name: str, kind: RecordType, slugs: list[str]
) -> None:
    """Refuse slugs that name nothing, with the nearest ones."""
    there = overview.known(session, kind, slugs)
    for slug in slugs:
        if slug not in there:
            near = service.listing.nearest(session, f"{kind.value}s", slug[:60])
            hint = f" Did you mean {' or '.join(near)}?" if near else ""
            message = f"No record {slug[:80]!r} in /v1/{kind.value}s.{hint}"
            one = {"in": "query", "name": name, "message": message, "did_you_mean": near}
            raise NotFoundError(message, errors=[one])

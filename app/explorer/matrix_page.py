"""What the page that compares compounds shows: a heat map of a matrix, and a choice of rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any
from urllib.parse import urlencode

from pydantic import Field

from app.api.deps import ServiceContext
from app.api.matrix_parameters import Axis, MatrixQuery, read_matrix
from app.explorer import queries
from app.explorer.plots.heatmap import HeatTable, heat_table
from app.kit.query_types import ReferenceTo, Slugs
from app.kit.sessions import ReadSession
from app.resources import RESOURCES
from app.services.evidence import matrix_axes
from app.services.evidence.matrix_axes import RankedColumn, RankedRecord

#: Rows of a page without any, compounds to choose from, and columns of a page without any.
DEFAULT_ROWS, MAX_CHOICES, MAX_COLUMNS = 6, 30, 60


class MatrixPageQuery(MatrixQuery):
    """Query parameters of `/matrix`."""

    rows: Annotated[Slugs, ReferenceTo("compounds"), Field(max_length=50)] = Field(
        [], description="Compounds, in order. Default: those with the most data."
    )


@dataclass(frozen=True)
class CompoundOption:
    """A compound that can be a row."""

    slug: str
    name: str
    is_chosen: bool


@dataclass(frozen=True)
class MatrixPage:
    """The page of a matrix.

    Args:
        columns_total: Number of all columns with data; more than are shown if the query names none.
        names: Name of each column by slug or `type:slug`, and of each compound by slug.
        parameters: Query parameters of the JSON of the same matrix.
    """

    query: MatrixQuery
    table: HeatTable
    choices: Sequence[CompoundOption]
    names: Mapping[str, str]
    columns_total: int
    parameters: Mapping[str, str]

    @property
    def is_of_outcomes(self) -> bool:
        """Whether the columns of the matrix are outcomes."""
        return self.query.columns is Axis.OUTCOME

    @property
    def query_string(self) -> str:
        """The parameters as a query string."""
        return urlencode(self.parameters, safe=",:")


def read_matrix_page(
    session: ReadSession, service: ServiceContext, query: MatrixPageQuery
) -> MatrixPage:
    """Return the page of the matrix that a query selects, whose references are slugs."""
    is_outcome = query.columns is Axis.OUTCOME
    ranked = _ranked_compounds(session, service, is_of_outcomes=is_outcome)
    rows = query.rows or [compound.slug for compound in ranked[:DEFAULT_ROWS]]
    columns, total = query.column, len(query.column)
    if not columns:
        ranked_columns = _ranked_columns(session, service, rows, is_of_outcomes=is_outcome)
        columns = [column.name for column in ranked_columns]
        total = ranked_columns[0].total if ranked_columns else 0
    shown = query.model_copy(update={"rows": rows, "column": columns})
    cells: list[dict[str, Any]] = []
    if rows and columns:
        rows, columns, cells = read_matrix(session, service, shown, is_brief=True)
    compounds = queries.get_records(session, service, "compounds", rows)
    names = {slug: record["name"] for slug, record in compounds.items()}
    choices = [*ranked, *(RankedRecord(slug, names[slug], 0) for slug in rows)]
    parameters = {"rows": ",".join(rows)}
    if is_outcome:
        parameters["columns"] = str(query.columns)
    if query.column:
        parameters["column"] = ",".join(query.column)
    return MatrixPage(
        query,
        heat_table({"rows": rows, "columns": columns, "cells": cells}),
        _choices(choices, rows),
        names | _column_names(session, service, columns),
        total,
        parameters if rows else {},
    )


def _ranked_compounds(
    session: ReadSession, service: ServiceContext, *, is_of_outcomes: bool
) -> list[RankedRecord]:
    """Return the compounds with the most data, counted once per state of the store."""
    rank = (
        matrix_axes.most_studied_compounds
        if is_of_outcomes
        else matrix_axes.most_measured_compounds
    )
    key = ("matrix rows", service.repository.release, is_of_outcomes)
    return service.repository.counts.get_or_compute(
        session, key, partial(rank, session, MAX_CHOICES)
    )


def _ranked_columns(
    session: ReadSession, service: ServiceContext, rows: Sequence[str], *, is_of_outcomes: bool
) -> list[RankedColumn]:
    """Return the first columns with data for some rows, ranked once per state of the store."""
    rank = matrix_axes.most_studied_outcomes if is_of_outcomes else matrix_axes.tightest_receptors
    key = ("ranked matrix columns", service.repository.release, is_of_outcomes, tuple(rows))
    return service.repository.counts.get_or_compute(
        session, key, partial(rank, session, rows, MAX_COLUMNS)
    )


def _choices(compounds: Sequence[RankedRecord], rows: Sequence[str]) -> list[CompoundOption]:
    """Return each compound once, by name."""
    names = {compound.slug: compound.name for compound in compounds}
    choices = [CompoundOption(slug, name, slug in rows) for slug, name in names.items()]
    return sorted(choices, key=lambda choice: choice.name.casefold())


def _column_names(
    session: ReadSession, service: ServiceContext, columns: Sequence[str]
) -> dict[str, str]:
    """Return the names of the columns, which are slugs of receptors or `type:slug` of outcomes."""
    names = {}
    by_collection: dict[str, list[str]] = {}
    for column in columns:
        record_type, _, slug = column.rpartition(":")
        resource = RESOURCES.by_record_type[record_type or "receptor"]
        by_collection.setdefault(resource.name, []).append(slug)
    for collection, slugs in by_collection.items():
        record_type = RESOURCES[collection].record_type
        for slug, record in queries.get_records(session, service, collection, slugs).items():
            names[slug if record_type == "receptor" else f"{record_type}:{slug}"] = record["name"]
    return names

"""Query parameters of the matrix, and the matrix that they select."""

from bisect import bisect
from enum import StrEnum
from functools import partial
from typing import Annotated, Any

from pydantic import Field, TypeAdapter

from app.api.deps import ServiceContext
from app.kit import cursor as cursors
from app.kit.query_types import MAX_LIMIT, Cursor, QueryModel, ReferenceTo, Slugs
from app.kit.sessions import ReadSession
from app.services.evidence import matrix, matrix_axes


class Axis(StrEnum):
    """Column type of the matrix."""

    RECEPTOR = "receptor"
    OUTCOME = "outcome"


#: Collections whose records are the columns of a matrix of outcomes.
OUTCOMES = "indications|processes"


def _column_collections(query: "MatrixQuery") -> str:
    return OUTCOMES if query.columns is Axis.OUTCOME else "receptors"


class MatrixQuery(QueryModel):
    """Query parameters of `/v1/matrix.csv`, and of `/v1/matrix` without its pages."""

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


#: Validator of the last column of a page, in a cursor.
COLUMN = TypeAdapter[Any](str)


class PagedMatrixQuery(MatrixQuery):
    """Query parameters of `/v1/matrix`, whose columns are paged unless `column` names them."""

    limit: int = Field(
        200,
        ge=1,
        le=MAX_LIMIT,
        description="Maximum number of columns if `column` names none.",
    )
    cursor: Cursor | None = Field(
        None,
        description="Cursor of the next columns: `page.next` of the previous response. Columns that"
        " `column` names are not paged.",
    )


def read_matrix_page(
    session: ReadSession, service: ServiceContext, query: PagedMatrixQuery
) -> dict[str, Any]:
    """Return `data` and `page` of a matrix, whose references are slugs.

    Raises:
        BadCursorError: The cursor is not one of this matrix, or `column` names its columns.
    """
    if query.column:
        if query.cursor is not None:
            raise cursors.BadCursorError("columns that `column` names are not paged")
        rows, columns, cells = read_matrix(session, service, query)
        return {
            "data": {"rows": rows, "columns": columns, "cells": cells},
            "page": {"limit": query.limit, "total": len(columns), "next": None},
        }
    of_outcomes, release = query.columns is Axis.OUTCOME, service.repository.release
    fingerprint = cursors.fingerprint("matrix", query.columns, query.rows, release)
    after = cursors.decode(query.cursor, fingerprint, [COLUMN]) if query.cursor else [""]
    find = matrix_axes.studied_outcomes if of_outcomes else matrix_axes.measured_receptors
    every = service.repository.counts.get_or_compute_rows(
        session, ("matrix columns", fingerprint), partial(find, session, query.rows)
    )
    start = bisect(every, str(after[0]), key=lambda column: column[0])
    selected = every[start : start + query.limit]
    columns, ids = [name for name, _ in selected], [key for _, key in selected]
    cells = []
    if of_outcomes and columns:
        _, cells = matrix.outcome_grid(session, query.rows, columns, ids)
    elif columns:
        _, cells = matrix.affinity_grid(session, query.rows, columns)
    is_last = start + len(selected) == len(every)
    page: dict[str, Any] = {
        "limit": query.limit,
        "total": len(every),
        "next": None if is_last else cursors.encode(columns[-1:], fingerprint),
    }
    return {"data": {"rows": query.rows, "columns": columns, "cells": cells}, "page": page}


def read_matrix(
    session: ReadSession, service: ServiceContext, query: MatrixQuery, *, is_brief: bool = False
) -> tuple[list[str], list[str], list[dict[str, Any]]]:
    """Return rows, columns and cells of a matrix, whose references are slugs.

    Args:
        is_brief: Whether cells of outcomes are without notes and ranges of the reported values.
    """
    if query.columns is Axis.OUTCOME:
        ids = service.repository.resolve(session, "column", OUTCOMES, query.column)
        outcomes = matrix.outcomes_in_order(session, query.column, ids)
        return query.rows, *matrix.outcome_grid(
            session, query.rows, outcomes, ids, is_brief=is_brief
        )
    return query.rows, *matrix.affinity_grid(session, query.rows, query.column)

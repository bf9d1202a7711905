"""Query parameters of the matrix, and the matrix that they select."""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field

from app.api.deps import ServiceContext
from app.kit.query_types import QueryModel, ReferenceTo, Slugs
from app.kit.sessions import ReadSession
from app.services.evidence import matrix


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


def read_matrix(
    session: ReadSession, service: ServiceContext, query: MatrixQuery, *, is_brief: bool = False
) -> tuple[list[str], list[str], list[dict[str, Any]]]:
    """Return rows, columns and cells of a matrix, whose references are slugs.

    Args:
        is_brief: Whether cells of outcomes are without notes and ranges of the reported values.
    """
    if query.columns is Axis.OUTCOME:
        ids = service.repository.resolve(session, "column", OUTCOMES, query.column)
        return query.rows, *matrix.outcome_grid(
            session, query.rows, query.column, ids, is_brief=is_brief
        )
    return query.rows, *matrix.affinity_grid(session, query.rows, query.column)

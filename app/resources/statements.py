"""Statements: what popular texts say, each with the claims that it makes and their verdicts."""

from typing import Annotated

from pydantic import Field

from app import models as m
from app.kit.declarations import DatasetFile, PageSection, SearchFields
from app.kit.field_mapping import Column, ReferenceList
from app.kit.query_types import (
    CommaSeparated,
    ListQuery,
    Slugs,
    Text,
    TextIn,
    Where,
    WhereRef,
)
from app.kit.resource import Resource
from app.resources.base import (
    RECORD_COLUMNS,
    RecordBase,
    output_field,
)
from app.resources.claims import VERDICT_OF_CLAIM, JudgedClaim
from app.resources.page_sections import REFERENCED_RECORDS, by_slug


class Statement(RecordBase):
    """Statement of a popular text, restated in our own words."""

    text: Annotated[str, Column(m.Statement.text)] = output_field(
        "The popular text, described in our own words; the same for all of its statements."
    )
    text_year: Annotated[int | None, Column(m.Statement.text_year)] = output_field(
        "Year in which the text was published."
    )
    text_url: Annotated[str | None, Column(m.Statement.text_url)] = output_field("URL of the text.")
    position: Annotated[int, Column(m.Statement.position)] = output_field(
        "Number of the statement in the text, from 1."
    )
    statement: Annotated[str, Column(m.Statement.statement)] = output_field(
        "What the text states, restated in our own words."
    )
    claims: Annotated[
        list[JudgedClaim],
        ReferenceList(
            m.StatementClaim.statement_id,
            m.StatementClaim.claim_id,
            "claims",
            m.StatementClaim.position,
            shown=VERDICT_OF_CLAIM,
        ),
    ] = output_field("Claims that the statement makes, each with our verdict.")
    correction: Annotated[str | None, Column(m.Statement.correction)] = output_field(
        "What the statement should say, in one sentence; null if it is accurate or cannot be"
        " judged."
    )


class StatementQuery(ListQuery):
    """Filters of the list of statements."""

    claim: Annotated[
        Slugs, WhereRef("claims", [m.StatementClaim.claim_id], parent=m.StatementClaim.statement_id)
    ] = Field([], description="Claims (any match).")
    text: Annotated[
        list[Text], CommaSeparated, Where(TextIn(m.Statement.text)), Field(max_length=50)
    ] = Field([], description="Popular texts as recorded (any match).")


STATEMENTS = Resource(
    name="statements",
    record_type="statement",
    description="Statements of popular texts with the claims that they make, our verdicts, and a"
    " correction.",
    key=m.Statement.id,
    identity=RECORD_COLUMNS,
    record=Statement,
    query=StatementQuery,
    search=SearchFields(
        number=26,
        lookup_prior=30,
        question_prior=40,
        texts=(
            "statement",
            "text",
            "correction",
            "claims",
        ),
        type_words=(
            "statement",
            "statements",
        ),
    ),
    dataset=DatasetFile("statements/new.yaml", section=17),
    page=(
        REFERENCED_RECORDS,
        PageSection(
            "claims",
            key="claims_made",
            title="Claims that it makes, with our verdicts",
            filters=by_slug("statement"),
        ),
    ),
    excerpt="statement",
    sort=(
        "slug",
        "name",
        "text",
        "position",
    ),
)

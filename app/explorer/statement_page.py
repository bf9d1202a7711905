"""What the page of a statement of a popular text shows."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.api.deps import ServiceContext
from app.explorer import queries
from app.explorer.common_questions import with_question
from app.explorer.queries import Record
from app.kit.sessions import ReadSession
from app.resources.statements import STATEMENTS
from app.services.evidence.claim_summaries import ClaimSummary, Grouping, claim_summaries

MAX_CLAIMS = 20
#: Statements of one text, among which the neighbours of a statement are looked for.
MAX_STATEMENTS = 200


@dataclass(frozen=True)
class StatementPage:
    """The sections of the page of a statement.

    Args:
        claims: The claims that it makes, with their questions, in its order.
        previous: The statement before it in its text; None for the first.
        following: The statement after it in its text; None for the last.
        number_in_text: How many statements of the text are on record.
    """

    claims: Sequence[ClaimSummary]
    previous: Record | None
    following: Record | None
    number_in_text: int


def read_statement_page(
    session: ReadSession, service: ServiceContext, statement: Record
) -> StatementPage:
    """Return what the page of a statement shows."""
    groups = claim_summaries(
        session, service.repository, Grouping.KIND, MAX_CLAIMS, statement=[statement["slug"]]
    )
    claims = {claim["slug"]: claim for group in groups.values() for claim in group}
    # `model_construct` skips validation, which would split the text at its commas.
    query = service.repository.catalogue.list_query(STATEMENTS).model_construct(
        text=[statement["text"]], sort=["position"], limit=MAX_STATEMENTS
    )
    page = queries.read_list(session, service, STATEMENTS, query)
    slugs = [other["slug"] for other in page.records]
    place = slugs.index(statement["slug"]) if statement["slug"] in slugs else len(slugs)
    return StatementPage(
        claims=[
            with_question(claims[claim["slug"]])
            for claim in statement["claims"]
            if claim["slug"] in claims
        ],
        previous=page.records[place - 1] if 0 < place < len(slugs) else None,
        following=page.records[place + 1] if place + 1 < len(slugs) else None,
        number_in_text=page.total,
    )

"""Proposal routes, for curators with an API key."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response
from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter

from app import models as m
from app.api.auth import AUTH_PROBLEMS, CurrentCurator, current_curator
from app.api.deps import LiveServiceDep, takes_no_parameters
from app.api.preconditions import (
    CONDITIONED,
    IdempotencyKey,
    IfMatch,
    proposal_tag,
    required_version,
)
from app.api.problems import FieldProblem
from app.api.query_parameters import reject_repeated_parameters
from app.api.read_responses import private_response
from app.api.schemas import envelope
from app.api.strict_json import StrictJsonRoute
from app.api.write_responses import WriteResult, write_response
from app.domain.curation import TRANSITIONS, Action, ProposalAction, State
from app.domain.errors import ErrorDetail, NotFoundError, ParameterError
from app.kit import cursor as cursors
from app.kit.query_types import NO_NUL, CommaSeparated, Cursor, Text, clean_text
from app.kit.sessions import ReadSession, WriteSession
from app.resources import RESOURCES
from app.resources.base import LazyModel
from app.services.curation import proposals, review

Number = Annotated[int, Path(description="The proposal's number.", ge=1, le=2**31 - 1)]


class FieldDifference(LazyModel):
    """One field, before and after."""

    field: str = Field(description="The field.")
    before: Any = Field(description="What it held; null where the record is new.")
    after: Any = Field(description="What it holds then; null where the record is withdrawn.")


class ChangeInShort(LazyModel):
    """What a proposal does to one record, in short."""

    collection: str = Field(description="The record's collection.")
    slug: str = Field(description="The record's slug.")
    action: Action = Field(description="create, change or withdraw.")
    why: str = Field(description="The reason its author gave.")


class ProposedChange(ChangeInShort):
    """What a proposal does to one record."""

    successor: str | None = Field(description="Of a withdrawal: what stands in its place.")
    base_revision: int | None = Field(
        description="The revision of the record that its author saw; null of a new record."
    )
    stale: bool = Field(description="Whether the record has moved on since; it cannot be accepted.")
    draft: dict[str, Any] | None = Field(description="The record as it shall be.")
    diff: list[FieldDifference] = Field(
        description="Field by field, against the record as it stands."
    )


class Event(LazyModel):
    """What somebody did with a proposal, or said of it."""

    at: str = Field(description="When, in UTC.")
    who: str = Field(description="The curator.")
    move: ProposalAction = Field(description="write, submit, return, accept, reject or comment.")
    text: str | None = Field(description="What was said.")


class ProposalInShort(LazyModel):
    """One proposal, in short."""

    id: int = Field(description="Its number.")
    author: str = Field(description="The curator who wrote it.")
    state: State = Field(description="draft, proposed, accepted or rejected.")
    version: int = Field(description="Moves with each thing done to it; the ETag holds it.")
    created_at: str = Field(description="When it was begun, in UTC.")
    changed_at: str = Field(description="When something was last done to it, in UTC.")
    problems: list[FieldProblem] = Field(
        description="The rules that it broke when it was last written; a draft alone may have some."
    )
    revision: int | None = Field(description="The revision that it became, once accepted.")
    changes: list[ChangeInShort] = Field(description="What it does, record by record.")


class Proposal(ProposalInShort):
    """One proposal, whole."""

    changes: list[ProposedChange] = Field(  # type: ignore[assignment]
        description="What it does, record by record; it stands or falls as one."
    )
    events: list[Event] = Field(description="What was done with it, and said of it, in order.")


class ProposalAnswer(LazyModel):
    """An answer about one proposal."""

    data: Proposal = Field(description="The proposal.")
    meta: envelope.Meta = Field(description="Release, licence, citation, filters.")


class ProposalPage(LazyModel):
    """An answer of `/v1/proposals`."""

    data: list[ProposalInShort] = Field(description="The proposals, newest first.")
    page: envelope.NextPage = Field(description="Where the next page begins.")
    meta: envelope.Meta = Field(description="Release, licence, citation, filters.")


class ProposalQuery(LazyModel):
    """How the list of proposals is narrowed."""

    model_config = ConfigDict(extra="forbid")

    state: Annotated[list[State], CommaSeparated, Field(max_length=4)] = Field(
        [], description="draft, proposed, accepted, rejected; any of them."
    )
    author: Text | None = Field(None, description="The curator who wrote it.")
    collection: Text | None = Field(None, description="With a change of this collection.")
    slug: Text | None = Field(None, description="With a change of a record of this slug.")
    limit: int = Field(50, ge=1, le=200, description="Proposals per page.")
    cursor: Cursor | None = Field(None, description="Where the last page ended: `page.next`.")


class ActionComment(LazyModel):
    """What is said with a move."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    text: Annotated[
        str,
        Field(min_length=1, max_length=10_000, json_schema_extra=NO_NUL),
        AfterValidator(clean_text),
    ] = Field(description="Your words, for the author and for other reviewers.")


SUMMARIES = {
    ProposalAction.SUBMIT: "Submit a draft of yours",
    ProposalAction.RETURN: "Return a proposal to its author, as a draft",
    ProposalAction.ACCEPT: "Accept another curator's proposal: it becomes public",
    ProposalAction.REJECT: "Reject a proposal, or take back your own",
    ProposalAction.COMMENT: "Say something of a proposal",
}


def build_router() -> APIRouter:
    router = APIRouter(
        prefix="/v1/proposals",
        tags=["curation"],
        responses=envelope.PROBLEM_RESPONSES | AUTH_PROBLEMS,
        route_class=StrictJsonRoute,
        dependencies=[Depends(reject_repeated_parameters)],
    )

    @router.get(
        "",
        operation_id="list_proposals",
        summary="Proposals, newest first",
        response_model=ProposalPage,
        dependencies=[Depends(current_curator)],
    )
    def list_proposals(
        service: LiveServiceDep, query: Annotated[ProposalQuery, Query()]
    ) -> Response:
        with service.store.read() as session:
            body, filters = _page(session, query), envelope.applied_parameters(query)
            return private_response(session, body, filters=filters)

    @router.get(
        "/{number}",
        operation_id="read_proposal",
        summary="One proposal, with its diff and what was said of it",
        response_model=ProposalAnswer,
        dependencies=[Depends(current_curator), Depends(takes_no_parameters)],
    )
    def read_proposal(service: LiveServiceDep, number: Number) -> Response:
        with service.store.read() as session:
            proposal = review.proposal_detail(session, number)
            headers = {"ETag": proposal_tag(number, proposal["version"])}
            return private_response(session, {"data": proposal}, headers=headers)

    for what in SUMMARIES:
        _add_move(router, what)
    return router


def _page(session: ReadSession, query: ProposalQuery) -> dict[str, Any]:
    if query.collection is not None and query.collection not in RESOURCES:
        message = f"collection: {query.collection!r} is none. There are: {', '.join(RESOURCES)}."
        raise NotFoundError(message, [ErrorDetail("query", "collection", message)])
    where = review.proposals_about(query.collection, query.slug)
    if query.state:
        where.append(m.Proposal.state.in_(query.state))
    if query.author is not None:
        where.append(m.Proposal.author == query.author)
    mark = cursors.fingerprint("proposals", sorted(envelope.applied_parameters(query).items()))
    before = None
    if query.cursor is not None:
        (before,) = cursors.decode(query.cursor, mark, [TypeAdapter(int)])
    rows = review.list_proposals(session, where, query.limit + 1, int(before) if before else None)
    has_more, rows = len(rows) > query.limit, rows[: query.limit]
    following = cursors.encode([rows[-1]["id"]], mark) if has_more else None
    return {"data": rows, "page": {"limit": query.limit, "next": following}}


def _add_move(router: APIRouter, action: ProposalAction) -> None:
    rule = TRANSITIONS[action]

    def make_move(
        request: Request,
        service: LiveServiceDep,
        curator: CurrentCurator,
        number: Number,
        body: ActionComment | None = None,
        if_match: IfMatch = None,
        retry: IdempotencyKey = None,
    ) -> Response:
        def act(session: WriteSession) -> WriteResult:
            if body is None and rule.needs_text:
                message = f'text: say why, to {action.value}: {{"text": "…"}}.'
                raise ParameterError(ErrorDetail("body", "text", message))
            version = None if rule.to_state is None else required_version(if_match, number)
            proposals.perform_action(
                session, curator, number, action, body.text if body else None, version
            )
            return _moved(session, number)

        payload = body.model_dump() if body else None
        return write_response(request, service, curator, retry, payload, act)

    router.add_api_route(
        f"/{{number}}/{action.value}",
        make_move,
        methods=["POST"],
        operation_id=f"{action.value}_proposal",
        summary=SUMMARIES[action],
        response_model=ProposalAnswer,
        dependencies=[Depends(takes_no_parameters)],
        openapi_extra={"requestBody": {"required": rule.needs_text}},
        responses={
            409: envelope.documented_problem(
                "Its state does not allow that, or its records have moved."
            ),
            **envelope.BODY_PROBLEMS,
            507: envelope.documented_problem("The store has no room left; nothing was written."),
            **(CONDITIONED if rule.to_state else {}),
        },
    )


def _moved(session: WriteSession, number: int) -> WriteResult:
    proposal = review.proposal_detail(session, number)
    return WriteResult(proposal, headers={"ETag": proposal_tag(number, proposal["version"])})

"""Proposal routes, for curators with an API key."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response
from pydantic import Field, TypeAdapter

from app import models as m
from app.api.auth import current_curator, requires_scope
from app.api.deps import LiveServiceDep
from app.api.documented_responses import (
    AUTH_PROBLEMS,
    CONFLICT,
    PRECONDITION_PROBLEMS,
    documented_headers,
)
from app.api.preconditions import (
    IdempotencyKey,
    IfMatch,
    proposal_tag,
    required_version,
)
from app.api.read_responses import private_response
from app.api.routers import api_router
from app.api.schemas import envelope
from app.api.schemas.proposals import ActionComment, ProposalPage, ProposalResponse
from app.api.write_transaction import WriteResult, run_write_transaction
from app.domain.curation import TRANSITIONS, ProposalAction, Scope, State, Transition
from app.domain.errors import ErrorDetail, ParameterError
from app.kit import cursor as cursors
from app.kit.query_types import CommaSeparated, Cursor, QueryModel, Text
from app.kit.sessions import ReadSession, WriteSession
from app.resources import Collection
from app.services.curation import proposal_queries, proposals
from app.services.curation.api_keys import Curator

Number = Annotated[int, Path(description="Id of the proposal.", ge=1, le=2**31 - 1)]


class ProposalQuery(QueryModel):
    """Query parameters of `/v1/proposals`."""

    state: Annotated[list[State], CommaSeparated, Field(max_length=4)] = Field(
        [], description="States: draft, proposed, accepted, rejected (any match)."
    )
    author: Text | None = Field(None, description="Curator who created the proposal.")
    collection: Collection | None = Field(None, description="Collection of any changed record.")
    slug: Text | None = Field(None, description="Slug of any changed record.")
    limit: int = Field(50, ge=1, le=200, description="Maximum number of proposals per page.")
    cursor: Cursor | None = Field(
        None, description="Cursor of the page: `page.next` of the previous response."
    )


SUMMARIES = {
    ProposalAction.SUBMIT: "Submit a draft proposal of yours",
    ProposalAction.RETURN: "Return a proposal to its author as a draft",
    ProposalAction.ACCEPT: "Accept another curator's proposal and publish its changes",
    ProposalAction.REJECT: "Reject a proposal, or withdraw your own",
    ProposalAction.COMMENT: "Comment on a proposal",
}


def build_router() -> APIRouter:
    """Build the router of `/v1/proposals`."""
    router = api_router("/v1/proposals", tag="curation", responses=AUTH_PROBLEMS)

    @router.get(
        "",
        operation_id="list_proposals",
        summary="List proposals, newest first",
        description="Proposals of all curators, without their changes; filters combine.",
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
        operation_id="get_proposal",
        summary="Get a proposal with its differences and comments",
        description="The ETag of the response is what `If-Match` of an action on it takes.",
        response_model=ProposalResponse,
        responses={200: {"headers": documented_headers("ETag")}},
        dependencies=[Depends(current_curator)],
    )
    def get_proposal(service: LiveServiceDep, number: Number) -> Response:
        with service.store.read() as session:
            proposal = proposal_queries.proposal_detail(session, number)
            headers = {"ETag": proposal_tag(number, proposal["version"])}
            return private_response(session, {"data": proposal}, headers=headers)

    for what in SUMMARIES:
        _add_move(router, what)
    return router


def _page(session: ReadSession, query: ProposalQuery) -> dict[str, Any]:
    where = proposal_queries.proposals_about(query.collection, query.slug)
    if query.state:
        where.append(m.Proposal.state.in_(query.state))
    if query.author is not None:
        where.append(m.Proposal.author == query.author)
    mark = cursors.fingerprint("proposals", sorted(envelope.applied_parameters(query).items()))
    before = None
    if query.cursor is not None:
        (before,) = cursors.decode(query.cursor, mark, [TypeAdapter(int)])
    rows = proposal_queries.list_proposals(
        session, where, query.limit + 1, int(before) if before else None
    )
    has_more, rows = len(rows) > query.limit, rows[: query.limit]
    following = cursors.encode([rows[-1]["id"]], mark) if has_more else None
    return {"data": rows, "page": {"limit": query.limit, "next": following}}


def _permitted_curator(action: ProposalAction) -> Callable[..., Curator]:
    """Build a dependency that returns the curator who may perform an action, or raises a 403."""
    rule = TRANSITIONS[action]
    with_scope = requires_scope(*(rule.own_scopes | rule.other_scopes))

    def permitted(
        service: LiveServiceDep, curator: Annotated[Curator, Depends(with_scope)], number: Number
    ) -> Curator:
        with service.store.read() as session:
            proposals.require_permission_for(session, curator, number, action)
        return curator

    return permitted


def _add_move(router: APIRouter, action: ProposalAction) -> None:
    rule = TRANSITIONS[action]

    def make_move(
        request: Request,
        service: LiveServiceDep,
        curator: Curator,
        number: Number,
        body: ActionComment | None = None,
        if_match: IfMatch = None,
        retry: IdempotencyKey = None,
    ) -> Response:
        def act(session: WriteSession) -> WriteResult:
            if body is None and rule.needs_text:
                message = f'text: required to {action.value} a proposal: {{"text": "…"}}.'
                raise ParameterError(ErrorDetail("body", "text", message))
            version = None if rule.to_state is None else required_version(if_match, number)
            proposals.perform_action(
                session, curator, number, action, body.text if body else None, version
            )
            return _moved(session, number)

        payload = body.model_dump() if body else None
        return run_write_transaction(request, service, curator, retry, payload, act)

    permitted = Annotated[Curator, Depends(_permitted_curator(action))]
    make_move.__annotations__["curator"] = permitted
    router.add_api_route(
        f"/{{number}}/{action.value}",
        make_move,
        methods=["POST"],
        operation_id="comment_on_proposal"
        if action is ProposalAction.COMMENT
        else f"{action.value}_proposal",
        summary=SUMMARIES[action],
        description=_conditions(rule),
        response_model=ProposalResponse,
        openapi_extra={"requestBody": {"required": rule.needs_text}},
        responses={
            200: {"headers": documented_headers("ETag")},
            **CONFLICT,
            **(PRECONDITION_PROBLEMS if rule.to_state else {}),
        },
    )


def _conditions(rule: Transition) -> str:
    """Describe the states and scopes that an action needs."""
    states = " or ".join(sorted(rule.from_states))
    needs_text = " The body states the reason in `text`." if rule.needs_text else ""
    return (
        f"For a proposal that is {states}. Scope for a proposal of yours:"
        f" {_scopes(rule.own_scopes)}; for that of another curator: {_scopes(rule.other_scopes)}."
        f"{needs_text}"
    )


def _scopes(scopes: frozenset[Scope]) -> str:
    return " or ".join(f"`{scope}`" for scope in sorted(scopes)) or "not possible"


def _moved(session: WriteSession, number: int) -> WriteResult:
    proposal = proposal_queries.proposal_detail(session, number)
    return WriteResult(proposal, headers={"ETag": proposal_tag(number, proposal["version"])})

"""POST, PATCH and DELETE routes of curated collections; each creates a proposal.

`app.api.write_transaction` opens and commits the transaction, and
`app.services.curation.proposals.write_proposal` writes the proposal in it. The record itself is
written when another curator accepts (`POST /v1/proposals/{number}/accept`, `perform_action`):
`app.services.records.commit.commit_edits` writes it by `RecordWriter`, with verdicts and revision.
"""

import re
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import AfterValidator, ConfigDict, Field, ValidationError

from app.api.auth import requires_scope
from app.api.deps import LiveServiceDep, ServiceContext
from app.api.documented_responses import (
    AUTH_PROBLEMS,
    CONFLICT,
    GONE,
    PRECONDITION_PROBLEMS,
    Responses,
)
from app.api.preconditions import (
    IdempotencyKey,
    IfMatch,
    proposal_tag,
    require_current_record,
)
from app.api.read_responses import not_found_error
from app.api.request_body import body_annotation
from app.api.routers import api_router
from app.api.schemas.proposals import ProposalResponse
from app.api.write_transaction import WriteResult, run_write_transaction
from app.domain import identifiers
from app.domain.curation import TRANSITIONS, Action, ProposalAction
from app.domain.errors import ErrorDetail, ParameterError
from app.domain.invisible_characters import require_one_line
from app.kit.query_types import NO_NUL, clean_text
from app.kit.registry import ResourceRegistry
from app.kit.resource import Resource
from app.kit.sessions import WriteSession
from app.resources.base import LazyModel
from app.services.curation import proposal_queries, proposals
from app.services.curation.api_keys import Curator
from app.services.curation.proposals import RequestedChange
from app.services.records.commit import revision_of
from app.services.records.input_models import RecordInput, full_dict, input_model, patch_model
from app.services.records.lookup import changed_revision, record_inputs

Why = Annotated[
    str,
    Field(min_length=1, max_length=2000, json_schema_extra=NO_NUL),
    AfterValidator(require_one_line),
]


class ProposedEdit(LazyModel):
    """Query parameters of every proposed edit."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    why: Why = Field(
        description="Reason for the change, shown to reviewers and kept in the history."
    )
    draft: bool = Field(
        False,
        description="Whether to save the proposal as a draft, with validation errors reported"
        " under `problems`; otherwise it is submitted immediately and must be valid.",
    )
    proposal: int | None = Field(
        None,
        ge=1,
        le=2**31 - 1,
        description="Number of a draft proposal of yours to add this change to; all its changes"
        " are accepted or rejected together.",
    )


class ProposedWithdrawal(ProposedEdit):
    """Query parameters of a proposed withdrawal."""

    successor: Annotated[str, Field(max_length=200), AfterValidator(clean_text)] | None = Field(
        None, description="Slug of the successor record in the same collection."
    )


WRITE_SCOPES = TRANSITIONS[ProposalAction.WRITE].own_scopes


def _current_author(
    request: Request,
    service: LiveServiceDep,
    curator: Annotated[
        Curator, Depends(requires_scope(*TRANSITIONS[ProposalAction.WRITE].own_scopes))
    ],
) -> Curator:
    """Return the curator, or raise a 403 if they may not write, or not to the draft proposal."""
    number = request.query_params.get("proposal", "")
    if re.fullmatch("[0-9]{1,9}", number):
        with service.store.read() as session:
            proposals.require_permission_for(session, curator, int(number), ProposalAction.WRITE)
    return curator


CurrentAuthor = Annotated[Curator, Depends(_current_author)]
RESPONSES: Responses = {
    202: {
        "model": ProposalResponse,
        "description": "Proposal created; published data are unchanged.",
    },
    **CONFLICT,
    **AUTH_PROBLEMS,
}
EXISTING = RESPONSES | PRECONDITION_PROBLEMS | GONE


def build_router(catalogue: ResourceRegistry) -> APIRouter:
    """Build the router of proposed edits of records."""
    router = api_router()
    for resource in catalogue.values():
        if not resource.derived:
            _add_create(router, resource)
            _add_change(router, resource)
            _add_withdraw(router, resource)
    return router


def _add_create(router: APIRouter, resource: Resource) -> None:
    def propose_record(
        request: Request,
        service: LiveServiceDep,
        curator: CurrentAuthor,
        query: Annotated[ProposedEdit, Query()],
        body: Any,
        retry: IdempotencyKey = None,
    ) -> Response:
        def act(session: WriteSession) -> WriteResult:
            change = RequestedChange(Action.CREATE, resource, body.slug, query.why, body)
            return _propose(session, curator, change, query)

        return run_write_transaction(request, service, curator, retry, full_dict(body), act)

    propose_record.__annotations__["body"] = body_annotation(partial(input_model, resource))
    router.add_api_route(
        f"/{resource.name}",
        propose_record,
        methods=["POST"],
        status_code=202,
        operation_id=f"propose_{resource.record_type}",
        summary=f"Propose a new {resource.record_type} record",
        description="The request body is the record as described in docs/dataset.md, with"
        " references to other records given as slugs.",
        tags=[resource.name, "curation"],
        responses=RESPONSES,
    )


def _add_change(router: APIRouter, resource: Resource) -> None:
    def propose_change(
        request: Request,
        service: LiveServiceDep,
        curator: CurrentAuthor,
        slug: str,
        query: Annotated[ProposedEdit, Query()],
        body: Any,
        if_match: IfMatch = None,
        retry: IdempotencyKey = None,
    ) -> Response:
        sent = body.model_dump(mode="json", by_alias=True, exclude_unset=True)

        def act(session: WriteSession) -> WriteResult:
            base, current = _current_input(session, service, resource, slug, if_match)
            begun = proposals.pending_input(session, query.proposal, resource, slug, base)
            draft = _apply_patch(resource, begun or current, sent)
            if full_dict(draft) == full_dict(current):
                message = (
                    f"The patch changes nothing: {resource.name}/{slug} already has these values."
                )
                raise ParameterError(ErrorDetail("body", "body", message))
            change = RequestedChange(Action.CHANGE, resource, slug, query.why, draft, base)
            return _propose(session, curator, change, query)

        return run_write_transaction(request, service, curator, retry, sent, act)

    propose_change.__annotations__ |= {
        "slug": _slug_of(resource),
        "body": body_annotation(partial(patch_model, resource)),
    }
    router.add_api_route(
        f"/{resource.name}/{{slug}}",
        propose_change,
        methods=["PATCH"],
        status_code=202,
        operation_id=f"propose_{resource.record_type}_update",
        summary=f"Propose an update of one {resource.record_type} record",
        description="The request body is a JSON merge patch (RFC 7396): only changed fields; null"
        " removes a value; lists are replaced as a whole. With `proposal`, the patch"
        " applies to the record as changed by that draft.",
        tags=[resource.name, "curation"],
        responses=EXISTING,
    )


def _add_withdraw(router: APIRouter, resource: Resource) -> None:
    def propose_withdrawal(
        request: Request,
        service: LiveServiceDep,
        curator: CurrentAuthor,
        slug: str,
        query: Annotated[ProposedWithdrawal, Query()],
        if_match: IfMatch = None,
        retry: IdempotencyKey = None,
    ) -> Response:
        def act(session: WriteSession) -> WriteResult:
            base, _ = _current_input(session, service, resource, slug, if_match)
            change = RequestedChange(
                Action.WITHDRAW, resource, slug, query.why, None, base, query.successor or None
            )
            return _propose(session, curator, change, query)

        return run_write_transaction(request, service, curator, retry, None, act)

    propose_withdrawal.__annotations__["slug"] = _slug_of(resource)
    router.add_api_route(
        f"/{resource.name}/{{slug}}",
        propose_withdrawal,
        methods=["DELETE"],
        status_code=202,
        operation_id=f"propose_{resource.record_type}_withdrawal",
        summary=f"Propose the withdrawal of one {resource.record_type} record",
        description="After acceptance, the slug permanently returns 410 with its successor.",
        tags=[resource.name, "curation"],
        responses=EXISTING,
    )


def _slug_of(resource: Resource) -> Any:
    described = "Slug of the record."
    return Annotated[str, Path(description=described, max_length=400)]


def _current_input(
    session: WriteSession,
    service: ServiceContext,
    resource: Resource,
    slug: str,
    if_match: str | None,
) -> tuple[int, RecordInput]:
    """Return the current record and its revision; raise a 412 if the client saw another one."""
    known = identifiers.SLUG.fullmatch(slug) and len(slug) <= 200
    changed = changed_revision(session, resource, slug) if known else None
    if changed is None:
        raise not_found_error(session, service, resource, slug)
    require_current_record(if_match, changed, revision_of(session))
    return changed, record_inputs(session, resource, [slug])[slug]


def _apply_patch(resource: Resource, current: RecordInput, sent: dict[str, Any]) -> RecordInput:
    unchanged = {name: value for name, value in full_dict(current).items() if name not in sent}
    merged = unchanged | {name: value for name, value in sent.items() if value is not None}
    try:
        return input_model(resource).model_validate(merged)
    except ValidationError as error:
        errors = [{**detail, "loc": ("body", *detail["loc"])} for detail in error.errors()]
        raise RequestValidationError(errors) from error


def _propose(
    session: WriteSession,
    curator: Curator,
    change: RequestedChange,
    query: ProposedEdit,
) -> WriteResult:
    key = proposals.write_proposal(session, curator, change, query.proposal, submit=not query.draft)
    proposal = proposal_queries.proposal_detail(session, key)
    headers = {
        "Location": f"/v1/proposals/{key}",
        "ETag": proposal_tag(key, proposal["version"]),
    }
    return WriteResult(proposal, 202, headers)

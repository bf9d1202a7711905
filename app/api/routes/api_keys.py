"""API key routes: list and revoke keys; keys are created by the command line only."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import Response
from pydantic import Field

from app.api.auth import AUTH_PROBLEMS, requires_scope
from app.api.deps import LiveServiceDep, takes_no_parameters
from app.api.preconditions import IdempotencyKey
from app.api.read_responses import private_response
from app.api.schemas import envelope
from app.api.write_responses import WriteResult, write_response
from app.domain.curation import Scope
from app.domain.errors import NotFoundError
from app.kit.sessions import WriteSession
from app.resources.base import LazyModel
from app.services.curation import api_keys
from app.services.curation.api_keys import Curator

CurrentAdmin = Annotated[Curator, Depends(requires_scope(Scope.ADMIN))]


class Key(LazyModel):
    """What is known of a key; the key itself is shown once, when it is made."""

    id: int = Field(description="Its number.")
    name: str = Field(description="The curator who holds it.")
    hint: str = Field(description="How it begins.")
    scopes: list[Scope] = Field(description="propose, review, publish, admin.")
    created_at: str = Field(description="When it was made, in UTC.")
    expires_at: str = Field(description="When it ends by itself, in UTC.")
    revoked_at: str | None = Field(description="When it was revoked, in UTC.")
    state: str = Field(description="valid, expired or revoked.")


class KeysAnswer(LazyModel):
    """An answer about keys."""

    data: list[Key] = Field(description="Every key that was ever made, oldest first.")
    meta: envelope.Meta = Field(description="Release, licence, citation, filters.")


class KeyAnswer(LazyModel):
    """An answer about one key."""

    data: Key = Field(description="The key.")
    meta: envelope.Meta = Field(description="Release, licence, citation, filters.")


def build_router() -> APIRouter:
    router = APIRouter(
        prefix="/v1/keys",
        tags=["curation"],
        responses=envelope.PROBLEM_RESPONSES | AUTH_PROBLEMS,
        dependencies=[Depends(takes_no_parameters)],
    )

    @router.get("", operation_id="list_keys", summary="Every key", response_model=KeysAnswer)
    def list_keys(service: LiveServiceDep, _: CurrentAdmin) -> Response:
        with service.store.read() as session:
            return private_response(session, {"data": api_keys.list_keys(session)})

    @router.delete(
        "/{number}",
        operation_id="revoke_key",
        summary="Revoke a key, at once",
        response_model=KeyAnswer,
        responses={
            507: envelope.documented_problem("The store has no room left; nothing was written.")
        },
    )
    def revoke_key(
        request: Request,
        service: LiveServiceDep,
        admin: CurrentAdmin,
        number: Annotated[int, Path(description="The key's number.", ge=1, le=2**31 - 1)],
        retry: IdempotencyKey = None,
    ) -> Response:
        def act(session: WriteSession) -> WriteResult:
            if not api_keys.revoke_key(session, number):
                raise NotFoundError(f"There is no key {number}. /v1/keys lists them.")
            return WriteResult(
                next(key for key in api_keys.list_keys(session) if key["id"] == number)
            )

        return write_response(request, service, admin, retry, None, act)

    return router

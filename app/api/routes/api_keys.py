"""API key routes: list and revoke keys; keys are created by the command line only."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import Response

from app.api.auth import requires_scope
from app.api.deps import LiveServiceDep
from app.api.documented_responses import AUTH_PROBLEMS
from app.api.preconditions import IdempotencyKey
from app.api.read_responses import private_response
from app.api.routers import api_router
from app.api.schemas.api_keys import ApiKeyListResponse, ApiKeyResponse
from app.api.write_transaction import WriteResult, run_write_transaction
from app.domain.curation import Scope
from app.domain.errors import NotFoundError
from app.kit.sessions import WriteSession
from app.services.curation import api_keys
from app.services.curation.api_keys import Curator

CurrentAdmin = Annotated[Curator, Depends(requires_scope(Scope.ADMIN))]


def build_router() -> APIRouter:
    """Build the router of `/v1/keys`."""
    router = api_router("/v1/keys", tag="curation", responses=AUTH_PROBLEMS)

    @router.get(
        "",
        operation_id="list_api_keys",
        summary="List API keys",
        description="Owner, scopes and dates of each key; its secret is never shown again.",
        response_model=ApiKeyListResponse,
    )
    def list_api_keys(service: LiveServiceDep, _: CurrentAdmin) -> Response:
        with service.store.read() as session:
            return private_response(session, {"data": api_keys.list_keys(session)})

    @router.delete(
        "/{number}",
        operation_id="revoke_api_key",
        summary="Revoke an API key",
        description="The key is refused from now on; its proposals and history stay.",
        response_model=ApiKeyResponse,
    )
    def revoke_api_key(
        request: Request,
        service: LiveServiceDep,
        admin: CurrentAdmin,
        number: Annotated[int, Path(description="Id of the API key.", ge=1, le=2**31 - 1)],
        retry: IdempotencyKey = None,
    ) -> Response:
        def act(session: WriteSession) -> WriteResult:
            if not api_keys.revoke_key(session, number):
                raise NotFoundError(f"No API key {number}. /v1/keys lists all keys.")
            return WriteResult(
                next(key for key in api_keys.list_keys(session) if key["id"] == number)
            )

        return run_write_transaction(request, service, admin, retry, None, act)

    return router

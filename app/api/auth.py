"""API key authentication: dependencies that turn `Authorization: Bearer kkb_…` into a curator."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from app.api.deps import LiveServiceDep
from app.api.schemas import envelope
from app.domain.curation import Scope
from app.domain.errors import UnauthorizedError
from app.services.curation import api_keys, proposals
from app.services.curation.api_keys import Curator

BEARER = HTTPBearer(
    auto_error=False,
    scheme_name="key",
    description="An API key, as `kkb key create` shows it once.",
)
AUTH_PROBLEMS: dict[int | str, dict[str, Any]] = {
    401: envelope.documented_problem("Valid API key required: the key is missing or invalid."),
    403: envelope.documented_problem(
        "Forbidden: the API key lacks the scope named in the response."
    ),
}


def current_curator(
    service: LiveServiceDep,
    sent: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)],
) -> Curator:
    """The holder of the key that was sent; a 401 that tells nothing more where there is none."""
    with service.store.read() as session:
        curator_ = api_keys.authenticate(session, sent.credentials if sent else "")
    if curator_ is None:
        raise UnauthorizedError
    return curator_


CurrentCurator = Annotated[Curator, Depends(current_curator)]


def requires_scope(scope: Scope) -> Callable[[Curator], Curator]:
    """The holder of a key with a scope; a 403 that names the scope else."""

    def check(curator_: CurrentCurator) -> Curator:
        proposals.require_scope(curator_, frozenset({scope}))
        return curator_

    return check

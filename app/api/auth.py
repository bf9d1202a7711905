"""Authorising: who sends this, by the key in `Authorization: Bearer kkb_…`."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from app.api.deps import LiveService
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
LOCKED: dict[int | str, dict[str, Any]] = {
    401: envelope.problem("No key, or none that holds."),
    403: envelope.problem("The key holds, but does not allow this; says which scope is missing."),
}


def curator(
    service: LiveService,
    sent: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)],
) -> Curator:
    """The holder of the key that was sent; a 401 that tells nothing more where there is none."""
    with service.store.read() as session:
        found = api_keys.authenticate(session, sent.credentials if sent else "")
    if found is None:
        raise UnauthorizedError
    return found


TheCurator = Annotated[Curator, Depends(curator)]


def needs(scope: Scope) -> Callable[[Curator], Curator]:
    """The holder of a key with a scope; a 403 that names the scope else."""

    def check(found: TheCurator) -> Curator:
        proposals.require_scope(found, frozenset({scope}))
        return found

    return check

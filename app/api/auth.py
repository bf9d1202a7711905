"""API key authentication: dependencies that turn `Authorization: Bearer kkb_…` into a curator."""

import logging
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from app.api.deps import LiveServiceDep
from app.api.logs import KEY_ID_KEY
from app.api.route_info import dependencies
from app.domain.curation import Scope
from app.domain.errors import UnauthorizedError
from app.kit.connection_shares import ReadKind
from app.services.curation import api_keys, proposals
from app.services.curation.api_keys import Curator

log = logging.getLogger("kkb")
BEARER = HTTPBearer(
    auto_error=False,
    scheme_name="key",
    description="An API key, as `kkb key create` shows it once.",
)


def current_curator(
    request: Request,
    service: LiveServiceDep,
    sent: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)],
) -> Curator:
    """Return the curator whose API key was sent; raise a 401 if the key is missing or invalid."""
    token = sent.credentials if sent else ""
    with service.store.read(ReadKind.SHORT) as session:
        curator_ = api_keys.authenticate(session, token)
    if isinstance(curator_, api_keys.Rejection):
        _report_failed_login(request, curator_)
        raise UnauthorizedError
    request.scope[KEY_ID_KEY] = curator_.key_id
    request.app.state.rate_limiter.remember_key(token)
    return curator_


def _report_failed_login(request: Request, rejection: api_keys.Rejection) -> None:
    state, route = request.app.state, request.scope["route"]
    state.metrics.failed_logins.labels(rejection.reason).inc()
    fields = {
        "method": request.method,
        "route": route.path,
        "client": state.access_log.address(request.client.host if request.client else None),
        "key_id": rejection.key_id,
    }
    log.warning("login failed: %s API key", rejection.reason, extra={"fields": fields})


CurrentCurator = Annotated[Curator, Depends(current_curator)]


def writes_with_key(route: Any) -> bool:
    """Return whether a route writes, for which it needs a key.

    Such a route answers a request without the key or its scope before it looks at anything else.
    """
    return not {"GET", "HEAD"} & set(route.methods or ()) and current_curator in dependencies(route)


def requires_scope(*scopes: Scope) -> Callable[[Curator], Curator]:
    """Build a dependency that returns the curator, or raises a 403 if the key has none of them."""

    def check(curator_: CurrentCurator) -> Curator:
        proposals.require_scope(curator_, frozenset(scopes))
        return curator_

    return check

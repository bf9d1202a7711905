"""Middleware for `release` and `as_of`: serve a read from a published release.

The parameters are removed from the query string before routing, so query models do not declare
them. Routes that read through `deps.current_service` accept them (GET, or marked by
`deps.read_only_post`); all others respond with 422.
"""

from typing import Any
from urllib.parse import parse_qsl

from starlette.types import ASGIApp, Receive, Scope, Send

from app.api.auth import writes_with_key
from app.api.deps import RELEASE_PARAMETERS, RELEASE_SCOPE_KEY, supports_release
from app.api.middleware import send_problem
from app.api.route_info import path_of, routes_at
from app.domain.errors import ErrorDetail, ParameterError

_WORDS = tuple(name.encode() for name in RELEASE_PARAMETERS)
PARAMETERS: list[dict[str, Any]] = [
    {
        "name": "release",
        "in": "query",
        "required": False,
        "description": "Release to read from; releases are immutable and listed at /v1/releases.",
        "schema": {"type": "string", "maxLength": 40, "pattern": r"^[0-9]+(\.[0-9]+)*$"},
    },
    {
        "name": "as_of",
        "in": "query",
        "required": False,
        "description": "Read from the newest release on or before this date; not together"
        " with `release`.",
        "schema": {"type": "string", "format": "date"},
    },
]


class ReleaseParameterMiddleware:
    """Remove the release parameters from the query string; the innermost middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Move release parameters from the query string to the scope, and run the application."""
        if scope["type"] == "http" and any(word in scope["query_string"] for word in _WORDS):
            parts = scope["query_string"].split(b"&")
            release_params = [
                pair for part in parts for pair in _pairs(part) if pair[0] in RELEASE_PARAMETERS
            ]
            route = _route(scope) if release_params else None
            if route is not None and not supports_release(route):
                if not writes_with_key(route):  # those refuse it after they have checked the key
                    error = ParameterError(_unsupported_error(*release_params[0]))
                    await send_problem(scope, send, error)
                    return
            elif route is not None:
                scope[RELEASE_SCOPE_KEY] = release_params
                rest = [part for part in parts if not _names_release(part)]
                scope["query_string"] = b"&".join(rest)
        await self.app(scope, receive, send)


def _pairs(part: bytes) -> list[tuple[str, str]]:
    return parse_qsl(part.decode("latin-1"), keep_blank_values=True)


def _names_release(part: bytes) -> bool:
    return any(name in RELEASE_PARAMETERS for name, _ in _pairs(part))


def _route(scope: Scope) -> Any:
    """Return the route that will answer, or None."""
    routes = routes_at(scope["app"], path_of(scope))
    return next((r for r in routes if r.methods is None or scope["method"] in r.methods), None)


def _unsupported_error(name: str, value: str) -> ErrorDetail:
    message = f"{name} is not supported here; only operations that read records accept it."
    return ErrorDetail("query", name, message, value=value[:120])

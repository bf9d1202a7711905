"""Strict JSON bodies: `APIRouter(route_class=StrictJsonRoute)`."""

import json
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request
from fastapi.responses import Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException


class StrictJsonRoute(APIRoute):
    """A route whose JSON body must not name a field twice in one object."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler, which parses the body strictly if the route has one."""
        handler = super().get_route_handler()
        if self.body_field is None:
            return handler

        async def strict_handler(request: Request) -> Response:
            return await handler(StrictJsonRequest(request.scope, request.receive))

        return strict_handler


class StrictJsonRequest(Request):
    """A request whose `json()` refuses an object that names a field twice."""

    async def json(self) -> Any:
        """Return the parsed body.

        Raises:
            HTTPException: 422 if an object has a repeated field.
        """
        if not hasattr(self, "_json"):
            self._json = json.loads(await self.body(), object_pairs_hook=_unique_names)
        return self._json


def _unique_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        names = [name for name, _ in pairs]
        repeated = next(name for name in names if names.count(name) > 1)
        raise HTTPException(422, f"The body names {repeated[:120]!r} twice: send it once.")
    return values

"""Routing: a request looks at the routes that begin as its address does, not at all of them.

Some hundred and fifty routes stand in one flat list: a router that is included in another has its
routes made twice, and tried twice at each request.
"""

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute
from starlette.types import Receive, Scope, Send

Begin = tuple[str, str]


def install(app: FastAPI, *routers: APIRouter) -> None:
    """Put the routers' routes on the application, in this order."""
    for router in routers:
        app.router.routes.extend(router.routes)
    app.router.middleware_stack = ByBegin(app.router)


class ByBegin:
    """Hands a request to a router of the few routes that may be meant; to the whole one else."""

    def __init__(self, whole: APIRouter) -> None:
        self.whole = whole
        begins = {_begin(route.path) for route in whole.routes if isinstance(route, APIRoute)}
        self.few = {begin: self._few(begin) for begin in begins if "{" not in "".join(begin)}

    def _few(self, begin: Begin) -> APIRouter:
        routes = [route for route in self.whole.routes if _may_begin(route, begin)]
        return APIRouter(routes=routes, redirect_slashes=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        router = self.whole
        if scope["type"] == "http":
            router = self.few.get(_begin(scope["path"]), self.whole)
        await router.app(scope, receive, send)


def _begin(path: str) -> Begin:
    """The first two words: of `/v1/claims.csv`, v1 and claims."""
    _, first, *more = path.split("/", 3)
    return first, more[0].partition(".")[0] if more else ""


def _may_begin(route: BaseRoute, begin: Begin) -> bool:
    if not isinstance(route, APIRoute):
        return True
    own = zip(_begin(route.path), begin, strict=True)
    return all("{" in word or word == asked for word, asked in own)

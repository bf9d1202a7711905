"""Routing: routes that are quick to make and quick to find.

Two hundred routes stand in one flat list, since a router that is included in another has its routes
made twice, and tried twice at each request. A request looks at those that begin as its address
does and are as long. The models of answers are for the document alone: nothing is made of them
until it is asked for.
"""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute
from starlette.types import Receive, Scope, Send

from app.api import reading

Begin = tuple[str, str, int]


class Served(APIRoute):
    """A route without the models of its answers, which half a second of a start would go into."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **given: Any) -> None:
        self.given = given
        said = {
            status: {name: part for name, part in answer.items() if name != "model"}
            for status, answer in (given.get("responses") or {}).items()
        }
        super().__init__(path, endpoint, **{**given, "responses": said})
        self.app = reading.short(self.dependant) or self.app

    def described(self) -> APIRoute:
        """The same route with them."""
        return APIRoute(self.path, self.endpoint, **self.given)


class Router(APIRouter):
    """Whose routes are such."""

    def __init__(self, **given: Any) -> None:
        super().__init__(route_class=Served, **given)


def described(routes: list[BaseRoute]) -> list[BaseRoute]:
    """The routes as the document tells of them."""
    return [route.described() if isinstance(route, Served) else route for route in routes]


def install(app: FastAPI, *routers: APIRouter) -> None:
    """Put the routers' routes on the application, in this order."""
    for router in routers:
        app.router.routes.extend(router.routes)
    app.router.middleware_stack = ByBegin(app.router)


class ByBegin:
    """Hands a request to a router of the few routes that may be meant; to the whole one else."""

    def __init__(self, whole: APIRouter) -> None:
        self.whole = whole
        known = [(r, _begin(r.path) if isinstance(r, APIRoute) else None) for r in whole.routes]
        plain = {begin for _, begin in known if begin and "{" not in begin[0] + begin[1]}
        self.few = {
            asked: APIRouter(
                routes=[route for route, begin in known if _may_mean(route, begin, asked)],
                redirect_slashes=False,
            )
            for asked in plain
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        router = self.whole
        if scope["type"] == "http":
            router = self.few.get(_begin(scope["path"]), self.whole)
        await router.app(scope, receive, send)


def _begin(path: str) -> Begin:
    """The first two words, and the number of words: of `/v1/claims.csv`, v1, claims and 2."""
    words = path.split("/")
    first, second = (*words[1:3], "", "")[:2]
    return first, second.partition(".")[0], len(words) - 1


def _may_mean(route: BaseRoute, begin: Begin | None, asked: Begin) -> bool:
    """Whether an address that begins so may be the route's."""
    if begin is None or not isinstance(route, APIRoute):
        return True
    for word, one in zip(begin[:2], asked, strict=False):
        if word != one and "{" not in word:
            return False
    return begin[2] == asked[2] or ":path}" in route.path

"""Routing: routes that are made when they are first asked, and quick to find.

Two hundred routes would take a third of a start, and most are asked later or never. A request looks
at those that begin as its address does and are as long; they are made for the first such
request. They stand in one flat list, since a router that is included in another has its routes
tried twice. The models of answers are for the document alone: it makes its routes with them.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.concurrency import run_in_threadpool
from fastapi.routing import APIRoute
from starlette._utils import get_route_path  # the path below what a proxy or a mount takes off
from starlette.routing import BaseRoute, Match, compile_path
from starlette.types import Receive, Scope, Send

from app.api import reading
from app.api.bodies import StrictRoute

Begin = tuple[str, str, int]
#: Made with the route: a parameter's annotation by its name, an answer's model by its status.
Late = Mapping[str | int, Callable[[], Any]]


class Served(BaseRoute):
    """A route that is made when it is first asked."""

    def __init__(self, path: str, methods: set[str], make: Callable[[bool], APIRoute]) -> None:
        self.path, self.methods, self._make = path, methods, make

    @cached_property
    def route(self) -> APIRoute:
        """The route, without the models of its answers."""
        made = self._make(False)
        short = reading.short(made.dependant)
        made.app = short or reading.Once(made.dependant, made.app)
        return made

    def described(self) -> APIRoute:
        """A route with them."""
        return self._make(True)

    @cached_property
    def path_regex(self) -> Any:
        return compile_path(self.path)[0]

    @property
    def dependant(self) -> Any:
        return self.route.dependant

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if not self.path_regex.match(get_route_path(scope)):
            return Match.NONE, {}
        return self.route.matches(scope)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.route.handle(scope, receive, send)


class Router(APIRouter):
    """Whose routes are such."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.given = given

    def add_api_route(
        self, path: str, endpoint: Callable[..., Any], *, late: Late | None = None, **said: Any
    ) -> None:
        def make(with_models: bool) -> APIRoute:
            answers = {status: dict(told) for status, told in (said.get("responses") or {}).items()}
            for name, maker in (late or {}).items():
                if isinstance(name, str):
                    endpoint.__annotations__[name] = maker()
                elif with_models:
                    answers[name]["model"] = maker()
            shared = {**self.given, "responses": _told(self.responses, with_models)}
            router = APIRouter(route_class=StrictRoute, **shared)
            route = {**said, "responses": _told(answers, with_models)}
            router.add_api_route(path, endpoint, **route)
            (made,) = router.routes
            assert isinstance(made, APIRoute)
            return made

        methods = set(said.get("methods") or ["GET"])
        self.routes.append(Served(self.prefix + path, methods, make))


def _told(answers: Mapping[Any, Mapping[str, Any]], with_models: bool) -> dict[Any, Any]:
    return {
        status: {name: part for name, part in told.items() if with_models or name != "model"}
        for status, told in answers.items()
    }


def described(routes: list[BaseRoute]) -> list[BaseRoute]:
    """The routes as the document tells of them."""
    return [route.described() if isinstance(route, Served) else route for route in routes]


def install(app: FastAPI, *routers: APIRouter) -> None:
    """Put the routers' routes on the application, in this order."""
    for router in routers:
        app.router.routes.extend(router.routes)
    app.router.middleware_stack = ByBegin(app.router)


def behind(app: FastAPI, path: str) -> Iterator[Any]:
    """The routes whose template a path fits, in the order in which they are asked."""
    for route in app.routes:
        pattern = getattr(route, "path_regex", None)
        if pattern is not None and pattern.match(path):
            yield route


class ByBegin:
    """Hands a request to a router of the few routes that may be meant; to the whole one else."""

    def __init__(self, whole: APIRouter) -> None:
        self.whole = whole
        self.known = [(r, _begin(r.path) if isinstance(r, Served) else None) for r in whole.routes]
        begins = {begin for _, begin in self.known if begin}
        self.plain = {begin for begin in begins if "{" not in begin[0] + begin[1]}
        self.few: dict[Begin, APIRouter] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        router = self.whole
        if scope["type"] == "http" and (asked := _begin(get_route_path(scope))) in self.plain:
            found = self.few.get(asked)
            # Made in a thread: some ten milliseconds, for which nobody else shall wait.
            router = await run_in_threadpool(self.meant, asked) if found is None else found
        await router.app(scope, receive, send)

    def meant(self, asked: Begin) -> APIRouter:
        """The router of an address that begins so; its routes are made, and kept."""
        may = [route for route, begin in self.known if _may_mean(route, begin, asked)]
        made = [route.route if isinstance(route, Served) else route for route in may]
        self.few[asked] = APIRouter(routes=made, redirect_slashes=False)
        return self.few[asked]


def _begin(path: str) -> Begin:
    """The first two words, and the number of words: of `/v1/claims.csv`, v1, claims and 2."""
    words = path.split("/")
    first, second = (*words[1:3], "", "")[:2]
    return first, second.partition(".")[0], len(words) - 1


def _may_mean(route: BaseRoute, begin: Begin | None, asked: Begin) -> bool:
    """Whether an address that begins so may be the route's."""
    if begin is None or not isinstance(route, Served):
        return True
    for word, one in zip(begin[:2], asked, strict=False):
        if word != one and "{" not in word:
            return False
    return begin[2] == asked[2] or ":path}" in route.path

"""Route groups: a request is compared with the routes of one collection, not with all two hundred.

FastAPI tries its routes one after the other. A group stands for all routes whose path begins with
the same two segments, and is passed over with one look at the path
(docs/decisions/0004-plain-fastapi-routing.md).
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send


class RouteGroup(BaseRoute):
    """Routes whose paths begin with the same prefix."""

    def __init__(self, prefix: str, routes: Sequence[BaseRoute]) -> None:
        self.prefix, self.routes = prefix, routes

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Return the first full match among the routes, else the first partial one."""
        # Not `startswith`: behind a proxy, the path may begin with `root_path`.
        if self.prefix not in scope["path"]:
            return Match.NONE, {}
        partial: tuple[Match, Scope] = Match.NONE, {}
        for route in self.routes:
            match, child_scope = route.matches(scope)
            if match is Match.FULL:
                return match, child_scope
            if match is Match.PARTIAL and partial[0] is Match.NONE:
                partial = match, child_scope
        return partial

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the matched route."""
        await scope["route"].handle(scope, receive, send)


def grouped(routes: Iterable[Any]) -> list[RouteGroup]:
    """Group routes by the first two segments of their paths, in the order of the first of each."""
    groups: dict[str, list[BaseRoute]] = {}
    for route in routes:
        groups.setdefault(_prefix(route.path), []).append(route)
    return [RouteGroup(prefix, members) for prefix, members in groups.items()]


def flattened(routes: Iterable[BaseRoute]) -> Iterator[Any]:
    """Iterate over routes with the members of the groups in place of the groups."""
    for route in routes:
        if isinstance(route, RouteGroup):
            yield from route.routes
        else:
            yield route


def _prefix(path: str) -> str:
    """Return what is fixed of the first two segments: `/v1/claims` of `/v1/claims.{format}`.

    A page and the list that it belongs to are one group: `/claims`.
    """
    first_two = "/".join(path.split("/")[:3])
    return first_two.partition("{")[0].partition(".")[0].rstrip("/") or "/"

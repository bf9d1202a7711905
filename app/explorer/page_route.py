"""Routes of pages: tracking and blank parameters are dropped, HTML is negotiated."""

from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from fastapi.routing import APIRoute

from app.api.content_negotiation import negotiate
from app.api.deps import RELEASE_SCOPE_KEY
from app.api.json_ld import has_json_ld
from app.api.page_addresses import API_PREFIX, HTML
from app.api.query_parameters import check_query_parameters
from app.api.route_info import path_of
from app.domain.errors import NotAcceptableError
from app.services.json_ld.terms import JSON_LD

#: Parameters that software adds to shared links, and that mean nothing here.
TRACKING_PARAMETERS = frozenset({"fbclid", "gclid", "ref"})
TRACKING_PREFIXES = ("utm_", "mc_")


class PageRoute(APIRoute):
    """A route that answers with an HTML page.

    An address with tracking parameters, or with blank parameters, redirects to the one without
    them: a form sends its empty fields. Any other parameter that the page does not know is an
    error: a misspelt filter would show the wrong list.
    """

    is_page = True
    #: Whether a request that does not accept HTML is refused.
    requires_html = True

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler, which first drops needless parameters and negotiates HTML."""
        handler = super().get_route_handler()

        async def page_handler(request: Request) -> Response:
            if any(_is_needless(*pair) for pair in request.query_params.multi_items()):
                return RedirectResponse(_without_needless_parameters(request), 301)
            if self.requires_html and not _accepts_html(request):
                return _redirect_to_json_ld(request)
            return await handler(request)

        return page_handler


class HomeRoute(PageRoute):
    """The route of `/`, which is a page for clients that name HTML and a redirect for others."""

    requires_html = False


def page_router() -> APIRouter:
    """Create a router of pages, which refuses unknown and repeated query parameters."""
    return APIRouter(
        include_in_schema=False,
        route_class=PageRoute,
        dependencies=[Depends(check_query_parameters)],
    )


def is_tracking_parameter(name: str) -> bool:
    """Return whether a parameter is one of those that mail and social networks add."""
    return name in TRACKING_PARAMETERS or name.startswith(TRACKING_PREFIXES)


def _accepts_html(request: Request) -> bool:
    """Return whether the page is what the client prefers, rather than the JSON-LD at its address.

    Raises:
        NotAcceptableError: It accepts neither.
    """
    path = path_of(request.scope)
    offered = [HTML, JSON_LD] if has_json_ld(path) else [HTML]
    try:
        return negotiate(request, offered) == HTML
    except NotAcceptableError as error:
        detail = f"This address is an HTML page; {API_PREFIX}{path} has its data."
        raise NotAcceptableError(detail, offered=error.extra["offered"]) from error


def _redirect_to_json_ld(request: Request) -> Response:
    """Redirect to the address of the data, which has JSON-LD as well."""
    address = f"{API_PREFIX}{path_of(request.scope)}"
    parameters = [*request.query_params.multi_items(), *request.scope.get(RELEASE_SCOPE_KEY, ())]
    query = urlencode(parameters, safe=",:")
    address = request.scope.get("root_path", "") + address + (f"?{query}" if query else "")
    return RedirectResponse(address, 303, headers={"Vary": "Accept"})


def _is_needless(name: str, value: str) -> bool:
    return not value.strip() or is_tracking_parameter(name)


def _without_needless_parameters(request: Request) -> str:
    parameters = [pair for pair in request.query_params.multi_items() if not _is_needless(*pair)]
    query = urlencode([*parameters, *request.scope.get(RELEASE_SCOPE_KEY, ())], safe=",:")
    path = request.scope.get("root_path", "") + path_of(request.scope)
    return f"{path}?{query}" if query else path

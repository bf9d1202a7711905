"""Problems as pages: an error at the address of a page is a page, with the same status."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response

from app.api import problem_page_hook
from app.api.deps import RELEASE_SCOPE_KEY
from app.api.page_addresses import API_PREFIX, HTML, has_page, names_html, page_path
from app.api.route_info import path_of, routes_at
from app.domain.errors import KbError, NotAcceptableError
from app.explorer.links import PageLinks
from app.explorer.rendering import HTML_HEADERS, PageHead, render_page


def install(app: FastAPI) -> None:
    """Answer problems at addresses of pages with pages."""
    problem_page_hook.install(app, problem_response)


def problem_response(
    request: Request, error: KbError, headers: Mapping[str, str]
) -> Response | None:
    """Return the page of a problem; None where the problem document is the response.

    An address of the API that serves none of the accepted types redirects to its page, if HTML is
    among them.
    """
    path = path_of(request.scope)
    if _is_api(path):
        page = page_path(path)
        if isinstance(error, NotAcceptableError) and names_html(request):
            return _redirect(request, page) if has_page(request, page) else None
        return None
    if not _is_page(request, path):
        return None
    return _render(request, error, headers)


def _is_api(path: str) -> bool:
    return path == API_PREFIX or path.startswith(f"{API_PREFIX}/")


def _is_page(request: Request, path: str) -> bool:
    """Return whether the response to a path is a page.

    It is at the address of a page; at the home page, at one that only redirects and at one where
    nothing is, if the client names HTML.
    """
    routes = list(routes_at(request.app, path))
    if any(getattr(route, "requires_html", False) for route in routes):
        accept = request.headers.get("accept", "*/*")
        return HTML in accept or "*/*" in accept or "text/*" in accept
    return names_html(request) and all(map(_redirects, routes))


def _redirects(route: Any) -> bool:
    """Return whether a route only leads elsewhere, as that of CURIEs does to pages."""
    return bool(getattr(route, "status_code", None) == 307)


def _redirect(request: Request, page: str) -> Response:
    parameters = [*request.query_params.multi_items(), *request.scope.get(RELEASE_SCOPE_KEY, ())]
    query = urlencode(parameters, safe=",:")
    address = request.scope.get("root_path", "") + page + (f"?{query}" if query else "")
    return RedirectResponse(address, 303, headers={"Vary": "Accept"})


def _render(request: Request, error: KbError, headers: Mapping[str, str]) -> Response:
    links = PageLinks(request.scope.get("root_path", ""), ())
    optional: dict[str, Any] = {"errors": [], "did_you_mean": [], "successor": None}
    problem = optional | error.to_problem(path_of(request.scope))
    head = PageHead(title=error.title, description=error.title)
    html = render_page(request, links, None, "problem.html.j2", head, {"problem": problem})
    no_store = {"Cache-Control": "no-store", "Vary": "Accept"}
    return Response(
        html,
        status_code=error.status,
        media_type=HTML,
        headers={**HTML_HEADERS, **no_store, **error.headers, **headers},
    )

"""Addresses of the HTML pages: the page of `/v1/X` is `/X`, with the same parameters."""

from fastapi import Request

from app.api.route_info import routes_at

API_PREFIX = "/v1"
HTML = "text/html"


def page_path(path: str) -> str:
    """Return the path of the page of an API path, without the path prefix of the service."""
    if path == API_PREFIX:
        return "/api"
    return path.removeprefix(API_PREFIX) if path.startswith(f"{API_PREFIX}/") else path


def has_page(request: Request, path: str) -> bool:
    """Return whether a page answers at a path."""
    return any(getattr(route, "is_page", False) for route in routes_at(request.app, path))


def names_html(request: Request) -> bool:
    """Return whether the Accept header names HTML, as that of a browser does."""
    return HTML in request.headers.get("accept", "")

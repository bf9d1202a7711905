"""Addresses of the HTML pages: the page of `/v1/X` is `/X`, with the same parameters."""

import re

from fastapi import Request

from app.api.route_info import routes_at

API_PREFIX = "/v1"
HTML = "text/html"
#: A quality of zero: the type is not acceptable (RFC 9110, section 12.4.2).
_REFUSED = re.compile(r"\bq\s*=\s*0(\.0*)?\s*(;|$)")


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
    ranges = (part.partition(";") for part in request.headers.get("accept", "").lower().split(","))
    return any(
        media.strip() == HTML and not _REFUSED.search(parameters) for media, _, parameters in ranges
    )

"""Routers, with what all of them share: problem responses, strict bodies and query parameters."""

from fastapi import APIRouter, Depends

from app.api.documented_responses import PROBLEMS, Responses
from app.api.query_parameters import check_query_parameters
from app.api.strict_json import StrictJsonRoute


def api_router(
    prefix: str = "/v1", *, tag: str | None = None, responses: Responses | None = None
) -> APIRouter:
    """Create a router that checks the query parameters and JSON bodies of its routes.

    Args:
        prefix: Beginning of all its paths.
        tag: OpenAPI tag of all its routes.
        responses: Documented responses of all its routes, besides `PROBLEMS`.
    """
    return APIRouter(
        prefix=prefix,
        tags=[tag] if tag else None,
        responses=PROBLEMS | (responses or {}),
        route_class=StrictJsonRoute,
        dependencies=[Depends(check_query_parameters)],
    )

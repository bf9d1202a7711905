"""Routers, with what all of them share: problem responses, strict bodies and query parameters."""

from typing import Any

from fastapi import APIRouter, Depends

from app.api.query_parameters import check_query_parameters
from app.api.schemas import envelope
from app.api.strict_json import StrictJsonRoute


def api_router(
    prefix: str = "/v1", *, tag: str | None = None, responses: dict[int | str, Any] | None = None
) -> APIRouter:
    """Create a router whose routes check their query parameters and JSON bodies.

    Args:
        prefix: Beginning of all its paths.
        tag: OpenAPI tag of all its routes.
        responses: Documented responses besides `PROBLEM_RESPONSES`.
    """
    return APIRouter(
        prefix=prefix,
        tags=[tag] if tag else None,
        responses=envelope.PROBLEM_RESPONSES | (responses or {}),
        route_class=StrictJsonRoute,
        dependencies=[Depends(check_query_parameters)],
    )

"""Problem type route: what the `type` of a problem means (`/v1/problems/{name}`)."""

from typing import Annotated, Any

from fastapi import APIRouter, Path

from app.api.routers import api_router
from app.api.schemas.problem_types import ProblemType
from app.domain.errors import ERROR_TYPES, NotFoundError


def build_router() -> APIRouter:
    """Build the router of `/v1/problems/{name}`."""
    router = api_router("", tag="about")

    @router.get(
        "/v1/problems/{name}",
        operation_id="get_problem_type",
        summary="Get a problem type",
        description="Explains the `type` of a problem.",
        response_model=ProblemType,
    )
    def get_problem_type(
        name: Annotated[str, Path(description="Name of the problem type.", max_length=400)],
    ) -> dict[str, Any]:
        for error in ERROR_TYPES:
            if error.name == name:
                return {"name": error.name, "title": error.title, "status": error.status}
        known = ", ".join(error.name for error in ERROR_TYPES)
        raise NotFoundError(f"No problem type {name[:80]!r}. Problem types: {known}.")

    return router

"""Problem type route: what the `type` of a problem means (`/v1/problems/{name}`)."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request

from app.api.root_path import with_root_path
from app.api.routers import api_router
from app.api.schemas.problem_types import ProblemType
from app.domain.errors import ERROR_TYPES, NotFoundError
from app.domain.problem_types import PROBLEM_TYPES, example_problem
from app.kit.suggestions import did_you_mean, similar


def build_router() -> APIRouter:
    """Build the router of `/v1/problems/{name}`."""
    router = api_router("", tag="about")

    @router.get(
        "/v1/problems/{name}",
        operation_id="get_problem_type",
        summary="Get a problem type",
        description="Explains the `type` of a problem, with an example.",
        response_model=ProblemType,
        response_model_exclude_unset=True,
    )
    def get_problem_type(
        request: Request,
        name: Annotated[str, Path(description="Name of the problem type.", max_length=400)],
    ) -> Any:
        for error in ERROR_TYPES:
            if error.name == name:
                documented = PROBLEM_TYPES[error]
                body = {
                    "name": error.name,
                    "title": error.title,
                    "status": error.status,
                    "explanation": documented.explanation,
                    "solution": documented.solution,
                    "example": example_problem(error),
                }
                return with_root_path(request.scope, body)
        known = ", ".join(error.name for error in ERROR_TYPES)
        suggestions = similar(name, [error.name for error in ERROR_TYPES])
        message = (
            f"No problem type {name[:80]!r}.{did_you_mean(suggestions)} Problem types: {known}."
        )
        urls = [f"/v1/problems/{suggestion}" for suggestion in suggestions]
        raise NotFoundError(message, did_you_mean=urls)

    return router

"""Route that publishes a release; needs the scope `publish`."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import AfterValidator, ConfigDict, Field
from pydantic_core import to_json

from app.api.auth import AUTH_PROBLEMS, requires_scope
from app.api.deps import LiveServiceDep, base_url, takes_no_parameters
from app.api.read_responses import JSON, PRIVATE
from app.api.routes.releases import ManifestResponse
from app.api.schemas import envelope
from app.api.strict_json import StrictJsonRoute
from app.domain.curation import Scope
from app.domain.errors import (
    ConflictError,
    MethodNotAllowedError,
    StorageFullError,
    UnavailableError,
)
from app.domain.release_names import NAME_PATTERN
from app.kit.query_types import NO_NUL, clean_text
from app.kit.sessions import ReadOnlyStore
from app.resources.base import LazyModel
from app.services.curation.api_keys import Curator
from app.services.releases import publish
from app.services.store.revision import current_revision

CurrentPublisher = Annotated[Curator, Depends(requires_scope(Scope.PUBLISH))]


class PublishReleaseRequest(LazyModel):
    """Release to publish."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    name: str = Field(
        pattern=f"^{NAME_PATTERN.pattern}$",
        description="Release name: numbers separated by dots, greater than that of the newest"
        " release (2026.12 after 2026.9).",
        examples=["2026.12"],
    )
    note: (
        Annotated[
            str,
            Field(min_length=1, max_length=1000, json_schema_extra=NO_NUL),
            AfterValidator(clean_text),
        ]
        | None
    ) = Field(None, description="Release note.")


def build_router() -> APIRouter:
    router = APIRouter(
        prefix="/v1/releases",
        tags=["curation"],
        responses=envelope.PROBLEM_RESPONSES | AUTH_PROBLEMS,
        route_class=StrictJsonRoute,
    )

    @router.post(
        "",
        operation_id="publish_release",
        summary="Publish an immutable release of the accepted records",
        description="Release names are unique, so a retry does not publish twice but returns 409.",
        status_code=201,
        response_model=ManifestResponse,
        dependencies=[Depends(takes_no_parameters)],
        responses={
            409: envelope.documented_problem(
                "Conflict: the name already exists, or does not follow the newest release."
            ),
            **envelope.BODY_PROBLEMS,
            507: envelope.documented_problem(
                "Insufficient storage: the disk of the release folder is full; nothing was"
                " published."
            ),
        },
    )
    def publish_release(
        request: Request, service: LiveServiceDep, _: CurrentPublisher, body: PublishReleaseRequest
    ) -> Response:
        if isinstance(service.store, ReadOnlyStore):
            raise MethodNotAllowedError("This server serves a single release and cannot publish.")
        location = f"/v1/releases/{body.name}"
        try:
            manifest = publish.publish(service.store, service.archive, body.name, note=body.note)
        except publish.FolderNotWritableError as error:
            kind = StorageFullError if error.is_full else UnavailableError
            raise kind(f"Nothing was published: {error}.") from error
        except publish.ReleaseNameTakenError as error:
            raise ConflictError(
                f"Nothing was published: {error}.", did_you_mean=[location]
            ) from error
        except publish.PublishRefusedError as error:
            raise ConflictError(f"Nothing was published: {error}.") from error
        with service.store.read() as session:
            meta = envelope.meta(current_revision(session), {})
        content = to_json({"data": manifest.model_dump(mode="json"), "meta": meta})
        headers = PRIVATE | {"Location": f"{base_url(request, service)}{location}"}
        return Response(content, 201, headers=headers, media_type=JSON)

    return router

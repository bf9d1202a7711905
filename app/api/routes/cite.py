"""Citation routes: how to cite the dataset (`/v1/cite`, `/v1/cite.bib` and other formats)."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from app.api.content_negotiation import negotiate
from app.api.dataset_citation import cited_dataset
from app.api.deps import ServiceDep
from app.api.read_responses import (
    JSON,
    content_response,
    json_response,
    not_modified,
)
from app.api.routers import api_router
from app.api.routes.exports import export_media_type, exported, unknown_format
from app.api.schemas import envelope
from app.api.schemas.cite import CitationResponse
from app.domain import citation
from app.services.records.exports import export_citation
from app.services.records.licences import stored_licences

FORMATS = list(citation.CITATION_FORMATS)


def build_router() -> APIRouter:
    """Build the router of `/v1/cite` and its formats."""
    router = api_router("", tag="about")

    @router.get(
        "/v1/cite",
        operation_id="get_citation",
        summary="Get the dataset citation",
        description="Citation of the dataset in BibTeX, CSL-JSON and other forms. It names a"
        " release only if the records are those of the release.",
        response_model=CitationResponse,
    )
    def get_citation(request: Request, service: ServiceDep) -> Response:
        negotiate(request, [JSON])
        with service.store.read() as session:
            validators, reference = cited_dataset(request, service, session, JSON)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            licences = stored_licences(session, service.repository)
            data = {
                "text": envelope.meta(validators.revision, {}, licences)["cite"],
                "bibtex": citation.to_bibtex(reference),
                "ris": citation.to_ris(reference),
                "csl": citation.to_csl(reference),
            }
            return json_response(request, service, validators, {"data": data}, licences=licences)

    @router.get(
        "/v1/cite.{format}",
        operation_id="export_citation",
        summary="Export the dataset citation",
        description="The citation of `/v1/cite` as a file for reference managers.",
        response_class=Response,
        responses=exported(FORMATS, "Content-Disposition"),
    )
    def export_dataset_citation(
        request: Request,
        service: ServiceDep,
        format: Annotated[
            str,
            Path(
                description="Citation format.",
                json_schema_extra={"enum": FORMATS},
                max_length=400,
            ),
        ],
    ) -> Response:
        if format not in FORMATS:
            raise unknown_format("/v1/cite", "cite", format, FORMATS)
        media = export_media_type(request, format)
        with service.store.read() as session:
            validators, reference = cited_dataset(request, service, session, media)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            disposition = f'attachment; filename="ketamine-kb.{format}"'
            return content_response(
                request,
                validators,
                export_citation(reference, format),
                media,
                {"Content-Disposition": disposition},
            )

    return router

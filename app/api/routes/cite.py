"""Citation route: how to cite the dataset (`/v1/cite`)."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.api.content_negotiation import negotiate
from app.api.deps import ServiceDep, base_url
from app.api.read_responses import JSON, cache_validators, json_response, not_modified
from app.api.routers import api_router
from app.api.schemas import envelope
from app.api.schemas.cite import CitationResponse
from app.domain import citation
from app.services.releases.publish import dataset_date
from app.services.store.revision import current_revision


def build_router() -> APIRouter:
    """Build the router of `/v1/cite`."""
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
            meta = envelope.meta(current_revision(session), {})
            manifest = service.archive.find(meta["release"])
            # The archive is not part of the revision: a release may have been published meanwhile.
            cause = f"cite: {manifest.name if manifest else ''}"
            validators = cache_validators(request, service, session, extra_cause=cause)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            published = manifest.date if manifest else dataset_date(session)
            path = f"/v1/releases/{manifest.name}" if manifest else "/v1"
            reference = citation.dataset_reference(
                meta["release"],
                meta["revision"],
                published.year if published else None,
                f"{base_url(request)}{path}",
            )
            data = {
                "text": meta["cite"],
                "bibtex": citation.to_bibtex(reference),
                "ris": citation.to_ris(reference),
                "csl": citation.to_csl(reference),
            }
            return json_response(request, service, validators, {"data": data})

    return router

"""The API root `/v1`; `/` is the home page, in app.explorer."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.api.content_negotiation import negotiate
from app.api.deps import ServiceDep, base_url
from app.api.json_ld import addresses_of, json_ld_response, version_of
from app.api.read_responses import JSON, cache_validators, json_response, not_modified
from app.api.routers import api_router
from app.api.routes.catalogue import collection_info
from app.api.schemas.root import Root
from app.api.signposting import dataset_links
from app.kit.registry import ResourceRegistry
from app.services.json_ld.datasets import home_document
from app.services.json_ld.terms import JSON_LD
from app.services.store.revision import records_per_collection


def build_router(catalogue: ResourceRegistry) -> APIRouter:
    """Build the router of `/v1`."""
    router = api_router("", tag="about")

    @router.get(
        "/v1",
        operation_id="get_root",
        summary="API root",
        description="Lists the collections with their number of records, and links to the rest."
        f" `Accept: {JSON_LD}` selects JSON-LD.",
        response_model=Root,
    )
    def get_root(request: Request, service: ServiceDep) -> Response:
        base = base_url(request)

        media_type = negotiate(request, [JSON, JSON_LD])
        with service.store.read() as session:
            validators = cache_validators(request, service, session, media_type)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            links = dataset_links(request, service, validators, is_page=False)
            if media_type == JSON_LD:
                manifest = service.archive.find(version_of(validators))
                linked = home_document(addresses_of(request), manifest)
                return json_ld_response(request, validators, linked, links)
            record_counts = records_per_collection(session)
            body = {
                "name": "ketamine-kb",
                "notice": "A reference on how ketamine works, not medical advice.",
                "collections": [
                    collection_info(resource, record_counts, base)
                    for resource in catalogue.values()
                ],
                "links": {
                    "catalogue": f"{base}/v1/meta",
                    "releases": f"{base}/v1/releases",
                    "documentation": f"{base}/docs",
                    "openapi": f"{base}/openapi.json",
                    "health": f"{base}/healthz",
                },
            }
            return json_response(request, service, validators, body, headers=links)

    return router

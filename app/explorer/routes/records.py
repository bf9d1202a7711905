"""The page of any record, from the sections that its collection declares."""

from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic_core import from_json

from app.api.deps import RunningService, ServiceDep
from app.api.page_addresses import HTML
from app.api.query_parameters import query_annotation
from app.api.read_responses import cache_validators, get_record_or_404, not_modified
from app.explorer import labels, queries, record_view
from app.explorer.page_route import page_router
from app.explorer.record_head import record_head
from app.explorer.rendering import page_response
from app.kit.registry import ResourceRegistry
from app.kit.resource import Resource
from app.kit.sessions import ReadOnlyStore


def build_router(catalogue: ResourceRegistry) -> APIRouter:
    """Build the router of the record pages of every collection."""
    router = page_router()
    for resource in catalogue.values():
        _add_record_page(router, catalogue, resource)
    return router


def _add_record_page(router: APIRouter, catalogue: ResourceRegistry, resource: Resource) -> None:
    def record_page(
        request: Request, service: ServiceDep, server: RunningService, slug: str, query: Any
    ) -> Response:
        with service.store.read() as session:
            validators = cache_validators(request, service, session, HTML)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            key, document = get_record_or_404(session, service, resource, slug, [])
            record = from_json(document.text)
            payload = queries.get_page_payload(session, service, resource, slug)
            included = queries.names_of_included(session, service, resource, [key], query.include)
            return page_response(
                request,
                service,
                validators,
                "record.html.j2",
                record_head(resource, record),
                collection_title=labels.collection_label(resource.name),
                resource=resource,
                record=record,
                xrefs=payload["identity"]["xrefs"],
                view=record_view.record_view(resource, record, payload),
                chosen=record_view.chosen_fields(resource, record, query.fields),
                included=included,
                # Releases have no audit log, nor does a server of a single one.
                has_history=not service.release_params
                and not isinstance(server.store, ReadOnlyStore),
            )

    build_query = partial(catalogue.record_query, resource)
    record_page.__annotations__["query"] = query_annotation(build_query)
    router.add_api_route(f"/{resource.name}/{{slug}}", record_page)

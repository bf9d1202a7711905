"""Page routes: one record with everything that its page shows, and the JSON Schema of pages."""

import json
from functools import cache
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from app.api.content_negotiation import negotiate
from app.api.deps import ServiceDep, base_url, with_release
from app.api.documented_responses import GONE
from app.api.read_responses import (
    JSON,
    cache_validators,
    content_response,
    json_response,
    not_found_error,
    not_modified,
)
from app.api.routers import api_router
from app.api.schemas.pages import PageSectionResponse, RecordPageResponse, SectionQuery
from app.api.section_reads import is_slug, read_section
from app.domain.errors import NotFoundError
from app.kit.registry import ResourceRegistry
from app.kit.resource import Resource
from app.kit.suggestions import similar
from app.resources import RESOURCES
from app.services import pages
from app.services.records.licences import related_licences

SCHEMA = "application/schema+json"
TypeParameter = Annotated[
    str,
    Path(
        alias="type",
        description="Record type.",
        max_length=400,
        json_schema_extra={"enum": list(RESOURCES.by_record_type)},
    ),
]
SlugParameter = Annotated[str, Path(description="Slug of the record.", max_length=400)]


@cache
def schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of all page payloads."""
    return RecordPageResponse.model_json_schema(by_alias=True, mode="serialization")


def build_router(catalogue: ResourceRegistry) -> APIRouter:
    """Build the router of `/v1/pages`."""
    router = api_router("/v1/pages", tag="pages")

    @router.get(
        "/schema.json",
        operation_id="get_page_schema",
        summary="Get the JSON Schema of page payloads",
        description="JSON Schema (draft 2020-12) for the page payloads of all record types.",
        response_class=Response,
        responses={200: {"content": {SCHEMA: {"schema": {"type": "object"}}}}},
    )
    def get_page_schema(request: Request, service: ServiceDep) -> Response:
        with service.store.read() as session:
            validators = cache_validators(request, service, session, SCHEMA)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            head = {
                "$schema": "https://json-schema.org/draft/2020-12/schema",
                "$id": f"{base_url(request)}/v1/pages/schema.json",
            }
            content = json.dumps({**head, **schema()}, ensure_ascii=False)
            return content_response(request, validators, content, SCHEMA)

    @router.get(
        "/{type}/{slug}",
        operation_id="get_page",
        summary="Get the page payload of a record",
        description=(
            "Returns identity, key figures, verdicts, the most important evidence on each side,"
            " adjacent edges, counts and citations in one response. Truncated sections state their"
            " total, and link to the items that follow (`next`) and to the full list (`url`)."
        ),
        response_model=RecordPageResponse,
        responses=GONE,
    )
    def get_page(
        request: Request,
        service: ServiceDep,
        kind: TypeParameter,
        slug: SlugParameter,
    ) -> Response:
        resource = _resource(catalogue, kind, slug)
        negotiate(request, [JSON])
        with service.store.read() as session:
            validators = cache_validators(request, service, session)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            page = None
            if is_slug(slug):
                page = pages.build_page(session, service.repository, resource, slug)
            if page is None:
                raise not_found_error(session, service, resource, slug, f"/v1/pages/{kind}")
            licences = related_licences(session, service.repository, resource, slug)
            return json_response(request, service, validators, {"data": page}, licences=licences)

    @router.get(
        "/{type}/{slug}/sections/{key}",
        operation_id="get_page_section",
        summary="Get a section of a page, or its continuation",
        description="Returns a section in the shape that it has on the page. `next` of a section"
        " leads to the items that the page leaves out.",
        response_model=PageSectionResponse,
        responses=GONE,
    )
    def get_page_section(
        request: Request,
        service: ServiceDep,
        kind: TypeParameter,
        slug: SlugParameter,
        key: Annotated[str, Path(description="Key of the section.", max_length=400)],
        query: Annotated[SectionQuery, Query()],
    ) -> Response:
        resource = _resource(catalogue, kind, slug)
        negotiate(request, [JSON])
        with service.store.read() as session:
            validators = cache_validators(request, service, session)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            section = read_section(session, service, resource, slug, key, query)
            link = {}
            if section["next"]:
                address = with_release(service, base_url(request) + section["next"])
                link = {"Link": f'<{address}>; rel="next"'}
            licences = related_licences(session, service.repository, resource, slug)
            return json_response(
                request, service, validators, {"data": section}, headers=link, licences=licences
            )

    return router


def _resource(catalogue: ResourceRegistry, kind: str, slug: str) -> Resource:
    """Return the collection of a record type.

    Raises:
        NotFoundError: If there is no such record type.
    """
    resource = catalogue.by_record_type.get(kind)
    if resource is None:
        suggestions = similar(kind, catalogue.by_record_type)
        record_types = ", ".join(catalogue.by_record_type)
        detail = f"No record type {kind[:40]!r}. Record types: {record_types}."
        addresses = [f"/v1/pages/{name}/{slug[:200]}" for name in suggestions]
        raise NotFoundError(detail, did_you_mean=addresses)
    return resource

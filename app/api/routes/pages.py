"""Page routes: one record with everything that its page shows, and the JSON Schema of pages."""

import json
from functools import cache
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from app.api.content_negotiation import negotiate
from app.api.deps import ServiceDep, base_url
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
from app.api.schemas.pages import RecordPageResponse
from app.domain.errors import NotFoundError
from app.domain.identifiers import SLUG
from app.kit.registry import ResourceRegistry
from app.kit.suggestions import similar
from app.services import pages

SCHEMA = "application/schema+json"


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
                "$id": f"{base_url(request, service)}/v1/pages/schema.json",
            }
            content = json.dumps({**head, **schema()}, ensure_ascii=False)
            return content_response(request, validators, content, SCHEMA)

    @router.get(
        "/{type}/{slug}",
        operation_id="get_page",
        summary="Get the page payload of a record",
        description=(
            "Returns identity, key figures, verdicts, the highest-scoring evidence on each side,"
            " adjacent edges, counts and citations in one response. Truncated sections state their"
            " total and link to the full list."
        ),
        response_model=RecordPageResponse,
        responses=GONE,
    )
    def get_page(
        request: Request,
        service: ServiceDep,
        kind: Annotated[
            str,
            Path(
                alias="type",
                description="Record type.",
                max_length=400,
                json_schema_extra={"enum": list(catalogue.by_record_type)},
            ),
        ],
        slug: Annotated[str, Path(description="Slug of the record.", max_length=400)],
    ) -> Response:
        resource = catalogue.by_record_type.get(kind)
        if resource is None:
            suggestions = similar(kind, catalogue.by_record_type)
            record_types = ", ".join(catalogue.by_record_type)
            detail = f"No record type {kind[:40]!r}. Record types: {record_types}."
            addresses = [f"/v1/pages/{name}/{slug[:200]}" for name in suggestions]
            raise NotFoundError(detail, did_you_mean=addresses)

        negotiate(request, [JSON])
        with service.store.read() as session:
            validators = cache_validators(request, service, session)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            is_slug = SLUG.fullmatch(slug) and len(slug) <= 200
            page = (
                pages.build_page(session, service.repository, resource, slug) if is_slug else None
            )
            if page is None:
                raise not_found_error(session, service, resource, slug, f"/v1/pages/{kind}")
            return json_response(request, service, validators, {"data": page})

    return router

"""Page routes: one record with everything that its page shows, and the JSON Schema of pages."""

import json
from functools import cache
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import Response
from pydantic import Field

from app.api.content_negotiation import negotiate
from app.api.deps import ServiceDep, base_url, takes_no_parameters
from app.api.read_responses import (
    JSON,
    cache_validators,
    content_response,
    json_response,
    not_found_error,
    not_modified,
)
from app.api.schemas import envelope
from app.api.schemas.page_items import RecordLink
from app.api.schemas.page_sections import AnySection
from app.domain.errors import NotFoundError
from app.domain.identifiers import SLUG
from app.kit.registry import ResourceRegistry
from app.kit.suggestions import similar
from app.resources import RecordType
from app.resources.base import CrossReference, LazyModel, OutputModel, output_field
from app.services import pages

SCHEMA = "application/schema+json"


class ResolvedIdentifier(CrossReference):
    """An identifier elsewhere, and where it resolves."""

    url: str = output_field("Its address.")


class FieldItem(OutputModel):
    """One field of the record."""

    name: str = output_field("The field; /v1/meta says what it means.")
    value: str | float | bool | RecordLink | list[str] | None = output_field(
        "Its value; null: not known."
    )


class RecordIdentity(OutputModel):
    """What the record is."""

    summary: str = output_field("What it is, in plain language.")
    description: str | None = output_field("More, for specialists.")
    synonyms: list[str] = output_field("Other names people use.")
    xrefs: list[ResolvedIdentifier] = output_field("Identifiers elsewhere, resolved.")
    links: list[str] = output_field(
        "Where it can be read: by DOI, PubMed, register, or its own address."
    )
    fields: list[FieldItem] = output_field("Its own fields, in the record's order.")


class RecordPage(OutputModel):
    """All that a page of the record needs."""

    type: RecordType = output_field("Which noun it is.")
    slug: str = output_field("Its slug.")
    name: str = output_field("Its display name.")
    url: str = output_field("The record itself.")
    graph: str | None = output_field(
        "The graph around an entity or of a pathway, beyond one hop; null for other records."
    )
    identity: RecordIdentity = output_field("What it is.")
    sections: list[AnySection] = output_field(
        "What surrounds it; each says where the rest of it is."
    )


class PageAnswer(LazyModel):
    """An answer of `/v1/pages/{type}/{slug}`. Addresses in it are relative to the answer's own."""

    data: RecordPage = Field(description="The page.")
    meta: envelope.Meta = Field(description="Release, licence, citation, filters.")


@cache
def schema() -> dict[str, Any]:
    """The JSON Schema of every page, draft 2020-12."""
    return PageAnswer.model_json_schema(by_alias=True, mode="serialization")


def build_router(catalogue: ResourceRegistry) -> APIRouter:
    router = APIRouter(
        prefix="/v1/pages",
        tags=["pages"],
        responses=envelope.PROBLEM_RESPONSES,
        dependencies=[Depends(takes_no_parameters)],
    )

    @router.get(
        "/schema.json",
        operation_id="read_page_schema",
        summary="The JSON Schema of a page",
        description="Draft 2020-12; every page of every type keeps it.",
        response_class=Response,
        responses={200: {"content": {SCHEMA: {"schema": {"type": "object"}}}}},
    )
    def read_page_schema(request: Request, service: ServiceDep) -> Response:
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
        operation_id="read_page",
        summary="A record with all that surrounds it",
        description=(
            "Identity, key figures, verdicts, the heaviest evidence on either side, the edges one"
            " hop away, counts and citations, in one answer. What is cut is counted and linked."
        ),
        response_model=PageAnswer,
        responses=envelope.GONE_RESPONSE,
    )
    def read_page(
        request: Request,
        service: ServiceDep,
        kind: Annotated[
            str,
            Path(
                alias="type",
                description="The kind of record.",
                max_length=400,
                json_schema_extra={"enum": list(catalogue.by_kind)},
            ),
        ],
        slug: Annotated[str, Path(description="The record's slug.", max_length=400)],
    ) -> Response:
        resource = catalogue.by_kind.get(kind)
        if resource is None:
            suggestions = similar(kind, catalogue.by_kind)
            detail = f"No page is of type {kind[:40]!r}. There are: {', '.join(catalogue.by_kind)}."
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

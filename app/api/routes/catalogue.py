"""Catalogue route: fields, filters, columns and vocabularies (`/v1/meta`)."""

from enum import StrEnum
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import Field

from app.api.content_negotiation import negotiate
from app.api.deps import ServiceDep, base_url, takes_no_parameters
from app.api.read_responses import JSON, cache_validators, json_response, not_modified
from app.api.schemas import envelope
from app.domain import identifiers, vocabulary
from app.kit.export_formats import flat_columns
from app.kit.registry import ResourceRegistry
from app.kit.resource import Resource
from app.resources import RecordType
from app.resources.base import LazyModel
from app.services.store.revision import records_per_collection


class CollectionInfo(LazyModel):
    """Summary of a collection."""

    name: str = Field(description="Name of the collection.")
    description: str = Field(description="Description of the collection.")
    count: int = Field(description="Number of records.")
    url: str = Field(description="URL of the collection.")


class FilterInfo(LazyModel):
    """Description of a list filter."""

    name: str = Field(description="Parameter name.")
    description: str = Field(description="Description of the filter.")
    type: dict[str, Any] = Field(description="JSON Schema of the parameter.")


class FieldInfo(LazyModel):
    """Description of a record field."""

    name: str = Field(description="Field name.")
    description: str = Field(description="Description of the field.")
    nullable: bool = Field(description="Whether the field may be null.")


class CollectionMeta(CollectionInfo):
    """Collection with its fields, filters and formats."""

    fields: list[FieldInfo] = Field(description="Record fields.")
    columns: list[str] = Field(description="Columns of the CSV, TSV and Parquet exports.")
    filters: list[FilterInfo] = Field(description="List filters.")
    facets: list[str] = Field(description="Filters available as facets.")
    sort: list[str] = Field(description="Sort keys; prefix with `-` for descending order.")
    include: list[str] = Field(description="Related records that can be included in a response.")
    formats: list[str] = Field(description="Export formats.")


class CatalogueResponse(LazyModel):
    """Catalogue of collections, parameters and vocabularies."""

    collections: list[CollectionMeta] = Field(description="All collections.")
    vocabularies: dict[str, list[str]] = Field(description="Controlled vocabularies.")
    prefixes: dict[str, str] = Field(
        description="URL template per CURIE prefix; {} is replaced by the identifier."
    )
    meta: envelope.Meta = Field(description="Response metadata: release, licence and citation.")


def build_router(catalogue: ResourceRegistry) -> APIRouter:
    """Build the router of `/v1/meta`."""
    router = APIRouter(
        dependencies=[Depends(takes_no_parameters)],
        tags=["about"],
        responses=envelope.PROBLEM_RESPONSES,
    )

    @router.get(
        "/v1/meta",
        operation_id="get_metadata",
        summary="Get fields, filters, columns and vocabularies",
        response_model=CatalogueResponse,
    )
    def get_metadata(request: Request, service: ServiceDep) -> Response:
        base = base_url(request, service)

        negotiate(request, [JSON])
        with service.store.read() as session:
            validators = cache_validators(request, service, session)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            record_counts = records_per_collection(session)
            collections = [
                _collection_meta(catalogue, resource, record_counts, base)
                for resource in catalogue.values()
            ]
            body = {
                "collections": collections,
                "vocabularies": vocabularies(),
                "prefixes": {name: url for name, (_, url) in identifiers.PREFIXES.items()},
            }
            return json_response(request, service, validators, body)

    return router


def collection_info(resource: Resource, record_counts: dict[str, int], base: str) -> dict[str, Any]:
    """Return the summary of a collection, with its record count and absolute URL."""
    return {
        "name": resource.name,
        "description": resource.description,
        "count": record_counts[resource.name],
        "url": f"{base}/v1/{resource.name}",
    }


def _collection_meta(
    catalogue: ResourceRegistry, resource: Resource, record_counts: dict[str, int], base: str
) -> dict[str, Any]:
    schema = catalogue.list_query(resource).model_json_schema(by_alias=True)
    descriptions = {"q": "Words in names and synonyms."} | {
        f.name: f.description for f in resource.filters
    }
    return collection_info(resource, record_counts, base) | {
        "fields": [
            {"name": p.name, "description": p.info.description, "nullable": p.nullable}
            for p in resource.mapping.fields
        ],
        "columns": [c.name for c in flat_columns(resource.mapping, list(resource.mapping.by_name))],
        "filters": [
            {
                "name": name,
                "description": description,
                "type": _inline_references(schema["properties"][name], schema.get("$defs", {})),
            }
            for name, description in descriptions.items()
        ],
        "facets": list(resource.facets),
        "sort": list(resource.sort),
        "include": catalogue.include_names(resource),
        "formats": list(resource.formats),
    }


def _inline_references(schema: Any, definitions: dict[str, Any]) -> Any:
    """Return a JSON schema with its references inlined, without titles and descriptions."""
    if isinstance(schema, dict):
        if "$ref" in schema:
            return _inline_references(definitions[schema["$ref"].rpartition("/")[2]], definitions)
        skip = {"title", "description"}
        return {k: _inline_references(v, definitions) for k, v in schema.items() if k not in skip}
    return (
        [_inline_references(item, definitions) for item in schema]
        if isinstance(schema, list)
        else schema
    )


def vocabularies() -> dict[str, list[str]]:
    """Return the values of each controlled vocabulary, by its name."""
    members = [getattr(vocabulary, name) for name in dir(vocabulary)] + [RecordType]
    enums = (e for e in members if isinstance(e, type) and issubclass(e, StrEnum) and e != StrEnum)
    return {
        enum.__name__: [member.value for member in enum]
        for enum in sorted(enums, key=lambda enum: enum.__name__)
    }

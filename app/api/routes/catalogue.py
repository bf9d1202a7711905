"""Catalogue route: fields, filters, columns and vocabularies (`/v1/meta`)."""

from functools import cache
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.api.content_negotiation import negotiate
from app.api.deps import ServiceDep, base_url
from app.api.read_responses import JSON, cache_validators, json_response, not_modified
from app.api.routers import api_router
from app.api.schemas.catalogue import CatalogueResponse
from app.domain import identifiers
from app.domain.vocabulary import Vocabulary
from app.kit.export_formats import FlatColumn, flat_columns
from app.kit.field_mapping import ReferenceList, SingleReference
from app.kit.registry import ResourceRegistry
from app.kit.resource import Resource
from app.services.store.revision import records_per_collection


def build_router(catalogue: ResourceRegistry) -> APIRouter:
    """Build the router of `/v1/meta`."""
    router = api_router("", tag="about")

    @cache
    def declarations() -> tuple[list[dict[str, Any]], dict[str, list[dict[str, Any]]]]:
        """Return what is the same in every response: JSON schemas take most of its time."""
        collections = [_collection_meta(catalogue, resource) for resource in catalogue.values()]
        return collections, vocabularies(catalogue)

    @router.get(
        "/v1/meta",
        operation_id="get_metadata",
        summary="Get fields, filters, columns and vocabularies",
        description="Describes each collection, and the values of each vocabulary.",
        response_model=CatalogueResponse,
    )
    def get_metadata(request: Request, service: ServiceDep) -> Response:
        base = base_url(request)

        negotiate(request, [JSON])
        with service.store.read() as session:
            validators = cache_validators(request, service, session)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            record_counts = records_per_collection(session)
            collections, values = declarations()
            body = {
                "collections": [
                    collection_info(resource, record_counts, base) | declared
                    for resource, declared in zip(catalogue.values(), collections, strict=True)
                ],
                "vocabularies": values,
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


def _collection_meta(catalogue: ResourceRegistry, resource: Resource) -> dict[str, Any]:
    """Return the declaration of a collection: fields, columns, filters, facets, sort keys."""
    schema = catalogue.list_query(resource).model_json_schema(by_alias=True)
    descriptions = {"q": "Search query, as of /v1/search."} | {
        f.name: f.description for f in resource.filters
    }
    filter_types = {f.name: f.vocabulary for f in resource.filters}
    columns = flat_columns(resource.mapping, list(resource.mapping.by_name))
    return {
        "fields": [
            {
                "name": p.name,
                "description": p.info.description,
                "nullable": p.nullable,
                "vocabulary": _vocabulary_name(p.scalar),
            }
            for p in resource.mapping.fields
        ],
        "columns": [column.name for column in columns],
        "data_dictionary": [_column_info(resource, column) for column in columns],
        "filters": [
            {
                "name": name,
                "description": description,
                "type": _inline_references(schema["properties"][name], schema.get("$defs", {})),
                "vocabulary": _vocabulary_name(filter_types.get(name)),
            }
            for name, description in descriptions.items()
        ],
        "facets": list(resource.facets),
        "sort": list(resource.sort),
        "include": catalogue.include_names(resource),
        "formats": list(resource.formats),
    }


def _column_info(resource: Resource, column: FlatColumn) -> dict[str, Any]:
    """Return the description of a column; that of a reference has the part of it in front."""
    mapped = resource.mapping.by_name[column.field]
    part = column.name.removeprefix(column.field).lstrip("_").replace("_", " ")
    if not part and isinstance(mapped.marker, SingleReference | ReferenceList):
        part = "slugs, separated by |" if mapped.many else "slug"
    description = mapped.info.description or ""
    return {
        "name": column.name,
        "field": column.field,
        "description": f"{description.rstrip('.')} ({part})." if part else description,
        "vocabulary": None if part else _vocabulary_name(mapped.scalar),
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


def _vocabulary_name(kind: Any) -> str | None:
    is_vocabulary = isinstance(kind, type) and issubclass(kind, Vocabulary)
    return kind.__name__ if is_vocabulary else None


def vocabularies(catalogue: ResourceRegistry) -> dict[str, list[dict[str, Any]]]:
    """Return the values of each controlled vocabulary, with label and definition, by its name."""
    record_types = [
        {
            "value": resource.record_type,
            "label": resource.record_type.capitalize(),
            "definition": resource.description,
            "superseded": False,
        }
        for resource in catalogue.values()
    ]
    values = {
        vocabulary.__name__: [
            {
                "value": member.value,
                "label": member.label,
                "definition": member.definition,
                "superseded": member.superseded,
            }
            for member in vocabulary
        ]
        for vocabulary in Vocabulary.__subclasses__()
    }
    return dict(sorted({**values, "RecordType": record_types}.items()))

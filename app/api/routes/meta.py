"""Root, catalogue, citation, problem types and health routes."""

from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import Field

from app.api.content_negotiation import negotiate
from app.api.deps import RunningService, ServiceDep, base_url, takes_no_parameters, with_release
from app.api.read_responses import JSON, cache_validators, json_response, not_modified
from app.api.schemas import envelope
from app.domain import citation, identifiers, vocabulary
from app.domain.errors import ERROR_TYPES, NotFoundError, UnavailableError
from app.kit.export_formats import flat_columns
from app.kit.registry import ResourceRegistry
from app.kit.resource import Resource
from app.resources import RecordType
from app.resources.base import LazyModel, OutputModel
from app.services.store.revision import current_revision, records_per_collection


class CollectionInfo(LazyModel):
    """Summary of a collection."""

    name: str = Field(description="Name of the collection.")
    description: str = Field(description="Description of the collection.")
    count: int = Field(description="Number of records.")
    url: str = Field(description="URL of the collection.")


class Root(LazyModel):
    """API root with links to all resources."""

    name: str = Field(description="Name of the service.")
    notice: str = Field(description="Disclaimer.")
    collections: list[CollectionInfo] = Field(description="Collections.")
    links: dict[str, str] = Field(
        description="Links to the catalogue, releases, documentation and health checks."
    )
    meta: envelope.Meta = Field(description="Response metadata: release, licence and citation.")


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


class Health(OutputModel):
    """Health status."""

    status: str = Field(description="ok.")


class ProblemType(OutputModel):
    """Problem type."""

    name: str = Field(description="Last segment of the `type` URL of a problem.")
    title: str = Field(description="Short summary of the problem type.")
    status: int = Field(description="HTTP status code.")


class DatasetCitation(LazyModel):
    """Dataset citation in four formats."""

    text: str = Field(description="Plain text.")
    bibtex: str = Field(description="BibTeX entry.")
    ris: str = Field(description="RIS record.")
    csl: dict[str, Any] = Field(description="CSL-JSON item.")


class CitationResponse(LazyModel):
    """Response of `/v1/cite`."""

    data: DatasetCitation = Field(description="Citation.")
    meta: envelope.Meta = Field(
        description="Response metadata: release, licence, citation and applied filters."
    )


def build_router(catalogue: ResourceRegistry) -> APIRouter:
    router = APIRouter(
        dependencies=[Depends(takes_no_parameters)],
        tags=["about"],
        responses=envelope.PROBLEM_RESPONSES,
    )

    @router.get(
        "/",
        operation_id="redirect_to_catalogue",
        summary="Redirect to the API root",
        status_code=307,
        response_class=RedirectResponse,
    )
    def redirect_to_catalogue() -> RedirectResponse:
        return RedirectResponse("/v1")

    @router.get("/v1", operation_id="get_root", summary="API root", response_model=Root)
    def get_root(request: Request, service: ServiceDep) -> Response:
        base = base_url(request, service)

        negotiate(request, [JSON])
        with service.store.read() as session:
            validators = cache_validators(request, service, session)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            record_counts = records_per_collection(session)
            body = {
                "name": "ketamine-kb",
                "notice": "A reference on how ketamine works, not medical advice.",
                "collections": [_short(r, record_counts, base) for r in catalogue.values()],
                "links": {
                    "catalogue": f"{base}/v1/meta",
                    "releases": f"{base}/v1/releases",
                    "documentation": f"{base}/docs",
                    "openapi": f"{base}/openapi.json",
                    "health": f"{base}/healthz",
                },
            }
            return json_response(request, service, validators, body)

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
            collections = [_whole(catalogue, r, record_counts, base) for r in catalogue.values()]
            body = {
                "collections": collections,
                "vocabularies": vocabularies(),
                "prefixes": {name: url for name, (_, url) in identifiers.PREFIXES.items()},
            }
            return json_response(request, service, validators, body)

    @router.get(
        "/v1/cite",
        operation_id="get_citation",
        summary="Get the dataset citation",
        response_model=CitationResponse,
    )
    def get_citation(request: Request, service: ServiceDep) -> Response:
        negotiate(request, [JSON])
        with service.store.read() as session:
            validators = cache_validators(request, service, session)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            meta = envelope.meta(validators.revision, {})
            url = f"{base_url(request, service)}{with_release(service, '/v1')}"
            reference = citation.dataset_reference(meta["release"], meta["revision"], url)
            data = {
                "text": meta["cite"],
                "bibtex": citation.to_bibtex(reference),
                "ris": citation.to_ris(reference),
                "csl": citation.to_csl(reference),
            }
            return json_response(request, service, validators, {"data": data})

    @router.get(
        "/v1/problems/{name}",
        operation_id="get_problem_type",
        summary="Get a problem type",
        response_model=ProblemType,
        responses={404: envelope.documented_problem("Not found: unknown problem type.")},
    )
    def get_problem_type(
        name: Annotated[str, Path(description="Name of the problem type.", max_length=400)],
    ) -> dict[str, Any]:
        for kind in ERROR_TYPES:
            if kind.name == name:
                return {"name": kind.name, "title": kind.title, "status": kind.status}
        known = ", ".join(kind.name for kind in ERROR_TYPES)
        raise NotFoundError(f"No problem type {name[:80]!r}. Problem types: {known}.")

    @router.get(
        "/healthz", operation_id="get_health", summary="Liveness check", response_model=Health
    )
    async def get_health() -> dict[str, str]:
        return {"status": "ok"}

    @router.get(
        "/readyz",
        operation_id="get_readiness",
        summary="Readiness check",
        response_model=Health,
    )
    def get_readiness(service: RunningService) -> dict[str, str]:
        with service.store.read() as session:
            revision = current_revision(session)
        if revision is None:
            raise UnavailableError("The database is empty: run `kkb load`.")
        return {"status": "ok"}

    return router


def _short(resource: Resource, number: dict[str, int], base: str) -> dict[str, Any]:
    return {
        "name": resource.name,
        "description": resource.description,
        "count": number[resource.name],
        "url": f"{base}/v1/{resource.name}",
    }


def _whole(
    catalogue: ResourceRegistry, resource: Resource, number: dict[str, int], base: str
) -> dict[str, Any]:
    schema = catalogue.list_query(resource).model_json_schema(by_alias=True)
    names = [f.name for f in resource.filters]
    plain = {"q": "Words in names and synonyms."} | {
        f.name: f.description for f in resource.filters
    }
    return _short(resource, number, base) | {
        "fields": [
            {"name": p.name, "description": p.info.description, "nullable": p.nullable}
            for p in resource.mapping.fields
        ],
        "columns": [c.name for c in flat_columns(resource.mapping, list(resource.mapping.by_name))],
        "filters": [
            {
                "name": name,
                "description": plain[name],
                "type": _inline(schema["properties"][name], schema.get("$defs", {})),
            }
            for name in ["q", *names]
        ],
        "facets": list(resource.facets),
        "sort": list(resource.sort),
        "include": catalogue.include_names(resource),
        "formats": list(resource.formats),
    }


def _inline(schema: Any, definitions: dict[str, Any]) -> Any:
    """A schema with its references written out, without words that stand beside it."""
    if isinstance(schema, dict):
        if "$ref" in schema:
            return _inline(definitions[schema["$ref"].rpartition("/")[2]], definitions)
        skip = {"title", "description"}
        return {k: _inline(v, definitions) for k, v in schema.items() if k not in skip}
    return [_inline(item, definitions) for item in schema] if isinstance(schema, list) else schema


def vocabularies() -> dict[str, list[str]]:
    """Every closed vocabulary, by its name."""
    members = [getattr(vocabulary, name) for name in dir(vocabulary)] + [RecordType]
    enums = (e for e in members if isinstance(e, type) and issubclass(e, StrEnum) and e != StrEnum)
    return {
        enum.__name__: [member.value for member in enum]
        for enum in sorted(enums, key=lambda enum: enum.__name__)
    }

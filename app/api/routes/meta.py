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
    """One collection, in short."""

    name: str = Field(description="Its name.")
    description: str = Field(description="What is in it.")
    count: int = Field(description="How many records.")
    url: str = Field(description="Where it is.")


class Root(LazyModel):
    """What there is, and where."""

    name: str = Field(description="This service.")
    notice: str = Field(description="What this is not.")
    collections: list[CollectionInfo] = Field(description="The collections.")
    links: dict[str, str] = Field(description="Catalogue, releases, documentation, health.")
    meta: envelope.Meta = Field(description="Release, licence, citation.")


class FilterInfo(LazyModel):
    """One filter, in words."""

    name: str = Field(description="The parameter.")
    description: str = Field(description="What it does.")
    type: dict[str, Any] = Field(description="Its JSON Schema.")


class FieldInfo(LazyModel):
    """One field of a record, in words."""

    name: str = Field(description="The field.")
    description: str = Field(description="What it says.")
    nullable: bool = Field(description="Whether it may be null.")


class CollectionMeta(CollectionInfo):
    """One collection, whole."""

    fields: list[FieldInfo] = Field(description="The record's fields.")
    columns: list[str] = Field(description="The columns of its CSV, TSV and Parquet.")
    filters: list[FilterInfo] = Field(description="What narrows the list.")
    facets: list[str] = Field(description="Filters that a list can be counted by.")
    sort: list[str] = Field(description="Sort keys; `-` turns one round.")
    include: list[str] = Field(description="Related records that an answer can carry.")
    formats: list[str] = Field(description="Formats of the export.")


class CatalogueAnswer(LazyModel):
    """Everything that can be asked, derived from the declarations."""

    collections: list[CollectionMeta] = Field(description="Every collection.")
    vocabularies: dict[str, list[str]] = Field(description="Closed vocabularies.")
    prefixes: dict[str, str] = Field(description="CURIE prefix to address; {} takes the id.")
    meta: envelope.Meta = Field(description="Release, licence, citation.")


class Health(OutputModel):
    """Whether the process is up, or the store answers."""

    status: str = Field(description="ok.")


class ProblemType(OutputModel):
    """One kind of problem."""

    name: str = Field(description="The last part of a problem's `type`.")
    title: str = Field(description="What it means.")
    status: int = Field(description="Its HTTP status.")


class DatasetCitation(LazyModel):
    """How to cite the dataset, in four forms."""

    text: str = Field(description="In words.")
    bibtex: str = Field(description="As a BibTeX entry.")
    ris: str = Field(description="As a RIS record.")
    csl: dict[str, Any] = Field(description="As a CSL-JSON item.")


class CitationAnswer(LazyModel):
    """An answer of `/v1/cite`."""

    data: DatasetCitation = Field(description="The citation.")
    meta: envelope.Meta = Field(description="Release, licence, citation, filters.")


def build_router(catalogue: ResourceRegistry) -> APIRouter:
    router = APIRouter(
        dependencies=[Depends(takes_no_parameters)],
        tags=["about"],
        responses=envelope.PROBLEM_RESPONSES,
    )

    @router.get(
        "/",
        operation_id="read_home",
        summary="To the catalogue",
        status_code=307,
        response_class=RedirectResponse,
    )
    def read_home() -> RedirectResponse:
        return RedirectResponse("/v1")

    @router.get("/v1", operation_id="read_root", summary="What there is", response_model=Root)
    def read_root(request: Request, service: ServiceDep) -> Response:
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
        operation_id="read_catalogue",
        summary="Fields, filters, columns and vocabularies",
        response_model=CatalogueAnswer,
    )
    def read_catalogue(request: Request, service: ServiceDep) -> Response:
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
        operation_id="read_citation",
        summary="How to cite the dataset",
        response_model=CitationAnswer,
    )
    def read_citation(request: Request, service: ServiceDep) -> Response:
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
        operation_id="read_problem",
        summary="What a kind of problem means",
        response_model=ProblemType,
        responses={404: envelope.documented_problem("No such kind.")},
    )
    def read_problem(
        name: Annotated[str, Path(description="The kind's name.", max_length=400)],
    ) -> dict[str, Any]:
        for kind in ERROR_TYPES:
            if kind.name == name:
                return {"name": kind.name, "title": kind.title, "status": kind.status}
        known = ", ".join(kind.name for kind in ERROR_TYPES)
        raise NotFoundError(f"No kind of problem {name[:80]!r}. There are: {known}.")

    @router.get(
        "/healthz", operation_id="read_health", summary="Is the process up?", response_model=Health
    )
    async def read_health() -> dict[str, str]:
        return {"status": "ok"}

    @router.get(
        "/readyz",
        operation_id="read_readiness",
        summary="Does the store answer, with data?",
        response_model=Health,
    )
    def read_readiness(service: RunningService) -> dict[str, str]:
        with service.store.read() as session:
            revision = current_revision(session)
        if revision is None:
            raise UnavailableError("The store is empty: run `kkb load`.")
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

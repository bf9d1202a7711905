"""List, record and batch routes of every collection, built from its declaration."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from pydantic_core import from_json

from app.api.content_negotiation import negotiate
from app.api.deps import ServiceContext, ServiceDep, next_link, read_only_post
from app.api.documented_responses import GONE, PROBLEMS
from app.api.json_ld import (
    addresses_of,
    json_ld_response,
    refuse_json_only_parameters,
    version_of,
)
from app.api.query_parameters import query_annotation
from app.api.read_responses import (
    JSON,
    cache_validators,
    get_record_or_404,
    json_response,
    not_modified,
)
from app.api.reference_parameters import resolve_query
from app.api.root_path import with_root_path
from app.api.routes import exports
from app.api.schemas import envelope
from app.api.schemas.collections import BatchRequest
from app.api.short_reads import run_short_read
from app.api.signposting import record_links
from app.api.strict_json import StrictJsonRoute
from app.domain.errors import ErrorDetail, ParameterError
from app.kit.connection_shares import ReadKind
from app.kit.includes import Included
from app.kit.query_types import PAGE_PARAMETERS
from app.kit.raw_json import dump_json, select_fields
from app.kit.registry import ResourceRegistry
from app.kit.resource import Resource
from app.kit.sessions import ReadSession, Store
from app.services.json_ld.records import record_document, type_and_licence
from app.services.json_ld.terms import JSON_LD
from app.services.records import batch_lookup
from app.services.records import exports as record_exports
from app.services.records.licences import licences_of
from app.services.store.revision import current_revision

#: Records of a page up to which a list is a short read.
SHORT_LIST = 100


def build_router(catalogue: ResourceRegistry) -> APIRouter:
    """Build the router of every collection: list, record, batch and exports."""
    router = APIRouter(
        prefix="/v1",
        responses=PROBLEMS,
        route_class=StrictJsonRoute,
    )
    for resource in catalogue.values():
        models = envelope.envelope_models(catalogue, resource)
        # Routes are tried in this order. Records are read most, but `{slug}` also matches `batch`
        # and `x.bib`, so these two come before it.
        _add_batch(router, catalogue, resource, models)
        if resource.cites:
            exports.add_record_citations(router, resource)
        _add_record(router, catalogue, resource, models)
        _add_list(router, catalogue, resource, models)
        exports.add_list_export(router, catalogue, resource)
    return router


def _add_list(
    router: APIRouter,
    catalogue: ResourceRegistry,
    resource: Resource,
    models: envelope.EnvelopeModels,
) -> None:
    offered = {JSON: "json"} | {
        record_exports.EXPORT_FORMATS[name].media_type.partition(";")[0]: name
        for name in resource.formats
    }

    async def read_list(request: Request, service: ServiceDep, query: Any) -> Response:
        chosen = offered[negotiate(request, list(offered))]
        if chosen != "json":
            sent = query.model_fields_set & set(PAGE_PARAMETERS)
            if sent:
                raise _no_pages(sorted(sent), chosen)
            return await run_in_threadpool(
                exports.respond, request, service, resource, query, chosen
            )

        def read(store: Store) -> Response:
            return _json_list(request, service, store, resource, query)

        if query.limit > SHORT_LIST or query.q or query.facets:
            return await run_in_threadpool(read, service.store)
        return await run_short_read(service.store, read)

    read_list.__annotations__["query"] = query_annotation(partial(catalogue.list_query, resource))
    router.add_api_route(
        f"/{resource.name}",
        read_list,
        operation_id=f"list_{resource.identifier}",
        summary=f"List {resource.name}",
        description=f"{resource.description} `Accept` selects the formats of"
        f" `export_{resource.name}` here as well.",
        tags=[resource.name],
        # JSON alone: client generators take further media types for alternatives of every answer.
        responses={200: {"model": models.page, "description": "Page of records."}},
    )


def _json_list(
    request: Request, service: ServiceContext, store: Store, resource: Resource, query: Any
) -> Response:
    with store.read() as session:
        validators = cache_validators(request, service, session)
        if not_modified(request, validators):
            return Response(status_code=304, headers=validators.headers)
        query, links = resolve_query(request, service, session, query)
        page = service.repository.list_page(session, resource, query)
        included = service.repository.load_includes(session, resource, page.ids, query.include)
        body = {
            "data": page.documents,
            "page": {"limit": query.limit, "total": page.total, "next": page.next},
            "facets": page.facets,
            "query": page.text_query,
            "included": included,
        }
        licences = _licences(session, service, resource, page.ids, included)
        filters = envelope.applied_parameters(query)
        links = next_link(request, service, page.next, links)
        return json_response(
            request, service, validators, body, filters=filters, headers=links, licences=licences
        )


def _licences(
    session: ReadSession,
    service: ServiceContext,
    resource: Resource,
    ids: list[int],
    included: Included,
) -> list[str]:
    """Return the licences of records in a response that have another one than the dataset."""
    slugs = ((name, list(documents)) for name, documents in included.items())
    return licences_of(session, service.repository, [(resource.name, ids), *slugs])


def _add_record(
    router: APIRouter,
    catalogue: ResourceRegistry,
    resource: Resource,
    models: envelope.EnvelopeModels,
) -> None:
    # Any text is a valid slug, known or not, so FastAPI's validation of it would be for nothing: it
    # takes a twentieth of the request (docs/decisions/0004-plain-fastapi-routing.md).
    slug_parameter = {
        "name": "slug",
        "in": "path",
        "required": True,
        "description": "Slug of the record.",
        "schema": {"type": "string", "maxLength": 400},
    }

    async def read_record(request: Request, service: ServiceDep, query: Any) -> Response:
        media_type = negotiate(request, [JSON, JSON_LD])
        if media_type == JSON_LD:
            refuse_json_only_parameters(query.model_fields_set)

        def read(store: Store) -> Response:
            return _record(request, service, store, resource, query, media_type)

        return await run_short_read(service.store, read)

    build_query = partial(catalogue.record_query, resource)
    read_record.__annotations__["query"] = query_annotation(build_query)
    router.add_api_route(
        f"/{resource.name}/{{slug}}",
        read_record,
        operation_id=f"get_{resource.record_type}",
        summary=f"Get one {resource.record_type} record",
        description=f"{resource.record.__doc__ or ''} `Accept: {JSON_LD}` selects JSON-LD.".strip(),
        tags=[resource.name],
        responses={
            200: {"model": models.single, "description": "The record."},
            **GONE,
        },
        openapi_extra={"parameters": [slug_parameter]},
    )


def _record(
    request: Request,
    service: ServiceContext,
    store: Store,
    resource: Resource,
    query: Any,
    media_type: str,
) -> Response:
    slug = request.path_params["slug"]
    kind = ReadKind.USUAL if query.include else ReadKind.SHORT
    with store.read(kind) as session:
        validators = cache_validators(request, service, session, media_type)
        if not_modified(request, validators):
            return Response(status_code=304, headers=validators.headers)
        key, document = get_record_or_404(session, service, resource, slug, [])
        schema_type, licence = type_and_licence(resource, document.text)
        links = record_links(request, service, validators, resource, slug, schema_type, licence)
        if media_type == JSON_LD:
            record, version = from_json(document.text), version_of(validators)
            linked = record_document(resource, record, addresses_of(request), version)
            return json_ld_response(request, validators, linked, links)
        included = service.repository.load_includes(session, resource, [key], query.include)
        body, filters = (
            {"data": select_fields(document.text, query.fields), "included": included},
            envelope.applied_parameters(query),
        )
        licences = _licences(session, service, resource, [key], included)
        return json_response(
            request,
            service,
            validators,
            body,
            filters=filters,
            headers=links,
            licences=licences,
        )


def _add_batch(
    router: APIRouter,
    catalogue: ResourceRegistry,
    resource: Resource,
    models: envelope.EnvelopeModels,
) -> None:
    def read_batch(request: Request, service: ServiceDep, body: Any, query: Any) -> Response:
        with service.store.read() as session:
            results = batch_lookup.look_up_records(
                session, service.repository, resource, body.ids, query.fields
            )
            ids = list(dict.fromkeys(r.id for r in results if r.id is not None))
            included = service.repository.load_includes(session, resource, ids, query.include)
            revision = session.state = current_revision(session)
            content = {
                "data": [result.to_dict() for result in results],
                "included": included,
                "meta": envelope.meta(
                    revision,
                    envelope.applied_parameters(query),
                    _licences(session, service, resource, ids, included),
                ),
            }

        content = with_root_path(request.scope, content)
        return Response(dump_json(content), media_type=JSON, headers={"Cache-Control": "no-store"})

    read_batch.__annotations__ |= {
        "body": Annotated[BatchRequest, Body()],
        "query": query_annotation(partial(catalogue.record_query, resource)),
    }
    router.add_api_route(
        f"/{resource.name}/batch",
        read_batch,
        methods=["POST"],
        operation_id=f"batch_get_{resource.identifier}",
        summary=f"Get up to 500 {resource.record_type} records",
        description="Returns one result per id, in request order; unknown ids are reported as not"
        " found.",
        tags=[resource.name],
        dependencies=[Depends(read_only_post)],
        responses={
            200: {"model": models.batch, "description": "One result per id."},
        },
    )


def _no_pages(names: list[str], format_name: str) -> ParameterError:
    what = f"is not supported for {format_name}, which exports all records."
    return ParameterError(*(ErrorDetail("query", name, f"{name} {what}") for name in names))

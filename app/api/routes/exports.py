"""Export routes: every row of a list in each format, and the references behind it."""

from contextlib import ExitStack
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel

from app.api.deps import ServiceContext, ServiceDep, takes_no_parameters
from app.api.query_parameters import query_annotation
from app.api.read_responses import (
    cache_validators,
    get_record_or_404,
    not_modified,
    stream_response,
)
from app.api.schemas import envelope
from app.domain.errors import ErrorDetail, NotFoundError, ParameterError
from app.kit.registry import ResourceRegistry
from app.kit.resource import Resource
from app.services.records import exports


def add_exports(router: APIRouter, catalogue: ResourceRegistry, resource: Resource) -> None:
    """Add the export routes of a collection: record tables and citation formats."""
    tables = [n for n in resource.formats if not exports.EXPORT_FORMATS[n].citations]

    def read_export(request: Request, service: ServiceDep, format: str, query: Any) -> Response:
        if format not in tables:
            known = list(resource.formats)
            detail = f"{resource.name} has no format {format[:40]!r}. It has: {', '.join(known)}."
            suggestions = [f"/v1/{resource.name}.{name}" for name in known]
            raise NotFoundError(detail, did_you_mean=suggestions)
        return stream(request, service, resource, query, format)

    query_model = catalogue.export_query(resource)
    read_export.__annotations__ |= {
        "format": Annotated[
            str,
            Path(description="Export format.", json_schema_extra={"enum": tables}, max_length=400),
        ],
        "query": query_annotation(query_model),
    }
    citation_query = catalogue.export_query(resource, choose_fields=False)
    for name in (name for name in resource.formats if name not in tables):
        _add_citations(router, resource, citation_query, name)
        if resource.cites is not None:
            _add_record_citations(router, resource, name)
    router.add_api_route(
        f"/{resource.name}.{{format}}",
        read_export,
        operation_id=f"export_{resource.name}",
        summary=f"Export {resource.name}",
        description=(
            "Streams all records that match the filters. In CSV and TSV, text that a spreadsheet"
            " would interpret as a formula is prefixed with `'`. NDJSON ends with a line that"
            " states the number of records."
        ),
        tags=[resource.name],
        response_class=StreamingResponse,
        responses=_exported(tables),
    )


def _add_citations(
    router: APIRouter, resource: Resource, query_model: type[BaseModel], format_name: str
) -> None:
    """Add the export of a citation format, which has no choice of fields."""

    def read_citations(request: Request, service: ServiceDep, query: Any) -> Response:
        return stream(request, service, resource, query, format_name)

    read_citations.__annotations__["query"] = query_annotation(query_model)
    router.add_api_route(
        f"/{resource.name}.{format_name}",
        read_citations,
        operation_id=f"export_{resource.name}_{format_name.replace('.', '_')}",
        summary=f"Export the references of {resource.name} ({format_name})",
        description="Streams all records that match the filters.",
        tags=[resource.name],
        response_class=StreamingResponse,
        responses=_exported([format_name]),
    )


def _add_record_citations(router: APIRouter, resource: Resource, format_name: str) -> None:
    media = exports.EXPORT_FORMATS[format_name].media_type

    def cite_record(
        request: Request,
        service: ServiceDep,
        slug: Annotated[str, Path(description="Slug of the record.", max_length=400)],
    ) -> Response:
        with ExitStack() as transaction:
            session = transaction.enter_context(service.store.read())
            validators = cache_validators(request, service, session, media)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            get_record_or_404(session, service, resource, slug, ["slug"])
            chunks = exports.export_citations(
                session, service.repository, resource, slug, format_name
            )
            return stream_response(request, transaction, validators, chunks, media)

    router.add_api_route(
        f"/{resource.name}/{{slug}}.{format_name}",
        cite_record,
        operation_id=f"get_{resource.record_type}_references_{format_name.replace('.', '_')}",
        summary=f"Get the references of one {resource.record_type} record ({format_name})",
        description="References of the record, without duplicates.",
        tags=[resource.name],
        response_class=StreamingResponse,
        responses=_exported([format_name]) | envelope.GONE_RESPONSE,
        dependencies=[Depends(takes_no_parameters)],
    )


def _exported(format_names: list[str]) -> dict[int | str, dict[str, Any]]:
    return {
        200: {
            "description": "Exported records.",
            "content": {
                exported.media_type.partition(";")[0]: {"schema": exported.schema}
                for exported in (exports.EXPORT_FORMATS[name] for name in format_names)
            },
        }
    }


def stream(
    request: Request, service: ServiceContext, resource: Resource, query: Any, format_name: str
) -> Response:
    """Stream the rows that match a query in an export format."""
    if exports.EXPORT_FORMATS[format_name].citations and getattr(query, "fields", None):
        message = f"fields is not supported for {format_name}; citations always contain all fields."
        raise ParameterError(ErrorDetail("query", "fields", message))
    media = exports.EXPORT_FORMATS[format_name].media_type
    filename = {"Content-Disposition": f'attachment; filename="{resource.name}.{format_name}"'}
    with ExitStack() as transaction:
        session = transaction.enter_context(service.store.read())
        validators = cache_validators(request, service, session, media)
        if not_modified(request, validators):
            return Response(status_code=304, headers=validators.headers)
        chunks = exports.export(session, service.repository, resource, query, format_name)
        return stream_response(request, transaction, validators, chunks, media, filename)

"""The uniform surface: list, record, batch and export of every noun, built from its declaration."""

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Path, Query, Request
from fastapi.responses import Response, StreamingResponse
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import to_json

from app.api import answers
from app.api.answering import JSON, Headers, Told, answer, missing, told
from app.api.deps import Service, TheService, next_link, reads, takes_no_parameters
from app.domain import identifiers
from app.domain.citation import CITATION_FORMATS
from app.domain.errors import NotAcceptableError, NotFoundError, ParameterError
from app.kit.listing import Row
from app.kit.resource import NO_NUL, PAGED, Catalogue, Resource, clean_text
from app.kit.sessions import ReadSession
from app.services import batch, exporting
from app.services.store import Standing, standing

Id = Annotated[
    str,
    Field(min_length=1, max_length=200, json_schema_extra=NO_NUL),
    AfterValidator(clean_text),
]


class BatchRequest(BaseModel):
    """The records wanted."""

    model_config = ConfigDict(extra="forbid")

    ids: list[Id] = Field(
        min_length=1,
        max_length=500,
        description="Slugs, or CURIEs such as chembl.compound:CHEMBL742, doi:… and pubmed:….",
    )


def build_router(catalogue: Catalogue) -> APIRouter:
    router = APIRouter(prefix="/v1", responses=answers.PROBLEMS)
    for resource in catalogue.values():
        models = answers.models_of(catalogue, resource)
        _add_list(router, catalogue, resource, models)
        _add_export(router, catalogue, resource)
        _add_batch(router, catalogue, resource, models)
        _add_record(router, catalogue, resource, models)
    return router


def _add_list(
    router: APIRouter, catalogue: Catalogue, resource: Resource, models: answers.Models
) -> None:
    query_model = catalogue.list_query(resource)
    offered = {JSON: "json"} | {
        exporting.MEDIA_TYPES[name].partition(";")[0]: name for name in resource.formats
    }

    def read_list(request: Request, service: TheService, query: Any) -> Response:
        chosen = offered[negotiate(request, list(offered))]
        if chosen != "json":
            sent = query.model_fields_set & set(PAGED)
            if sent:
                raise _no_pages(sorted(sent), chosen)
            return _stream(request, service, resource, query, chosen)
        return _json_list(request, service, resource, query)

    read_list.__annotations__["query"] = Annotated[query_model, Query()]
    router.add_api_route(
        f"/{resource.name}",
        read_list,
        operation_id=f"list_{resource.name}",
        summary=f"List {resource.name}",
        description=resource.description,
        tags=[resource.name],
        responses={
            200: {
                "model": models.page,
                "description": "One page.",
                "content": {
                    media: {"schema": {"type": "string"}} for media in offered if media != JSON
                },
            },
            304: {"description": "Your copy is this one."},
        },
    )


def _json_list(request: Request, service: Service, resource: Resource, query: Any) -> Response:
    def build(session: ReadSession) -> dict[str, Any]:
        page = service.listing.page(session, resource, query)
        return {
            "data": page.rows,
            "page": {"limit": query.limit, "total": page.total, "next": page.next},
            "facets": page.facets,
            "included": service.listing.included(session, resource, page.ids, query.include),
        }

    def link(body: dict[str, Any]) -> Headers:
        return next_link(request, service, body["page"]["next"])

    return answer(request, service, build, answers.in_force(query), link)


def _add_record(
    router: APIRouter, catalogue: Catalogue, resource: Resource, models: answers.Models
) -> None:
    query_model = catalogue.record_query(resource)

    def read_record(request: Request, service: TheService, slug: str, query: Any) -> Response:
        def build(session: ReadSession) -> dict[str, Any]:
            key, row = _record(session, service, resource, slug, query.fields)
            included = service.listing.included(session, resource, [key], query.include)
            return {"data": row, "included": included}

        return answer(request, service, build, answers.in_force(query))

    read_record.__annotations__["query"] = Annotated[query_model, Query()]
    read_record.__annotations__["slug"] = Annotated[
        str, Path(description=f"The slug of one of the {resource.name}.", max_length=400)
    ]
    router.add_api_route(
        f"/{resource.name}/{{slug}}",
        read_record,
        operation_id=f"read_{resource.kind}",
        summary=f"One record of {resource.name}",
        description=resource.record.__doc__ or "",
        tags=[resource.name],
        responses={
            200: {"model": models.single, "description": "The record."},
            304: {"description": "Your copy is this one."},
            404: answers.problem("No such record; says what is near."),
        },
    )


def _record(
    session: ReadSession, service: Service, resource: Resource, slug: str, fields: list[str]
) -> tuple[int, Row]:
    """A record and its id; a 404 with what is near where there is none."""
    if identifiers.SLUG.fullmatch(slug) and len(slug) <= 200:
        found = service.listing.find(session, resource, [slug], fields)
        if slug in found:
            return found[slug]
    raise missing(session, service, resource, slug)


def _add_export(router: APIRouter, catalogue: Catalogue, resource: Resource) -> None:
    tables = [name for name in resource.formats if name not in CITATION_FORMATS]

    def read_export(request: Request, service: TheService, format: str, query: Any) -> Response:
        if format not in tables:
            known = list(resource.formats)
            detail = f"{resource.name} has no format {format[:40]!r}. It has: {', '.join(known)}."
            near = [f"/v1/{resource.name}.{name}" for name in known]
            raise NotFoundError(detail, did_you_mean=near)
        return _stream(request, service, resource, query, format)

    read_export.__annotations__["query"] = Annotated[catalogue.export_query(resource), Query()]
    read_export.__annotations__["format"] = Annotated[
        str,
        Path(description="The format.", json_schema_extra={"enum": tables}, max_length=400),
    ]
    for name in (name for name in resource.formats if name not in tables):
        _add_citations(router, catalogue, resource, name)
        if resource.cites is not None:
            _add_record_citations(router, resource, name)
    router.add_api_route(
        f"/{resource.name}.{{format}}",
        read_export,
        operation_id=f"export_{resource.name}",
        summary=f"Export {resource.name}, unpaged",
        description=(
            "Every row under the filters, streamed. A text cell of CSV or TSV that a spreadsheet"
            " would run as a formula has a `'` in front. NDJSON ends with a line that states the"
            " count."
        ),
        tags=[resource.name],
        response_class=StreamingResponse,
        responses=_exported(tables),
    )


def _add_citations(
    router: APIRouter, catalogue: Catalogue, resource: Resource, format_name: str
) -> None:
    """A reference manager's format: a citation has all of its fields; none can be chosen."""

    def read_citations(request: Request, service: TheService, query: Any) -> Response:
        return _stream(request, service, resource, query, format_name)

    query_model = catalogue.export_query(resource, choose_fields=False)
    read_citations.__annotations__["query"] = Annotated[query_model, Query()]
    router.add_api_route(
        f"/{resource.name}.{format_name}",
        read_citations,
        operation_id=f"export_{resource.name}_{format_name.replace('.', '_')}",
        summary=f"Export {resource.name} for a reference manager ({format_name})",
        description="Every record under the filters, streamed.",
        tags=[resource.name],
        response_class=StreamingResponse,
        responses=_exported([format_name]),
    )


def _add_record_citations(router: APIRouter, resource: Resource, format_name: str) -> None:
    media = exporting.MEDIA_TYPES[format_name]

    def cite_record(
        request: Request,
        service: TheService,
        slug: Annotated[str, Path(description="The record's slug.", max_length=400)],
    ) -> Response:
        def write(session: ReadSession, _: Standing | None) -> Told:
            _record(session, service, resource, slug, ["slug"])
            return exporting.cite(service.store, service.listing, resource, slug, format_name), {}

        return told(request, service, media, write)

    router.add_api_route(
        f"/{resource.name}/{{slug}}.{format_name}",
        cite_record,
        operation_id=f"cite_{resource.kind}_{format_name.replace('.', '_')}",
        summary=f"What one of the {resource.name} rests on ({format_name})",
        description="The references behind the record, each once.",
        tags=[resource.name],
        response_class=StreamingResponse,
        responses=_exported([format_name]),
        dependencies=[Depends(takes_no_parameters)],
    )


SCHEMAS = {
    "csl.json": {"type": "array", "items": {"type": "object"}},
    "parquet": {"type": "string", "format": "binary"},
}


def _exported(format_names: list[str]) -> dict[int | str, dict[str, Any]]:
    return {
        200: {
            "description": "The rows.",
            "content": {
                exporting.MEDIA_TYPES[name].partition(";")[0]: {
                    "schema": SCHEMAS.get(name, {"type": "string"})
                }
                for name in format_names
            },
        },
        304: {"description": "Your copy is this one."},
    }


def _stream(
    request: Request, service: Service, resource: Resource, query: Any, format_name: str
) -> Response:
    if format_name in CITATION_FORMATS and getattr(query, "fields", None):
        message = f"fields has no meaning for {format_name}: a citation has all of them."
        raise ParameterError([{"in": "query", "name": "fields", "message": message}])
    name = f"{resource.name}.{format_name}"

    def write(_session: ReadSession, _stand: Standing | None) -> Told:
        chunks = exporting.export(service.store, service.listing, resource, query, format_name)
        return chunks, {"Content-Disposition": f'attachment; filename="{name}"'}

    return told(request, service, exporting.MEDIA_TYPES[format_name], write)


def _add_batch(
    router: APIRouter, catalogue: Catalogue, resource: Resource, models: answers.Models
) -> None:
    query_model = catalogue.record_query(resource)

    def read_batch(service: TheService, body: Any, query: Any) -> Response:
        def build(session: ReadSession) -> dict[str, Any]:
            results = batch.look_up(session, service.listing, resource, body.ids, query.fields)
            ids = list(dict.fromkeys(r.id for r in results if r.id is not None))
            return {
                "data": [result.shown() for result in results],
                "included": service.listing.included(session, resource, ids, query.include),
                "meta": answers.meta(standing(session), answers.in_force(query)),
            }

        answer = service.store.reading(build)
        return Response(to_json(answer), media_type=JSON, headers={"Cache-Control": "no-store"})

    read_batch.__annotations__["query"] = Annotated[query_model, Query()]
    read_batch.__annotations__["body"] = Annotated[BatchRequest, Body()]
    router.add_api_route(
        f"/{resource.name}/batch",
        read_batch,
        methods=["POST"],
        operation_id=f"batch_{resource.name}",
        summary=f"Up to 500 {resource.name} at once",
        description="One result per id, in the order asked; an unknown id says so.",
        tags=[resource.name],
        dependencies=[Depends(reads)],
        responses={
            200: {"model": models.batch, "description": "One result per id."},
            **answers.BODY,
        },
    )


def negotiate(request: Request, offered: list[str]) -> str:
    """The offered type that the client likes best; the first where it does not care."""
    accept = request.headers.get("accept", "*/*") or "*/*"
    best, best_q = "", 0.0
    for media in offered:
        matched = sorted(_qualities(accept, media), key=lambda pair: -pair[1])
        quality = matched[0][0] if matched else 0.0
        if quality > best_q:
            best, best_q = media, quality
    if not best:
        raise NotAcceptableError(f"Served here: {', '.join(offered)}.", offered=offered)
    return best


def _qualities(accept: str, media: str) -> Iterator[tuple[float, int]]:
    """(quality, how specific) of each range of an Accept header that covers the type."""
    kind = media.partition("/")[0]
    for part in accept.split(","):
        wanted, *parameters = [p.strip() for p in part.split(";")]
        specific = {media: 2, f"{kind}/*": 1, "*/*": 0}.get(wanted.lower())
        if specific is None:
            continue
        quality = 1.0
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            if name.strip().lower() == "q":
                try:
                    quality = min(max(float(value), 0.0), 1.0)
                except ValueError:
                    quality = 0.0
        yield quality, specific


def _no_pages(names: list[str], format_name: str) -> ParameterError:
    return ParameterError(
        [
            {
                "in": "query",
                "name": name,
                "message": f"{name} has no meaning for {format_name}, which holds every row.",
            }
            for name in names
        ]
    )

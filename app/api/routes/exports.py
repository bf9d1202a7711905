"""Export routes: every row of a list in each format, and the references behind it."""

from collections.abc import Generator, Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import Response, StreamingResponse

from app.api.cache.etags import if_none_match_is_any
from app.api.content_negotiation import PLAIN_TEXT, text_content, text_media_type
from app.api.deps import ServiceContext, ServiceDep, takes_no_parameters
from app.api.documented_responses import GONE, Responses, documented_headers, problem_responses
from app.api.file_response import RangeFileResponse
from app.api.query_parameters import query_annotation
from app.api.read_responses import (
    Validators,
    cache_validators,
    get_record_or_404,
    not_modified,
    stream_response,
)
from app.api.reference_parameters import resolve_query
from app.domain.errors import (
    ErrorDetail,
    ExportTooLargeError,
    NotFoundError,
    ParameterError,
    RangeNotSatisfiableError,
    UnavailableError,
)
from app.kit.connection_shares import ReadKind
from app.kit.parquet_process import ParquetProcess
from app.kit.registry import ResourceRegistry
from app.kit.resource import Resource
from app.kit.sessions import ReadSession
from app.services.records import exports
from app.services.records.export_files import ExportFile, ExportFileTooLargeError
from app.services.records.licences import exported_licences
from app.services.store.revision import dataset_metadata

#: Response header: the number of records in an export.
TOTAL_COUNT = "X-Total-Count"
FILE_HEADERS = ("Content-Disposition", TOTAL_COUNT)


def add_list_export(router: APIRouter, catalogue: ResourceRegistry, resource: Resource) -> None:
    """Add the export of the list of a collection."""
    formats = list(resource.formats)

    def read_export(request: Request, service: ServiceDep, format: str, query: Any) -> Response:
        if format not in formats:
            raise unknown_format(f"/v1/{resource.name}", resource.name, format, formats)
        return respond(request, service, resource, query, format)

    read_export.__annotations__ |= {
        "format": Annotated[
            str,
            Path(description="Export format.", json_schema_extra={"enum": formats}, max_length=400),
        ],
        "query": query_annotation(partial(catalogue.export_query, resource)),
    }
    router.add_api_route(
        f"/{resource.name}.{{format}}",
        read_export,
        operation_id=f"export_{resource.identifier}",
        summary=f"Export {resource.name}",
        description="All records that match the filters, without pages.",
        tags=[resource.name],
        response_class=StreamingResponse,
        responses=exported(formats, *FILE_HEADERS) | _FILE_RESPONSES,
    )


_FILE_RESPONSES: Responses = {
    206: {
        "description": "Partial content. The requested range of a Parquet file.",
        "headers": documented_headers("Content-Range"),
    },
    **problem_responses(ExportTooLargeError, RangeNotSatisfiableError),
}


def add_record_citations(router: APIRouter, resource: Resource) -> None:
    """Add the export of the references of one record."""
    formats = [name for name in resource.formats if exports.EXPORT_FORMATS[name].citations]

    def cite_record(
        request: Request,
        service: ServiceDep,
        slug: Annotated[str, Path(description="Slug of the record.", max_length=400)],
        format: Annotated[
            str,
            Path(
                description="Citation format.",
                json_schema_extra={"enum": formats},
                max_length=400,
            ),
        ],
    ) -> Response:
        # A slug has no full stop, but the format `csl.json` has one.
        slug, _, format_name = f"{slug}.{format}".partition(".")
        if format_name not in formats:
            what = f"{resource.name}/{slug[:120]}"
            raise unknown_format(f"/v1/{what}", what, format_name, formats)
        media = export_media_type(request, format_name)
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
        f"/{resource.name}/{{slug}}.{{format}}",
        cite_record,
        operation_id=f"get_{resource.record_type}_references",
        summary=f"Get the references of one {resource.record_type} record",
        description="References of the record, without duplicates.",
        tags=[resource.name],
        response_class=StreamingResponse,
        responses=exported(formats) | GONE,
        dependencies=[Depends(takes_no_parameters)],
    )


def unknown_format(base: str, what: str, name: str, formats: list[str]) -> NotFoundError:
    """Return the 404 of an export format that does not exist.

    Args:
        base: Path without the extension.
        what: What is exported, for the message.
        name: The format that was requested.
        formats: The formats that exist.
    """
    return NotFoundError(
        f"{what} has no format {name[:40]!r}. It has: {', '.join(formats)}.",
        did_you_mean=[f"{base}.{known}" for known in formats],
    )


_TABLES = (
    "CSV, TSV and NDJSON are streamed: a connection that breaks off before the last chunk means an"
    " incomplete file. In CSV and TSV, free text that a spreadsheet would run as a formula is"
    " prefixed with `'`. Parquet has a `Content-Length` and takes range requests; beyond a size"
    " limit it is a 413 that names the file of a release."
)
_CITATIONS = (
    "Citation formats hold the references that the records rest on, each once and with all its"
    " fields; where `Accept` prefers text/plain, that is their media type."
)


def exported(format_names: list[str], *headers: str) -> Responses:
    """Return the documented response of an export in some formats."""
    formats = [exports.EXPORT_FORMATS[name] for name in format_names]
    content = {chosen.media_type.partition(";")[0]: {"schema": chosen.schema} for chosen in formats}
    if not any(chosen.citations for chosen in formats):
        description = f"Exported records. {_TABLES}"
    elif all(chosen.citations for chosen in formats):
        description = f"Exported references. {_CITATIONS}"
        content |= text_content(PLAIN_TEXT)
    else:
        description = f"Exported records or references. {_TABLES} {_CITATIONS}"
        content |= text_content(PLAIN_TEXT)
    response = {"description": description, "headers": documented_headers(*headers)}
    return {200: {**response, "content": content}}


def export_media_type(request: Request, format_name: str) -> str:
    """Return the media type of an export; citation formats can be sent as plain text."""
    export_format = exports.EXPORT_FORMATS[format_name]
    media = export_format.media_type
    return text_media_type(request, media) if export_format.citations else media


def respond(
    request: Request, service: ServiceContext, resource: Resource, query: Any, format_name: str
) -> Response:
    """Return the records that match a query in an export format: streamed, or as a file."""
    if exports.EXPORT_FORMATS[format_name].citations and getattr(query, "fields", None):
        message = f"fields is not supported for {format_name}; citations always contain all fields."
        raise ParameterError(ErrorDetail("query", "fields", message))
    if exports.EXPORT_FORMATS[format_name].streamed:
        return _stream(request, service, resource, query, format_name)
    return _finished_file(request, service, resource, query, format_name)


def _stream(
    request: Request, service: ServiceContext, resource: Resource, query: Any, format_name: str
) -> Response:
    media = export_media_type(request, format_name)
    with ExitStack() as transaction:
        session = transaction.enter_context(service.store.read(ReadKind.EXPORT))
        validators = cache_validators(request, service, session, media)
        if not_modified(request, validators):
            return Response(status_code=304, headers=validators.headers)
        query, links = resolve_query(request, service, session, query)
        chunks, headers = _read(session, service, validators, resource, query, format_name)
        return stream_response(request, transaction, validators, chunks, media, headers | links)


def _finished_file(
    request: Request, service: ServiceContext, resource: Resource, query: Any, format_name: str
) -> Response:
    """Return an export as a file, so that parts of it can be requested.

    No database connection is held while another file is being written, or a process is started.
    """
    files, export_format = service.export_files, exports.EXPORT_FORMATS[format_name]
    with service.store.read() as session:
        validators = _file_validators(request, service, session, export_format)
        if not_modified(request, validators):
            return Response(status_code=304, headers=validators.headers)
        file = files.get(validators.headers["ETag"])
        _, links = resolve_query(request, service, session, query)  # errors of filters come first
    if file is None:
        with (
            files.writing,
            _parquet_process(resource) as parquet,
            service.store.read(ReadKind.EXPORT) as session,
        ):
            validators = _file_validators(request, service, session, export_format)
            file = files.get(validators.headers["ETag"])
            if file is None:
                query, _ = resolve_query(request, service, session, query)
                file = _write_file(
                    session, service, validators, resource, query, format_name, parquet
                )
    if if_none_match_is_any(request):
        return Response(status_code=304, headers=validators.headers)
    headers = validators.headers | _file_headers(resource, format_name, file.records) | links
    stat = file.path.stat()
    return RangeFileResponse(
        file.path, keep=file, headers=headers, media_type=export_format.media_type, stat_result=stat
    )


@contextmanager
def _parquet_process(resource: Resource) -> Iterator[ParquetProcess]:
    try:
        with ParquetProcess() as process:
            yield process
    except ChildProcessError as error:
        raise UnavailableError(
            f"The process that writes the file {error.strerror}. Repeat the request later;"
            f" /v1/{resource.name}.ndjson is streamed and needs no such process."
        ) from error


def _file_validators(
    request: Request, service: ServiceContext, session: ReadSession, export: exports.ExportFormat
) -> Validators:
    # Not for the response cache, which has no ranges: the file is one already.
    return cache_validators(request, service, session, export.media_type, extra_cause="file")


def _write_file(
    session: ReadSession,
    service: ServiceContext,
    validators: Validators,
    resource: Resource,
    query: Any,
    format_name: str,
    parquet: ParquetProcess,
) -> ExportFile:
    chunks, headers = _read(session, service, validators, resource, query, format_name, parquet)
    try:
        with closing(chunks):
            return service.export_files.add(
                validators.headers["ETag"], chunks, int(headers[TOTAL_COUNT])
            )
    except ExportFileTooLargeError as error:
        raise _too_large(service, resource, format_name, error.limit) from error
    except ChildProcessError:
        raise
    except OSError as error:
        raise UnavailableError(
            f"The file could not be written to the temporary folder: {error.strerror}."
            f" /v1/{resource.name}.ndjson is streamed and needs no space."
        ) from error


def _too_large(
    service: ServiceContext, resource: Resource, format_name: str, limit: int
) -> ExportTooLargeError:
    """Return the 413 of an export beyond the limit, which names what has the same records."""
    name = f"{resource.name}.{format_name}"
    releases = [manifest.name for manifest in service.archive.all()]
    release = service.repository.release or next(iter(releases), None)
    files = [f"/v1/releases/{release}/files/{name}"] if release else []
    what = (
        f"{files[0]} has all records of release {release}" if files else "There is no release yet"
    )
    return ExportTooLargeError(
        f"This {format_name} export would have more than {limit} bytes. {what};"
        f" /v1/{resource.name}.ndjson has no limit, and filters or fields make an export smaller.",
        did_you_mean=[*files, f"/v1/{resource.name}.ndjson"],
    )


def _read(
    session: ReadSession,
    service: ServiceContext,
    validators: Validators,
    resource: Resource,
    query: Any,
    format_name: str,
    parquet: ParquetProcess | None = None,
) -> tuple[Generator[bytes], dict[str, str]]:
    """Return the bytes of an export, and its headers."""
    repository = service.repository
    records = exports.count(session, repository, resource, query, format_name)
    licences = exported_licences(session, repository, resource, query)
    metadata = dataset_metadata(validators.revision, licences)
    chunks = exports.export(session, repository, resource, query, format_name, metadata, parquet)
    return chunks, _file_headers(resource, format_name, records)


def _file_headers(resource: Resource, format_name: str, records: int) -> dict[str, str]:
    return {
        "Content-Disposition": f'attachment; filename="{resource.name}.{format_name}"',
        TOTAL_COUNT: str(records),
    }

"""Release routes: the list, the manifest, and the files of a release."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import FileResponse, Response
from pydantic import Field
from starlette.exceptions import HTTPException
from starlette.responses import MalformedRangeHeader, RangeNotSatisfiable
from starlette.types import Receive, Scope, Send

from app.api.cache.etags import IMMUTABLE_CACHE_CONTROL, if_none_match_hits, if_none_match_is_any
from app.api.content_negotiation import negotiate
from app.api.deps import LiveServiceDep, ServiceContext, base_url, takes_no_parameters
from app.api.read_responses import JSON, cache_validators, json_response, not_modified
from app.api.schemas import envelope
from app.domain.errors import NotFoundError, UnavailableError
from app.kit.suggestions import similar
from app.resources.base import LazyModel
from app.services.releases.manifest import MEDIA_TYPES, Manifest, ReleaseFileInfo

Name = Annotated[str, Path(description="The name of a release.", max_length=400)]


class ReleaseSummary(LazyModel):
    """A release, in short."""

    name: str = Field(description="Its name: what `release=` takes.")
    date: str = Field(description="The day of its publication.")
    revision: int = Field(description="The revision that it froze.")
    records: int = Field(description="How many records it holds.")
    note: str | None = Field(description="A word on it.")
    url: str = Field(description="Its manifest.")
    files: str = Field(description="Its files.")


class ReleasesAnswer(LazyModel):
    """An answer of `/v1/releases`."""

    data: list[ReleaseSummary] = Field(description="Newest first.")
    meta: envelope.Meta = Field(description="Release, licence, citation, filters.")


class ManifestAnswer(LazyModel):
    """An answer of `/v1/releases/{name}`."""

    data: Manifest = Field(description="The manifest.")
    meta: envelope.Meta = Field(description="Release, licence, citation, filters.")


class DownloadableFile(ReleaseFileInfo):
    """A file that can be fetched."""

    url: str = Field(description="Where it is.")


class FilesAnswer(LazyModel):
    """An answer of `/v1/releases/{name}/files`."""

    data: list[DownloadableFile] = Field(description="The database first, then every collection.")
    meta: envelope.Meta = Field(description="Release, licence, citation, filters.")


class ReleaseFile(FileResponse):
    """A file whose ranges are as RFC 9110 has them, and whose errors are problems."""

    @classmethod
    def _parse_range_header(cls, http_range: str, file_size: int) -> list[tuple[int, int]]:
        try:
            return super()._parse_range_header(http_range, file_size)
        except MalformedRangeHeader:
            return []  # ignored: the whole file is sent
        except RangeNotSatisfiable as error:
            detail = f"The file has {error.max_size} bytes: ask for some of them."
            headers = {"Content-Range": f"bytes */{error.max_size}"}
            raise HTTPException(416, detail, headers) from error

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        method = "HEAD" if scope.get("was_head") else scope["method"]
        await super().__call__({**scope, "method": method}, receive, send)


_BYTES: dict[str, Any] = {
    media.partition(";")[0]: {"schema": {"type": "string", "format": "binary"}}
    for media in MEDIA_TYPES
}
FETCHED: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file.",
        "content": _BYTES | {"application/json": {"schema": {"type": "object"}}},
    },
    206: {
        "description": "The bytes asked for.",
        "content": _BYTES,
    },
    304: {"description": "Your copy is this one."},
    416: envelope.documented_problem("The file has no such bytes."),
}


def build_router() -> APIRouter:
    router = APIRouter(
        prefix="/v1/releases",
        tags=["releases"],
        responses=envelope.PROBLEM_RESPONSES,
        dependencies=[Depends(takes_no_parameters)],
    )

    @router.get(
        "",
        operation_id="list_releases",
        summary="The releases, newest first",
        description="Each stands still: every address that reads takes its name as `release=`.",
        response_model=ReleasesAnswer,
    )
    def list_releases(request: Request, service: LiveServiceDep) -> Response:
        negotiate(request, [JSON])
        manifests, base = service.archive.all(), base_url(request, service)
        names = " ".join(manifest.name for manifest in manifests)
        with service.store.read() as session:
            validators = cache_validators(
                request, service, session, extra_cause=f"releases: {names}"
            )
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            body = {"data": [_short(manifest, base) for manifest in manifests]}
            return json_response(request, service, validators, body)

    @router.get(
        "/{name}",
        operation_id="read_release",
        summary="One release: its manifest",
        description="Counts, sources, sums, and what differs from the release before.",
        response_model=ManifestAnswer,
    )
    def read_release(request: Request, service: LiveServiceDep, name: Name) -> Response:
        manifest, release = service.archive.get(name).manifest, service.as_of_release(name)
        negotiate(request, [JSON])
        with release.store.read() as session:
            validators = cache_validators(request, release, session)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            body = {"data": manifest.model_dump(mode="json")}
            return json_response(request, release, validators, body)

    @router.get(
        "/{name}/files",
        operation_id="list_release_files",
        summary="The files of a release",
        description="SQLite; every collection as NDJSON and Parquet; the manifest; the sums.",
        response_model=FilesAnswer,
    )
    def list_release_files(request: Request, service: LiveServiceDep, name: Name) -> Response:
        base = f"{base_url(request, service)}/v1/releases/{name}/files"
        files, release = service.archive.get(name).files, service.as_of_release(name)
        negotiate(request, [JSON])
        with release.store.read() as session:
            validators = cache_validators(request, release, session)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            data = [{**file.model_dump(), "url": f"{base}/{file.name}"} for file in files]
            return json_response(request, release, validators, {"data": data})

    @router.get(
        "/{name}/files/{file}",
        operation_id="read_release_file",
        summary="One file of a release",
        description="As it is on the disk; ranges are served, and its ETag is its SHA-256.",
        response_class=FileResponse,
        responses=FETCHED,
    )
    def read_release_file(
        request: Request,
        service: LiveServiceDep,
        name: Name,
        file: Annotated[str, Path(description="The name of a file.", max_length=400)],
    ) -> Response:
        return _fetched(request, service, name, file)

    return router


def _short(manifest: Manifest, base: str) -> dict[str, Any]:
    url = f"{base}/v1/releases/{manifest.name}"
    return {
        "name": manifest.name,
        "date": manifest.date.isoformat(),
        "revision": manifest.revision,
        "records": sum(manifest.counts.values()),
        "note": manifest.note,
        "url": url,
        "files": f"{url}/files",
    }


def _fetched(request: Request, service: ServiceContext, release: str, name: str) -> Response:
    edition = service.archive.get(release)
    known = {file.name: file for file in edition.files}
    if name not in known:
        where = f"/v1/releases/{release}/files"
        detail = f"Release {release} has no file {name[:120]!r}. {where} lists them."
        suggestions = [f"{where}/{file}" for file in similar(name, known)]
        raise NotFoundError(detail, did_you_mean=suggestions)
    file, place = known[name], edition.folder / name
    headers = {
        "ETag": f'"{file.sha256}"',
        "Cache-Control": IMMUTABLE_CACHE_CONTROL,
        "Vary": "Accept-Encoding",
    }
    if if_none_match_hits(request, headers["ETag"]) or if_none_match_is_any(request):
        return Response(status_code=304, headers=headers)
    try:
        stat = place.stat()
    except OSError as error:
        raise UnavailableError(f"{name} cannot be read here: {error.strerror}.") from error
    if stat.st_size != file.bytes:
        raise UnavailableError(f"{name} is not the file that the manifest tells of.")
    return ReleaseFile(
        place, headers=headers, media_type=file.media_type, filename=name, stat_result=stat
    )

"""Release routes: the list, the manifest, the files of a release, and publishing one."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import FileResponse, Response
from pydantic_core import to_json

from app.api.auth import requires_scope
from app.api.cache.etags import IMMUTABLE_CACHE_CONTROL, if_none_match_hits, if_none_match_is_any
from app.api.content_negotiation import negotiate
from app.api.deps import LiveServiceDep, ServiceContext, base_url
from app.api.documented_responses import (
    AUTH_PROBLEMS,
    CONFLICT,
    NOT_MODIFIED,
    Responses,
    problem_responses,
)
from app.api.file_response import RangeFileResponse
from app.api.json_ld import addresses_of, json_ld_response
from app.api.query_parameters import refuse_ignored_parameters
from app.api.read_responses import JSON, PRIVATE, cache_validators, json_response, not_modified
from app.api.routers import api_router
from app.api.schemas import envelope
from app.api.schemas.releases import (
    ManifestResponse,
    PublishReleaseRequest,
    ReleaseFileListResponse,
    ReleaseListResponse,
)
from app.api.signposting import release_links
from app.domain import curation
from app.domain.errors import (
    ConflictError,
    MethodNotAllowedError,
    NotFoundError,
    RangeNotSatisfiableError,
    StorageFullError,
    UnavailableError,
)
from app.kit.sessions import ReadOnlyStore
from app.kit.suggestions import similar
from app.services.curation.api_keys import Curator
from app.services.json_ld.datasets import release_document, releases_document
from app.services.json_ld.terms import JSON_LD
from app.services.releases import publish
from app.services.releases.manifest import MEDIA_TYPES, Manifest
from app.services.store.revision import current_revision

CurrentPublisher = Annotated[Curator, Depends(requires_scope(curation.Scope.PUBLISH))]
Name = Annotated[str, Path(description="Name of the release.", max_length=400)]


_BYTES: dict[str, Any] = {
    media.partition(";")[0]: {"schema": {"type": "string", "format": "binary"}}
    for media in MEDIA_TYPES
}
FETCHED: Responses = {
    200: {
        "description": "File content.",
        "content": _BYTES | {"application/json": {"schema": {"type": "object"}}},
    },
    206: {
        "description": "Partial content. The requested range of the file.",
        "content": _BYTES,
    },
    **NOT_MODIFIED,
    **problem_responses(RangeNotSatisfiableError),
}


def build_router() -> APIRouter:
    """Build the router of `/v1/releases`."""
    router = api_router("/v1/releases", tag="releases")

    @router.get(
        "",
        operation_id="list_releases",
        summary="List releases, newest first",
        description="Releases never change. All read operations accept a release name as"
        f" `release=`. `Accept: {JSON_LD}` selects JSON-LD.",
        response_model=ReleaseListResponse,
    )
    def list_releases(request: Request, service: LiveServiceDep) -> Response:
        media_type = negotiate(request, [JSON, JSON_LD])
        manifests, base = service.archive.all(), base_url(request)
        names = " ".join(manifest.name for manifest in manifests)
        with service.store.read() as session:
            validators = cache_validators(
                request, service, session, media_type, extra_cause=f"releases: {names}"
            )
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            if media_type == JSON_LD:
                linked = releases_document(addresses_of(request), manifests)
                return json_ld_response(request, validators, linked)
            body = {"data": [_short(manifest, base) for manifest in manifests]}
            return json_response(request, service, validators, body)

    @router.get(
        "/{name}",
        operation_id="get_release",
        summary="Get the manifest of a release",
        description="Returns counts, sources, checksums, and differences from the previous"
        f" release. `Accept: {JSON_LD}` selects JSON-LD.",
        response_model=ManifestResponse,
    )
    def get_release(request: Request, service: LiveServiceDep, name: Name) -> Response:
        opened, release = service.archive.get(name), service.as_of_release(name)
        media_type = negotiate(request, [JSON, JSON_LD])
        with release.store.read() as session:
            validators = cache_validators(request, release, session, media_type)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            links = release_links(request, opened, is_page=False)
            if media_type == JSON_LD:
                linked = release_document(addresses_of(request), opened.manifest, opened.files)
                return json_ld_response(request, validators, linked, links)
            body = {"data": opened.manifest.model_dump(mode="json")}
            return json_response(request, release, validators, body, headers=links)

    @router.get(
        "/{name}/files",
        operation_id="list_release_files",
        summary="List the files of a release",
        description="Lists the SQLite database, all collections as NDJSON and Parquet, the"
        " manifest and the checksums.",
        response_model=ReleaseFileListResponse,
    )
    def list_release_files(request: Request, service: LiveServiceDep, name: Name) -> Response:
        base = f"{base_url(request)}/v1/releases/{name}/files"
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
        operation_id="get_release_file",
        summary="Download a file of a release",
        description="Returns the file unchanged. Range requests are supported; the ETag is the"
        " SHA-256 checksum.",
        response_class=FileResponse,
        responses=FETCHED,
    )
    def get_release_file(
        request: Request,
        service: LiveServiceDep,
        name: Name,
        file: Annotated[str, Path(description="Name of the file.", max_length=400)],
    ) -> Response:
        return _fetched(request, service, name, file)

    return router


def build_publish_router() -> APIRouter:
    """Build the router that publishes releases; it needs the scope `publish`."""
    router = api_router("/v1/releases", tag="curation", responses=AUTH_PROBLEMS)

    @router.post(
        "",
        operation_id="publish_release",
        summary="Publish an immutable release of the accepted records",
        description="Release names are unique, so a retry does not publish twice but returns 409.",
        status_code=201,
        response_model=ManifestResponse,
        responses=CONFLICT,
    )
    def publish_release(
        request: Request, service: LiveServiceDep, _: CurrentPublisher, body: PublishReleaseRequest
    ) -> Response:
        refuse_ignored_parameters(request)
        if isinstance(service.store, ReadOnlyStore):
            raise MethodNotAllowedError("This server serves a single release and cannot publish.")
        location = f"/v1/releases/{body.name}"
        try:
            manifest = publish.publish(service.store, service.archive, body.name, note=body.note)
        except publish.FolderNotWritableError as error:
            kind = StorageFullError if error.is_full else UnavailableError
            raise kind(f"Nothing was published: {error}.") from error
        except publish.ReleaseNameTakenError as error:
            raise ConflictError(
                f"Nothing was published: {error}.", did_you_mean=[location]
            ) from error
        except publish.PublishRefusedError as error:
            raise ConflictError(f"Nothing was published: {error}.") from error
        service.on_commit()  # responses name the release from now on
        with service.store.read() as session:
            meta = envelope.meta(current_revision(session), {})
        content = to_json({"data": manifest.model_dump(mode="json"), "meta": meta})
        headers = PRIVATE | {"Location": f"{base_url(request)}{location}"}
        return Response(content, 201, headers=headers, media_type=JSON)

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
        raise UnavailableError(f"{name} cannot be read: {error.strerror}.") from error
    if stat.st_size != file.bytes:
        raise UnavailableError(f"{name} does not match the manifest.")
    return RangeFileResponse(
        place, headers=headers, media_type=file.media_type, filename=name, stat_result=stat
    )

"""The pages of the releases, and of what one of them holds."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from app.api.deps import LiveServiceDep
from app.api.json_ld import addresses_of
from app.api.page_addresses import HTML
from app.api.read_responses import cache_validators, not_modified
from app.api.signposting import release_links
from app.explorer.page_route import page_router
from app.explorer.rendering import PageHead, page_response
from app.kit.sessions import ReadOnlyStore
from app.services.json_ld.datasets import main_files, release_document, releases_document

Name = Annotated[str, Path(description="Name of the release.", max_length=400)]


def build_router() -> APIRouter:
    """Build the router of `/releases`."""
    router = page_router()

    @router.get("/releases")
    def releases_page(request: Request, service: LiveServiceDep) -> Response:
        manifests = service.archive.all()
        names = " ".join(manifest.name for manifest in manifests)
        with service.store.read() as session:
            validators = cache_validators(
                request, service, session, HTML, extra_cause=f"releases: {names}"
            )
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            head = PageHead(
                title="Releases",
                description="All releases of the dataset. A release never changes, and every page"
                " can be read as of each of them.",
                api="/v1/releases",
                json_ld=releases_document(addresses_of(request), manifests),
            )
            return page_response(
                request,
                service,
                validators,
                "releases.html.j2",
                head,
                manifests=manifests,
                names=[manifest.name for manifest in manifests],
                has_history=not isinstance(service.store, ReadOnlyStore),
            )

    @router.get("/releases/{name}")
    def release_page(request: Request, service: LiveServiceDep, name: Name) -> Response:
        release = service.archive.get(name)
        historical = service.as_of_release(name)
        with historical.store.read() as session:
            validators = cache_validators(request, historical, session, HTML)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            manifest = release.manifest
            head = PageHead(
                title=f"Release {manifest.name}",
                description=f"Release {manifest.name} of {manifest.date.isoformat()}:"
                f" {sum(manifest.counts.values())} records, with their files and checksums.",
                api=f"/v1/releases/{manifest.name}",
                json_ld=release_document(
                    addresses_of(request), manifest, main_files(release.files)
                ),
                link_headers=release_links(request, release, is_page=True),
            )
            return page_response(
                request,
                historical,
                validators,
                "release.html.j2",
                head,
                manifest=manifest,
                files=release.files,
            )

    return router

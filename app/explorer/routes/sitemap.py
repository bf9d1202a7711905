"""The sitemap (sitemaps.org): an index, the pages that are no records, and blocks of records."""

from collections.abc import Iterable
from typing import Annotated
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import Response

from app.api.deps import LiveServiceDep, base_url, takes_no_parameters
from app.api.read_responses import cache_validators, content_response, not_modified
from app.domain.errors import NotFoundError
from app.resources import RESOURCES
from app.services.records.sitemap import SitemapEntry, block_count, entries_of_block

XML = "application/xml"
DECLARATION = "<?xml version='1.0' encoding='utf-8'?>\n"
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
#: Pages besides those of records and lists.
OVERVIEWS = (
    "/",
    "/matrix",
    "/gaps",
    "/methods",
    "/calibration",
    "/glossary",
    "/releases",
    "/changes",
    "/cite",
    "/api",
)


def build_router() -> APIRouter:
    """Build the router of `/sitemap.xml` and its parts."""
    router = APIRouter(include_in_schema=False, dependencies=[Depends(takes_no_parameters)])

    @router.get("/sitemap.xml")
    def get_sitemap_index(request: Request, service: LiveServiceDep) -> Response:
        base = base_url(request)
        with service.store.read() as session:
            validators = cache_validators(request, service, session, XML)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            root = ET.Element("sitemapindex", xmlns=NAMESPACE)
            for name in ("pages", *range(1, block_count(session) + 1)):
                part = ET.SubElement(root, "sitemap")
                ET.SubElement(part, "loc").text = f"{base}/sitemaps/{name}.xml"
            return content_response(request, validators, _document(root), XML)

    @router.get("/sitemaps/pages.xml")
    def get_sitemap_of_pages(request: Request, service: LiveServiceDep) -> Response:
        with service.store.read() as session:
            validators = cache_validators(request, service, session, XML)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            paths = [*OVERVIEWS, *(f"/{name}" for name in RESOURCES)]
            entries = [SitemapEntry(path, None) for path in paths]
            return content_response(request, validators, _url_set(request, entries), XML)

    @router.get("/sitemaps/{number}.xml")
    def get_sitemap_of_records(
        request: Request,
        service: LiveServiceDep,
        number: Annotated[int, Path(ge=1, le=1_000_000, description="Number of the block.")],
    ) -> Response:
        with service.store.read() as session:
            validators = cache_validators(request, service, session, XML)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            entries = entries_of_block(session, number)
            if not entries:
                raise NotFoundError("No such part; /sitemap.xml lists those that exist.")
            return content_response(request, validators, _url_set(request, entries), XML)

    return router


def _url_set(request: Request, entries: Iterable[SitemapEntry]) -> bytes:
    # Text: a tree of 10,000 addresses takes ten times as long.
    base = escape(base_url(request))
    urls = "".join(
        f"<url><loc>{base}{escape(entry.path)}</loc>"
        + (f"<lastmod>{entry.changed_on}</lastmod></url>" if entry.changed_on else "</url>")
        for entry in entries
    )
    return f'{DECLARATION}<urlset xmlns="{NAMESPACE}">{urls}</urlset>'.encode()


def _document(root: ET.Element) -> bytes:
    content: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return content

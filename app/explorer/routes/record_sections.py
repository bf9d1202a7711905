"""One section of a record's page with all its items, a page at a time."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import RedirectResponse, Response

from app.api.deps import ServiceDep
from app.api.page_addresses import HTML
from app.api.read_responses import cache_validators, not_modified
from app.api.schemas.pages import SectionQuery
from app.explorer import queries, record_view
from app.explorer.links import PageLinks
from app.explorer.list_address import ListAddress
from app.explorer.page_route import page_router
from app.explorer.rendering import PageHead, page_response
from app.kit.registry import ResourceRegistry
from app.kit.resource import Resource

Slug = Annotated[str, Path(max_length=400)]


def build_router(catalogue: ResourceRegistry) -> APIRouter:
    """Build the router of `/pages`, the pages of `/v1/pages`."""
    router = page_router()
    for resource in catalogue.values():
        _add_section_page(router, resource)
        _add_record_redirect(router, resource)
    return router


def _add_section_page(router: APIRouter, resource: Resource) -> None:
    def section_page(
        request: Request,
        service: ServiceDep,
        slug: Slug,
        key: Annotated[str, Path(max_length=400)],
        query: Annotated[SectionQuery, Query()],
    ) -> Response:
        with service.store.read() as session:
            validators = cache_validators(request, service, session, HTML)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            section = queries.get_section(session, service, resource, slug, key, query)
            record = queries.get_record(session, service, resource.name, slug)
            payload = {"type": resource.record_type, "slug": slug}
            path = f"/v1/pages/{resource.record_type}/{slug}/sections/{key}"
            links = PageLinks.of(request, service)
            address = ListAddress.of(path, query, links.page_url)
            head = PageHead(
                title=f"{section['title']}: {record['name']}",
                description=record["summary"],
                api=address.data_path(path, cursor=query.cursor),
            )
            return page_response(
                request,
                service,
                validators,
                "record_section.html.j2",
                head,
                resource=resource,
                record=record,
                section=record_view.section_view(section, payload),
                shown=section["shown"],
                next=section["next"],
                is_first=query.cursor is None,
                address=address.with_values(),
            )

    router.add_api_route(f"/pages/{resource.record_type}/{{slug}}/sections/{{key}}", section_page)


def _add_record_redirect(router: APIRouter, resource: Resource) -> None:
    async def record_redirect(request: Request, service: ServiceDep, slug: Slug) -> Response:
        links = PageLinks.of(request, service)
        reference = {"type": resource.record_type, "slug": slug}
        return RedirectResponse(links.record_url(reference), 301)

    router.add_api_route(f"/pages/{resource.record_type}/{{slug}}", record_redirect)

"""The history of any record: who changed it, when, why, and what."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from app.api.change_lists import AuditLogService, PageQuery, read_record_changes
from app.api.page_addresses import HTML
from app.api.read_responses import cache_validators, not_modified
from app.explorer import change_view, labels
from app.explorer.links import PageLinks
from app.explorer.list_address import ListAddress
from app.explorer.page_route import page_router
from app.explorer.rendering import PageHead, page_response
from app.kit.registry import ResourceRegistry
from app.kit.resource import Resource


def build_router(catalogue: ResourceRegistry) -> APIRouter:
    """Build the router of the histories of the records of every collection."""
    router = page_router()
    for resource in catalogue.values():
        _add_history_page(router, resource)
    return router


def _add_history_page(router: APIRouter, resource: Resource) -> None:
    def history_page(
        request: Request,
        service: AuditLogService,
        slug: Annotated[str, Path(max_length=400)],
        query: Annotated[PageQuery, Query()],
    ) -> Response:
        with service.store.read() as session:
            validators = cache_validators(request, service, session, HTML)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            changes = read_record_changes(session, service, resource, slug, query)
            path = f"/{resource.name}/{slug}/history"
            address = ListAddress.of(path, query, PageLinks.of(request, service).page_url)
            head = PageHead(
                title=f"History of {labels.in_words(resource.record_type)} {slug}",
                description="Who changed this record, when, why, and what.",
                api=address.data_path(f"/v1{path}", cursor=query.cursor),
            )
            return page_response(
                request,
                service,
                validators,
                "record_history.html.j2",
                head,
                resource=resource,
                slug=slug,
                changes=[change_view.change_view(change) for change in changes["data"]],
                page=changes["page"],
                next=(token := changes["page"]["next"]) and address.with_values(cursor=token),
                first=address.with_values() if query.cursor else None,
            )

    router.add_api_route(f"/{resource.name}/{{slug}}/history", history_page)

"""The list of any collection: filters, facets, sorting and paging as in the API."""

from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.api.deps import ServiceContext, ServiceDep
from app.api.page_addresses import HTML
from app.api.query_parameters import query_annotation
from app.api.read_responses import cache_validators, not_modified
from app.api.reference_parameters import resolve_query
from app.explorer import labels, list_facets, queries
from app.explorer.links import PageLinks
from app.explorer.list_address import ListAddress
from app.explorer.list_view import list_view
from app.explorer.page_route import page_router
from app.explorer.rendering import PageHead, page_response
from app.kit.registry import ResourceRegistry
from app.kit.resource import Resource
from app.kit.sessions import ReadSession

#: Templates of lists that have another form than a table, unless `fields` chooses columns.
TEMPLATES = {"statements": "statements.html.j2"}


def build_router(catalogue: ResourceRegistry) -> APIRouter:
    """Build the router of the list pages of every collection."""
    router = page_router()
    for resource in catalogue.values():
        _add_list_page(router, catalogue, resource)
    return router


def _add_list_page(router: APIRouter, catalogue: ResourceRegistry, resource: Resource) -> None:
    def list_page(request: Request, service: ServiceDep, query: Any) -> Response:
        with service.store.read() as session:
            validators = cache_validators(request, service, session, HTML)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            query, _ = resolve_query(request, service, session, query)
            links = PageLinks.of(request, service)
            address = ListAddress.of(f"/{resource.name}", query, links.page_url)
            # `fields` chooses columns; the page needs the name of every record all the same.
            read = query.model_copy(update={"facets": query.facets, "fields": []})
            if not query.facets and _is_counted(session, service, resource):
                read.facets = list_facets.default_facets(resource)
            page = queries.read_list(session, service, resource, read)
            names = queries.names_of_references(
                session, service, list_facets.reference_filters(resource, address)
            )
            return page_response(
                request,
                service,
                validators,
                "list.html.j2" if query.fields else TEMPLATES.get(resource.name, "list.html.j2"),
                list_head(resource, query, address),
                view=list_view(resource, query, address, page, names),
                records=page.records,
            )

    list_page.__annotations__["query"] = query_annotation(partial(catalogue.list_query, resource))
    router.add_api_route(f"/{resource.name}", list_page)


def _is_counted(session: ReadSession, service: ServiceContext, resource: Resource) -> bool:
    """Return whether a collection is small enough to count facets without being asked."""
    every = service.repository.catalogue.list_query(resource)()
    total = service.repository.count(session, resource, every)
    return total <= list_facets.MAX_COUNTED_RECORDS


def list_head(resource: Resource, query: Any, address: ListAddress) -> PageHead:
    """Return the head of a list page."""
    path = f"/v1/{resource.name}"
    own_page = {"cursor": query.cursor} if query.cursor else {}
    return PageHead(
        title=labels.collection_label(resource.name),
        description=resource.description,
        api=address.data_path(path, **own_page),
        csv=address.export_path(f"{path}.csv"),
        bibtex=address.export_path(f"{path}.bib", ["fields"]) if resource.cites else None,
        canonical_query=address.query,
        has_urgent_notice=resource.concerns_safety,
    )

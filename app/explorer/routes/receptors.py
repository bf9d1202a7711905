"""The page of a receptor."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.api.deps import ServiceDep
from app.api.page_addresses import HTML
from app.api.read_responses import cache_validators, not_modified
from app.explorer import queries
from app.explorer.identifiers import external_identifiers
from app.explorer.page_route import page_router
from app.explorer.plots.affinity_legend import affinity_legend
from app.explorer.plots.balance import balance
from app.explorer.receptor_page import read_receptor_page, receptor_facts
from app.explorer.record_head import record_head
from app.explorer.rendering import page_response
from app.resources.receptors import RECEPTORS


def build_router() -> APIRouter:
    """Build the router of `/receptors/{slug}`."""
    router = page_router()

    @router.get("/receptors/{slug}")
    def receptor_page(request: Request, service: ServiceDep, slug: str) -> Response:
        with service.store.read() as session:
            validators = cache_validators(request, service, session, HTML)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            receptor = queries.get_record(session, service, "receptors", slug)
            page = read_receptor_page(session, service, receptor)
            head = record_head(RECEPTORS, receptor)
            return page_response(
                request,
                service,
                validators,
                "receptor.html.j2",
                head,
                receptor=receptor,
                page=page,
                facts=receptor_facts(receptor),
                identifiers=external_identifiers(receptor),
                affinity_legend=affinity_legend,
                balance=balance,
            )

    return router

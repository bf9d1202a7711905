"""The page of a compound."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.api.deps import ServiceDep
from app.api.page_addresses import HTML
from app.api.read_responses import cache_validators, not_modified
from app.explorer import measured_values, queries
from app.explorer.compound_page import (
    SHOWN_ACTS,
    WARNINGS,
    compound_facts,
    read_compound_page,
)
from app.explorer.identifiers import external_identifiers
from app.explorer.page_route import page_router
from app.explorer.plots.affinity_legend import affinity_legend
from app.explorer.plots.balance import balance
from app.explorer.record_head import record_head
from app.explorer.rendering import page_response
from app.resources.compounds import COMPOUNDS


def build_router() -> APIRouter:
    """Build the router of `/compounds/{slug}`."""
    router = page_router()

    @router.get("/compounds/{slug}")
    def compound_page(request: Request, service: ServiceDep, slug: str) -> Response:
        with service.store.read() as session:
            validators = cache_validators(request, service, session, HTML)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            compound = queries.get_record(session, service, "compounds", slug)
            page = read_compound_page(session, service, compound)
            head = record_head(COMPOUNDS, compound, has_doses=page.has_doses)
            return page_response(
                request,
                service,
                validators,
                "compound.html.j2",
                head,
                compound=compound,
                page=page,
                facts=compound_facts(compound),
                identifiers=external_identifiers(compound),
                values=measured_values,
                affinity_legend=affinity_legend,
                balance=balance,
                warning_kinds=WARNINGS,
                shown_acts=SHOWN_ACTS,
            )

    return router

"""The home page; clients that name no HTML are redirected to the API root."""

from dataclasses import replace

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from app.api.deps import ServiceDep, with_release
from app.api.documented_responses import PROBLEMS
from app.api.json_ld import addresses_of, version_of
from app.api.page_addresses import HTML, names_html
from app.api.query_parameters import check_query_parameters
from app.api.read_responses import cache_validators, not_modified
from app.api.root_path import with_root_path
from app.api.signposting import dataset_links
from app.explorer.home_page import RESPONSE_FILTERS, read_home_page
from app.explorer.page_route import HomeRoute
from app.explorer.plots.affinity_legend import affinity_legend
from app.explorer.rendering import PageHead, page_response
from app.services.evidence.claim_summaries import OUTCOMES
from app.services.json_ld.datasets import home_document

VARY = {"Vary": "Accept"}
HEAD = PageHead(
    title="How does ketamine work?",
    description="What is claimed about ketamine, and how far evidence supports it: each claim with"
    " the studies for and against it, and a verdict that a rule computes.",
    api="/v1/claims?include=verdict",
    csv="/v1/claims.csv",
    bibtex="/v1/claims.bib",
)
#: Groups of claims by what their verdict says: key, heading, verdicts.
OUTCOME_GROUPS = [
    ("holds_up", "What holds up", OUTCOMES["holds_up"]),
    ("disputed", "What is disputed", OUTCOMES["disputed"]),
    ("does_not_hold_up", "What does not hold up", OUTCOMES["does_not_hold_up"]),
]
#: A question, a topic, an adverse effect and an identifier, to show what the search understands.
EXAMPLE_SEARCHES = (
    "does rapamycin block ketamine",
    "esketamine relapse",
    "bladder",
    "pubmed:16894061",
)


def build_router() -> APIRouter:
    """Build the router of `/`."""
    router = APIRouter(
        tags=["about"],
        responses=PROBLEMS,
        route_class=HomeRoute,
        dependencies=[Depends(check_query_parameters)],
    )

    @router.get(
        "/",
        operation_id="redirect_to_catalogue",
        summary="Redirect to the API root",
        description="Redirects to `/v1`; a client that accepts HTML by name gets the home page.",
        status_code=307,
        response_class=RedirectResponse,
    )
    def home_page(request: Request, service: ServiceDep) -> Response:
        if not names_html(request):
            address = with_release(service, with_root_path(request.scope, "/v1"))
            return RedirectResponse(address, headers=VARY)
        with service.store.read() as session:
            validators = cache_validators(request, service, session, HTML)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            manifest = service.archive.find(version_of(validators))
            return page_response(
                request,
                service,
                validators,
                "home.html.j2",
                replace(
                    HEAD,
                    json_ld=home_document(addresses_of(request), manifest),
                    link_headers=dataset_links(request, service, validators, is_page=True),
                ),
                home=read_home_page(session, service),
                outcome_groups=OUTCOME_GROUPS,
                searches=EXAMPLE_SEARCHES,
                affinity_legend=affinity_legend,
                response_filters=RESPONSE_FILTERS,
            )

    return router

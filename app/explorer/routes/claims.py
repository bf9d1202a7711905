"""Pages of a claim, its verdict and its conflict."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel

from app.api.deps import ServiceContext, ServiceDep
from app.api.page_addresses import HTML
from app.api.read_responses import cache_validators, not_modified
from app.api.reference_parameters import resolve_query
from app.api.synthesis_parameters import EstimateFilterQuery, SynthesisQuery
from app.domain.wording import as_clause
from app.explorer import labels, queries
from app.explorer.choice_form import choice_form
from app.explorer.claim_page import ClaimPage
from app.explorer.claim_queries import read_claim_page
from app.explorer.links import PageLinks
from app.explorer.page_route import page_router
from app.explorer.rendering import PageHead, page_response
from app.explorer.urgent_notice import concerns_safety
from app.explorer.verdict_choice import choice_outcome, refuse_choice
from app.kit.query_types import QueryModel
from app.kit.resource import Resource
from app.resources import RESOURCES
from app.resources.claims import CLAIMS


class NoParameters(QueryModel):
    """Query of a page without parameters."""


def build_router() -> APIRouter:
    """Build the router of the pages of claims, verdicts and conflicts."""
    router = page_router()

    @router.get("/claims/{slug}")
    def claim_page(
        request: Request,
        service: ServiceDep,
        slug: str,
        query: Annotated[EstimateFilterQuery, Query()],
    ) -> Response:
        with service.store.read() as session:
            validators = cache_validators(request, service, session, HTML)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            query, _ = resolve_query(request, service, session, query)
            page = read_claim_page(session, service, slug)
            form = outcome = None
            if page.facts is None:
                refuse_choice(query, page.verdict["rule_version"])
            else:
                form = choice_form(page.facts, page.verdict["basis"], query)
                outcome = choice_outcome(page.facts, page.verdict, query)
            head = _head(page, CLAIMS, page.claim)
            return page_response(
                request,
                service,
                validators,
                "claim.html.j2",
                head,
                page=page,
                form=form,
                outcome=outcome,
            )

    @router.get("/verdicts/{slug}")
    def verdict_page(request: Request, service: ServiceDep, slug: str) -> Response:
        return _derived_page(request, service, "verdicts", slug, "verdict.html.j2")

    @router.get("/conflicts/{slug}")
    def conflict_page(request: Request, service: ServiceDep, slug: str) -> Response:
        return _derived_page(request, service, "conflicts", slug, "conflict.html.j2")

    _add_redirect(router, "synthesis", "effect", SynthesisQuery)
    _add_redirect(router, "verdict", "what-if", EstimateFilterQuery)
    _add_redirect(router, "readings", "readings", NoParameters)
    _add_redirect(router, "ladder", "ladder", NoParameters)
    return router


def _derived_page(
    request: Request, service: ServiceContext, collection: str, slug: str, template: str
) -> Response:
    """Return the page of a verdict or a conflict, which has the slug of its claim."""
    with service.store.read() as session:
        validators = cache_validators(request, service, session, HTML)
        if not_modified(request, validators):
            return Response(status_code=304, headers=validators.headers)
        record = queries.get_record(session, service, collection, slug)
        is_verdict = collection == "verdicts"
        page = read_claim_page(session, service, slug, with_synthesis=is_verdict)
        head = _head(page, RESOURCES[collection], record)
        return page_response(request, service, validators, template, head, page=page)


def _head(page: ClaimPage, resource: Resource, record: queries.Record) -> PageHead:
    """Return the head of the page of a claim, or of its verdict or conflict."""
    claim, verdict = page.claim, page.verdict
    words = labels.verdict_label(verdict["verdict"], verdict["absence"])
    if verdict["certainty"]:
        words += f", {as_clause(labels.certainty_label(verdict['certainty']))}"
    if resource is CLAIMS:
        description = f"{words}. {claim['short_answer'] or claim['summary'] or ''}"
    else:
        description = record["summary"]
    return PageHead(
        title=record["name"],
        description=description,
        api=f"/v1/{resource.name}/{record['slug']}",
        csv=f"/v1/evidence.csv?claim={claim['slug']}",
        bibtex=f"/v1/claims/{claim['slug']}.bib",
        has_urgent_notice=concerns_safety(CLAIMS, claim | {"summary": _words(claim)}),
        searched_to=claim["searched_to"],
        subject=(resource, record),
    )


def _words(claim: queries.Record) -> str:
    return f"{claim['summary'] or ''} {claim['statement']}"


def _add_redirect(router: APIRouter, name: str, section: str, query_model: type[BaseModel]) -> None:
    """Add the address of a part of a claim, which leads to its section of the claim's page."""

    def redirect(request: Request, service: ServiceDep, slug: str, query: BaseModel) -> Response:
        links = PageLinks.of(request, service)
        parameters = {k: v for k, v in request.query_params.items() if k != "include"}
        address = links.page_url(f"/claims/{slug}#{section}", **parameters)
        return RedirectResponse(address, 303)

    redirect.__annotations__["query"] = Annotated[query_model, Query()]
    router.add_api_route(f"/claims/{{slug}}/{name}", redirect)

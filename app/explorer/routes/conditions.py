"""The page of a condition."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.api.deps import ServiceDep
from app.api.page_addresses import HTML
from app.api.read_responses import cache_validators, not_modified
from app.domain.identifiers import resolve_curie
from app.explorer import measured_values, queries
from app.explorer.condition_page import ConditionPage, read_condition_page
from app.explorer.page_route import page_router
from app.explorer.record_head import record_head
from app.explorer.rendering import PageHead, page_response
from app.resources.indications import INDICATIONS


def build_router() -> APIRouter:
    """Build the router of `/indications/{slug}`."""
    router = page_router()

    @router.get("/indications/{slug}")
    def condition_page(request: Request, service: ServiceDep, slug: str) -> Response:
        with service.store.read() as session:
            validators = cache_validators(request, service, session, HTML)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            condition = queries.get_record(session, service, "indications", slug)
            page = read_condition_page(session, service, slug)
            return page_response(
                request,
                service,
                validators,
                "condition.html.j2",
                _head(condition, page),
                condition=condition,
                page=page,
                identifiers=[
                    {**xref, "url": resolve_curie(xref["curie"])} for xref in condition["xrefs"]
                ],
                values=measured_values,
                contents=_contents(page),
            )

    return router


def _head(condition: dict[str, Any], page: ConditionPage) -> PageHead:
    csv = f"/v1/claims.csv?entity=indication:{condition['slug']}"
    return record_head(INDICATIONS, condition, csv=csv, has_doses=bool(page.regimens.total))


def _contents(page: ConditionPage) -> list[tuple[str, str, int | None]]:
    """Return the sections that the page has: id, title, and number of records."""
    sections = [
        ("standing", "Where it stands", len(page.standing), None),
        ("findings", "Summary of findings", len(page.claims), None),
        ("benefit", "Benefit by time", len(page.benefits.panels), None),
        ("harm", "Harm during treatment", len(page.harms.panels), None),
        ("regimens", "Dose regimens", page.regimens.total, page.regimens.total),
        ("regulation", "Regulatory decisions", page.acts.total, page.acts.total),
    ]
    return [(key, title, number) for key, title, is_there, number in sections if is_there]

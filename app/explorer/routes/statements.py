"""The page of a statement of a popular text."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.api.deps import ServiceDep
from app.api.page_addresses import HTML
from app.api.read_responses import cache_validators, not_modified
from app.explorer import queries
from app.explorer.page_route import page_router
from app.explorer.rendering import PageHead, page_response
from app.explorer.statement_page import read_statement_page
from app.explorer.urgent_notice import concerns_safety
from app.resources.statements import STATEMENTS


def build_router() -> APIRouter:
    """Build the router of `/statements/{slug}`."""
    router = page_router()

    @router.get("/statements/{slug}")
    def statement_page(request: Request, service: ServiceDep, slug: str) -> Response:
        with service.store.read() as session:
            validators = cache_validators(request, service, session, HTML)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            statement = queries.get_record(session, service, "statements", slug)
            address = f"/v1/statements/{slug}"
            head = PageHead(
                title=statement["statement"],
                description=statement["correction"] or statement["statement"],
                api=address,
                csv=f"/v1/statements.csv?slug={slug}",
                has_urgent_notice=concerns_safety(STATEMENTS, statement),
                subject=(STATEMENTS, statement),
            )
            return page_response(
                request,
                service,
                validators,
                "statement.html.j2",
                head,
                statement=statement,
                page=read_statement_page(session, service, statement),
            )

    return router

"""The page of the changes of all records."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from app.api.change_lists import AuditLogService, FeedQuery, change_where_clauses, read_changes
from app.api.page_addresses import HTML
from app.api.read_responses import cache_validators, not_modified
from app.explorer.page_route import page_router
from app.explorer.query_strings import query_string
from app.explorer.rendering import PageHead, page_response


def build_router() -> APIRouter:
    """Build the router of `/changes`."""
    router = page_router()

    @router.get("/changes")
    def changes_page(
        request: Request, service: AuditLogService, query: Annotated[FeedQuery, Query()]
    ) -> Response:
        with service.store.read() as session:
            validators = cache_validators(request, service, session, HTML)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            changes = read_changes(
                session,
                service,
                "changes page",
                change_where_clauses(query),
                query,
                newest_first=True,
            )
            selection = query_string(request, without={"cursor", "limit"})
            head = PageHead(
                title="Changes",
                description="What was changed in the dataset, by whom and why, newest first.",
                api=f"/v1/changes{selection}",
                csv=f"/v1/changes.csv{selection}",
                canonical_query=selection.removeprefix("?"),
            )
            return page_response(
                request,
                service,
                validators,
                "changes.html.j2",
                head,
                changes=changes["data"],
                page=changes["page"],
                query=query,
                selection=selection,
            )

    return router

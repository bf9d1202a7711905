"""The page of the differences between two releases, or one of them and the current data."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import Field

from app.api.deps import LiveServiceDep
from app.api.expensive_requests import EXPENSIVE
from app.api.page_addresses import HTML
from app.api.read_responses import cache_validators, not_modified
from app.api.release_comparison import DiffQuery, Side, compare, compared_states
from app.explorer import queries
from app.explorer.page_route import page_router
from app.explorer.query_strings import query_string
from app.explorer.rendering import PageHead, page_response
from app.kit.connection_shares import ReadKind


class DiffPageQuery(DiffQuery):
    """Query parameters of the page; without a base it shows the form to choose one."""

    before: Side | None = Field(  # type: ignore[assignment]
        None, alias="from", description="Base: a release or a date."
    )


def build_router() -> APIRouter:
    """Build the router of `/diff`."""
    router = page_router()

    @router.get("/diff", dependencies=[EXPENSIVE])
    def diff_page(
        request: Request, service: LiveServiceDep, query: Annotated[DiffPageQuery, Query()]
    ) -> Response:
        manifests = service.archive.all()
        context: dict[str, Any] = {"manifests": manifests, "comparison": None, "claims": {}}
        context["releases"] = [(manifest.name, manifest.name) for manifest in manifests]
        selection = query_string(request, without={"cursor", "limit"})
        head = PageHead(
            title="What changed between two releases",
            description="Verdicts that moved, and records that were added, changed or withdrawn.",
            api=f"/v1/diff{selection}" if query.before else None,
            csv=f"/v1/diff.csv{selection}" if query.before else None,
            canonical_query=selection.removeprefix("?"),
        )
        context |= {"query": query, "selection": selection}
        causes = " ".join(manifest.name for manifest in manifests)
        if not query.before:
            with service.store.read() as session:
                validators = cache_validators(request, service, session, HTML, extra_cause=causes)
                if not_modified(request, validators):
                    return Response(status_code=304, headers=validators.headers)
                return page_response(request, service, validators, "diff.html.j2", head, **context)
        states = compared_states(service, query)
        with states.new.store.read(ReadKind.EXPORT) as session:
            validators = cache_validators(
                request, states.new, session, HTML, extra_cause=f"{causes} {states.dated}"
            )
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            comparison = compare(states, session, query)
            slugs = [moved["claim"] for moved in comparison["verdicts"]]
            context["claims"] = queries.get_records(session, states.new, "claims", slugs)
            context["comparison"] = comparison
            context["summary_rows"] = [
                (name.replace("-", " ").capitalize(), *counts.values())
                for name, counts in comparison["summary"].items()
            ]
            return page_response(request, service, validators, "diff.html.j2", head, **context)

    return router

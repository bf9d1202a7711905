"""The page of the gaps in the evidence, as `/v1/gaps` lists them."""

from collections import defaultdict
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.api.deps import ServiceContext, ServiceDep
from app.api.expensive_requests import EXPENSIVE
from app.api.page_addresses import HTML
from app.api.read_responses import cache_validators, not_modified
from app.domain.verdicts.ladder import Rung
from app.explorer import queries
from app.explorer.page_route import page_router
from app.explorer.rendering import PageHead, page_response
from app.kit.sessions import ReadSession
from app.services.evidence import gaps

#: Most gaps of a kind that the page lists; their number is shown, and the JSON has all.
MAX_GAPS = 100
#: Most compounds whose unmeasured receptors are listed, and most of these receptors.
MAX_COMPOUNDS, MAX_RECEPTORS = 20, 60


def build_router() -> APIRouter:
    """Build the router of `/gaps`."""
    router = page_router()

    @router.get("/gaps", dependencies=[EXPENSIVE])
    def gaps_page(request: Request, service: ServiceDep) -> Response:
        with service.store.read() as session:
            validators = cache_validators(request, service, session, HTML)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            gap_lists = gaps.find_gaps(session, MAX_GAPS)
            unmeasured = _by_compound(gap_lists["unmeasured_cells"].items)
            shown = unmeasured[:MAX_COMPOUNDS]
            head = PageHead(
                title="Gaps in the evidence",
                description="What nobody has tested in people, assessed or measured yet.",
                api="/v1/gaps",
            )
            return page_response(
                request,
                service,
                validators,
                "gaps.html.j2",
                head,
                gaps=gap_lists,
                rungs=list(Rung),
                unmeasured=shown,
                compounds=len(unmeasured),
                max_receptors=MAX_RECEPTORS,
                names=_names(session, service, shown),
            )

    return router


def _by_compound(cells: list[dict[str, Any]]) -> list[tuple[str, list[str]]]:
    """Return the receptors at which each compound was not measured, most receptors first."""
    receptors: dict[str, list[str]] = defaultdict(list)
    for cell in cells:
        receptors[cell["compound"]].append(cell["receptor"])
    return sorted(receptors.items(), key=lambda item: (-len(item[1]), item[0]))


def _names(
    session: ReadSession, service: ServiceContext, shown: list[tuple[str, list[str]]]
) -> dict[str, str]:
    """Return the names of compounds and receptors by `type:slug`."""
    receptors = {slug for _, slugs in shown for slug in slugs[:MAX_RECEPTORS]}
    compounds = [slug for slug, _ in shown]
    references = [("compounds", compounds), ("receptors", sorted(receptors))]
    return queries.names_of_references(session, service, references)

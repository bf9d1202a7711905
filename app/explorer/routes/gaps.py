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


def build_router() -> APIRouter:
    """Build the router of `/gaps`."""
    router = page_router()

    @router.get("/gaps", dependencies=[EXPENSIVE])
    def gaps_page(request: Request, service: ServiceDep) -> Response:
        with service.store.read() as session:
            validators = cache_validators(request, service, session, HTML)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            found = gaps.find_gaps(session, MAX_GAPS)
            cells = found["unmeasured_cells"].items
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
                gaps=found,
                rungs=list(Rung),
                unmeasured=_by_compound(cells),
                names=_names(session, service, cells),
            )

    return router


def _by_compound(cells: list[dict[str, Any]]) -> dict[str, list[str]]:
    """Return the receptors at which each compound was not measured, most receptors first."""
    receptors: dict[str, list[str]] = defaultdict(list)
    for cell in cells:
        receptors[cell["compound"]].append(cell["receptor"])
    return dict(sorted(receptors.items(), key=lambda item: (-len(item[1]), item[0])))


def _names(
    session: ReadSession, service: ServiceContext, cells: list[dict[str, Any]]
) -> dict[str, str]:
    """Return the names of the compounds and receptors of cells by `type:slug`."""
    compounds = sorted({cell["compound"] for cell in cells})
    receptors = sorted({cell["receptor"] for cell in cells})
    references = [("compounds", compounds), ("receptors", receptors)]
    return queries.names_of_references(session, service, references)

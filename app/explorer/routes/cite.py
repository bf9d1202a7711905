"""The page that says how to cite the dataset."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.api.dataset_citation import cited_dataset
from app.api.deps import ServiceDep
from app.api.page_addresses import HTML
from app.api.read_responses import not_modified
from app.domain import citation
from app.explorer.page_route import page_router
from app.explorer.rendering import PageHead, page_response


def build_router() -> APIRouter:
    """Build the router of `/cite`."""
    router = page_router()

    @router.get("/cite")
    def cite_page(request: Request, service: ServiceDep) -> Response:
        with service.store.read() as session:
            validators, reference = cited_dataset(request, service, session, HTML)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            head = PageHead(
                title="How to cite",
                description="The citation of the dataset, of one of its records and of a release.",
                api="/v1/cite",
                bibtex="/v1/cite.bib",
            )
            return page_response(
                request,
                service,
                validators,
                "cite.html.j2",
                head,
                bibtex_entry=citation.to_bibtex(reference),
                ris_entry=citation.to_ris(reference),
            )

    return router

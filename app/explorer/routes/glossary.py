"""The glossary: every vocabulary, its values and their definitions."""

import re

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.api.deps import ServiceDep
from app.api.page_addresses import HTML
from app.api.read_responses import cache_validators, not_modified
from app.domain.vocabulary import Certainty, VerdictKind, Vocabulary
from app.explorer.page_route import page_router
from app.explorer.rendering import PageHead, page_response

#: What readers meet on every page comes first; the others follow in alphabetical order.
FIRST: tuple[type[Vocabulary], ...] = (VerdictKind, Certainty)


def build_router() -> APIRouter:
    """Build the router of `/glossary`."""
    router = page_router()

    @router.get("/glossary")
    def glossary_page(request: Request, service: ServiceDep) -> Response:
        with service.store.read() as session:
            validators = cache_validators(request, service, session, HTML)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            head = PageHead(
                title="Glossary",
                description="The words of the knowledge base, with their definitions.",
                api="/v1/meta",
            )
            return page_response(
                request, service, validators, "glossary.html.j2", head, vocabularies=vocabularies()
            )

    return router


def vocabularies() -> list[tuple[str, type[Vocabulary]]]:
    """Return all vocabularies with their titles, in the order of the page."""
    others = sorted(set(Vocabulary.__subclasses__()) - set(FIRST), key=lambda kind: kind.__name__)
    return [(_title(kind), kind) for kind in (*FIRST, *others)]


def _title(vocabulary: type[Vocabulary]) -> str:
    """Return the name of a vocabulary in words: `VerdictKind` is "Verdict kind"."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", vocabulary.__name__).capitalize()

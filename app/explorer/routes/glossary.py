"""The glossary: the values of the vocabularies and their definitions."""

import re
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import Field, field_validator

from app.api.deps import ServiceDep
from app.api.page_addresses import HTML
from app.api.read_responses import cache_validators, not_modified
from app.domain.vocabulary import (
    Absence,
    Certainty,
    CertaintyDomain,
    ClaimKind,
    Direction,
    EffectMagnitude,
    Masking,
    StudyDesign,
    VerdictKind,
    Vocabulary,
)
from app.explorer.labels import VOCABULARIES
from app.explorer.page_route import page_router
from app.explorer.rendering import PageHead, page_response
from app.kit.query_types import QueryModel
from app.kit.suggestions import did_you_mean, similar

#: What readers meet on most pages; the other vocabularies are a link away.
SHOWN: tuple[type[Vocabulary], ...] = (
    VerdictKind,
    Certainty,
    EffectMagnitude,
    Absence,
    CertaintyDomain,
    ClaimKind,
    Direction,
    StudyDesign,
    Masking,
)


class GlossaryQuery(QueryModel):
    """Query parameters of the page."""

    vocabulary: str | None = Field(
        None, max_length=60, description="Name of the vocabulary, as in /v1/meta."
    )

    @field_validator("vocabulary")
    @classmethod
    def check_vocabulary(cls, name: str | None) -> str | None:
        """Refuse a vocabulary that does not exist."""
        if name and name not in VOCABULARIES:
            suggestions = did_you_mean(similar(name, VOCABULARIES))
            raise ValueError(f"there is no vocabulary {name!r}.{suggestions}")
        return name


def build_router() -> APIRouter:
    """Build the router of `/glossary`."""
    router = page_router()

    @router.get("/glossary")
    def glossary_page(
        request: Request, service: ServiceDep, query: Annotated[GlossaryQuery, Query()]
    ) -> Response:
        with service.store.read() as session:
            validators = cache_validators(request, service, session, HTML)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            name = query.vocabulary
            shown = (VOCABULARIES[name],) if name else SHOWN
            title = f"Glossary: {in_words(shown[0]).lower()}" if name else "Glossary"
            head = PageHead(
                title=title,
                description="The words of the knowledge base, with their definitions.",
                api="/v1/meta",
                canonical_query=f"vocabulary={name}" if name else "",
            )
            names = sorted(VOCABULARIES)
            return page_response(
                request,
                service,
                validators,
                "glossary.html.j2",
                head,
                chosen=name,
                shown=[(in_words(kind), kind) for kind in shown],
                vocabularies=[(name, in_words(VOCABULARIES[name])) for name in names],
            )

    return router


def in_words(vocabulary: type[Vocabulary]) -> str:
    """Return the name of a vocabulary in words: `VerdictKind` is "Verdict kind"."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", vocabulary.__name__).capitalize()

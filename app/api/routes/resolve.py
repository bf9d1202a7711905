"""Resolve routes: a name or identifier to the record that it means."""

from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Body, Depends, Path, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import AfterValidator, ConfigDict, Field
from pydantic_core import to_json

from app.api.content_negotiation import negotiate
from app.api.deps import ServiceDep, read_only_post, takes_no_parameters
from app.api.read_responses import JSON, cache_validators, gone_error, json_response, not_modified
from app.api.schemas import envelope
from app.api.strict_json import StrictJsonRoute
from app.domain.errors import KbError, NotFoundError
from app.domain.vocabulary import NameField
from app.kit.query_types import NO_NUL, clean_text
from app.kit.sessions import ReadSession
from app.kit.suggestions import did_you_mean
from app.resources import RecordType
from app.resources.base import LazyModel
from app.services.search import identifier_resolution
from app.services.store.revision import current_revision

Anything = Annotated[str, AfterValidator(clean_text)]
Called = Annotated[
    str,
    Field(min_length=1, max_length=1000, json_schema_extra=NO_NUL),
    AfterValidator(clean_text),
]


class ResolveRequest(LazyModel):
    """What is to be resolved."""

    model_config = ConfigDict(extra="forbid")

    ids: list[Called] = Field(
        min_length=1,
        max_length=500,
        description="Slugs, type:slug, names, synonyms, CURIEs, accessions or addresses.",
    )


class Match(LazyModel):
    """A record that is meant."""

    type: RecordType = Field(description="Which noun it is.")
    slug: str = Field(description="Its slug.")
    name: str = Field(description="Its name.")
    url: str = Field(description="Where it is.")
    matched: NameField = Field(
        description="What of it matched; a related identifier names a near thing, not the same."
    )
    text: str = Field(description="The name or CURIE that matched, as recorded.")


class Resolution(LazyModel):
    """What one text means."""

    asked: str = Field(description="As asked.")
    found: bool = Field(description="Whether any record is called so.")
    ambiguous: bool = Field(description="Whether several are; all are listed.")
    complete: bool = Field(description="false: more records are called so than are listed.")
    matches: list[Match] = Field(description="The records, the same thing before near ones.")
    near: list[Match] = Field(description="Where none is: records with names like it.")


class ResolutionAnswer(LazyModel):
    """An answer of `/v1/resolve/{anything}`."""

    data: Resolution = Field(description="What it means.")
    meta: envelope.Meta = Field(description="Release, licence, citation, filters.")


class ResolutionBatch(LazyModel):
    """An answer of the batch."""

    data: list[Resolution] = Field(description="One per id, in order.")
    meta: envelope.Meta = Field(description="Release, licence, citation, filters.")


def _told(
    resolved: identifier_resolution.ResolvedText, similar: list[dict[str, Any]]
) -> dict[str, Any]:
    return {
        "asked": resolved.text,
        "found": bool(resolved.matches),
        "ambiguous": len(resolved.matches) > 1,
        "complete": not resolved.more,
        "matches": resolved.matches,
        "near": similar,
    }


def _missing(session: ReadSession, text: str) -> KbError:
    if withdrawal := identifier_resolution.find_withdrawn(session, text):
        return gone_error(*withdrawal)
    suggestions = [match["url"] for match in identifier_resolution.similar_records(session, text)]
    detail = (
        f"Nothing here is called {text[:120]!r}.{did_you_mean(suggestions)} /v1/search?q=…"
        " looks further."
    )
    return NotFoundError(detail, did_you_mean=suggestions)


def build_router() -> APIRouter:
    router = APIRouter(
        tags=["search"], responses=envelope.PROBLEM_RESPONSES, route_class=StrictJsonRoute
    )

    @router.get(
        "/v1/resolve/{anything:path}",
        operation_id="resolve_name",
        summary="What a name or identifier means",
        description=(
            "A slug, type:slug, name, synonym, CURIE in any case, bare accession (P28223,"
            " CHEMBL742, a PMID, DOI, NCT number, InChIKey, CAS, UNII, HGNC symbol) or address."
        ),
        response_model=ResolutionAnswer,
        responses={
            404: envelope.documented_problem("Nothing is called so; says what is near."),
            **envelope.GONE_RESPONSE,
        },
        dependencies=[Depends(takes_no_parameters)],
    )
    def resolve(
        request: Request,
        service: ServiceDep,
        anything: Annotated[Anything, Path(description="What it is called.", max_length=4000)],
    ) -> Response:
        negotiate(request, [JSON])
        with service.store.read() as session:
            validators = cache_validators(request, service, session)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            resolved = identifier_resolution.resolve_text(session, anything)
            if not resolved.matches:
                raise _missing(session, anything)
            return json_response(request, service, validators, {"data": _told(resolved, [])})

    @router.post(
        "/v1/resolve",
        operation_id="resolve_batch",
        summary="What up to 500 names or identifiers mean",
        description="One result per id, in the order asked.",
        response_model=ResolutionBatch,
        responses=envelope.BODY_PROBLEMS,
        dependencies=[Depends(takes_no_parameters), Depends(read_only_post)],
    )
    def resolve_batch(service: ServiceDep, body: Annotated[ResolveRequest, Body()]) -> Response:
        with service.store.read() as session:
            stand = current_revision(session)
            data = []
            for text in body.ids:
                resolved = identifier_resolution.resolve_text(session, text)
                similar = (
                    [] if resolved.matches else identifier_resolution.similar_names(session, text)
                )
                data.append(_told(resolved, similar))
        content = to_json({"data": data, "meta": envelope.meta(stand, {})})
        return Response(content, media_type=JSON, headers={"Cache-Control": "no-store"})

    @router.get(
        "/{prefix}:{identifier:path}",
        operation_id="redirect_curie",
        summary="From a CURIE to the record's address",
        description="Where several records are meant, to /v1/resolve, which lists them.",
        status_code=307,
        response_class=RedirectResponse,
        responses={
            404: envelope.documented_problem("Nothing is called so; says what is near."),
            **envelope.GONE_RESPONSE,
        },
        dependencies=[Depends(takes_no_parameters)],
    )
    def redirect_curie(
        service: ServiceDep,
        prefix: Annotated[Anything, Path(description="A prefix, or a noun.", max_length=200)],
        identifier: Annotated[Anything, Path(description="The identifier.", max_length=4000)],
    ) -> RedirectResponse:
        curie = f"{prefix}:{identifier}"
        with service.store.read() as session:
            resolved = identifier_resolution.resolve_text(session, curie)
            if not resolved.matches:
                raise _missing(session, curie)
        same_thing = [
            match
            for match in resolved.matches
            if match["matched"] is not NameField.RELATED_IDENTIFIER
        ]
        matches = same_thing or resolved.matches
        several = f"/v1/resolve/{quote(curie, safe=':/')}"
        location = matches[0]["url"] if len(matches) == 1 else several
        return RedirectResponse(
            f"{location}?{urlencode(service.release_params)}"
            if service.release_params
            else location
        )

    return router

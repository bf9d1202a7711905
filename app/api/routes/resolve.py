"""Resolve routes: a name or identifier to the record that it means."""

from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Body, Depends, Path, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import AfterValidator
from pydantic_core import to_json

from app.api.content_negotiation import negotiate
from app.api.deps import ServiceDep, read_only_post
from app.api.documented_responses import GONE
from app.api.expensive_requests import EXPENSIVE
from app.api.page_addresses import has_page, names_html, page_path
from app.api.read_responses import JSON, cache_validators, gone_error, json_response, not_modified
from app.api.root_path import with_root_path
from app.api.routers import api_router
from app.api.schemas import envelope
from app.api.schemas.resolve import ResolutionBatchResponse, ResolutionResponse, ResolveRequest
from app.domain.chemical_structures import unknown_structure_hint
from app.domain.errors import KbError, NotFoundError
from app.domain.vocabulary import NameField
from app.kit.query_types import clean_text
from app.kit.sessions import ReadSession
from app.kit.suggestions import did_you_mean
from app.services.search import identifier_resolution
from app.services.search.batch_resolution import (
    CORRECTION_SECONDS,
    BatchResolution,
    resolve_batch,
)
from app.services.search.similar_names import similar_records
from app.services.store.revision import current_revision

Anything = Annotated[str, AfterValidator(clean_text)]


def _render(resolution: BatchResolution) -> dict[str, Any]:
    resolved = resolution.resolved
    return {
        "text": resolved.text,
        "found": bool(resolved.matches),
        "ambiguous": len(resolved.matches) > 1,
        "complete": not resolved.more,
        "matches": resolved.matches,
        "similar": resolution.similar,
        "not_corrected": resolution.not_corrected,
    }


def _missing(session: ReadSession, text: str) -> KbError:
    if withdrawal := identifier_resolution.find_withdrawn(session, text):
        return gone_error(*withdrawal)
    hint = unknown_structure_hint(text.strip())
    similar = [] if hint else similar_records(session, text)
    suggestions = [match["url"] for match in similar]
    detail = (
        f"No record has the name or identifier {text[:120]!r}.{did_you_mean(suggestions)}"
        f"{hint or ' Try /v1/search?q=….'}"
    )
    return NotFoundError(detail, did_you_mean=suggestions)


def build_router() -> APIRouter:
    """Build the router of `/v1/resolve` and of CURIE redirects."""
    router = api_router("", tag="search")

    @router.get(
        "/v1/resolve/{anything:path}",
        operation_id="resolve_identifier",
        summary="Resolve a name or identifier",
        description=(
            "Accepts a slug, type:slug, name, synonym, CURIE in any case, plain accession number"
            " (P28223, CHEMBL742, PMID, DOI, NCT number, InChIKey, CAS, UNII, HGNC symbol), URL,"
            " standard InChI, or SMILES as it is recorded."
        ),
        response_model=ResolutionResponse,
        responses=GONE,
    )
    def resolve_identifier(
        request: Request,
        service: ServiceDep,
        anything: Annotated[
            Anything, Path(description="Name or identifier to resolve.", max_length=4000)
        ],
    ) -> Response:
        negotiate(request, [JSON])
        with service.store.read() as session:
            validators = cache_validators(request, service, session)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            resolved = identifier_resolution.resolve_text(session, anything)
            if not resolved.matches:
                raise _missing(session, anything)
            body = {"data": _render(BatchResolution(resolved, []))}
            return json_response(request, service, validators, body)

    @router.post(
        "/v1/resolve",
        operation_id="resolve_identifiers",
        summary="Resolve up to 500 names or identifiers",
        description="Returns one result per id, in request order. The search for similar names has"
        f" {CORRECTION_SECONDS:g} s per request; ids beyond it have `not_corrected: true`.",
        response_model=ResolutionBatchResponse,
        dependencies=[Depends(read_only_post), EXPENSIVE],
    )
    def resolve_identifiers(
        request: Request, service: ServiceDep, body: Annotated[ResolveRequest, Body()]
    ) -> Response:
        with service.store.read() as session:
            revision = current_revision(session)
            data = [_render(resolution) for resolution in resolve_batch(session, body.ids)]
        data = with_root_path(request.scope, data)
        content = to_json({"data": data, "meta": envelope.meta(revision, {})})
        return Response(content, media_type=JSON, headers={"Cache-Control": "no-store"})

    @router.get(
        "/{prefix}:{identifier:path}",
        operation_id="redirect_curie",
        summary="Redirect a CURIE to its record",
        description="Redirects to the record or, if several records match, to /v1/resolve, which"
        " lists them. A client that accepts HTML by name is redirected to the page of the record.",
        status_code=307,
        response_class=RedirectResponse,
        responses=GONE,
    )
    def redirect_curie(
        request: Request,
        service: ServiceDep,
        prefix: Annotated[
            Anything, Path(description="CURIE prefix or record type.", max_length=200)
        ],
        identifier: Annotated[Anything, Path(description="Identifier.", max_length=4000)],
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
        if names_html(request) and has_page(request, page_path(location)):
            location = page_path(location)
        location = request.scope.get("root_path", "") + location
        query = f"?{urlencode(service.release_params)}" if service.release_params else ""
        return RedirectResponse(location + query, headers={"Vary": "Accept"})

    return router

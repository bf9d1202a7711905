"""JSON-LD as a response of the API, by content negotiation at the address of the JSON."""

from fastapi import Request
from fastapi.responses import Response

from app.api.deps import base_url
from app.api.read_responses import Headers, Validators, content_response
from app.domain.errors import ErrorDetail, ParameterError
from app.resources import RESOURCES
from app.services.json_ld.terms import JSON_LD, Addresses, Properties, to_text
from app.services.store.revision import NO_VERSION


def has_json_ld(path: str) -> bool:
    """Return whether the page at a path has JSON-LD: those of records and of releases."""
    first, _, rest = path.removeprefix("/").partition("/")
    return ((first in RESOURCES and bool(rest)) or first == "releases") and "/" not in rest


def addresses_of(request: Request) -> Addresses:
    """Return the addresses that the documents of a response name."""
    return Addresses(base_url(request))


def version_of(validators: Validators) -> str:
    """Return the release that a response was read from, or what its records are instead."""
    return validators.revision.version if validators.revision else NO_VERSION


def json_ld_response(
    request: Request, validators: Validators, document: Properties, headers: Headers | None = None
) -> Response:
    """Return a JSON-LD document; its validators are those of its media type."""
    return content_response(request, validators, to_text(document), JSON_LD, headers)


def refuse_json_only_parameters(names: set[str]) -> None:
    """Refuse parameters that choose parts of the JSON.

    Raises:
        ParameterError: There are any.
    """
    what = f"is not supported for {JSON_LD}, which has a form of its own; JSON takes it."
    details = [ErrorDetail("query", name, f"{name} {what}") for name in sorted(names)]
    if details:
        raise ParameterError(*details)

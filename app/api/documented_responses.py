"""Responses that many operations document: components of the OpenAPI document and their references.

A route declares its errors by their classes, `responses=problem_responses(GoneError)`. Each problem
type has one component, called after it: `NotFoundProblem` for `/v1/problems/not-found`.
"""

import inspect
from collections.abc import Iterable
from typing import Any

from app.api.problems import MEDIA_TYPE, REF_TEMPLATE, Problem
from app.domain import errors
from app.domain.errors import ERROR_TYPES, KbError

Responses = dict[int | str, dict[str, Any]]

HEADERS: dict[str, dict[str, Any]] = {
    "ETag": {
        "description": "Validator of this response, for `If-None-Match`, and for the `If-Match` of"
        " a change.",
        "schema": {"type": "string"},
    },
    "Cache-Control": {
        "description": "How long caches may keep the response (RFC 9111).",
        "schema": {"type": "string"},
    },
    "Link": {
        "description": 'URL of the next page, `rel="next"`; missing on the last page.',
        "schema": {"type": "string"},
    },
    "Location": {
        "description": "URL of the resource that was created or that the client is redirected to.",
        "schema": {"type": "string", "format": "uri-reference"},
    },
    "Content-Disposition": {
        "description": "File name for saving the response.",
        "schema": {"type": "string"},
    },
    "X-Total-Count": {
        "description": "Number of records in the export.",
        "schema": {"type": "integer", "minimum": 0},
    },
    "Accept-Ranges": {"description": "`bytes`.", "schema": {"type": "string"}},
    "Content-Range": {
        "description": "The bytes that were sent, or the size of the file (RFC 9110, section 14).",
        "schema": {"type": "string"},
    },
    "Idempotency-Replayed": {
        "description": "`true` if this is the saved response to an earlier request with the same"
        " `Idempotency-Key`.",
        "schema": {"type": "string", "const": "true"},
    },
    "Allow": {
        "description": "Methods that the address supports.",
        "schema": {"type": "string"},
    },
    "Retry-After": {
        "description": "Seconds to wait before the request is repeated.",
        "schema": {"type": "integer", "minimum": 1},
    },
    "RateLimit": {
        "description": "Requests left in the period, `r`, and seconds to its end, `t`. Responses"
        " from the cache do not count.",
        "schema": {"type": "string"},
    },
    "RateLimit-Policy": {
        "description": "Requests allowed, `q`, in a period of `w` seconds.",
        "schema": {"type": "string"},
    },
    "WWW-Authenticate": {
        "description": "Challenge of the scheme `Bearer` (RFC 6750).",
        "schema": {"type": "string"},
    },
    "X-Request-ID": {
        "description": "Id of the request in the logs of the server: name it when you report an"
        " error.",
        "schema": {"type": "string"},
    },
}
#: Headers of problem responses by status, besides `X-Request-ID`.
PROBLEM_HEADERS = {
    401: ("WWW-Authenticate",),
    403: ("WWW-Authenticate",),
    405: ("Allow",),
    416: ("Content-Range",),
    429: ("Retry-After", "RateLimit", "RateLimit-Policy"),
    503: ("Retry-After",),
}


def documented_headers(*names: str) -> dict[str, Any]:
    """Return references to the components of response headers."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def problem_responses(*kinds: type[KbError]) -> Responses:
    """Return references to the responses of some errors by their statuses, for `responses=`."""
    return {
        error.status: {"$ref": f"#/components/responses/{_component_name(error)}"}
        for error in kinds
    }


def response_components() -> dict[str, Any]:
    """Return the responses that operations refer to: of each problem type, of any, and the 304."""
    problems = {
        _component_name(error): _problem_response(
            f"{error.title}. {inspect.getdoc(error)}", PROBLEM_HEADERS.get(error.status, ())
        )
        for error in ERROR_TYPES
    }
    all_headers = [name for names in PROBLEM_HEADERS.values() for name in names]
    any_problem = _problem_response(
        "Any other problem. 400: malformed request; 405: method not supported; 406: no acceptable"
        " media type; 413 and 415: request body too large, or not JSON; 429: too many"
        " requests; 503: busy, retry after the stated time; 507: disk full, nothing was written.",
        all_headers,
    )
    not_modified = {
        "description": "Not modified. The response that the client has, by its `If-None-Match`, is"
        " current.",
        "headers": documented_headers("ETag", "Cache-Control"),
    }
    return {**problems, Problem.__name__: any_problem, "NotModified": not_modified}


def _problem_response(description: str, headers: Iterable[str]) -> dict[str, Any]:
    schema = {"$ref": REF_TEMPLATE.format(model=Problem.__name__)}
    return {
        "description": description,
        "headers": documented_headers(*dict.fromkeys(headers), "X-Request-ID"),
        "content": {MEDIA_TYPE: {"schema": schema}},
    }


def _component_name(error: type[KbError]) -> str:
    # Not `NotFound` alone: orval makes `ConflictResponse` of `Conflict`, which is a schema.
    return "".join(word.title() for word in error.name.split("-")) + "Problem"


#: Of every operation. What any of them may send is `default`: a document of two hundred operations
#: that lists each status is too large for client generators.
PROBLEMS: Responses = {
    "default": {"$ref": f"#/components/responses/{Problem.__name__}"},
    **problem_responses(errors.ParameterError),
}
#: Of an operation whose address has parameters.
NOT_FOUND = problem_responses(errors.NotFoundError)
#: Of a record's own addresses: it may have been withdrawn.
GONE = problem_responses(errors.GoneError)
#: Of an operation that needs an API key.
AUTH_PROBLEMS = problem_responses(errors.UnauthorizedError, errors.ForbiddenError)
#: Of a change of an existing resource, which needs `If-Match`.
PRECONDITION_PROBLEMS = problem_responses(
    errors.PreconditionFailedError, errors.PreconditionRequiredError
)
CONFLICT = problem_responses(errors.ConflictError)
NOT_MODIFIED: Responses = {304: {"$ref": "#/components/responses/NotModified"}}

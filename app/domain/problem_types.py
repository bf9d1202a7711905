"""Problem types: what `/v1/problems/{name}` says about each class of errors."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.domain import errors
from app.domain.errors import ERROR_TYPES, KbError


@dataclass(frozen=True)
class ProblemExplanation:
    """Documentation of a class of errors.

    Args:
        explanation: What has happened.
        solution: What the client can do.
        example: Members of an example, besides those that the class determines.
    """

    explanation: str
    solution: str
    example: Mapping[str, Any]


PROBLEM_TYPES: dict[type[KbError], ProblemExplanation] = {
    errors.BadRequestError: ProblemExplanation(
        "The request line or a header is malformed, so the request was not read further.",
        (
            "Check the address and the headers; send text as UTF-8 and percent-encode it in the"
            " address."
        ),
        {
            "detail": "Malformed request: the request line is not HTTP.",
            "instance": "/",
        },
    ),
    errors.UnauthorizedError: ProblemExplanation(
        (
            "The operation needs an API key, and the request has none that is valid: it is"
            " missing, unknown, expired or revoked."
        ),
        "Send `Authorization: Bearer kkb_…`. Reads of published data need no key.",
        {
            "detail": "Send a valid API key: `Authorization: Bearer kkb_…`.",
            "instance": "/v1/proposals",
        },
    ),
    errors.ForbiddenError: ProblemExplanation(
        (
            "The API key is valid, but lacks a permission that the operation needs; `scope` names"
            " it."
        ),
        "Ask the operator for a key with that scope, or another curator to do it.",
        {
            "detail": "This operation needs a key with the scope `review`.",
            "instance": "/v1/proposals/12/accept",
            "scope": "review",
        },
    ),
    errors.NotFoundError: ProblemExplanation(
        (
            "There is no such address: the path names no operation or no record. A wrong"
            " parameter is `invalid-parameters` instead."
        ),
        (
            "Try the addresses in `did_you_mean`, or `/v1/resolve/{text}`, which finds a record"
            " by any name or identifier."
        ),
        {
            "detail": (
                "claims has no record 'ketamine-relieves-pstd'. Did you mean"
                " ketamine-relieves-ptsd? /v1/claims lists them."
            ),
            "instance": "/v1/claims/ketamine-relieves-pstd",
            "did_you_mean": [
                "/v1/claims/ketamine-relieves-ptsd",
            ],
        },
    ),
    errors.NothingToPoolError: ProblemExplanation(
        (
            "The claim exists, but no effect estimates that answer its question can be pooled:"
            " `absence` says why, and `not_chosen` lists estimates that were left out."
        ),
        (
            "Read the claim and its evidence notes; `/v1/effects?claim=…` lists the estimates that"
            " bear on it."
        ),
        {
            "detail": "Nothing answers 'iv-hydration-treats-depression' yet.",
            "instance": "/v1/claims/iv-hydration-treats-depression/synthesis",
            "absence": "no_study",
            "not_chosen": [],
            "not_chosen_total": 0,
            "did_you_mean": ["/v1/claims/iv-hydration-treats-depression"],
        },
    ),
    errors.MethodNotAllowedError: ProblemExplanation(
        "The address exists, but does not support the method.",
        "Use one of the methods in the `Allow` header.",
        {
            "detail": "DELETE is not allowed here; allowed: GET, HEAD.",
            "instance": "/v1/compounds",
        },
    ),
    errors.NotAcceptableError: ProblemExplanation(
        (
            "None of the media types in `Accept` is available at the address; `offered` lists"
            " those that are."
        ),
        "Send one of them, or no `Accept` header.",
        {
            "detail": "Available media types: application/json, text/csv.",
            "instance": "/v1/claims",
            "offered": [
                "application/json",
                "text/csv",
            ],
        },
    ),
    errors.RequestTimeoutError: ProblemExplanation(
        "The request took too long to arrive.",
        "Send it again; send large bodies in fewer, larger pieces.",
        {
            "detail": "The body must come within 30 seconds.",
            "instance": "/v1/claims/batch",
        },
    ),
    errors.ConflictError: ProblemExplanation(
        (
            "The request does not fit the current state, for example a slug that is taken or a"
            " proposal that is closed."
        ),
        "Read the current state, and adapt the request.",
        {
            "detail": "Proposal 12 is accepted: it cannot be rejected.",
            "instance": "/v1/proposals/12/reject",
        },
    ),
    errors.GoneError: ProblemExplanation(
        (
            "The record was withdrawn; `successor` is the URL of the record that replaces it, if"
            " there is one."
        ),
        "Follow `successor`. The history of the record and older releases still have it.",
        {
            "detail": (
                "compounds/rapamycin was withdrawn in revision 7: duplicate."
                " /v1/compounds/sirolimus replaces it."
            ),
            "instance": "/v1/compounds/rapamycin",
            "successor": "/v1/compounds/sirolimus",
        },
    ),
    errors.PreconditionFailedError: ProblemExplanation(
        (
            "`If-Match` names another state than the current one: somebody else has changed the"
            " record since it was read."
        ),
        "Read the record again, apply the change to it, and send its new ETag.",
        {
            "detail": 'The record has changed since: its ETag is "8-5f2c".',
            "instance": "/v1/claims/ketamine-relieves-ptsd",
        },
    ),
    errors.TooLargeError: ProblemExplanation(
        "The body of the request is larger than the server accepts.",
        "Split the request, for example a batch into several.",
        {
            "detail": "The body is larger than 1000000 bytes.",
            "instance": "/v1/claims/batch",
        },
    ),
    errors.ExportTooLargeError: ProblemExplanation(
        (
            "The export would be larger than the server writes to a file; `did_you_mean` has"
            " addresses without a limit."
        ),
        "Use one of them, or make the export smaller with filters and `fields`.",
        {
            "detail": (
                "This parquet export would have more than 256000000 bytes; /v1/evidence.ndjson"
                " has no limit."
            ),
            "instance": "/v1/evidence.parquet",
            "did_you_mean": [
                "/v1/evidence.ndjson",
            ],
        },
    ),
    errors.UnsupportedMediaTypeError: ProblemExplanation(
        "The body has another media type than JSON.",
        "Send `Content-Type: application/json`, without a content encoding.",
        {
            "detail": (
                "The request body must be JSON: send `Content-Type: application/json`, not"
                " 'text/plain'."
            ),
            "instance": "/v1/claims/batch",
        },
    ),
    errors.RangeNotSatisfiableError: ProblemExplanation(
        "`Range` asks for bytes beyond the end of the file.",
        "`Content-Range` of the response has the size of the file.",
        {
            "detail": "The file has 1000 bytes.",
            "instance": "/v1/releases/1/files/claims.ndjson",
        },
    ),
    errors.ParameterError: ProblemExplanation(
        (
            "Parameters or fields of the body are unknown or invalid. `errors` lists each of them"
            " with its location, its value, the allowed values and the most similar ones; `detail`"
            " says how many there are."
        ),
        (
            "Correct what `errors` lists; `did_you_mean` has the nearest valid values. Unknown"
            " parameters are refused, so that a misspelled filter never returns the unfiltered"
            " list."
        ),
        {
            "detail": (
                "2 errors, listed in `errors`. The first: Unknown parameter per_page. Did you"
                " mean limit?"
            ),
            "instance": "/v1/claims",
            "errors": [
                {
                    "in": "query",
                    "name": "per_page",
                    "message": "Unknown parameter per_page. Did you mean limit?",
                    "value": "10",
                    "did_you_mean": [
                        "limit",
                    ],
                },
                {
                    "in": "query",
                    "name": "kind",
                    "message": "kind: 'safty' is not an allowed value. Did you mean safety?",
                    "value": "safty",
                    "allowed": [
                        "mechanism",
                        "efficacy",
                        "safety",
                    ],
                    "did_you_mean": [
                        "safety",
                    ],
                },
            ],
        },
    ),
    errors.PreconditionRequiredError: ProblemExplanation(
        "A write needs the state that it is based on, so that nobody's change is overwritten.",
        "Send the ETag of the record, as GET returns it, in `If-Match`.",
        {
            "detail": 'Send the ETag of the resource, as returned by GET: `If-Match: "7-1c9d"`.',
            "instance": "/v1/claims/ketamine-relieves-ptsd",
        },
    ),
    errors.RateLimitedError: ProblemExplanation(
        "The client has sent more requests, or opened more connections, than its limit allows.",
        "Wait the seconds that `Retry-After` names. Fewer requests do the same: a list with"
        " `limit=500`, `/batch`, the file of a release, or `If-None-Match`.",
        {
            "detail": "More than 200 requests in 10 seconds. Retry in 4 s.",
            "instance": "/v1/claims",
        },
    ),
    errors.HeadersTooLargeError: ProblemExplanation(
        "The request line, headers and trailers are larger than the server accepts.",
        "Shorten the address: send many ids to `/batch` instead of a filter.",
        {
            "detail": "The request line and headers are larger than 65536 bytes.",
            "instance": "/",
        },
    ),
    errors.UnavailableError: ProblemExplanation(
        "The database is busy or unreachable at present.",
        "Send the same request again after the seconds that `Retry-After` names.",
        {
            "detail": "The database is busy or unreachable. Retry in a second.",
            "instance": "/v1/claims",
        },
    ),
    errors.StorageFullError: ProblemExplanation(
        "The server has no space left: nothing was written. Reads still work.",
        "Tell the operator, and send the write again later.",
        {
            "detail": "Nothing was written: the disk is full. Reads still work.",
            "instance": "/v1/claims/ketamine-relieves-ptsd",
        },
    ),
    errors.InternalError: ProblemExplanation(
        (
            "An error of the software. It is logged with the id in the `X-Request-Id` header of"
            " the response."
        ),
        "Report it with that id.",
        {
            "detail": (
                "Internal server error. Quote the X-Request-Id header of this response when you"
                " report it."
            ),
            "instance": "/v1/claims",
        },
    ),
}
if undocumented := {error.__name__ for error in ERROR_TYPES if error not in PROBLEM_TYPES}:
    raise TypeError(f"errors without an entry in PROBLEM_TYPES: {sorted(undocumented)}")


def example_problem(error: type[KbError]) -> dict[str, Any]:
    """Return an example of the problem document of a class of errors (RFC 9457)."""
    return {
        "type": f"/v1/problems/{error.name}",
        "title": error.title,
        "status": error.status,
        **PROBLEM_TYPES[error].example,
    }

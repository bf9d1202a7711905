"""Error classes, each with its HTTP status and problem type."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Location = Literal["query", "path", "header", "body"]


@dataclass(frozen=True)
class ErrorDetail:
    """Error in one parameter or field of a request."""

    location: Location
    name: str
    message: str
    record: str | None = None  # of a body of several records: collection/slug
    value: str | None = None  # as it was sent, shortened
    allowed: Sequence[str] | None = None
    did_you_mean: Sequence[str] | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form: `location` is `in`, and None is left out."""
        optional = {
            "record": self.record,
            "value": self.value,
            "allowed": self.allowed,
            "did_you_mean": self.did_you_mean,
        }
        return {"in": self.location, "name": self.name, "message": self.message} | {
            name: value for name, value in optional.items() if value is not None
        }


class KbError(Exception):
    """Error response to a request.

    `errors` lists invalid parameters or fields; `extra` holds further members of the problem.
    """

    status = 500
    name = "internal-error"
    title = "Internal server error"
    headers: Mapping[str, str] = {}

    def __init__(self, detail: str, errors: Sequence[ErrorDetail] = (), **extra: Any) -> None:
        self.detail, self.errors, self.extra = detail, errors, extra
        super().__init__(detail)

    def to_problem(self, instance: str) -> dict[str, Any]:
        """Return the members of the problem details object (RFC 9457) for an address."""
        errors = {"errors": [error.to_dict() for error in self.errors]} if self.errors else {}
        return {
            "type": f"/v1/problems/{self.name}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "instance": instance,
            **errors,
            **self.extra,
        }


class BadRequestError(KbError):
    """The request is not well-formed: JSON that does not parse, an encoding that is not UTF-8."""

    status = 400
    name = "bad-request"
    title = "Bad request"


class UnauthorizedError(KbError):
    """Missing or invalid API key; unknown, expired and revoked keys get the same response."""

    status = 401
    name = "unauthorized"
    title = "Valid API key required"
    headers = {"WWW-Authenticate": 'Bearer realm="ketamine-kb"'}

    def __init__(self) -> None:
        super().__init__(
            "Send a valid API key: `Authorization: Bearer kkb_…`. `kkb key create` creates one."
        )


class ForbiddenError(KbError):
    """Valid key without the required permission; `scope` is the missing scope, if there is one."""

    status = 403
    name = "forbidden"
    title = "Forbidden"

    def __init__(self, detail: str, scope: str | None = None) -> None:
        super().__init__(detail)
        if scope:
            self.extra = {"scope": scope}
            challenge = f'Bearer realm="ketamine-kb", error="insufficient_scope", scope="{scope}"'
            self.headers = {"WWW-Authenticate": challenge}


class NotFoundError(KbError):
    """There is no such address, record or release."""

    status = 404
    name = "not-found"
    title = "Not found"


class NothingToPoolError(KbError):
    """No effect estimates answer the claim; `absence` says why."""

    status = 404
    name = "nothing-to-pool"
    title = "Nothing to pool"


class MethodNotAllowedError(KbError):
    """The address does not support the method; the header `Allow` lists those that it does."""

    status = 405
    name = "method-not-allowed"
    title = "Method not allowed"


class NotAcceptableError(KbError):
    """None of the media types in `Accept` is served at the address."""

    status = 406
    name = "not-acceptable"
    title = "Not acceptable"


class RequestTimeoutError(KbError):
    """The head or the body of the request took too long to arrive."""

    status = 408
    name = "request-timeout"
    title = "Request timeout"


class ConflictError(KbError):
    """The request conflicts with the current state, such as that of a proposal."""

    status = 409
    name = "conflict"
    title = "Conflict"


class GoneError(KbError):
    """Withdrawn record; `successor` is the URL of the record that replaces it."""

    status = 410
    name = "gone"
    title = "Gone"


class PreconditionFailedError(KbError):
    """`If-Match` names another state than the current one."""

    status = 412
    name = "precondition-failed"
    title = "Precondition failed"


class TooLargeError(KbError):
    """The body is larger than the limit."""

    status = 413
    name = "body-too-large"
    title = "Request body too large"


class ExportTooLargeError(KbError):
    """The export would be larger than the limit; `did_you_mean` has addresses that have none."""

    status = 413
    name = "export-too-large"
    title = "Export too large"


class UnsupportedMediaTypeError(KbError):
    """The body has another media type than JSON."""

    status = 415
    name = "unsupported-media-type"
    title = "Unsupported media type"


class RangeNotSatisfiableError(KbError):
    """`Range` names bytes beyond the end of the file (RFC 9110, section 14)."""

    status = 416
    name = "range-not-satisfiable"
    title = "Range not satisfiable"


class ParameterError(KbError):
    """Unknown or invalid parameters; `errors` lists them individually."""

    status = 422
    name = "invalid-parameters"
    title = "Invalid request parameters"

    def __init__(self, *errors: ErrorDetail) -> None:
        detail = errors[0].message if errors else f"{self.title}."
        if len(errors) > 1:
            detail = f"{len(errors)} errors, listed in `errors`. The first: {detail}"
        super().__init__(detail, errors)


class PreconditionRequiredError(KbError):
    """A write without `If-Match` (RFC 6585); `example` is the ETag of the current state."""

    status = 428
    name = "precondition-required"
    title = "Precondition required"

    def __init__(self, example: str) -> None:
        super().__init__(
            f"Send the ETag of the resource, as returned by GET: `If-Match: {example}`."
        )


class RateLimitedError(KbError):
    """The client has sent more requests than its rate limit allows (RFC 6585)."""

    status = 429
    name = "rate-limited"
    title = "Too many requests"


class HeadersTooLargeError(KbError):
    """The request line, headers and trailers are larger than the limit (RFC 6585)."""

    status = 431
    name = "headers-too-large"
    title = "Request header fields too large"


class UnavailableError(KbError):
    """The store is busy or unreachable; the same request may succeed later."""

    status = 503
    name = "service-unavailable"
    title = "Service unavailable"


class OverloadedError(UnavailableError):
    """The server has as many requests of this kind as it can answer; retry in a second."""

    headers = {"Retry-After": "1"}


class UpgradedStoreError(UnavailableError):
    """Other software has upgraded the store: this one reads it and writes nothing."""

    headers = {"Retry-After": "60"}


class StorageFullError(KbError):
    """The store has no space left; reads still work."""

    status = 507
    name = "insufficient-storage"
    title = "Insufficient storage"


class InternalError(KbError):
    """An error of this software."""


ERROR_TYPES: tuple[type[KbError], ...] = (
    BadRequestError,
    UnauthorizedError,
    ForbiddenError,
    NotFoundError,
    NothingToPoolError,
    MethodNotAllowedError,
    NotAcceptableError,
    RequestTimeoutError,
    ConflictError,
    GoneError,
    PreconditionFailedError,
    TooLargeError,
    ExportTooLargeError,
    UnsupportedMediaTypeError,
    RangeNotSatisfiableError,
    ParameterError,
    PreconditionRequiredError,
    RateLimitedError,
    HeadersTooLargeError,
    UnavailableError,
    StorageFullError,
    InternalError,
)

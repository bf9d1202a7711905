"""Error classes, each with its HTTP status and problem type."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Location = Literal["query", "path", "header", "body"]


@dataclass(frozen=True)
class ErrorDetail:
    """What is wrong with one parameter or field of a request, and what would work."""

    location: Location
    name: str
    message: str
    record: str | None = None  # of a write: collection/slug
    value: str | None = None  # what was sent, shortened
    allowed: Sequence[str] | None = None
    did_you_mean: Sequence[str] | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form: `location` is called `in`, and what is None is left out."""
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
    """A request that cannot be answered: what is wrong, and what would work.

    `errors` says so parameter by parameter; `extra` holds further members of the problem.
    """

    status = 500
    name = "internal-error"
    title = "Something went wrong on our side"
    headers: Mapping[str, str] = {}

    def __init__(self, detail: str, errors: Sequence[ErrorDetail] = (), **extra: Any) -> None:
        self.detail, self.errors, self.more = detail, errors, extra
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
            **self.more,
        }


class BadRequestError(KbError):
    status = 400
    name = "unreadable-request"
    title = "The request cannot be read"


class UnauthorizedError(KbError):
    """No key, or none that holds: an unknown, an expired and a revoked one are answered alike."""

    status = 401
    name = "key-needed"
    title = "This needs an API key that holds"
    headers = {"WWW-Authenticate": 'Bearer realm="ketamine-kb"'}

    def __init__(self) -> None:
        super().__init__(
            "Send a key that holds: `Authorization: Bearer kkb_…`. `kkb key create` makes one."
        )


class ForbiddenError(KbError):
    """A key that holds, but not for this; `scope` names what is missing, where a scope would do."""

    status = 403
    name = "not-allowed"
    title = "Your key does not allow this"

    def __init__(self, detail: str, scope: str | None = None) -> None:
        super().__init__(detail)
        if scope:
            self.more = {"scope": scope}
            challenge = f'Bearer realm="ketamine-kb", error="insufficient_scope", scope="{scope}"'
            self.headers = {"WWW-Authenticate": challenge}


class NotFoundError(KbError):
    status = 404
    name = "not-found"
    title = "There is no such thing here"


class MethodNotAllowedError(KbError):
    status = 405
    name = "method-not-allowed"
    title = "This address does not take that method"


class NotAcceptableError(KbError):
    status = 406
    name = "not-acceptable"
    title = "None of the formats you accept is served here"


class RequestTimeoutError(KbError):
    status = 408
    name = "request-timeout"
    title = "The request did not arrive in time"


class ConflictError(KbError):
    status = 409
    name = "conflict"
    title = "The request does not fit what stands"


class GoneError(KbError):
    """A record that was withdrawn; `successor` is the address of what stands in its place."""

    status = 410
    name = "withdrawn"
    title = "The record was withdrawn"


class PreconditionFailedError(KbError):
    status = 412
    name = "stale"
    title = "What you saw is not what stands"


class TooLargeError(KbError):
    status = 413
    name = "body-too-large"
    title = "The request body is too large"


class UnsupportedMediaTypeError(KbError):
    status = 415
    name = "unsupported-media-type"
    title = "The body must be JSON"


class RangeNotSatisfiableError(KbError):
    status = 416
    name = "range-not-satisfiable"
    title = "The file has no such bytes"


class ParameterError(KbError):
    """Parameters that are unknown or do not fit; `errors` says so one by one."""

    status = 422
    name = "invalid-parameters"
    title = "Some of what you sent does not fit"

    def __init__(self, *errors: ErrorDetail) -> None:
        super().__init__(errors[0].message if errors else f"{self.title}.", errors)


class PreconditionRequiredError(KbError):
    status = 428
    name = "precondition-required"
    title = "Say which state you saw"

    def __init__(self, example: str) -> None:
        super().__init__(f"Send the ETag of what you saw: `If-Match: {example}`. A GET tells it.")


class UnavailableError(KbError):
    status = 503
    name = "store-unavailable"
    title = "The store cannot answer just now"


class StorageFullError(KbError):
    status = 507
    name = "store-full"
    title = "The store has no room left"


class InternalError(KbError):
    pass


ERROR_TYPES: tuple[type[KbError], ...] = (
    BadRequestError,
    UnauthorizedError,
    ForbiddenError,
    NotFoundError,
    MethodNotAllowedError,
    NotAcceptableError,
    RequestTimeoutError,
    ConflictError,
    GoneError,
    PreconditionFailedError,
    TooLargeError,
    UnsupportedMediaTypeError,
    RangeNotSatisfiableError,
    ParameterError,
    PreconditionRequiredError,
    UnavailableError,
    StorageFullError,
    InternalError,
)

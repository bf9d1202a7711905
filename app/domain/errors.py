"""Errors as nouns, each with its status; routes raise them, one handler speaks problem+json."""

from collections.abc import Sequence
from typing import Any


class KbError(Exception):
    """A request that cannot be answered: what is wrong, and what would work."""

    status = 500
    name = "internal-error"
    title = "Something went wrong on our side"

    def __init__(self, detail: str, **more: Any) -> None:
        self.detail, self.more = detail, more
        super().__init__(detail)


class UnreadableError(KbError):
    status = 400
    name = "unreadable-request"
    title = "The request cannot be read"


class NotFoundError(KbError):
    status = 404
    name = "not-found"
    title = "There is no such thing here"


class MethodError(KbError):
    status = 405
    name = "method-not-allowed"
    title = "This address does not take that method"


class NotAcceptableError(KbError):
    status = 406
    name = "not-acceptable"
    title = "None of the formats you accept is served here"


class SlowError(KbError):
    status = 408
    name = "request-timeout"
    title = "The request did not arrive in time"


class TooLargeError(KbError):
    status = 413
    name = "body-too-large"
    title = "The request body is too large"


class MediaTypeError(KbError):
    status = 415
    name = "unsupported-media-type"
    title = "The body must be JSON"


class RangeError(KbError):
    status = 416
    name = "range-not-satisfiable"
    title = "The file has no such bytes"


class ParameterError(KbError):
    """Parameters that are unknown or do not fit; `errors` says so one by one."""

    status = 422
    name = "invalid-parameters"
    title = "Some of what you sent does not fit"

    def __init__(self, errors: Sequence[dict[str, Any]]) -> None:
        first = str(errors[0]["message"]) if errors else "Some of what you sent does not fit."
        super().__init__(first, errors=list(errors))


class UnavailableError(KbError):
    status = 503
    name = "store-unavailable"
    title = "The store cannot answer just now"


class InternalError(KbError):
    pass


KINDS: tuple[type[KbError], ...] = (
    UnreadableError,
    NotFoundError,
    MethodError,
    NotAcceptableError,
    SlowError,
    TooLargeError,
    MediaTypeError,
    RangeError,
    ParameterError,
    UnavailableError,
    InternalError,
)

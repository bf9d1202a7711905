"""Failed calls: every error as a typed problem that says what would work."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from mcp.types import CallToolResult, TextContent
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from app.api.database_failures import DatabaseFailure
from app.api.problems import MAX_ERRORS, PLAIN_MESSAGES
from app.domain.errors import ErrorDetail, InternalError, KbError, NotFoundError, ParameterError
from app.domain.wording import listed
from app.kit.includes import TooManyIncludedError
from app.kit.lookup import UnknownSlugError
from app.kit.suggestions import did_you_mean, similar
from app.mcp.answers import one_line

log = logging.getLogger("kkb")
_SHOWN = 120


def problem_result(error: KbError, tool: str) -> CallToolResult:
    """Return an error as the result of a tool: a problem document (RFC 9457), and its text."""
    problem = error.to_problem(f"tool:{one_line(tool, _SHOWN)}")
    suggestions = problem.get("did_you_mean")
    text = f"{error.title}: {one_line(error.detail, 1_500)}"
    if suggestions and not any(s in text for s in suggestions):
        text += did_you_mean(suggestions)
    details = [one_line(detail.message, 300) for detail in error.errors[1:6]]
    return CallToolResult(
        content=[TextContent(type="text", text="\n".join([text, *details]))],
        structured_content=problem,
        is_error=True,
    )


def error_of(cause: BaseException | None) -> KbError:
    """Return the error of what a tool raised; a failure of ours is logged, and not described."""
    if isinstance(cause, KbError):
        return cause
    if isinstance(cause, UnknownSlugError):
        message = f"{cause.name}: no record {cause.slug!r}.{did_you_mean(cause.similar)}"
        return ParameterError(ErrorDetail("body", cause.name, message, did_you_mean=cause.similar))
    if isinstance(cause, TooManyIncludedError):
        message = f"ids: a record rests on more {cause.to} than are read at once; cite its parts."
        return ParameterError(ErrorDetail("body", "ids", message))
    if isinstance(cause, PoolTimeoutError | OperationalError) or (
        isinstance(cause, DBAPIError) and cause.connection_invalidated
    ):
        failure = DatabaseFailure.of(cause)
        log.warning("%s (%s)", failure.message, failure.cause)
        return failure.error
    log.error("unhandled exception in a tool", exc_info=cause)
    return InternalError("Internal server error. The server's log has the details.")


def invalid_arguments(error: ValidationError) -> ParameterError:
    """Return the error of arguments that do not match the schema."""
    details = error.errors(include_url=False, include_context=True)[:MAX_ERRORS]
    return ParameterError(*(_detail(dict(detail)) for detail in details))


def unknown_arguments(names: Sequence[str], known: Sequence[str]) -> ParameterError:
    """Return the error of arguments that a tool does not have."""
    errors = []
    for name in names[:MAX_ERRORS]:
        shown = one_line(name, _SHOWN)
        suggestions = similar(shown, known)
        hint = did_you_mean(suggestions) or f" This tool accepts {listed(known)}."
        message = f"Unknown parameter {shown}.{hint}"
        errors.append(ErrorDetail("body", shown, message, allowed=known, did_you_mean=suggestions))
    return ParameterError(*errors)


def unknown_tool(name: str, known: Sequence[str]) -> NotFoundError:
    """Return the error of a tool that does not exist."""
    shown = one_line(name, _SHOWN)
    suggestions = similar(shown, known)
    message = f"There is no tool {shown!r}.{did_you_mean(suggestions)} Tools: {listed(known)}."
    return NotFoundError(message, did_you_mean=suggestions)


def _detail(error: Mapping[str, Any]) -> ErrorDetail:
    path = [str(part) for part in error["loc"]]
    name = one_line(".".join(path), _SHOWN)
    if error["type"] == "missing":
        return ErrorDetail("body", name, f"{name}: this parameter is required.")
    value = one_line(str(error.get("input")), _SHOWN)
    if error["type"] in {"enum", "literal_error"}:
        expected = error["ctx"]["expected"].replace(" or ", ", ")
        allowed = [word.strip("' ") for word in expected.split(",")]
        suggestions = similar(value, allowed)
        hint = did_you_mean(suggestions) or f" Allowed: {listed(allowed)}."
        message = f"{name}: {value!r} is not an allowed value.{hint}"
        return ErrorDetail("body", name, message, None, value, allowed, suggestions)
    plain = PLAIN_MESSAGES.get(error["type"])
    reason = (
        plain.format_map(error.get("ctx", {}))
        if plain
        else error["msg"].removeprefix("Value error, ")
    )
    return ErrorDetail("body", name, f"{name}: {reason.rstrip('.')}.", value=value)

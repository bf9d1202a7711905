"""Error handlers: every error becomes a problem document (RFC 9457)."""

import json
import logging
import re
from collections.abc import Sequence
from typing import Any, get_args

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import Field
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException

from app.api.database_failures import DatabaseFailure
from app.api.deps import RELEASE_PARAMETERS, supports_release
from app.api.parameter_suggestions import explain_unknown_parameter, suggest_values
from app.api.problem_page_hook import problem_page
from app.api.query_parameters import query_models
from app.api.request_body import body_types
from app.api.root_path import problem_with_root_path
from app.api.route_groups import flattened
from app.api.route_info import path_of, routes_at
from app.api.strict_json import MalformedJsonError, is_json, parse_json
from app.domain import errors
from app.domain.errors import ErrorDetail
from app.kit.cursor import BadCursorError
from app.kit.database import failure_reason
from app.kit.facets import TooManyValuesError
from app.kit.includes import TooManyIncludedError
from app.kit.lookup import UnknownSlugError
from app.kit.sessions import CANCELLATION
from app.kit.suggestions import did_you_mean, similar
from app.resources.base import LazyModel

MEDIA_TYPE = "application/problem+json"
REF_TEMPLATE = "#/components/schemas/{model}"
SHOWN = 120
#: Errors of one request that are listed: 60,000 unknown fields would take the event loop for 4 s.
MAX_ERRORS = 100
#: Our words for frequent errors of pydantic, by its error type; others keep pydantic's message.
PLAIN_MESSAGES = {
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "greater_than": "must be above {gt}",
    "less_than": "must be below {lt}",
    "float_parsing": "must be a number",
    "float_type": "must be a number",
    "finite_number": "must be a finite number",
    "string_too_short": "must have {min_length} or more characters",
    "string_too_long": "must have {max_length} or fewer characters",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "bool_parsing": "must be true or false",
    "string_type": "must be text",
    "list_type": "must be a list",
    "too_short": "must have {min_length} or more items",
    "too_long": "must have {max_length} or fewer items, not {actual_length}",
    "model_attributes_type": "must be a JSON object",
}
log = logging.getLogger("kkb")


class FieldProblem(LazyModel):
    """Error in one parameter or field."""

    where: str = Field(alias="in", description="Location: query, path, body or header.")
    name: str = Field(description="Parameter or field name.")
    message: str = Field(description="Error message.")
    record: str | None = Field(
        None, description="For writes: the record concerned, as collection/slug."
    )
    value: str | None = Field(None, description="Submitted value, truncated if long.")
    allowed: list[str] | None = Field(None, description="Allowed values.")
    did_you_mean: list[str] | None = Field(None, description="Similar valid values.")


class Problem(LazyModel):
    """Error response (problem details, RFC 9457)."""

    type: str = Field(description="URL that identifies and describes the problem type.")
    title: str = Field(description="Short summary of the problem type.")
    status: int = Field(description="HTTP status code.")
    detail: str = Field(
        description="Explanation of this occurrence of the error and how to fix it."
    )
    instance: str = Field(description="URL of the request.")
    errors: list[FieldProblem] | None = Field(None, description="Individual errors.")
    did_you_mean: list[str] | None = Field(None, description="Similar URLs or values that exist.")
    successor: str | None = Field(None, description="For withdrawn records: the successor.")
    scope: str | None = Field(None, description="For 403: scope that the API key lacks.")


def render(
    request: Request, error: errors.KbError, headers: dict[str, str] | None = None
) -> Response:
    """Return the problem details response of an error, or its page at an address of pages."""
    if page := problem_page(request.scope, error, headers):
        return page
    # ASCII escapes carry what UTF-8 cannot, such as a lone surrogate that somebody sent.
    return Response(
        json.dumps(
            problem_with_root_path(
                request.scope.get("root_path", ""), error.to_problem(request.url.path[:2000])
            )
        ),
        status_code=error.status,
        media_type=MEDIA_TYPE,
        headers={"Cache-Control": "no-store", **(headers or {})},
    )


def install(app: FastAPI) -> None:
    """Register one handler per source of errors; all of them end in `render`."""
    app.add_exception_handler(errors.KbError, _problem_of_error)  # type: ignore[arg-type]
    app.add_exception_handler(RequestValidationError, _problem_of_validation)  # type: ignore[arg-type]
    app.add_exception_handler(HTTPException, _http)  # type: ignore[arg-type]
    app.add_exception_handler(BadCursorError, _cursor)  # type: ignore[arg-type]
    app.add_exception_handler(UnknownSlugError, _slug)  # type: ignore[arg-type]
    app.add_exception_handler(TooManyIncludedError, _included)  # type: ignore[arg-type]
    app.add_exception_handler(TooManyValuesError, _counted)  # type: ignore[arg-type]
    app.add_exception_handler(DBAPIError, _database)  # type: ignore[arg-type]
    app.add_exception_handler(PoolTimeoutError, _unavailable)


async def _problem_of_error(request: Request, error: errors.KbError) -> Response:
    return render(request, error, dict(error.headers))


async def _problem_of_validation(request: Request, error: RequestValidationError) -> Response:
    body = next((d["input"] for d in error.errors() if isinstance(d.get("input"), bytes)), None)
    if body is not None:
        return render(request, _problem_of_body(request, body))
    all_errors = error.errors()
    details = [_field(request, dict(detail)) for detail in all_errors[:MAX_ERRORS]]
    if more := len(all_errors) - len(details):
        message = f"There are {more} more errors, which are not listed: correct these first."
        details.append(ErrorDetail(details[-1].location, "more", message))
    return render(request, errors.ParameterError(*details))


def _problem_of_body(request: Request, body: bytes) -> errors.KbError:
    """Return the error of a body that was not parsed: malformed JSON, or another media type."""
    sent = request.headers.get("content-type", "")[:SHOWN]
    if is_json(sent):
        try:
            parse_json(body)
        except MalformedJsonError as error:
            return errors.ParameterError(ErrorDetail("body", "body", str(error)))
    suffix = f", not {sent!r}." if sent else "."
    detail = f"The request body must be JSON: send `Content-Type: application/json`{suffix}"
    return errors.UnsupportedMediaTypeError(detail)


async def _http(request: Request, error: HTTPException) -> Response:
    headers = dict(error.headers or {})
    if error.status_code == 405:
        allow = headers["Allow"] = _methods(request)
        detail = f"{request.method} is not allowed here; allowed: {allow}."
        if below := _address_below(request):
            detail += did_you_mean([f"{request.method} {below}"])
        return render(request, errors.MethodNotAllowedError(detail), headers)
    if error.status_code == 404:
        path = path_of(request.scope)
        known = {route.path for route in flattened(request.app.routes) if "{" not in route.path}
        plain = path.rstrip("/").lower()  # all addresses and slugs are lower case
        if plain != path and any(routes_at(request.app, plain)):
            suggestions = [plain]
        else:
            suggestions = similar(path, sorted(known))
        detail = f"No resource at {request.url.path[:SHOWN]!r}. /v1 lists all collections."
        return render(request, errors.NotFoundError(detail, did_you_mean=suggestions or ["/v1"]))
    kinds = {kind.status: kind for kind in errors.ERROR_TYPES}
    kind = kinds.get(error.status_code, errors.ParameterError)
    message = str(error.detail)
    if kind is errors.ParameterError:
        wrong = errors.ParameterError(ErrorDetail("body", "body", message))
        return render(request, wrong, headers)
    return render(request, kind(message), headers)


def _address_below(request: Request) -> str | None:
    """Return the template of the address with one more part that allows the method, if any."""
    template = re.compile(re.escape(path_of(request.scope)) + r"/\{[^/]+\}")
    return next(
        (
            route.path_format
            for route in flattened(request.app.routes)
            if template.fullmatch(route.path) and request.method in (route.methods or ())
        ),
        None,
    )


def _methods(request: Request) -> str:
    """Return the methods that the address allows, over all routes of its template."""
    routes = list(routes_at(request.app, path_of(request.scope)))
    methods = {m for route in routes if route.path == routes[0].path for m in route.methods or ()}
    return ", ".join(sorted(methods | ({"HEAD"} if "GET" in methods else set())))


async def _cursor(request: Request, error: BadCursorError) -> Response:
    message = f"Invalid cursor: {error}. Repeat the request without `cursor`."
    return render(request, errors.ParameterError(ErrorDetail("query", "cursor", message)))


async def _slug(request: Request, error: UnknownSlugError) -> Response:
    where = " or ".join(f"/v1/{name}" for name in error.to.split("|"))
    message = f"No record {_short(error.slug)} in {where}.{did_you_mean(error.similar)}"
    value = _short(error.slug)
    detail = ErrorDetail("query", error.name, message, value=value, did_you_mean=error.similar)
    return render(request, errors.ParameterError(detail))


async def _included(request: Request, error: TooManyIncludedError) -> Response:
    message = f"{error}. Use the paginated list /v1/{error.to} with a filter instead."
    detail = ErrorDetail("query", "include", message, value=error.name)
    return render(request, errors.ParameterError(detail))


async def _counted(request: Request, error: TooManyValuesError) -> Response:
    message = f"{error}. Narrow the list with its other filters."
    detail = ErrorDetail("query", "facets", message, value=error.name)
    return render(request, errors.ParameterError(detail))


async def _unavailable(request: Request, error: Exception) -> Response:
    failure = DatabaseFailure.of(error)
    cancellation = CANCELLATION.get()
    has_disconnected = cancellation is not None and cancellation.cancelled
    reason = "disconnected" if has_disconnected else failure.reason
    request.app.state.metrics.database_errors.labels(reason).inc()
    fields = {
        "method": request.method,
        "route": getattr(request.scope.get("route"), "path", None),
        "cause": failure.cause,
        "statement": failure.statement,
    }
    if has_disconnected:
        log.info("statement cancelled: the client has disconnected", extra={"fields": fields})
    else:
        log.warning("%s", failure.message, extra={"fields": fields})
    headers = {"Retry-After": str(failure.retry_after)} if failure.retry_after else {}
    return render(request, failure.error, headers)


async def _database(request: Request, error: DBAPIError) -> Response:
    """Handle an unavailable, busy, full or read-only database; re-raise any other error as a bug.

    psycopg has no OperationalError for each way in which a connection can be lost.
    """
    operational = isinstance(error, OperationalError) or error.connection_invalidated
    if not operational and failure_reason(error) != "read-only":
        raise error
    return await _unavailable(request, error)


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}… ({len(text)} characters)"


def _field(request: Request, error: dict[str, Any]) -> ErrorDetail:
    """Convert an error of pydantic."""
    loc: Any = error["loc"] or ("body",)
    location, *path = loc
    if location == "body":
        path = _without_tags(request, path)
    query = location == "query"
    kind = "field" if location == "body" else "parameter"
    names = [str(part) for part in path if not isinstance(part, int)]
    full_name = ".".join(str(part) for part in path) or str(location)
    name = _short(names[-1] if names and location != "body" else full_name)
    if error["type"] == "extra_forbidden":
        known = _parameters(request) if query else _fields(request, path[:-1])
        if query:
            suggestions, hint = explain_unknown_parameter(request, str(path[-1]), known)
            if not set(known) - set(RELEASE_PARAMETERS):
                hint += f" This operation accepts {'only release or as_of' if known else 'none'}."
            elif not hint:
                hint = " `allowed` lists the parameters."
        elif location == "body" and len(path) == 1 and path[0] in _parameters(request):
            suggestions, hint = [], " Send it as a query parameter."
        else:
            suggestions = similar(str(path[-1]), known)
            hint = did_you_mean(suggestions) or (f" `allowed` lists the {kind}s." if known else "")
        message = f"Unknown {kind} {name}.{hint}"
        return ErrorDetail(location, name, message, allowed=known or None, did_you_mean=suggestions)
    value = _short(error.get("input"))
    if error["type"] in {"enum", "literal_error"}:
        expected = error["ctx"]["expected"].replace(" or ", ", ")
        allowed = [word.strip("' ") for word in expected.split(",")]
        suggestions = suggest_values(name, str(error.get("input")), allowed)
        hint = did_you_mean(suggestions) or " `allowed` lists the values."
        message = f"{name}: {value!r} is not an allowed value.{hint}"
        return ErrorDetail(location, name, message, None, value, allowed, suggestions)
    if error["type"] == "missing":
        return ErrorDetail(location, name, f"{name}: this {kind} is required.")
    plain = PLAIN_MESSAGES.get(error["type"])
    reason = (
        plain.format_map(error.get("ctx", {}))
        if plain
        else error["msg"].removeprefix("Value error, ")
    )
    return ErrorDetail(location, name, f"{name}: {reason.rstrip('.')}.", value=value)


def _parameters(request: Request) -> list[str]:
    """Return the public names of the parameters that the route accepts."""
    route = request.scope.get("route")
    names: list[str] = list(RELEASE_PARAMETERS) if supports_release(route) else []
    for model in query_models(route):
        names += [info.alias or name for name, info in model.model_fields.items()]
    return names


def _fields(request: Request, path: Sequence[Any]) -> list[str]:
    """Return the public names of the fields that the body accepts at a path."""
    models = body_types(request.scope.get("route"))
    for name in (part for part in path if isinstance(part, str)):
        models = _models_of_field(models, name)
    names = (
        info.alias or name
        for model in models
        for name, info in getattr(model, "model_fields", {}).items()
    )
    return list(dict.fromkeys(names))


def _without_tags(request: Request, path: Sequence[Any]) -> list[Any]:
    """Return the path of a field of the body, without the tags that pydantic adds for unions."""
    models = body_types(request.scope.get("route"))
    parts: list[Any] = []
    for i, part in enumerate(path):
        if isinstance(part, str):
            known = any(
                part in (key, info.alias)
                for model in models
                for key, info in getattr(model, "model_fields", {}).items()
            )
            if models and not known and i < len(path) - 1:
                continue
            models = _models_of_field(models, part)
        parts.append(part)
    return parts


def _models_of_field(models: Sequence[Any], name: str) -> list[Any]:
    """Return the models within a field of the models."""
    kinds = [
        info.annotation
        for model in models
        for key, info in getattr(model, "model_fields", {}).items()
        if name in (key, info.alias)
    ]
    return [model for kind in kinds for model in _models_in(kind)]


def _models_in(kind: Any) -> list[Any]:
    """Return the models within `list[Model]`, `Model | None` and the like."""
    if hasattr(kind, "model_fields"):
        return [kind]
    return [model for inner in get_args(kind) for model in _models_in(inner)]

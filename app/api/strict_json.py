"""Strict JSON bodies: `APIRouter(route_class=StrictJsonRoute)`."""

import json
from collections.abc import Callable, Coroutine
from email.message import Message
from typing import Any

from fastapi import Request
from fastapi.responses import Response
from fastapi.routing import APIRoute


class StrictJsonRoute(APIRoute):
    """A route whose JSON body must not name a field twice in one object."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler, which parses the body strictly if the route has one."""
        handler = super().get_route_handler()
        if self.body_field is None:
            return handler

        async def strict_handler(request: Request) -> Response:
            return await handler(StrictJsonRequest(request.scope, request.receive))

        return strict_handler


class StrictJsonRequest(Request):
    """A request whose `json()` returns a body that is not strict JSON as the bytes that it is.

    FastAPI parses bodies before it resolves dependencies, and an error in parsing would answer a
    request without an API key before the 401. No model accepts bytes: they are refused with the
    other invalid parameters, after the dependencies, and `app.api.problems` says why.
    """

    async def json(self) -> Any:
        """Return the parsed body, or the bytes of a malformed one."""
        if not hasattr(self, "_json"):
            body = await self.body()
            try:
                self._json = parse_json(body)
            except MalformedJsonError:
                self._json = body
        return self._json


class MalformedJsonError(ValueError):
    """A body that is not strict JSON; the message says where and why."""


def is_json(content_type: str) -> bool:
    """Return whether FastAPI parses a body of this media type: application/json, or a +json."""
    message = Message()
    message["content-type"] = content_type
    subtype = message.get_content_subtype()
    return message.get_content_maintype() == "application" and (
        subtype == "json" or subtype.endswith("+json")
    )


def parse_json(body: bytes) -> Any:
    """Parse strict JSON (RFC 8259).

    Raises:
        MalformedJsonError: It is not JSON in UTF-8, is nested too deeply, or has NaN, an integer of
            thousands of digits, or an object that repeats a field.
    """
    try:
        return json.loads(body, object_pairs_hook=_unique_names, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        reason = f"The body is not valid JSON at character {error.pos}: {error.msg}."
    except UnicodeDecodeError as error:
        reason = f"The body is not UTF-8: byte 0x{body[error.start]:02x} at position {error.start}."
    except RecursionError:
        reason = "The body is nested too deeply."
    except MalformedJsonError:
        raise
    except ValueError:
        reason = "The body has an integer with too many digits."
    raise MalformedJsonError(reason)


def _refuse_constant(name: str) -> None:
    raise MalformedJsonError(f"The body has {name}, which is not JSON: send null or a number.")


def _unique_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        names = [name for name, _ in pairs]
        repeated = next(name for name in names if names.count(name) > 1)
        raise MalformedJsonError(f"The body names {repeated[:120]!r} twice: send it once.")
    return values

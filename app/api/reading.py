"""Reading: the short way from a request to a read's function.

FastAPI works out at each request, field by field, what a route declares; for a list of forty
filters that takes longer than to read it. Of a read that declares a path, one query model and
dependencies on the request alone, all that is needed is known when its route is made. Such a route
documents itself as any other does, and says the same of what is wrong.
"""

from asyncio import get_running_loop
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import fields
from functools import partial
from inspect import iscoroutinefunction, signature
from typing import Any, cast, get_args, get_origin
from urllib.parse import parse_qsl

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import BaseModel, ValidationError
from starlette.types import ASGIApp, Receive, Scope, Send

Fault = dict[str, Any]
Ask = Callable[..., Awaitable[Any]]
#: All that a function may declare, and what a read does, and what its dependencies do.
DECLARED = {"dependencies", *(field.name for field in fields(Dependant) if "_param" in field.name)}
REQUEST = {"request_param_name"}
READ = {"path_params", "query_params", "dependencies"} | REQUEST
#: Whoever is let in gets a thread: the wait for a connection ends, one for a thread may not.
THREADS = 500
#: The way there and back takes half of what AnyIO's takes.
_POOL = ThreadPoolExecutor(THREADS, "read")


def short(dependant: Dependant) -> "Reading | None":
    """The short way to a route's function, where it fits."""
    call, parameters = dependant.call, dependant.query_params
    if call is None or not _declares(dependant, READ) or iscoroutinefunction(call):
        return None
    if not all(_is_a(field.field_info.annotation, BaseModel) for field in parameters):
        return None
    if len(parameters) > 1 or not _is_a(signature(call).return_annotation, Response):
        return None
    if not all(
        _declares(i, REQUEST) and iscoroutinefunction(i.call) for i in dependant.dependencies
    ):
        return None
    return Reading(dependant)


def _declares(dependant: Dependant, most: set[str]) -> bool:
    """Whether a function declares nothing beyond that, by the names of FastAPI's description."""
    return not any(getattr(dependant, name) for name in DECLARED - most)


class Reading:
    """A route's application: its parameters, its function in a thread, its answer."""

    def __init__(self, dependant: Dependant) -> None:
        self.call = cast(Callable[..., Response], dependant.call)
        self.request, self.path = dependant.request_param_name, dependant.path_params
        self.asks = [
            (inner.name, cast(Ask, inner.call), inner.request_param_name)
            for inner in dependant.dependencies
        ]
        self.query = [
            Parameters(field.name, cast(type[BaseModel], field.field_info.annotation))
            for field in dependant.query_params
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive, send)
        values: dict[str, Any] = {self.request: request} if self.request else {}
        for name, ask, to in self.asks:
            found = await ask(**({to: request} if to else {}))
            if name is not None:
                values[name] = found
        sent = [parameters.sent(scope["query_string"]) for parameters in self.query]
        faults: list[Fault] = []
        for field in self.path:
            where = ("path", field.alias)
            values[field.name], wrong = field.validate(scope["path_params"][field.alias], loc=where)
            faults += wrong
        for parameters, given in zip(self.query, sent, strict=True):
            values[parameters.name], wrong = parameters.read(given)
            faults += wrong
        if faults:
            raise RequestValidationError(faults)
        read = partial(copy_context().run, self.call, **values)
        response = await get_running_loop().run_in_executor(_POOL, read)
        await response(scope, receive, send)


class Once:
    """FastAPI's own way, which refuses what is sent twice and is no list as the short way does."""

    def __init__(self, dependant: Dependant, app: ASGIApp) -> None:
        self.app = app
        models = [f for f in dependant.query_params if _is_a(f.field_info.annotation, BaseModel)]
        self.query = [
            Parameters(f.name, cast(type[BaseModel], f.field_info.annotation)) for f in models
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        for parameters in self.query:
            parameters.sent(scope["query_string"])
        await self.app(scope, receive, send)


class Parameters:
    """A query model, and which of its parameters are lists."""

    def __init__(self, name: str, model: type[BaseModel]) -> None:
        self.name, self.model = name, model
        known = model.model_fields.items()
        lists = [(own, info.alias or own) for own, info in known if _is_list(info.annotation)]
        self.lists = {name for names in lists for name in names}

    def sent(self, query: bytes) -> dict[str, Any]:
        """The values by their names; raises where one comes twice that is no list."""
        values: dict[str, Any] = {}
        faults: list[Fault] = []
        for name, value in parse_qsl(query.decode("latin-1"), keep_blank_values=True):
            if name in self.lists:
                values.setdefault(name, []).append(value)
            elif name in values:
                fault = {"type": "value_error", "loc": ("query", name), "input": value}
                faults.append({**fault, "msg": "it takes one value, and was sent twice"})
            else:
                values[name] = value
        if faults:
            raise RequestValidationError(faults)
        return values

    def read(self, values: dict[str, Any]) -> tuple[BaseModel | None, list[Fault]]:
        try:
            return self.model.model_validate(values), []
        except ValidationError as error:
            told = cast(list[Fault], error.errors(include_url=False))
            return None, [{**fault, "loc": ("query", *fault["loc"])} for fault in told]


def _is_a(annotation: Any, kind: type) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, kind)


def _is_list(annotation: Any) -> bool:
    return get_origin(annotation) is list or any(map(_is_list, get_args(annotation)))

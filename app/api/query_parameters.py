"""Query parameters: validation by a pydantic model, and refusal of repeated ones."""

from collections.abc import Callable, Collection, Iterable
from functools import cached_property
from typing import Annotated, Any, get_args, get_origin

from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

from app.api import route_info
from app.api.auth import writes_with_key
from app.api.deps import refuse_parameters


class QueryParameters:
    """A dependency that validates the query string with a pydantic model.

    It does what `Annotated[Model, Query()]` does, for models of many fields: FastAPI looks up each
    field by its annotation at each request, which took a quarter of the time of a list with its
    filters (docs/decisions/0004-plain-fastapi-routing.md). `app.api.openapi` documents the fields.
    The model is built at the first request: a process serves few of the collections at once after
    its start, and there are three models of each (docs/decisions/0025-start-and-memory.md).
    """

    def __init__(self, build_model: Callable[[], type[BaseModel]]) -> None:
        self._build_model = build_model

    @cached_property
    def model(self) -> type[BaseModel]:
        """The model of the parameters."""
        return self._build_model()

    @cached_property
    def lists(self) -> set[str]:
        """Names of the parameters that hold lists."""
        return list_fields(self.model)

    async def __call__(self, request: Request) -> BaseModel:
        """Return the model's instance.

        Raises:
            RequestValidationError: A value is invalid or repeated, or a name is unknown.
        """
        parameters = request.query_params.multi_items()
        errors = _repeated(parameters, self.lists)
        values: dict[str, Any] = {}
        for name, value in parameters:
            if name in self.lists:
                values.setdefault(name, []).append(value)
            else:
                values[name] = value
        try:
            query = self.model.model_validate(values)
        except ValidationError as error:
            repeated = {detail["loc"][1] for detail in errors}
            details = error.errors(include_url=False)
            invalid = [detail for detail in details if detail["loc"][0] not in repeated]
            errors += [{**detail, "loc": ("query", *detail["loc"])} for detail in invalid]
        if errors:
            raise RequestValidationError(errors)
        return query


def query_annotation(build_model: Callable[[], type[BaseModel]]) -> Any:
    """Return the annotation of a route's parameter that is the query, validated by the model."""
    return Annotated[Any, Depends(QueryParameters(build_model))]


async def check_query_parameters(request: Request) -> None:
    """Refuse the parameters that `refuse_ignored_parameters` does.

    Writes with a key do it in their transaction: dependencies of a router run before the key is
    checked.
    """
    if request.query_params and not writes_with_key(request.scope["route"]):
        refuse_ignored_parameters(request)


def refuse_ignored_parameters(request: Request) -> None:
    """Refuse what FastAPI would ignore: parameters of a route without any, and repeated ones.

    FastAPI takes the last value of a repeated parameter, so the client would not learn that the
    first one is ignored. Routes with `QueryParameters` do not need this.

    Raises:
        RequestValidationError: The route takes no parameters, or one that takes a single value is
            repeated.
    """
    models = query_models(request.scope["route"])
    if not models:
        refuse_parameters(request)
    lists = {name for model in models for name in list_fields(model)}
    if errors := _repeated(request.query_params.multi_items(), lists):
        raise RequestValidationError(errors)


def _repeated(
    parameters: Iterable[tuple[str, str]], lists: Collection[str]
) -> list[dict[str, Any]]:
    """Return an error for each superfluous value of a parameter that takes one."""
    names: set[str] = set()
    errors: list[dict[str, Any]] = []
    for name, value in parameters:
        if name in names and name not in lists:
            error = {"type": "value_error", "loc": ("query", name), "input": value}
            errors.append({**error, "msg": "takes one value, but was sent more than once"})
        names.add(name)
    return errors


def query_models(route: Any) -> list[type[BaseModel]]:
    """Return the pydantic models of a route's query parameters, however it declares them."""
    declared = route_info.query_annotations(route)
    models = [kind for kind in declared if isinstance(kind, type) and issubclass(kind, BaseModel)]
    return models + [parameters.model for parameters in own_query_parameters(route)]


def own_query_parameters(route: Any) -> list[QueryParameters]:
    """Return the `QueryParameters` among a route's dependencies."""
    dependencies = route_info.dependencies(route)
    return [dependency for dependency in dependencies if isinstance(dependency, QueryParameters)]


def list_fields(model: type[BaseModel]) -> set[str]:
    """Return the names and aliases of the fields that hold lists."""
    fields = model.model_fields.items()
    lists = [(name, info.alias or name) for name, info in fields if _is_list(info.annotation)]
    return {name for names in lists for name in names}


def _is_list(annotation: Any) -> bool:
    return get_origin(annotation) is list or any(map(_is_list, get_args(annotation)))

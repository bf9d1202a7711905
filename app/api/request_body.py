"""Request bodies that are validated by a model which is built at the first such request."""

from collections.abc import Callable
from functools import cached_property
from typing import Annotated, Any

from fastapi import Body
from pydantic import BaseModel, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from app.api import route_info


class RequestBody:
    """An annotation that validates a body as `Annotated[Model, Body()]` does.

    There are two models of each collection, and few processes ever need one
    (docs/decisions/0025-start-and-memory.md). `app.api.openapi` documents the fields.
    """

    def __init__(self, build_model: Callable[[], type[BaseModel]]) -> None:
        self._build_model = build_model

    @cached_property
    def model(self) -> type[BaseModel]:
        """The model of the body."""
        return self._build_model()

    def __get_pydantic_core_schema__(self, _: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self._validate, json_schema_input_schema=core_schema.any_schema()
        )

    def _validate(self, value: Any) -> BaseModel:
        return self.model.model_validate(value, from_attributes=True)  # as FastAPI does


def body_annotation(build_model: Callable[[], type[BaseModel]]) -> Any:
    """Return the annotation of a route's parameter that is the body, validated by the model."""
    return Annotated[Any, RequestBody(build_model), Body()]


def body_types(route: Any) -> list[Any]:
    """Return the types of a route's body parameters, however it declares them."""
    declared = [field.annotation for field in route_info.body_fields(route)]
    return [body.model for body in own_request_bodies(route)] or declared


def own_request_bodies(route: Any) -> list[RequestBody]:
    """Return the `RequestBody` among the annotations of a route's parameters."""
    return [
        part
        for field in route_info.body_fields(route)
        for part in field.metadata
        if isinstance(part, RequestBody)
    ]

"""`RequestBody` accepts and refuses what FastAPI's `Body()` does, and builds its model later."""

from typing import Annotated, Any

import pytest
from fastapi import Body, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.testclient import TestClient
from pydantic import BaseModel

from app.api.request_body import body_annotation, body_types
from app.resources import RESOURCES
from app.services.records.input_models import input_model

MODEL = input_model(RESOURCES["claims"])
CLAIM = {
    "slug": "a-claim",
    "name": "A claim",
    "summary": "A summary.",
    "statement": "A statement.",
    "kind": "efficacy",
}
BODIES: list[Any] = [
    CLAIM,
    {},
    [],
    None,
    "text",
    CLAIM | {"slug": "No Slug", "nonsense": 1},
    CLAIM | {"question": {"relation": "nonsense", "outcomes": "a text"}},
]


@pytest.fixture(scope="module")
def built() -> list[type[BaseModel]]:
    """The models that were built, once for each time."""
    return []


@pytest.fixture(scope="module")
def app(built: list[type[BaseModel]]) -> FastAPI:
    """The same model twice: at `/ours` and, as `Body()`, at `/fastapi`."""
    app = FastAPI()

    @app.exception_handler(RequestValidationError)
    async def show(_: Any, error: Any) -> JSONResponse:
        faults = [{**fault, "ctx": None, "url": None} for fault in error.errors()]
        return JSONResponse(faults, status_code=422)

    def build_model() -> type[BaseModel]:
        built.append(MODEL)
        return MODEL

    for path, annotation in (
        ("/ours", body_annotation(build_model)),
        ("/fastapi", Annotated[MODEL, Body()]),
    ):

        def echo(body: Any) -> Any:
            return body.model_dump(mode="json")

        echo.__annotations__["body"] = annotation
        app.add_api_route(path, echo, methods=["POST"], response_model=None)
    return app


def test_the_same_bodies_are_accepted_and_refused(
    app: FastAPI, built: list[type[BaseModel]]
) -> None:
    assert built == []
    client = TestClient(app)
    statuses = []
    for body in BODIES:
        ours, fastapi = (client.post(path, json=body) for path in ("/ours", "/fastapi"))
        assert (ours.status_code, ours.json()) == (fastapi.status_code, fastapi.json())
        statuses.append(ours.status_code)
    assert statuses == [200] + [422] * (len(BODIES) - 1)
    assert client.post("/ours").json() == client.post("/fastapi").json()
    assert built == [MODEL]


def test_both_have_the_same_type(app: FastAPI) -> None:
    ours, fastapi = app.routes[-2:]
    assert body_types(ours) == body_types(fastapi) == [MODEL]

"""`QueryParameters` accepts, refuses and documents what FastAPI's `Query()` does for a model."""

import asyncio
import time
from functools import partial
from typing import Annotated, Any

import httpx
import pytest
from fastapi import FastAPI, Query
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from app.api.query_parameters import list_fields, query_annotation
from app.kit.query_types import split_commas
from app.resources import RESOURCES

MODELS: dict[str, type[BaseModel]] = {
    "list": RESOURCES.list_query(RESOURCES["evidence"]),
    "record": RESOURCES.record_query(RESOURCES["claims"]),
    "export": RESOURCES.export_query(RESOURCES["affinities"]),
}
NAMES = ["q", "limit", "cursor", "sort", "facets", "include", "fields", "claim", "direction"]
NAMES += ["class", "class_", "year_from", "min_p_affinity", "randomised", "nonsense"]
VALUES = ["1", "0", "-1", "", "true", "slug", "-slug", "study", "supports", "supports,disputes"]
VALUES += ["study,,claims", "2001", "1e3", "nan", "ketamine", "\x00", "é", "a b", "%"]


@pytest.fixture(scope="module")
def app() -> FastAPI:
    """Each model twice: at `/ours/…` and, as `Query()`, at `/fastapi/…`."""
    app = FastAPI()

    @app.exception_handler(RequestValidationError)
    async def show(_: Any, error: Any) -> JSONResponse:
        faults = [{**fault, "ctx": None, "url": None} for fault in error.errors()]
        return JSONResponse(faults, status_code=422)

    for name, model in MODELS.items():
        for way, annotation in (
            ("ours", query_annotation(partial(MODELS.__getitem__, name))),
            ("fastapi", Annotated[model, Query()]),
        ):

            def echo(query: Any) -> Any:
                return query.model_dump(mode="json")

            echo.__annotations__["query"] = annotation
            app.add_api_route(f"/{way}/{name}", echo, response_model=None)
    return app


@pytest.mark.parametrize("model", MODELS)
@settings(deadline=None, max_examples=100)
@given(pairs=st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(VALUES)), max_size=4))
def test_the_same_queries_are_accepted_and_refused(
    app: FastAPI, model: str, pairs: list[tuple[str, str]]
) -> None:
    lists = list_fields(MODELS[model])
    once = dict(pairs).items()  # FastAPI takes the last of a repeated value
    kept = [p for p in pairs if p[0] in lists] + [p for p in once if p[0] not in lists]
    query = httpx.QueryParams(tuple(kept))

    async def both() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://kb") as client:
            return [
                await client.get(f"/{way}/{model}", params=query) for way in ("ours", "fastapi")
            ]

    ours, fastapi = asyncio.run(both())
    assert (ours.status_code, ours.json()) == (fastapi.status_code, fastapi.json())


def test_the_document_describes_the_parameters_as_fastapi_does(app: FastAPI) -> None:
    from app.api.openapi import _add_query_parameters

    document = app.openapi()
    for name, model in MODELS.items():
        operation: dict[str, Any] = {}
        _add_query_parameters(operation, model, {})
        assert operation["parameters"] == document["paths"][f"/fastapi/{name}"]["get"]["parameters"]


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("a,b", ["a", "b"]),
        ("a, ,b,", ["a", "", "b", ""]),
        ("(2R,6R)-HNK,MK-801", ["(2R,6R)-HNK", "MK-801"]),
        ("[1,2],x)", ["[1,2]", "x)"]),
        ("(a,b", ["(a", "b"]),
    ],
)
def test_a_list_is_split_at_commas_outside_of_brackets(text: str, items: list[str]) -> None:
    assert split_commas(text) == items


@pytest.mark.parametrize("text", ["," * 60_000, "(" + "," * 60_000, "(," * 30_000, "([," * 20_000])
def test_a_long_list_is_split_quickly(text: str) -> None:
    started = time.monotonic()
    split_commas(text)
    assert time.monotonic() - started < 2

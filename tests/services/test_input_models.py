"""Inputs of records: what curators write, in a dataset folder or through the API."""

from collections.abc import Iterator

import pytest
from pydantic import BaseModel, ValidationError

from app.kit.field_mapping import Column, ObjectList, RecordMapping, ScalarList
from app.resources import RESOURCES
from app.services.records.input_models import input_from_record, input_model, is_input
from tests import factories

MULTILINE = {"description", "readings.text"}


def text_fields(mapping: RecordMapping, above: str = "") -> Iterator[tuple[str, bool]]:
    """The free-text fields of a record with its objects, and whether each is a list."""
    for field in mapping.fields:
        if isinstance(field.marker, ObjectList):
            yield from text_fields(mapping.nested[field.name], f"{field.name}.")
        elif isinstance(field.marker, Column | ScalarList) and is_input(field):
            is_list = field.info.annotation == list[str]
            if is_list or field.scalar is str:
                yield f"{above}{field.name}", is_list


FIELDS = [
    (resource.name, *field)
    for resource in RESOURCES.values()
    if not resource.derived
    for field in text_fields(resource.mapping)
]


def problems(collection: str, name: str, value: object) -> list[str]:
    """The errors of a field of a record, or of an object in it."""
    resource = RESOURCES[collection]
    head, _, inner = name.partition(".")
    model: type[BaseModel] = input_model(resource)
    fields = {inner or head: value}
    draft = {"slug": "s", head: [fields] if inner else value}
    try:
        model.model_validate(draft)
    except ValidationError as error:
        path = (head, 0, inner) if inner else (head,)
        return [e["msg"] for e in error.errors() if e["loc"] == path]
    return []


def test_every_text_but_two_is_one_line() -> None:
    assert len(FIELDS) > 80
    for collection, name, is_list in FIELDS:
        text = ["x", "a\nb"] if is_list else "a\nb"
        refused = any("must be one line" in p for p in problems(collection, name, text))
        assert refused == (name not in MULTILINE), f"{collection}.{name}"


@pytest.mark.parametrize("end", ["\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"])
def test_every_line_break_is_one(end: str) -> None:
    (problem,) = problems("compounds", "name", f"S-ketamine{end}again")
    assert problem.endswith("must be one line, but a line ends after 'S-ketamine'")
    assert problems("compounds", "name", f"S-ketamine{end}") == []


def test_no_text_has_invisible_characters() -> None:
    for collection, name, is_list in FIELDS:
        for character in ("\x07", "\u202e", "\u200b"):
            value = ["x", f"a{character}b"] if is_list else f"a{character}b"
            (problem,) = problems(collection, name, value)
            assert "control or invisible character" in problem, f"{collection}.{name}"


def test_a_stored_record_with_a_line_break_can_be_read_back() -> None:
    resource = RESOURCES["regions"]
    row = dict.fromkeys(resource.mapping.by_name) | {"synonyms": ["a\nb\u202e"], "xrefs": []}
    row |= factories.record_input("regions") | {"name": "a\nb"}
    draft = input_from_record(resource, row)
    assert draft.model_dump()["name"] == "a\nb"

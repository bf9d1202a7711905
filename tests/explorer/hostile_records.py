"""Records in which every free text is markup, as far as validation lets a curator write it."""

import re
from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from app.resources import RESOURCES
from app.services.records.input_models import input_model
from tests import factories

#: Ends an attribute, an element and a comment, and runs a script in each of them.
MARKUP = (
    "\"'><script>alert(1)</script><svg onload=alert(1)>--><img src=x onerror=alert(1)>"
    "{{config}}{%raw%}"
)
#: A record of any type, or a date: what validation checks later than the type of a field.
NO_FREE_TEXT = re.compile(r"[a-z_]+:[a-z0-9-]+|\d{4}(-\d\d){0,2}")
_LETTERS = str.maketrans("0123456789", "abcdefghij")
Path = tuple[str | int, ...]


def hostile_dataset(size: int) -> dict[str, list[dict[str, Any]]]:
    """Return `size` records of every collection that curators write."""
    content = factories.dataset(size)
    return {
        name: [hostile_record(name, record, number) for number, record in enumerate(records)]
        for name, records in content.items()
    }


def hostile_record(collection: str, record: dict[str, Any], number: int) -> dict[str, Any]:
    """Return a record with markup in every text that takes it."""
    model = input_model(RESOURCES[collection])
    texts = dict(_texts(record))
    for position, path in enumerate(texts):
        _set(record, path, f"{MARKUP} {_word(number, position)}")
    try:
        model.model_validate(record)
    except ValidationError as error:
        for failure in error.errors():
            for path, text in texts.items():
                if path == failure["loc"][: len(path)]:
                    _set(record, path, text)
    model.model_validate(record)
    return record


def _word(*numbers: int) -> str:
    """Return a distinct word: readings may state only figures of the notes that they cite."""
    return "".join(f"{number:03d}".translate(_LETTERS) for number in numbers)


def _texts(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str) and not NO_FREE_TEXT.fullmatch(value):
        yield path, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _texts(inner, (*path, name))
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from _texts(inner, (*path, position))


def _set(record: Any, path: Path, value: str) -> None:
    for key in path[:-1]:
        record = record[key]
    record[path[-1]] = value

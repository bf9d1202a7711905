"""What parametrises the tests: databases, samples of values, programs that may be missing."""

import datetime
import os
import shutil
from collections.abc import Collection, Iterable, Sequence
from random import Random
from typing import TypeVar

import pytest

SIZE = 45
#: Name and day of the release of the shipped dataset that tests publish.
RELEASE = "1"
RELEASE_DAY = datetime.date(2026, 11, 1)
DATABASES = ("sqlite", "postgresql")
#: Values that are alike are sampled; with this all of them are tried, which takes hours.
WHOLE = bool(os.environ.get("KKB_TEST_WHOLE"))
#: Variable that names the folder of the store templates which all workers of a run share.
STORE_TEMPLATES = "PYTEST_STORE_TEMPLATES"
T = TypeVar("T")
#: For tests in which the kind of store does not matter: answers are alike, test_same_answers holds.
ONE_STORE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
#: For slow ones among those whose answers it compares: all of them on both, when all is tried.
SOME_STORE = pytest.mark.parametrize(
    "database", DATABASES if WHOLE else DATABASES[:1], indirect=True
)


def sample(values: Sequence[T], most: int, name: str) -> list[T]:
    """A sample of the values, in their order: always the same for a name, another for another."""
    if WHOLE or len(values) <= most:
        return list(values)
    return [values[at] for at in sorted(Random(name).sample(range(len(values)), most))]


def alternate_stores(
    name: str, values: Iterable[T], on_both: Collection[T] = ()
) -> pytest.MarkDecorator:
    """Parametrise a test by values, each on one kind of store in turn, or on both kinds.

    All of them are on both when all is tried. The tests of a module follow each other by value, so
    that they share what is made for it; a store of the module would be made again for each value.
    """
    pairs = [
        (value, database)
        for number, value in enumerate(values)
        for turn, database in enumerate(DATABASES)
        if WHOLE or value in on_both or number % len(DATABASES) == turn
    ]
    return pytest.mark.parametrize((name, "database"), pairs, indirect=["database"], scope="module")


def needs(*programs: str) -> pytest.MarkDecorator:
    """Skip a test where a program that it runs is not installed."""
    missing = [name for name in programs if not shutil.which(name)]
    return pytest.mark.skipif(bool(missing), reason=f"not installed: {', '.join(missing)}")

"""Batches: the same as `itertools.batched`."""

from itertools import count, islice

import pytest

from app.kit.batching import batched


@pytest.mark.parametrize(
    ("length", "batches"),
    [(0, []), (1, [(0,)]), (3, [(0, 1, 2)]), (4, [(0, 1, 2), (3,)]), (6, [(0, 1, 2), (3, 4, 5)])],
)
def test_the_last_batch_may_be_shorter_and_none_is_empty(
    length: int, batches: list[tuple[int, ...]]
) -> None:
    assert list(batched(range(length), 3)) == batches


def test_only_the_items_of_a_batch_are_consumed() -> None:
    numbers = count()
    assert list(islice(batched(numbers, 3), 2)) == [(0, 1, 2), (3, 4, 5)]
    assert next(numbers) == 6


def test_a_batch_size_below_one_raises_value_error() -> None:
    with pytest.raises(ValueError, match="at least one"):
        next(batched([1], 0))

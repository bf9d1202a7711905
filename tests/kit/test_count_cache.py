"""The cache of totals holds rows that took long to read, for one state of the store."""

from math import inf

import pytest
from sqlalchemy import create_engine

from app.kit import count_cache
from app.kit.count_cache import CountCache
from app.kit.sessions import ReadSession


def test_rows_beyond_the_whole_cache_are_returned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(count_cache, "SLOW_SECONDS", 0.0)
    cache, rows = CountCache(max_values=20), list(range(30))
    with create_engine("sqlite://").connect() as connection:
        session = ReadSession(connection)
        session.state = "first"
        assert cache.get_or_compute_rows(session, "key", lambda: rows) == rows


@pytest.mark.parametrize(("slow_seconds", "reads"), [(0.0, 2), (inf, 4)])
def test_rows_are_cached_if_they_took_long(
    monkeypatch: pytest.MonkeyPatch, slow_seconds: float, reads: int
) -> None:
    monkeypatch.setattr(count_cache, "SLOW_SECONDS", slow_seconds)
    cache, read = CountCache(), []

    def compute() -> list[int]:
        read.append(1)
        return [7]

    with create_engine("sqlite://").connect() as connection:
        session = ReadSession(connection)
        for session.state in ("first", "first", "second", "second"):
            assert cache.get_or_compute_rows(session, "key", compute) == [7]
    assert len(read) == reads

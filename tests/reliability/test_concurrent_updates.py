"""No concurrent update is lost, on either database: docs/reliability.md has the figures."""

from pathlib import Path

from tests.reliability.concurrent_updates import run


def test_no_concurrent_update_of_one_record_is_lost(address: str, tmp_path: Path) -> None:
    result = run(address, tmp_path, processes=3, updates=3)
    assert result["acknowledged"] == 9
    assert result["value"] == 10
    assert result["steps"] == list(range(2, 11)), "the history has every step once"
    assert result["revision"] == 10

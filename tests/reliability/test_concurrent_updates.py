"""No update is lost, whichever store: docs/reliability.md has the figures of the long run."""

from pathlib import Path

from tests.reliability.concurrent_updates import run


def test_no_contended_update_is_lost(address: str, tmp_path: Path) -> None:
    found = run(address, tmp_path, processes=3, updates=3)
    assert found["acknowledged"] == 9
    assert found["value"] == 10
    assert found["steps"] == list(range(2, 11)), "the history has every step once"
    assert found["revision"] == 10

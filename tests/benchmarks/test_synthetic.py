"""The synthetic dataset: grown from the shipped one by number and seed, and marked as made up."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app import models as m
from app.services.store.opening import open_store
from benchmarks.synthetic import SyntheticDataset, TooFewNotesError
from tests.helpers import shipped_folder
from tests.params import ONE_STORE

ROOT = Path(__file__).parents[2]
NOTES = 600


def synthetic(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "benchmarks.synthetic", "--notes", str(NOTES), *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@ONE_STORE
def test_an_empty_store_is_filled_and_one_with_records_is_refused(address: str) -> None:
    process = synthetic("--seed", "7", "--database-url", address)
    assert process.returncode == 0, process.stderr
    assert f"{NOTES} of them notes" in process.stderr
    store = open_store(address)
    made_up = m.Record.slug.startswith("synthetic-") & m.Record.name.startswith("Synthetic ")
    real = {entry.slug for entry in shipped_folder().entries_of("evidence")}
    with store.read() as session:
        notes = select(m.Record.slug).where(m.Record.type == "evidence")
        slugs = set(session.execute(notes).scalars())
        assert len(slugs) == NOTES
        assert real < slugs
        assert set(session.execute(notes.where(made_up)).scalars()) == slugs - real
        assert session.execute(select(func.count()).select_from(m.Document)).scalar_one() == (
            session.execute(select(func.count()).select_from(m.Record)).scalar_one()
        )
    store.engine.dispose()
    second = synthetic("--database-url", address)
    assert second.returncode == 2
    assert "name an empty one" in second.stderr


def test_the_same_seed_gives_the_same_records_and_another_one_others() -> None:
    def records(seed: int) -> list[str]:
        source = SyntheticDataset(shipped_folder(), NOTES, seed)
        entries = list(source.entries)
        assert len(entries) == source.total
        return [entry.draft.model_dump_json() for entry in entries]

    assert records(1) == records(1)
    assert records(1) != records(2)


def test_fewer_notes_than_there_are_is_refused_in_words() -> None:
    with pytest.raises(TooFewNotesError, match="request no fewer"):
        SyntheticDataset(shipped_folder(), 5, 1)

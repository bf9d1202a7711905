"""`kkb synth`: grown from the shipped dataset by number and seed, made up and marked so."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from app import models as m
from app.services import store as stores
from app.services.synth import Synthesis, TooFewError
from tests.conftest import ONE_STORE, shipped_folder
from tests.forked import kkb

NOTES = 600


@ONE_STORE
def test_an_empty_store_is_grown_and_a_full_one_is_refused(tmp_path: Path, address: str) -> None:
    own = {"KKB_DATABASE_URL": address}
    grown = kkb("synth", "--notes", str(NOTES), "--seed", "7", cwd=tmp_path, **own)
    assert grown.returncode == 0, grown.stderr
    assert f"{NOTES} of them notes" in grown.stderr
    store = stores.open_store(address)
    made_up = m.Record.slug.startswith("synthetic-") & m.Record.name.startswith("Synthetic ")
    real = {entry.slug for entry in shipped_folder().of("evidence")}
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
    again = kkb("synth", "--notes", str(NOTES), cwd=tmp_path, **own)
    assert again.returncode == 2
    assert "name an empty one" in again.stderr


def test_the_same_seed_gives_the_same_records_and_another_one_others() -> None:
    def told(seed: int) -> list[str]:
        source = Synthesis(shipped_folder(), NOTES, seed)
        entries = list(source.entries)
        assert len(entries) == source.total
        return [entry.draft.model_dump_json() for entry in entries]

    assert told(1) == told(1)
    assert told(1) != told(2)


def test_fewer_notes_than_there_are_is_refused_in_words() -> None:
    with pytest.raises(TooFewError, match="ask for as many, or more"):
        Synthesis(shipped_folder(), 5, 1)

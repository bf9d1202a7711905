"""The check of wholeness sees what it is there for."""

from pathlib import Path

from sqlalchemy import text

from app.services.records import read_models
from tests import factories
from tests.helpers import fill_store
from tests.params import ONE_STORE
from tests.reliability import integrity_check

SHOWN, SEARCHED = "differs from the record", "search is not of these records"
BROKEN = {
    "UPDATE record SET name = 'Other' WHERE slug = 'region-1'": "is not what the ledger makes",
    "UPDATE dataset SET revision = 2": "the store stands at 2",
    "UPDATE verdict SET notes_for = 99 WHERE notes_for > 0": "does not follow from the notes",
    "UPDATE document SET body = replace(body, 'Region-2', 'Other')": SHOWN,
    "UPDATE dataset SET search_version = 'older'": SEARCHED,
    "INSERT INTO proposal (author, state, version, created_at, changed_at, problems, revision)"
    " VALUES ('anna', 'accepted', 1, '', '', '[]', 1)": "are half there",
}


@ONE_STORE
def test_a_store_that_is_not_whole_is_told_from_one_that_is(address: str, tmp_path: Path) -> None:
    store = fill_store(address, factories.write_folder(tmp_path / "data", factories.dataset(3)))
    assert integrity_check.integrity_errors(store) == []
    for broken, words in BROKEN.items():
        with store.write() as session:
            session.execute(text(broken))
            if words not in {SHOWN, SEARCHED}:
                read_models.rebuild(session)
        assert any(words in fault for fault in integrity_check.integrity_errors(store)), broken

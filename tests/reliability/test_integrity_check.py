"""The integrity check finds each kind of inconsistency."""

from pathlib import Path

from sqlalchemy import text

from app.services.records import read_models
from tests import factories
from tests.helpers import fill_store
from tests.params import ONE_STORE
from tests.reliability import integrity_check

DOCUMENT_DIFFERS, SEARCH_IS_OUTDATED = "differs from the record", "search is not of these records"
ERROR_BY_STATEMENT = {
    "UPDATE record SET name = 'Other' WHERE slug = 'region-1'": "is not what the ledger makes",
    "UPDATE dataset SET revision = 2": "the store stands at 2",
    "UPDATE verdict SET notes_for = 99 WHERE notes_for > 0": "does not follow from the notes",
    "UPDATE document SET body = replace(body, 'Region-2', 'Other')": DOCUMENT_DIFFERS,
    "UPDATE dataset SET search_version = 'older'": SEARCH_IS_OUTDATED,
    "INSERT INTO proposal (author, state, version, created_at, changed_at, problems, revision)"
    " VALUES ('anna', 'accepted', 1, '', '', '[]', 1)": "are half there",
}


@ONE_STORE
def test_the_integrity_check_reports_each_kind_of_inconsistency(
    address: str, tmp_path: Path
) -> None:
    store = fill_store(address, factories.write_folder(tmp_path / "data", factories.dataset(3)))
    assert integrity_check.integrity_errors(store) == []
    for statement, message in ERROR_BY_STATEMENT.items():
        with store.write() as session:
            session.execute(text(statement))
            if message not in {DOCUMENT_DIFFERS, SEARCH_IS_OUTDATED}:
                read_models.rebuild(session)
        assert any(message in error for error in integrity_check.integrity_errors(store)), statement

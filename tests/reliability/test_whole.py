"""The check of wholeness sees what it is there for."""

from pathlib import Path

import pytest

from tests import factories
from tests.conftest import fill
from tests.reliability import whole

BROKEN = {
    "UPDATE record SET name = 'Other' WHERE slug = 'region-1'": "is not what the tables say",
    "UPDATE document SET body = replace(body, 'Region-2', 'Other')": "is not what the ledger makes",
    "INSERT INTO document VALUES (9999, '{}')": "of no record",
    "UPDATE dataset SET revision = 2": "the store stands at 2",
    """UPDATE document SET body = replace(body, '"points_for":', '"points_for":9')""": "the notes",
    "UPDATE dataset SET search_version = 'older'": "documents or search are not of this version",
    "INSERT INTO proposal (author, state, version, created_at, changed_at, problems, revision)"
    " VALUES ('anna', 'accepted', 1, '', '', '[]', 1)": "are half there",
}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_store_that_is_not_whole_is_told_from_one_that_is(address: str, tmp_path: Path) -> None:
    store = fill(address, factories.write(tmp_path / "data", factories.dataset(3)))
    assert whole.faults(store) == []
    for broken, words in BROKEN.items():
        with store.write() as session:
            session.connection.exec_driver_sql(broken)
        assert any(words in fault for fault in whole.faults(store)), broken

"""The JSON documents are updated by every write: they equal those of a full rebuild."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from app import models as m
from app.kit.sessions import ReadSession, Store
from app.resources import RESOURCES
from app.services import bootstrap
from app.services.backups.backup import create_backup, restore_backup
from app.services.dataset.folder import read_folder
from app.services.records import history, read_models
from app.services.store.opening import open_store
from tests import factories
from tests.helpers import fill_store
from tests.params import alternate_stores
from tests.reliability.old_schema import build_old_store

Content = dict[str, list[dict[str, Any]]]


def documents(session: ReadSession) -> dict[int, tuple[str, str]]:
    stmt = select(m.Document.id, m.Document.body, m.Document.line)
    return {key: (body, line) for key, body, line in session.execute(stmt)}


@pytest.fixture
def store(address: str, tmp_path: Path) -> Store:
    return fill_store(address, factories.write_folder(tmp_path / "data", factories.dataset(6)))


def renamed(collection: str) -> Callable[[Content], Any]:
    return lambda content: content[collection][1].update(name="Called otherwise")


WRITES: dict[str, Callable[[Content], Any]] = {
    "a compound renamed": renamed("compounds"),
    "a receptor renamed": renamed("receptors"),
    "a reference renamed": renamed("references"),
    "a study renamed": renamed("studies"),
    "a claim renamed": renamed("claims"),
    "a note renamed": renamed("evidence"),
    "an indication renamed": renamed("indications"),
    "a pathway withdrawn": lambda content: content["pathways"].pop(),
    "a constant withdrawn": lambda content: content["affinities"].pop(),
    "members given": lambda content: content["receptors"][1].update(
        kind="complex", subunits=["receptor-2", "receptor-3"]
    ),
    "a DOI changed": lambda content: content["references"][1].update(doi="10.1000/other"),
    "an act changed and one moved": lambda content: move_act(content["indications"]),
    "a side taken": lambda content: content["evidence"][1]["claims"][0].update(direction="neutral"),
}


def move_act(indications: list[dict[str, Any]]) -> None:
    """Change an act, move one to another indication, and withdraw one."""
    indications[1]["regulatory_status"][0]["status"] = "pending"
    indications[1]["regulatory_status"] += indications[2].pop("regulatory_status")
    indications[3]["regulatory_status"].pop()


@alternate_stores("write", WRITES)
def test_documents_after_a_write_equal_those_of_a_rebuild(
    store: Store, tmp_path: Path, write: str
) -> None:
    with store.read() as session:
        before = documents(session)
    content = factories.dataset(6)
    WRITES[write](content)
    folder = read_folder(factories.write_folder(tmp_path / "data", content))
    assert folder.errors == []
    assert bootstrap.load(store, folder, allow_withdrawals=True)
    with store.write() as session:
        after = documents(session)
        assert after != before
        read_models.rebuild(session)
        assert documents(session) == after
    original_folder = read_folder(factories.write_folder(tmp_path / "data", factories.dataset(6)))
    assert bootstrap.load(store, original_folder)
    with store.write() as session:
        restored = documents(session)
        read_models.rebuild(session)
        assert documents(session) == restored


def test_the_documents_of_a_first_load_equal_those_of_later_writes(
    store: Store, tmp_path: Path
) -> None:
    with store.write() as session:
        expected = sorted(documents(session).values())
    reduced = factories.dataset(6)
    for name in ("pathways", "affinities"):
        reduced[name] = []
    reduced_folder = read_folder(factories.write_folder(tmp_path / "data", reduced))
    assert bootstrap.load(store, reduced_folder, allow_withdrawals=True)
    complete_folder = read_folder(factories.write_folder(tmp_path / "data", factories.dataset(6)))
    assert bootstrap.load(store, complete_folder)
    with store.read() as session:
        assert sorted(documents(session).values()) == expected


def test_a_restored_backup_has_the_documents_of_the_backup(store: Store, tmp_path: Path) -> None:
    with store.read() as session:
        before = documents(session)
    create_backup(store, tmp_path / "kkb.backup")
    content = factories.dataset(6)
    content["claims"][1]["name"] = "Called otherwise"
    assert bootstrap.load(store, read_folder(factories.write_folder(tmp_path / "data", content)))
    restore_backup(store, tmp_path / "kkb.backup", replace=True)
    with store.read() as session:
        assert documents(session) == before
        assert read_models.is_current(session)


#: Collections that were added after schema version 0008.
LATER_COLLECTIONS = {
    "pharmacokinetics",
    "interactions",
    "regimens",
    "adverse-effects",
    "assessments",
    "statements",
}


def test_migration_of_an_older_store_lowers_dois_and_creates_records_of_regulatory_acts(
    address: str, make_empty_store: Callable[[str, Path], str], database: str, tmp_path: Path
) -> None:
    content = {
        name: rows for name, rows in factories.dataset(6).items() if name not in LATER_COLLECTIONS
    }
    store = fill_store(address, factories.write_folder(tmp_path / "data", content))
    (tmp_path / "old").mkdir()
    old_store = open_store(make_empty_store(database, tmp_path / "old"))
    build_old_store(store, old_store, "0008")
    with old_store.write() as session:
        session.execute(update(m.Reference).values(doi=func.upper(m.Reference.doi)))
    bootstrap.migrate_and_rebuild(old_store)
    with store.read() as session, old_store.read() as migrated:
        assert without_later_fields(migrated) == without_later_fields(session)
        act = RESOURCES["regulatory-acts"]
        last = history.changes(migrated, history.for_record(act, "regulatory-act-1"), 9)[-1]
        assert (last["action"], last["who"]) == ("create", "kkb")
    store.engine.dispose()
    old_store.engine.dispose()


EFFECT_FIELDS = {"role", "key", "favours", "larger_is", "standard_error"}
REVIEW_FIELDS = {"searched_to", "reviewed_on"}
#: Computed from questions and estimates, which older versions do not have.
VERDICT_FIELDS = {"verdict", "certainty", "size", "absence"}
#: Record type, or field with objects → its fields for which older versions have no values.
LATER_FIELDS = {
    "arm": EFFECT_FIELDS,
    "arms": EFFECT_FIELDS,
    "effects": EFFECT_FIELDS,
    "evidence": {"estimates", "tested_um", "tested_upper_um"},
    "study": {"group", "trial_group", "unit_of", "trials_pooled"}
    | {"results_expected", "funding", "risk_of_bias"},
    "claim": {"title_question", "short_answer", "question", *REVIEW_FIELDS, *VERDICT_FIELDS},
    "affinity": {"source_database", "source_record"},
    "reference": {"notice_published_on", "notices_checked_on"},
}


def without_later_fields(session: ReadSession) -> dict[tuple[str, str], Any]:
    """Return the documents without the fields that older versions do not have."""

    def strip(name: str, value: Any) -> Any:
        if isinstance(value, list):
            return [strip(name, item) for item in value]
        if isinstance(value, dict):
            later = LATER_FIELDS.get(name, set())
            return {key: strip(key, item) for key, item in value.items() if key not in later}
        return value

    return {
        key: strip(key[0], json.loads(text))
        for key, text in by_slug(session).items()
        if key[0] not in {"effect", "verdict"}
    }


def by_slug(session: ReadSession) -> dict[tuple[str, str], str]:
    stmt = select(m.Record.type, m.Record.slug, m.Document.body)
    rows = session.execute(stmt.join(m.Document, m.Document.id == m.Record.id))
    return {(kind, slug): body for kind, slug, body in rows}


def test_documents_of_an_older_document_version_are_rebuilt(store: Store) -> None:
    with store.write() as session:
        expected = documents(session)
        session.execute(update(m.Document).values(body="{}"))
        session.execute(update(m.Dataset).values(document_version="older"))
    bootstrap.migrate_and_rebuild(store)
    with store.read() as session:
        assert documents(session) == expected

"""Documents follow every write: they equal those of a full rebuild."""

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
def own(address: str, tmp_path: Path) -> Store:
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


@alternate_stores("what", WRITES)
def test_documents_are_those_that_would_be_written_anew(
    own: Store, tmp_path: Path, what: str
) -> None:
    with own.read() as session:
        before = documents(session)
    content = factories.dataset(6)
    WRITES[what](content)
    folder = read_folder(factories.write_folder(tmp_path / "data", content))
    assert folder.errors == []
    assert bootstrap.load(own, folder, allow_withdrawals=True)
    with own.write() as session:
        after = documents(session)
        assert after != before
        read_models.rebuild(session)
        assert documents(session) == after
    back = read_folder(factories.write_folder(tmp_path / "data", factories.dataset(6)))
    assert bootstrap.load(own, back)
    with own.write() as session:
        again = documents(session)
        read_models.rebuild(session)
        assert documents(session) == again


def test_what_is_filled_is_what_is_written_record_by_record(own: Store, tmp_path: Path) -> None:
    with own.write() as session:
        filled = sorted(documents(session).values())
    emptied = factories.dataset(6)
    for name in ("pathways", "affinities"):
        emptied[name] = []
    smaller = read_folder(factories.write_folder(tmp_path / "data", emptied))
    assert bootstrap.load(own, smaller, allow_withdrawals=True)
    whole = read_folder(factories.write_folder(tmp_path / "data", factories.dataset(6)))
    assert bootstrap.load(own, whole)
    with own.read() as session:
        assert sorted(documents(session).values()) == filled


def test_a_backup_brings_the_documents_back(own: Store, tmp_path: Path) -> None:
    with own.read() as session:
        before = documents(session)
    create_backup(own, tmp_path / "kkb.backup")
    content = factories.dataset(6)
    content["claims"][1]["name"] = "Called otherwise"
    assert bootstrap.load(own, read_folder(factories.write_folder(tmp_path / "data", content)))
    restore_backup(own, tmp_path / "kkb.backup", replace=True)
    with own.read() as session:
        assert documents(session) == before
        assert read_models.is_current(session)


#: Collections that version 0008 did not have.
LATER = {
    "pharmacokinetics",
    "interactions",
    "regimens",
    "adverse-effects",
    "assessments",
    "statements",
}


def test_a_store_of_an_older_version_is_brought_to_lower_case_dois_and_records_of_acts(
    address: str, make_empty_store: Callable[[str, Path], str], database: str, tmp_path: Path
) -> None:
    content = {name: rows for name, rows in factories.dataset(6).items() if name not in LATER}
    own = fill_store(address, factories.write_folder(tmp_path / "data", content))
    (tmp_path / "old").mkdir()
    old = open_store(make_empty_store(database, tmp_path / "old"))
    build_old_store(own, old, "0008")
    with old.write() as session:
        session.execute(update(m.Reference).values(doi=func.upper(m.Reference.doi)))
    bootstrap.migrate_and_rebuild(old)
    with own.read() as session, old.read() as migrated:
        assert held_by_old_versions(migrated) == held_by_old_versions(session)
        act = RESOURCES["regulatory-acts"]
        last = history.changes(migrated, history.for_record(act, "regulatory-act-1"), 9)[-1]
        assert (last["action"], last["who"]) == ("create", "kkb")
    own.engine.dispose()
    old.engine.dispose()


FIGURE = {"role", "key", "favours", "larger_is", "standard_error"}
REVIEW = {"searched_to", "reviewed_on"}
#: They follow from questions and estimates, which older versions do not hold.
VERDICT = {"verdict", "certainty", "size", "absence"}
#: Record type, or field with objects → its fields for which older versions have no values.
LATER_FIELDS = {
    "arm": FIGURE,
    "arms": FIGURE,
    "effects": FIGURE,
    "evidence": {"estimates", "tested_um", "tested_upper_um"},
    "study": {"group", "trial_group", "unit_of", "trials_pooled"}
    | {"results_expected", "funding", "risk_of_bias"},
    "claim": {"title_question", "short_answer", "question", *REVIEW, *VERDICT},
    "affinity": {"source_database", "source_record"},
    "reference": {"notice_published_on", "notices_checked_on"},
}


def held_by_old_versions(session: ReadSession) -> dict[tuple[str, str], Any]:
    """Documents without the fields that older versions do not hold."""

    def held(name: str, value: Any) -> Any:
        if isinstance(value, list):
            return [held(name, item) for item in value]
        if isinstance(value, dict):
            later = LATER_FIELDS.get(name, set())
            return {key: held(key, item) for key, item in value.items() if key not in later}
        return value

    return {
        key: held(key[0], json.loads(text))
        for key, text in by_slug(session).items()
        if key[0] not in {"effect", "verdict"}
    }


def by_slug(session: ReadSession) -> dict[tuple[str, str], str]:
    stmt = select(m.Record.type, m.Record.slug, m.Document.body)
    rows = session.execute(stmt.join(m.Document, m.Document.id == m.Record.id))
    return {(kind, slug): body for kind, slug, body in rows}


def test_documents_of_another_form_are_written_anew(own: Store) -> None:
    with own.write() as session:
        right = documents(session)
        session.execute(update(m.Document).values(body="{}"))
        session.execute(update(m.Dataset).values(document_version="older"))
    bootstrap.migrate_and_rebuild(own)
    with own.read() as session:
        assert documents(session) == right

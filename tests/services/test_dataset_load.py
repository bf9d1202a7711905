"""Loading into a store with data: only changed records are written, and nothing else is lost."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from app import models as m
from app.domain.curation import Action, ProposalAction, Scope
from app.domain.vocabulary import VerdictKind
from app.kit.sessions import Store
from app.resources import RESOURCES
from app.services import bootstrap
from app.services.curation import api_keys, proposals
from app.services.dataset import export
from app.services.dataset.folder import read_folder
from app.services.dataset.load import LocalChangesError, TooManyWithdrawalsError
from app.services.records import history, lookup, record_writer
from app.services.records.input_models import input_model
from app.services.records.validation import RulesViolatedError
from app.services.store.revision import current_revision
from app.services.store.withdrawals import withdrawals
from tests import factories, postgres
from tests.helpers import fill_store, migrated_store
from tests.reliability import integrity_check

CLAIMS = RESOURCES["claims"]
Open = Callable[[str], Store]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return factories.write_folder(tmp_path / "data", factories.dataset(4))


@pytest.fixture
def loaded_store(address: str, root: Path) -> Any:
    """A store with the dataset, an API key and an open proposal."""
    store = fill_store(address, root)
    with store.write() as session:
        api_keys.create_key(session, "anna", [Scope.PROPOSE], 1)
        propose(session, "Proposed.")
    yield store
    store.engine.dispose()


def propose(session: Any, summary: str) -> int:
    anna = api_keys.Curator(1, "anna", frozenset({Scope.PROPOSE}))
    draft = lookup.record_inputs(session, CLAIMS, ["claim-1"])["claim-1"]
    changed = draft.model_copy(update={"summary": summary})
    base = lookup.changed_revision(session, CLAIMS, "claim-1")
    requested = proposals.RequestedChange(Action.CHANGE, CLAIMS, "claim-1", "Why.", changed, base)
    return proposals.write_proposal(session, anna, requested)


def accept(store: Store, number: int = 1) -> None:
    with store.write() as session:
        ben = api_keys.Curator(1, "ben", frozenset({Scope.REVIEW}))
        proposals.perform_action(session, ben, number, ProposalAction.ACCEPT, None, None)


def changed(root: Path, **changes: Any) -> Path:
    content = factories.dataset(4)
    content["claims"][2].update(changes)
    return factories.write_folder(root, content)


def count(session: Any, table: Any) -> int:
    return int(session.execute(select(func.count()).select_from(table)).scalar_one())


def test_a_load_preserves_api_keys_proposals_and_the_audit_log(
    loaded_store: Store, root: Path
) -> None:
    with loaded_store.read() as session:
        before = {t: count(session, t) for t in (m.ApiKey, m.Proposal, m.ProposalEvent, m.Change)}
    assert bootstrap.load(loaded_store, read_folder(changed(root, name="Other")))
    with loaded_store.read() as session:
        after = {table: count(session, table) for table in before}
        assert after[m.Change] == before[m.Change] + 3, "the claim, its verdict, its conflict"
        assert {t: n for t, n in after.items() if t is not m.Change} == {
            t: n for t, n in before.items() if t is not m.Change
        }


def test_a_load_writes_only_changed_records_and_reports_them(
    loaded_store: Store, root: Path
) -> None:
    bootstrap.load(loaded_store, read_folder(changed(root, name="Other")))
    with loaded_store.read() as session:
        assert lookup.changed_revision(session, CLAIMS, "claim-2") == 2
        assert lookup.changed_revision(session, CLAIMS, "claim-1") == 1
        last = history.changes(session, history.for_record(CLAIMS, "claim-2"), 10)[-1]
        assert (last["who"], last["revision"], last["proposal"]) == ("kkb load", 2, None)
        assert last["fields"] == [{"field": "name", "before": "Claim-2", "after": "Other"}]


def test_a_verdict_changed_by_a_load_is_logged_with_its_causes(
    loaded_store: Store, root: Path
) -> None:
    content = factories.dataset(4)
    content["evidence"][2]["claims"] = content["evidence"][2]["claims"][:1]
    bootstrap.load(loaded_store, read_folder(factories.write_folder(root, content)))
    with loaded_store.read() as session:
        verdicts = RESOURCES["verdicts"]
        last = history.changes(session, history.for_record(verdicts, "claim-3"), 10)[-1]
        assert (last["revision"], last["causes"]) == (2, ["evidence/evidence-2"])


def test_a_record_removed_from_the_folder_is_withdrawn_and_can_be_restored(
    loaded_store: Store, root: Path
) -> None:
    content = factories.dataset(4)
    gone = content["pathways"].pop()
    smaller = read_folder(factories.write_folder(root, content))
    with pytest.raises(TooManyWithdrawalsError, match=r"1 of 4 pathways \(pathway-3\)"):
        bootstrap.load(loaded_store, smaller)
    with loaded_store.read() as session:
        assert lookup.changed_revision(session, RESOURCES["pathways"], gone["slug"]) == 1
    assert bootstrap.load(loaded_store, smaller, allow_withdrawals=True)
    pathways = RESOURCES["pathways"]
    with loaded_store.read() as session:
        assert lookup.changed_revision(session, pathways, gone["slug"]) is None
        assert withdrawals(session, pathways, [gone["slug"]])
    bootstrap.load(loaded_store, read_folder(factories.write_folder(root, factories.dataset(4))))
    with loaded_store.read() as session:
        assert withdrawals(session, pathways, [gone["slug"]]) == {}
        changes = history.changes(session, history.for_record(pathways, gone["slug"]), 10)
        assert [change["action"] for change in changes] == ["create", "withdraw", "create"]


def test_a_folder_that_would_revert_a_curator_s_change_is_refused(
    loaded_store: Store, root: Path
) -> None:
    accept(loaded_store)
    folder = read_folder(changed(root, name="Other"))
    with pytest.raises(LocalChangesError, match="curators changed or added claims/claim-1, and"):
        bootstrap.load(loaded_store, folder)
    with loaded_store.read() as session:
        (claim,) = lookup.record_inputs(session, CLAIMS, ["claim-2"]).values()
        assert claim.model_dump()["name"] == "Claim-2"
    assert bootstrap.load(loaded_store, folder, replace=True)
    with loaded_store.read() as session:
        (claim,) = lookup.record_inputs(session, CLAIMS, ["claim-1"]).values()
        assert claim.model_dump()["summary"] == "What it is."
        changes = history.changes(session, history.for_record(CLAIMS, "claim-1"), 10)
        assert [change["who"] for change in changes] == ["kkb load", "anna", "kkb load"]


def test_an_older_folder_is_refused_after_an_exported_folder_was_loaded(
    loaded_store: Store, root: Path, tmp_path: Path
) -> None:
    accept(loaded_store)
    with loaded_store.read() as session:
        export.write_files(tmp_path / "mirror", export.render_store(session))
    assert not bootstrap.load(loaded_store, read_folder(tmp_path / "mirror"))
    with pytest.raises(LocalChangesError, match="claims/claim-1"):
        bootstrap.load(loaded_store, read_folder(changed(root, name="Other")))


def test_a_load_does_not_withdraw_a_record_that_a_curator_added(
    loaded_store: Store, root: Path, tmp_path: Path
) -> None:
    draft = input_model(CLAIMS).model_validate(
        factories.record_input("claims", 9, absence="not_searched")
    )
    with loaded_store.write() as session:
        anna = api_keys.Curator(1, "anna", frozenset({Scope.PROPOSE}))
        requested = proposals.RequestedChange(Action.CREATE, CLAIMS, "claim-9", "Why.", draft, None)
        number = proposals.write_proposal(session, anna, requested)
    accept(loaded_store, number)
    with loaded_store.read() as session:
        export.write_files(tmp_path / "mirror", export.render_store(session))
    content = tmp_path / "mirror" / "claims" / "new.yaml"
    assert "claim-9" in content.read_text()
    assert bootstrap.load(
        loaded_store, read_folder(changed(tmp_path / "mirror", name="Other")), replace=True
    )
    with pytest.raises(LocalChangesError, match="claims/claim-9"):
        bootstrap.load(loaded_store, read_folder(root))


def test_a_folder_that_contains_the_curator_s_change_is_loaded(
    loaded_store: Store, root: Path
) -> None:
    accept(loaded_store)
    content = factories.dataset(4)
    content["claims"][1]["summary"] = "Proposed."
    content["claims"][2]["name"] = "Other"
    assert bootstrap.load(loaded_store, read_folder(factories.write_folder(root, content)))
    with loaded_store.read() as session:
        assert lookup.changed_revision(session, CLAIMS, "claim-1") == 2, "as its curator left it"
        assert lookup.changed_revision(session, CLAIMS, "claim-2") == 3


def test_loading_an_unchanged_folder_preserves_a_curator_s_change(
    loaded_store: Store, root: Path
) -> None:
    accept(loaded_store)
    assert not bootstrap.load(loaded_store, read_folder(root))
    with loaded_store.read() as session:
        assert lookup.changed_revision(session, CLAIMS, "claim-1") == 2


def test_records_can_exchange_identifiers_in_one_load(loaded_store: Store, root: Path) -> None:
    content = factories.dataset(4)
    one, two = content["references"][1:3]
    one["doi"], two["doi"] = two["doi"], one["doi"]
    acts = [content["indications"][n]["regulatory_status"][0] for n in (1, 2)]
    acts[0]["slug"], acts[1]["slug"] = acts[1]["slug"], acts[0]["slug"]
    assert bootstrap.load(loaded_store, read_folder(factories.write_folder(root, content)))
    with loaded_store.read() as session:
        found = lookup.record_inputs(session, RESOURCES["references"], ["reference-1"])
        assert found["reference-1"].doi == "10.1000/x2"  # type: ignore[attr-defined]


def test_verdicts_of_an_older_rule_are_recomputed(loaded_store: Store, root: Path) -> None:
    with loaded_store.write() as session:
        older = {"rule_version": "2020.1", "verdict": VerdictKind.WEAK, "points_for": 99.0}
        session.execute(update(m.Verdict).values(older))
    bootstrap.migrate_and_rebuild(loaded_store)
    with loaded_store.read() as session:
        assert session.execute(select(func.max(m.Verdict.points_for))).scalar_one() is None
        assert VerdictKind.WEAK not in session.execute(select(m.Verdict.verdict)).scalars().all()
        last = history.changes(session, history.for_record(RESOURCES["verdicts"], "claim-1"), 9)[-1]
        assert last["why"].startswith("Computed by ketamine-kb ")
    assert not bootstrap.load(loaded_store, read_folder(root))


def test_a_load_and_a_write_compute_the_same_derived_records(
    loaded_store: Store, root: Path, tmp_path: Path
) -> None:
    """A store that took changes one by one, and one that was loaded with the outcome."""
    accept(loaded_store)
    content = factories.dataset(4)
    content["claims"][1]["summary"] = "Proposed."
    other = fill_store(
        f"sqlite:///{tmp_path}/other.db", factories.write_folder(tmp_path / "o", content)
    )
    for name, resource in RESOURCES.items():
        with loaded_store.read() as one, other.read() as two:
            assert list(lookup.all_record_inputs(one, resource)) == list(
                lookup.all_record_inputs(two, resource)
            ), name


@pytest.fixture
def open_empty(
    make_empty_store: Callable[[str, Path], str], database: str, tmp_path: Path
) -> Iterator[Open]:
    """Opens empty stores at head, by name."""
    stores_by_url: dict[str, Store] = {}

    def open_one(name: str) -> Store:
        (tmp_path / name).mkdir()
        url = make_empty_store(database, tmp_path / name)
        stores_by_url[url] = store = migrated_store(url)
        return store

    yield open_one
    for url, store in stores_by_url.items():
        store.engine.dispose()
        if database == "postgresql":
            postgres.drop_database(url)


def all_rows(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, but for the time of the change."""
    with store.read() as session:
        return {
            table.name: sorted(
                tuple(row)
                for row in session.execute(
                    select(*(c for c in table.columns if c is not m.Change.__table__.c.at))
                )
            )
            for table in m.Base.metadata.sorted_tables
        }


def without_ids(store: Store) -> dict[str, Any]:
    """Every JSON document, and how many records hold each search term."""
    with store.read() as session:
        return {
            "documents": sorted(session.execute(select(m.Document.body)).scalars()),
            "terms": sorted(
                map(tuple, session.execute(select(*m.SearchTerm.__table__.columns)).all())
            ),
        }


def test_the_size_of_batches_does_not_change_what_is_stored(
    open_empty: Open, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = read_folder(factories.write_folder(tmp_path / "data", factories.dataset(6)))
    one_batch, small_batches = open_empty("one"), open_empty("small")
    assert bootstrap.load(one_batch, folder)
    monkeypatch.setattr(record_writer, "MAX_PENDING_ROWS", 0)
    assert bootstrap.load(small_batches, folder)
    assert all_rows(small_batches) == all_rows(one_batch)


def test_a_first_load_and_a_later_one_store_the_same_records(
    open_empty: Open, tmp_path: Path
) -> None:
    at_once, in_steps = open_empty("once"), open_empty("steps")
    target = read_folder(factories.write_folder(tmp_path / "data", factories.dataset(6)))
    assert bootstrap.load(at_once, target)
    for size in (3, 8):
        content = factories.dataset(size)
        assert bootstrap.load(
            in_steps, read_folder(factories.write_folder(tmp_path / str(size), content))
        )
    assert bootstrap.load(in_steps, target, allow_withdrawals=True)
    assert without_ids(in_steps) == without_ids(at_once)
    assert (
        integrity_check.integrity_errors(at_once)
        == integrity_check.integrity_errors(in_steps)
        == []
    ), "the audit log gives the records"
    with at_once.read() as one, in_steps.read() as other:
        revisions = [current_revision(session) for session in (one, other)]
    assert [revision and revision.revision for revision in revisions] == [1, 3]


def test_an_integrity_error_of_the_database_names_each_record(
    open_empty: Open, tmp_path: Path
) -> None:
    store, large = open_empty("refusing"), factories.dataset(120)
    collections = ("compounds", "studies", "references", "indications")
    content = {name: large[name] for name in collections}
    content["compounds"][3]["molecular_mass_g_per_mol"] = -1
    content["compounds"][110]["synonyms"] = ["same", "same"]
    content["studies"][50]["n_randomised"] = 0
    folder = read_folder(factories.write_folder(tmp_path / "data", content))
    assert folder.errors == []
    with pytest.raises(RulesViolatedError) as refused:
        bootstrap.load(store, folder)
    assert [(flaw.slug, flaw.path[0]) for flaw in refused.value.violations] == [
        ("compound-3", "molecular_mass_g_per_mol"),
        ("study-50", "n_randomised"),
        ("compound-110", "synonyms"),
    ]
    assert bootstrap.is_empty(store)

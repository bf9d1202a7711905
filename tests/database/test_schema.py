"""The schema: migrations give what the tables say, and every rule bites."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    UniqueConstraint,
    event,
    insert,
    select,
)
from sqlalchemy.exc import IntegrityError

from app import models as m
from app.domain.curation import Action, ProposalAction, Scope
from app.kit.sessions import ReadSession, Store, WriteSession
from app.resources import RESOURCES
from app.services import bootstrap
from app.services.curation import api_keys, idempotency, proposals
from app.services.records import lookup
from app.services.store import migrations
from app.services.store.opening import open_store
from tests import factories
from tests.database.broken_pharmacology import PHARMACOLOGY
from tests.helpers import fill_store

RECORD = {"slug": "new", "name": "New", "folded": "new", "summary": "New."}


@pytest.fixture(scope="module")
def filled(
    make_empty_store: Callable[[str, Path], str],
    database: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Store]:
    """Three records of each noun, to break; what is refused leaves nothing behind."""
    root = tmp_path_factory.mktemp("filled")
    store = fill_store(
        make_empty_store(database, root),
        factories.write_folder(root / "data", factories.dataset(3)),
    )
    curated(store)
    with store.write() as session:
        verdict = session.execute(select(m.Verdict.id).limit(1)).scalar_one()
        limit = {"verdict_id": verdict, "position": 0, "text": "No judgement is on record."}
        session.execute(insert(m.CertaintyLimit).values(limit))
    yield store
    store.engine.dispose()


def curated(store: Store) -> None:
    """A row of each table that curation fills."""
    with store.write() as session:
        author, _ = api_keys.create_key(session, "anna", [Scope.PROPOSE], 1)
        judge, _ = api_keys.create_key(session, "ben", [Scope.REVIEW], 1)
        anna = api_keys.Curator(author["id"], "anna", frozenset({Scope.PROPOSE}))
        ben = api_keys.Curator(judge["id"], "ben", frozenset({Scope.REVIEW}))
        compounds = RESOURCES["compounds"]
        draft = lookup.record_inputs(session, compounds, ["compound-2"])["compound-2"]
        changed = draft.model_copy(update={"summary": "Changed."})
        wanted = proposals.RequestedChange(
            Action.CHANGE, compounds, "compound-2", "Why.", changed, 1
        )
        number = proposals.write_proposal(session, anna, wanted)
        proposals.perform_action(session, ben, number, ProposalAction.ACCEPT, None, None)
        idempotency.save_response(
            session, author["id"], "a", digest="x", status=200, headers={}, body="{}"
        )
        gone = {"type": "claim", "slug": "gone", "why": "Why.", "revision": 1}
        session.execute(insert(m.Withdrawal).values(gone))


@pytest.fixture
def bare(address: str) -> Iterator[Store]:
    """A store at head without a row."""
    store = open_store(address)
    bootstrap.migrate_and_rebuild(store)
    yield store
    store.engine.dispose()


def test_migrations_from_empty_equal_the_tables(bare: Store) -> None:
    with bare.read() as session:
        opts = {"include_name": migrations.is_declared_table}
        context = MigrationContext.configure(session.connection, opts=opts)
        assert compare_metadata(context, m.Base.metadata) == []
        assert migrations.current_version(session) == migrations.head_version()


def test_an_empty_sqlite_store_is_created_as_the_migrations_would(tmp_path: Path) -> None:
    made, migrated = (open_store(f"sqlite:///{tmp_path / name}") for name in ("made", "migrated"))
    with made.write() as session:
        migrations.migrate(session)
    with migrated.write() as session:
        command.upgrade(migrations.alembic_config(session.connection), "head")
    contents = []
    for store in (made, migrated):
        store.engine.dispose()
        with closing(sqlite3.connect(str(store.engine.url.database))) as connection:
            schema = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema")
            contents.append([*schema, *connection.iterdump()])
    assert contents[0] == contents[1]
    assert len(contents[0]) > len(m.Base.metadata.tables)


INDEX_DEFINITIONS = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL",
    "postgresql": "SELECT indexname, indexdef FROM pg_indexes",
}
LITERAL = {"literal_binds": True}


def words_of_condition(definition: str) -> list[str]:
    """Return the words of the condition of an index, without tables and casts."""
    condition = definition.partition(" WHERE ")[2].replace("record.", "")
    return [word for word in re.findall(r"\w+", condition) if word != "text"]


def test_the_same_indexes_are_partial_on_both_databases(bare: Store, database: str) -> None:
    """Alembic does not compare their conditions."""
    with bare.read() as session:
        rows = session.connection.exec_driver_sql(INDEX_DEFINITIONS[database])
        conditions = {row[0]: words_of_condition(row[1]) for row in rows}
    declared = {
        str(index.name): words_of_condition(f" WHERE {condition.compile(compile_kwargs=LITERAL)}")
        for table in m.Base.metadata.tables.values()
        for index in table.indexes
        if (condition := index.dialect_options["sqlite"]["where"]) is not None
    }
    assert {name: words for name, words in conditions.items() if words} == declared
    assert declared


RULES = {
    "sqlite": "SELECT sql FROM sqlite_master",
    "postgresql": "SELECT ' ' || conname || ' ' FROM pg_constraint",
}


def test_migrations_carry_every_named_rule(bare: Store, database: str) -> None:
    """Alembic does not compare CHECK constraints; the database's own text does."""
    with bare.read() as session:
        text = "\n".join(
            row[0] or "" for row in session.connection.exec_driver_sql(RULES[database])
        )
    for table in m.Base.metadata.tables.values():
        for constraint in table.constraints:
            if isinstance(constraint, CheckConstraint | UniqueConstraint | ForeignKeyConstraint):
                assert f" {constraint.name} " in text, constraint.name


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_text_is_in_byte_order_on_postgresql_as_on_sqlite(bare: Store) -> None:
    """A language's order would end a page elsewhere."""
    with bare.read() as session:
        found = session.connection.exec_driver_sql(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND data_type IN ('text', 'character varying')"
            " AND collation_name IS DISTINCT FROM 'C' AND table_name <> 'alembic_version'"
        ).all()
    assert found == [], 'write COLLATE "C", as app/kit/database.py does'


def test_a_store_at_head_is_not_migrated_again(bare: Store) -> None:
    seen: list[str] = []
    event.listen(bare.engine, "before_cursor_execute", lambda *told: seen.append(told[2]))
    bootstrap.migrate_and_rebuild(bare)
    assert seen
    assert [
        sql for sql in seen if not sql.startswith(("BEGIN", "PRAGMA", "SELECT", "SET LOCAL"))
    ] == []


BROKEN: list[tuple[str, Any, str, dict[str, Any]]] = [
    ("ck_record_slug_lower", m.Record, "", {"slug": "Upper"}),
    ("ck_record_slug_lower", m.Record, "", {"slug": ""}),
    ("ck_record_name_not_empty", m.Record, "", {"slug": "x", "name": ""}),
    ("ck_record_summary_not_empty", m.Record, "", {"slug": "x", "summary": ""}),
    ("record.type, record.slug", m.Record, "", {}),
    ("synonym.record_id, synonym.text", m.Synonym, "", {}),
    ("xref.record_id, xref.curie", m.Xref, "", {}),
    ("ck_xref_curie_has_prefix", m.Xref, "", {"curie": "CHEMBL742"}),
    ("FOREIGN KEY", m.Xref, "", {"record_id": 999999}),
    ("ck_compound_molecular_mass", m.Compound, "compound", {"molecular_mass_g_per_mol": -1}),
    ("ck_compound_inchikey_length", m.Compound, "compound", {"inchikey": "short"}),
    ("ck_compound_link_not_itself", m.CompoundLink, "", {"compound_id": 1, "other_id": 1}),
    ("ck_subunit_not_itself", m.Subunit, "", {"complex_id": 4, "member_id": 4}),
    ("receptor.hgnc_symbol", m.Receptor, "receptor", {"hgnc_symbol": "GENE1"}),
    (
        "ck_regulatory_act_date_as_precise",
        m.RegulatoryAct,
        "regulatory_act",
        {"slug": "n", "date": "2019-03-05"},
    ),
    ("regulatory_act.slug", m.RegulatoryAct, "regulatory_act", {}),
    ("ck_affinity_value_nm_positive", m.Affinity, "affinity", {"value_nm": 0.0}),
    (
        "ck_affinity_range_in_order",
        m.Affinity,
        "affinity",
        {"relation": "range", "upper_value_nm": 1.0},
    ),
    ("ck_affinity_range_has_upper", m.Affinity, "affinity", {"upper_value_nm": 9e9}),
    ("ck_affinity_bound_is_greater", m.Affinity, "affinity", {"state": "none_up_to_bound"}),
    ("ck_affinity_tested_has_value", m.Affinity, "affinity", {"state": "not_tested"}),
    ("ck_affinity_p_follows_value", m.Affinity, "affinity", {"p_affinity": None}),
    ("FOREIGN KEY", m.Affinity, "affinity", {"compound_id": 999999}),
    ("ck_claim_causal_in_full", m.Claim, "claim", {"predicate": None}),
    ("ck_claim_sign_is_a_sign", m.Claim, "claim", {"sign": 2}),
    ("ck_claim_article_claim_exists", m.Claim, "claim", {"article_claim": 25}),
    ("ck_claim_override_has_reason", m.Claim, "claim", {"override_verdict": "weak"}),
    ("reading.claim_id, reading.audience", m.Reading, "", {}),
    ("ck_reading_text_not_empty", m.Reading, "", {"text": "", "audience": "researcher"}),
    ("ck_claim_subject_is_an_entity", m.Claim, "claim", {"subject_type": "study"}),
    ("FOREIGN KEY", m.Claim, "claim", {"subject_type": "receptor"}),
    ("step.pathway_id, step.position", m.Step, "", {}),
    ("ck_study_n_randomised_in_range", m.Study, "study", {"n_randomised": 0}),
    ("ck_study_year_in_range", m.Study, "study", {"year": 1066}),
    ("ck_study_registration", m.Study, "study", {"registration": "ISRCTN1"}),
    ("ck_study_source_not_itself", m.StudySource, "", {"study_id": 25, "source_id": 25}),
    ("ck_reference_doi_form", m.Reference, "reference", {"doi": "doi.org/10.1"}),
    ("ck_reference_pmcid_form", m.Reference, "reference", {"pmcid": "123"}),
    (
        "ck_reference_notice_date_has_status",
        m.Reference,
        "reference",
        {"retraction": "none_known"},
    ),
    (
        "ck_reference_check_date_has_status",
        m.Reference,
        "reference",
        {"retraction": "not_checked", "notice_published_on": None},
    ),
    ("reference.doi", m.Reference, "reference", {"pmid": None, "pmcid": None}),
    ("ck_evidence_dose_has_unit", m.Evidence, "evidence", {"dose_value": 1.0}),
    (
        "ck_evidence_dose_value_positive",
        m.Evidence,
        "evidence",
        {"dose_value": -1.0, "dose_unit": "mg"},
    ),
    (
        "ck_evidence_time_or_its_absence",
        m.Evidence,
        "evidence",
        {"timepoint_value": 1.0, "timepoint_unit": "day", "timepoint_absence": "not_stated"},
    ),
    (
        "ck_evidence_time_has_unit",
        m.Evidence,
        "evidence",
        {"timepoint_value": 1.0, "timepoint_absence": None},
    ),
    ("finding.evidence_id, finding.claim_id", m.Finding, "", {}),
    ("ck_effect_interval_in_order", m.Effect, "", {"lower": 2.0, "upper": 1.0}),
    ("ck_effect_value_unless_p", m.Effect, "", {"value": None}),
    ("ck_effect_p_in_range", m.Effect, "", {"p_value": 1.5, "p_relation": "="}),
    ("ck_effect_p_has_relation", m.Effect, "", {"p_value": 0.5}),
    ("ck_effect_unit_not_empty", m.Effect, "", {"unit": ""}),
    ("ck_effect_standard_error_positive", m.Effect, "", {"standard_error": 0.0}),
    ("ck_effect_p_sides_in_range", m.Effect, "", {"p_sides": 3}),
    ("ck_arm_n_in_range", m.Arm, "arm", {"n": -1, "events": None}),
    ("ck_arm_events_within_n", m.Arm, "arm", {"events": 11}),
    ("ck_arm_percent_in_range", m.Arm, "arm", {"percent": 101.0}),
    ("ck_arm_time_has_unit", m.Arm, "arm", {"timepoint_value": 1.0, "timepoint_unit": None}),
    ("ck_arm_standard_deviation_in_range", m.Arm, "arm", {"standard_deviation": -1.0}),
    ("ck_arm_standard_error_positive", m.Arm, "arm", {"standard_error": 0.0}),
    ("ck_estimate_standard_error_has_derivation", m.Estimate, "effect", {"derivation": None}),
    (
        "ck_estimate_standard_error_or_discrepancy",
        m.Estimate,
        "effect",
        {"standard_error": None, "derivation": None},
    ),
    ("ck_estimate_value_in_interval", m.Estimate, "effect", {"value": 1e9}),
    ("ck_estimate_standard_error_positive", m.Estimate, "effect", {"standard_error": 0.0}),
    ("ck_estimate_time_hours_in_range", m.Estimate, "effect", {"time_hours": -1.0}),
    ("estimate_claim.estimate_id, estimate_claim.claim_id", m.EstimateClaim, "", {}),
    ("verdict.claim_id", m.Verdict, "verdict", {}),
    ("ck_verdict_override_has_reason", m.Verdict, "verdict", {"rule_verdict": "weak"}),
    ("ck_verdict_share_in_range", m.Verdict, "verdict", {"share_for": 1.5}),
    ("ck_verdict_points_for_in_range", m.Verdict, "verdict", {"points_for": -1.0}),
    ("fired_rule.verdict_id, fired_rule.position", m.FiredRule, "", {}),
    ("certainty_step.verdict_id, certainty_step.position", m.CertaintyStep, "", {}),
    ("FOREIGN KEY", m.CertaintyStep, "", {"verdict_id": 999999}),
    ("certainty_limit.verdict_id, certainty_limit.position", m.CertaintyLimit, "", {}),
    ("ledger_line.verdict_id, ledger_line.evidence_id", m.LedgerLine, "", {}),
    ("conflict.claim_id", m.Conflict, "conflict", {}),
    ("conflict_for.conflict_id, conflict_for.evidence_id", m.ConflictFor, "", {}),
    ("moderator.conflict_id, moderator.name", m.Moderator, "", {}),
    ("ck_api_key_digest_is_sha256", m.ApiKey, "", {"digest": "short"}),
    ("ck_api_key_name_not_empty", m.ApiKey, "", {"name": "", "digest": "0" * 64}),
    ("api_key.digest", m.ApiKey, "", {}),
    ("kept_answer.key_id, kept_answer.name", m.IdempotentResponse, "", {}),
    ("ck_proposal_accepted_once", m.Proposal, "", {"state": "draft"}),
    (
        "proposed_change.proposal_id, proposed_change.type, proposed_change.slug",
        m.ProposedChange,
        "",
        {},
    ),
    ("ck_proposed_change_draft_unless_withdrawn", m.ProposedChange, "", {"draft": None}),
    ("ck_proposed_change_base_unless_new", m.ProposedChange, "", {"action": "create"}),
    ("ck_proposed_change_why_not_empty", m.ProposedChange, "", {"why": "", "slug": "x"}),
    ("ck_change_why_not_empty", m.Change, "", {"why": ""}),
    ("FOREIGN KEY", m.Change, "", {"proposal_id": 999999}),
    ("withdrawal.type, withdrawal.slug", m.Withdrawal, "", {}),
    ("ck_dataset_one_row", m.Dataset, "", {}),
    *PHARMACOLOGY,
]


@pytest.mark.parametrize(
    ("rule", "table", "kind", "changes"),
    BROKEN,
    ids=[f"{t.__tablename__} {r} {n}" for n, (r, t, _, _) in enumerate(BROKEN)],
)
def test_the_database_refuses_what_breaks_a_rule(
    filled: Store, rule: str, table: Any, kind: str, changes: dict[str, Any]
) -> None:
    with pytest.raises(IntegrityError, match=spoken(rule)), filled.write() as session:
        add(session, table, kind, changes)


def add(session: WriteSession, table: Any, kind: str, changes: dict[str, Any]) -> None:
    """An existing row once more, with changes; a noun's own table gets a record first."""
    values = row(session, table)
    if kind:
        record = insert(m.Record).values(**RECORD, type=kind).returning(m.Record.id)
        values["id"] = session.execute(record).scalar_one()
    elif table is m.Dataset:
        values["id"] = 2
    session.execute(insert(table.__table__).values(values | changes))


def row(session: ReadSession, table: Any) -> dict[str, Any]:
    found = dict(session.execute(select(table.__table__)).mappings().first() or {})
    found.pop("id", None)
    return found


def spoken(rule: str) -> str:
    """How either store names the rule: SQLite says the columns of a unique one."""
    if rule == "FOREIGN KEY":
        return "FOREIGN KEY|foreign key"
    table = rule.partition(".")[0]
    return f"{rule}|(uq|ix)_{table}_{rule.replace(f'{table}.', '').replace(', ', '_')}"


def test_every_check_of_the_tables_is_broken_by_a_test() -> None:
    covered = {rule for rule, _, _, _ in BROKEN if rule.startswith("ck_")}
    similar = {"ck_arm_time", "ck_effect_time", "ck_region_not", "ck_indication_not"}
    for table in m.Base.metadata.tables.values():
        for constraint in table.constraints:
            if isinstance(constraint, CheckConstraint):
                name = str(constraint.name)
                known = any(name.startswith(rule) for rule in covered | similar)
                assert known or name in ALSO, name


# Bounds of the same make as one that is broken above.
ALSO = {
    "ck_claim_object_is_an_entity",
    "ck_study_n_analysed_in_range",
    "ck_reference_year_in_range",
    "ck_evidence_dose_range_in_order",
    "ck_evidence_timepoint_value_in_range",
    "ck_arm_n_in_range",
    "ck_evidence_participants_in_range",
    "ck_verdict_points_against_in_range",
}


def test_a_migration_s_file_is_named_by_its_version() -> None:
    config = Config()
    config.set_main_option("script_location", str(migrations.MIGRATIONS))
    script = ScriptDirectory.from_config(config)
    assert migrations.known_versions() == {step.revision for step in script.walk_revisions()}
    assert migrations.head_version() == script.get_current_head()

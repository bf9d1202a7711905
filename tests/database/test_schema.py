"""The schema: migrations give what the tables say, and every rule bites."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, UniqueConstraint, insert, select
from sqlalchemy.exc import IntegrityError

from app import models as m
from app.kit.sessions import Store
from app.services import schema
from app.services import store as stores
from app.services.dataset import read_folder
from tests import factories

RECORD = {"slug": "new", "name": "New", "folded": "new", "summary": "New."}


@pytest.fixture
def filled(tmp_path: Path) -> Iterator[Store]:
    """A store of its own, three records of each noun, to break."""
    folder = factories.write(tmp_path / "data", factories.dataset(3))
    store = stores.open_store(f"sqlite:///{tmp_path}/kkb.db")
    stores.bring_to_head(store)
    stores.load_folder(store, read_folder(folder))
    yield store
    store.engine.dispose()


def test_migrations_from_empty_equal_the_tables() -> None:
    store = stores.open_store("sqlite://")
    stores.bring_to_head(store)
    with store.read() as session:
        context = MigrationContext.configure(session.connection)
        assert compare_metadata(context, m.Base.metadata) == []
        assert schema.version(session) == schema.head()


def test_migrations_carry_every_named_rule() -> None:
    """Alembic does not compare CHECK constraints; the database's own text does."""
    store = stores.open_store("sqlite://")
    stores.bring_to_head(store)
    with store.read() as session:
        text = "\n".join(
            row[0] or ""
            for row in session.connection.exec_driver_sql("SELECT sql FROM sqlite_master")
        )
    for table in m.Base.metadata.tables.values():
        for constraint in table.constraints:
            if isinstance(constraint, CheckConstraint | UniqueConstraint | ForeignKeyConstraint):
                assert f" {constraint.name} " in text, constraint.name


def test_a_store_at_head_is_not_migrated_again(tmp_path: Path) -> None:
    store = stores.open_store(f"sqlite:///{tmp_path}/kkb.db")
    stores.bring_to_head(store)
    before = (tmp_path / "kkb.db").stat().st_mtime_ns
    stores.bring_to_head(store)
    assert (tmp_path / "kkb.db").stat().st_mtime_ns == before


def row(store: Store, table: Any, **changes: Any) -> dict[str, Any]:
    """An existing row of a table as a new one, with changes."""
    with store.read() as session:
        found = dict(session.execute(select(table.__table__)).mappings().first() or {})
    found.pop("id", None)
    return found | changes


def keyed(store: Store, table: Any, kind: str, **changes: Any) -> dict[str, Any]:
    """The same for a noun's table: its key is a record of its own."""
    with store.write() as session:
        key = session.execute(
            insert(m.Record).values(**RECORD, type=kind).returning(m.Record.id)
        ).scalar_one()
    return row(store, table, **changes) | {"id": key}


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
    ("ck_regulation_date_as_precise", m.Regulation, "", {"slug": "n", "date": "2019-03-05"}),
    ("regulation.slug", m.Regulation, "", {}),
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
    ("ck_arm_events_within_n", m.Arm, "", {"events": 11}),
    ("ck_arm_percent_in_range", m.Arm, "", {"percent": 101.0}),
    ("verdict.claim_id", m.Verdict, "verdict", {}),
    ("ck_verdict_override_has_reason", m.Verdict, "verdict", {"rule_verdict": "weak"}),
    ("ck_verdict_share_in_range", m.Verdict, "verdict", {"share_for": 1.5}),
    ("ck_verdict_untested_has_no_share", m.Verdict, "verdict", {"verdict": "untested"}),
    ("ck_verdict_points_for_in_range", m.Verdict, "verdict", {"points_for": -1.0}),
    ("fired_rule.verdict_id, fired_rule.position", m.FiredRule, "", {}),
    ("ledger_line.verdict_id, ledger_line.evidence_id", m.LedgerLine, "", {}),
    ("conflict.claim_id", m.Conflict, "conflict", {}),
    ("conflict_for.conflict_id, conflict_for.evidence_id", m.ConflictFor, "", {}),
    ("moderator.conflict_id, moderator.name", m.Moderator, "", {}),
    ("ck_dataset_one_row", m.Dataset, "", {}),
]


@pytest.mark.parametrize(
    ("rule", "table", "kind", "changes"),
    BROKEN,
    ids=[f"{t.__tablename__} {r} {n}" for n, (r, t, _, _) in enumerate(BROKEN)],
)
def test_the_database_refuses_what_breaks_a_rule(
    filled: Store, rule: str, table: Any, kind: str, changes: dict[str, Any]
) -> None:
    values = keyed(filled, table, kind, **changes) if kind else row(filled, table, **changes)
    if table is m.Dataset:
        values["id"] = 2
    with pytest.raises(IntegrityError, match=rule), filled.write() as session:
        session.execute(insert(table.__table__).values(**values))


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

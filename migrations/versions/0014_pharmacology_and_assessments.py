"""Pharmacokinetics, interactions, regimens, adverse effects, assessments, statements."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0012"
branch_labels = None
depends_on = None

Text = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
Key = sa.String(200).with_variant(sa.String(200, collation="C"), "postgresql")
Word = sa.String(60).with_variant(sa.String(60, collation="C"), "postgresql")
DEFERRED = {"deferrable": True, "initially": "DEFERRED"}


def upgrade() -> None:
    _create_pharmacokinetics()
    _create_interactions()
    _create_regimens()
    _create_adverse_effects()
    _create_assessments()
    _create_statements()
    op.execute("UPDATE dataset SET document_version = NULL")


def _check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def _link(table: str, column: str, target: str, **options: Any) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, **options)


def _index(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _create_pharmacokinetics() -> None:
    op.create_table(
        "pharmacokinetic_value",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("compound_id", sa.Integer(), nullable=False),
        sa.Column("administered_id", sa.Integer()),
        sa.Column("parameter", Word, nullable=False),
        sa.Column("relation", Word),
        sa.Column("value", sa.Double()),
        sa.Column("upper_value", sa.Double()),
        sa.Column("unit", Word),
        sa.Column("standard_value", sa.Double()),
        sa.Column("standard_upper_value", sa.Double()),
        sa.Column("standard_unit", Word),
        sa.Column("statistic", Word),
        sa.Column("dispersion_value", sa.Double()),
        sa.Column("dispersion_kind", Word),
        sa.Column("lower", sa.Double()),
        sa.Column("upper", sa.Double()),
        sa.Column("interval_kind", Word),
        sa.Column("interval_percent", sa.Double()),
        sa.Column("p_value", sa.Double()),
        sa.Column("p_relation", Word),
        sa.Column("finding", Text),
        sa.Column("condition", Text),
        sa.Column("compared_with_id", sa.Integer()),
        sa.Column("route", Word),
        sa.Column("dose_value", sa.Double()),
        sa.Column("dose_upper_value", sa.Double()),
        sa.Column("dose_unit", Word),
        sa.Column("dose_note", Text),
        sa.Column("formulation", Text),
        sa.Column("n", sa.Integer()),
        sa.Column("population", Text),
        sa.Column("species", Word, nullable=False),
        sa.Column("matrix", Word),
        sa.Column("study_id", sa.Integer()),
        sa.Column("source", Word, nullable=False),
        sa.Column("reference_id", sa.Integer(), nullable=False),
        sa.Column("source_location", Text),
        sa.Column("source_url", sa.JSON(), nullable=False),
        sa.Column("citation_confidence", Word, nullable=False),
        sa.Column("caveat", Text),
        sa.Column("source_keys", sa.JSON(), nullable=False),
        _check(
            "pharmacokinetic_value",
            "dispersion_has_kind",
            "(dispersion_value IS NULL) = (dispersion_kind IS NULL)",
        ),
        _check("pharmacokinetic_value", "dispersion_value_in_range", "dispersion_value >= 0"),
        _check(
            "pharmacokinetic_value", "dose_has_unit", "(dose_value IS NULL) = (dose_unit IS NULL)"
        ),
        _check("pharmacokinetic_value", "dose_range_in_order", "dose_upper_value > dose_value"),
        _check("pharmacokinetic_value", "dose_value_positive", "dose_value > 0"),
        _check(
            "pharmacokinetic_value",
            "interval_has_kind",
            "(lower IS NULL AND upper IS NULL) = (interval_kind IS NULL)",
        ),
        _check("pharmacokinetic_value", "interval_in_order", "lower <= upper"),
        _check(
            "pharmacokinetic_value",
            "interval_percent_in_range",
            "interval_percent > 0 AND interval_percent < 100",
        ),
        _check("pharmacokinetic_value", "n_in_range", "n >= 1"),
        _check(
            "pharmacokinetic_value", "p_has_relation", "(p_value IS NULL) = (p_relation IS NULL)"
        ),
        _check("pharmacokinetic_value", "p_in_range", "p_value >= 0 AND p_value <= 1"),
        _check(
            "pharmacokinetic_value",
            "range_has_upper",
            "(relation = 'range') = (upper_value IS NOT NULL)",
        ),
        _check("pharmacokinetic_value", "range_in_order", "upper_value > value"),
        _check(
            "pharmacokinetic_value", "value_has_relation", "(value IS NULL) = (relation IS NULL)"
        ),
        _check("pharmacokinetic_value", "value_has_unit", "(value IS NULL) = (unit IS NULL)"),
        _check(
            "pharmacokinetic_value", "value_or_finding", "value IS NOT NULL OR finding IS NOT NULL"
        ),
        _link("pharmacokinetic_value", "id", "record", ondelete="CASCADE"),
        _link("pharmacokinetic_value", "compound_id", "compound", **DEFERRED),
        _link("pharmacokinetic_value", "administered_id", "compound", **DEFERRED),
        _link("pharmacokinetic_value", "compared_with_id", "compound", **DEFERRED),
        _link("pharmacokinetic_value", "study_id", "study", **DEFERRED),
        _link("pharmacokinetic_value", "reference_id", "reference", **DEFERRED),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pharmacokinetic_value")),
    )
    _index(
        "pharmacokinetic_value",
        "administered_id",
        "compared_with_id",
        "compound_id",
        "matrix",
        "parameter",
        "reference_id",
        "route",
        "source",
        "species",
        "standard_value",
        "study_id",
        "unit",
    )
    op.create_table(
        "pharmacokinetic_enzyme",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pharmacokinetic_value_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("receptor_id", sa.Integer(), nullable=False),
        sa.UniqueConstraint(
            "pharmacokinetic_value_id",
            "receptor_id",
            name=op.f("uq_pharmacokinetic_enzyme_pharmacokinetic_value_id_receptor_id"),
        ),
        _link(
            "pharmacokinetic_enzyme",
            "pharmacokinetic_value_id",
            "pharmacokinetic_value",
            ondelete="CASCADE",
        ),
        _link("pharmacokinetic_enzyme", "receptor_id", "receptor", **DEFERRED),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pharmacokinetic_enzyme")),
    )
    _index("pharmacokinetic_enzyme", "pharmacokinetic_value_id", "receptor_id")


def _create_interactions() -> None:
    op.create_table(
        "interaction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("compound_id", sa.Integer(), nullable=False),
        sa.Column("interactant", Key, nullable=False),
        sa.Column("interactant_kind", Word, nullable=False),
        sa.Column("interactant_class", Text),
        sa.Column("other_compound_id", sa.Integer()),
        sa.Column("kind", Word, nullable=False),
        sa.Column("mechanism", Text),
        sa.Column("effect", Text, nullable=False),
        sa.Column("change", Word, nullable=False),
        sa.Column("evidence_kind", Word, nullable=False),
        sa.Column("design_note", Text),
        sa.Column("n", sa.Integer()),
        sa.Column("n_note", Text),
        sa.Column("species", Word, nullable=False),
        sa.Column("population", Text),
        sa.Column("route", Word),
        sa.Column("dose_value", sa.Double()),
        sa.Column("dose_upper_value", sa.Double()),
        sa.Column("dose_unit", Word),
        sa.Column("dose_note", Text),
        sa.Column("interactant_dose_note", Text),
        sa.Column("severity", Word),
        sa.Column("management", Word),
        sa.Column("advice", Text),
        sa.Column("jurisdiction", Key),
        sa.Column("study_id", sa.Integer()),
        sa.Column("source", Word, nullable=False),
        sa.Column("reference_id", sa.Integer(), nullable=False),
        sa.Column("source_location", Text),
        sa.Column("source_url", sa.JSON(), nullable=False),
        sa.Column("citation_confidence", Word, nullable=False),
        sa.Column("caveat", Text),
        sa.Column("source_keys", sa.JSON(), nullable=False),
        _check("interaction", "dose_has_unit", "(dose_value IS NULL) = (dose_unit IS NULL)"),
        _check("interaction", "dose_range_in_order", "dose_upper_value > dose_value"),
        _check("interaction", "dose_value_positive", "dose_value > 0"),
        _check("interaction", "effect_not_empty", "effect <> ''"),
        _check("interaction", "interactant_not_empty", "interactant <> ''"),
        _check("interaction", "n_in_range", "n >= 1"),
        _link("interaction", "id", "record", ondelete="CASCADE"),
        _link("interaction", "compound_id", "compound", **DEFERRED),
        _link("interaction", "other_compound_id", "compound", **DEFERRED),
        _link("interaction", "study_id", "study", **DEFERRED),
        _link("interaction", "reference_id", "reference", **DEFERRED),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interaction")),
    )
    _index(
        "interaction",
        "change",
        "compound_id",
        "evidence_kind",
        "interactant",
        "interactant_kind",
        "jurisdiction",
        "kind",
        "management",
        "other_compound_id",
        "reference_id",
        "route",
        "severity",
        "source",
        "species",
        "study_id",
    )
    op.create_table(
        "interaction_receptor",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("interaction_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("receptor_id", sa.Integer(), nullable=False),
        sa.UniqueConstraint(
            "interaction_id",
            "receptor_id",
            name=op.f("uq_interaction_receptor_interaction_id_receptor_id"),
        ),
        _link("interaction_receptor", "interaction_id", "interaction", ondelete="CASCADE"),
        _link("interaction_receptor", "receptor_id", "receptor", **DEFERRED),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interaction_receptor")),
    )
    _index("interaction_receptor", "interaction_id", "receptor_id")
    op.create_table(
        "interaction_effect",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("interaction_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("outcome", Text, nullable=False),
        sa.Column("metric", Word, nullable=False),
        sa.Column("value", sa.Double()),
        sa.Column("comparator_value", sa.Double()),
        sa.Column("unit", Key),
        sa.Column("lower", sa.Double()),
        sa.Column("upper", sa.Double()),
        sa.Column("interval_kind", Word),
        sa.Column("interval_percent", sa.Double()),
        sa.Column("p_value", sa.Double()),
        sa.Column("p_relation", Word),
        sa.Column("events", sa.Integer()),
        sa.Column("n", sa.Integer()),
        sa.Column("note", Text),
        _check(
            "interaction_effect", "events_within_n", "events >= 0 AND (n IS NULL OR events <= n)"
        ),
        _check(
            "interaction_effect",
            "has_a_figure_or_a_note",
            "value IS NOT NULL OR p_value IS NOT NULL OR events IS NOT NULL OR note IS NOT NULL",
        ),
        _check(
            "interaction_effect",
            "interval_has_kind",
            "(lower IS NULL AND upper IS NULL) = (interval_kind IS NULL)",
        ),
        _check("interaction_effect", "interval_in_order", "lower <= upper"),
        _check(
            "interaction_effect",
            "interval_percent_in_range",
            "interval_percent > 0 AND interval_percent < 100",
        ),
        _check("interaction_effect", "outcome_not_empty", "outcome <> ''"),
        _check("interaction_effect", "p_has_relation", "(p_value IS NULL) = (p_relation IS NULL)"),
        _check("interaction_effect", "p_in_range", "p_value >= 0 AND p_value <= 1"),
        _check("interaction_effect", "value_has_unit", "value IS NULL OR unit IS NOT NULL"),
        _link("interaction_effect", "interaction_id", "interaction", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interaction_effect")),
    )
    _index("interaction_effect", "interaction_id")
    op.create_table(
        "interaction_claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("interaction_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.UniqueConstraint(
            "interaction_id", "claim_id", name=op.f("uq_interaction_claim_interaction_id_claim_id")
        ),
        _link("interaction_claim", "interaction_id", "interaction", ondelete="CASCADE"),
        _link("interaction_claim", "claim_id", "claim", **DEFERRED),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interaction_claim")),
    )
    _index("interaction_claim", "claim_id", "interaction_id")


def _create_regimens() -> None:
    op.create_table(
        "regimen",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("compound_id", sa.Integer(), nullable=False),
        sa.Column("indication_id", sa.Integer()),
        sa.Column("use", Text),
        sa.Column("product", Key),
        sa.Column("formulation", Text),
        sa.Column("route", Word, nullable=False),
        sa.Column("dose_value", sa.Double()),
        sa.Column("dose_upper_value", sa.Double()),
        sa.Column("dose_unit", Word),
        sa.Column("maintenance_dose_value", sa.Double()),
        sa.Column("maintenance_dose_upper_value", sa.Double()),
        sa.Column("maintenance_dose_unit", Word),
        sa.Column("dose_note", Text),
        sa.Column("duration_value", sa.Double()),
        sa.Column("duration_upper_value", sa.Double()),
        sa.Column("duration_unit", Word),
        sa.Column("phase", Word),
        sa.Column("schedule", Text),
        sa.Column("doses_per_week", sa.Double()),
        sa.Column("course_value", sa.Double()),
        sa.Column("course_upper_value", sa.Double()),
        sa.Column("course_unit", Word),
        sa.Column("course_note", Text),
        sa.Column("population", Text),
        sa.Column("setting", Text),
        sa.Column("source_kind", Word, nullable=False),
        sa.Column("off_label", sa.Boolean()),
        sa.Column("evidence_grade", Text),
        sa.Column("outcome", Text),
        sa.Column("study_id", sa.Integer()),
        sa.Column("source", Word, nullable=False),
        sa.Column("reference_id", sa.Integer(), nullable=False),
        sa.Column("source_location", Text),
        sa.Column("source_url", sa.JSON(), nullable=False),
        sa.Column("citation_confidence", Word, nullable=False),
        sa.Column("caveat", Text),
        sa.Column("source_keys", sa.JSON(), nullable=False),
        _check("regimen", "course_has_unit", "(course_value IS NULL) = (course_unit IS NULL)"),
        _check("regimen", "course_range_in_order", "course_upper_value > course_value"),
        _check("regimen", "dose_has_unit", "(dose_value IS NULL) = (dose_unit IS NULL)"),
        _check("regimen", "dose_or_note", "dose_value IS NOT NULL OR dose_note IS NOT NULL"),
        _check("regimen", "dose_range_in_order", "dose_upper_value > dose_value"),
        _check("regimen", "dose_value_positive", "dose_value > 0"),
        _check("regimen", "doses_per_week_positive", "doses_per_week > 0"),
        _check(
            "regimen", "duration_has_unit", "(duration_value IS NULL) = (duration_unit IS NULL)"
        ),
        _check("regimen", "duration_range_in_order", "duration_upper_value > duration_value"),
        _check(
            "regimen",
            "maintenance_dose_has_unit",
            "(maintenance_dose_value IS NULL) = (maintenance_dose_unit IS NULL)",
        ),
        _check(
            "regimen",
            "maintenance_dose_range_in_order",
            "maintenance_dose_upper_value > maintenance_dose_value",
        ),
        _check("regimen", "maintenance_dose_value_positive", "maintenance_dose_value > 0"),
        _link("regimen", "id", "record", ondelete="CASCADE"),
        _link("regimen", "compound_id", "compound", **DEFERRED),
        _link("regimen", "indication_id", "indication", **DEFERRED),
        _link("regimen", "study_id", "study", **DEFERRED),
        _link("regimen", "reference_id", "reference", **DEFERRED),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regimen")),
    )
    _index(
        "regimen",
        "compound_id",
        "dose_value",
        "indication_id",
        "phase",
        "product",
        "reference_id",
        "route",
        "source",
        "source_kind",
        "study_id",
    )
    op.create_table(
        "regimen_jurisdiction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("regimen_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", Key, nullable=False),
        sa.UniqueConstraint(
            "regimen_id", "code", name=op.f("uq_regimen_jurisdiction_regimen_id_code")
        ),
        _link("regimen_jurisdiction", "regimen_id", "regimen", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regimen_jurisdiction")),
    )
    _index("regimen_jurisdiction", "code", "regimen_id")


def _create_adverse_effects() -> None:
    op.create_table(
        "adverse_effect",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("compound_id", sa.Integer(), nullable=False),
        sa.Column("kind", Word, nullable=False),
        sa.Column("effect", Key, nullable=False),
        sa.Column("process_id", sa.Integer()),
        sa.Column("measure", Word, nullable=False),
        sa.Column("relation", Word),
        sa.Column("value", sa.Double()),
        sa.Column("upper_value", sa.Double()),
        sa.Column("unit", Word),
        sa.Column("dispersion_value", sa.Double()),
        sa.Column("dispersion_kind", Word),
        sa.Column("lower", sa.Double()),
        sa.Column("upper", sa.Double()),
        sa.Column("interval_kind", Word),
        sa.Column("interval_percent", sa.Double()),
        sa.Column("p_value", sa.Double()),
        sa.Column("p_relation", Word),
        sa.Column("events", sa.Integer()),
        sa.Column("n", sa.Integer()),
        sa.Column("comparator", Text),
        sa.Column("comparator_value", sa.Double()),
        sa.Column("comparator_events", sa.Integer()),
        sa.Column("comparator_n", sa.Integer()),
        sa.Column("seriousness", Word, nullable=False),
        sa.Column("finding", Text),
        sa.Column("indication_id", sa.Integer()),
        sa.Column("population", Text),
        sa.Column("species", Word, nullable=False),
        sa.Column("route", Word),
        sa.Column("dose_value", sa.Double()),
        sa.Column("dose_upper_value", sa.Double()),
        sa.Column("dose_unit", Word),
        sa.Column("dose_note", Text),
        sa.Column("timing", Text),
        sa.Column("jurisdiction", Key),
        sa.Column("study_id", sa.Integer()),
        sa.Column("source", Word, nullable=False),
        sa.Column("reference_id", sa.Integer(), nullable=False),
        sa.Column("source_location", Text),
        sa.Column("source_url", sa.JSON(), nullable=False),
        sa.Column("citation_confidence", Word, nullable=False),
        sa.Column("caveat", Text),
        sa.Column("source_keys", sa.JSON(), nullable=False),
        _check(
            "adverse_effect",
            "comparator_events_within_n",
            "comparator_events >= 0 AND (comparator_n IS NULL OR comparator_events <="
            " comparator_n)",
        ),
        _check(
            "adverse_effect",
            "comparator_has_value",
            "comparator_value IS NULL OR value IS NOT NULL",
        ),
        _check("adverse_effect", "comparator_n_in_range", "comparator_n >= 1"),
        _check(
            "adverse_effect",
            "dispersion_has_kind",
            "(dispersion_value IS NULL) = (dispersion_kind IS NULL)",
        ),
        _check("adverse_effect", "dose_has_unit", "(dose_value IS NULL) = (dose_unit IS NULL)"),
        _check("adverse_effect", "dose_range_in_order", "dose_upper_value > dose_value"),
        _check("adverse_effect", "dose_value_positive", "dose_value > 0"),
        _check("adverse_effect", "effect_not_empty", "effect <> ''"),
        _check("adverse_effect", "events_within_n", "events >= 0 AND (n IS NULL OR events <= n)"),
        _check(
            "adverse_effect",
            "interval_has_kind",
            "(lower IS NULL AND upper IS NULL) = (interval_kind IS NULL)",
        ),
        _check("adverse_effect", "interval_in_order", "lower <= upper"),
        _check(
            "adverse_effect",
            "interval_percent_in_range",
            "interval_percent > 0 AND interval_percent < 100",
        ),
        _check("adverse_effect", "n_in_range", "n >= 1"),
        _check("adverse_effect", "p_has_relation", "(p_value IS NULL) = (p_relation IS NULL)"),
        _check("adverse_effect", "p_in_range", "p_value >= 0 AND p_value <= 1"),
        _check(
            "adverse_effect",
            "quantified_has_value",
            "(measure = 'not_quantified') = (value IS NULL)",
        ),
        _check(
            "adverse_effect", "range_has_upper", "(relation = 'range') = (upper_value IS NOT NULL)"
        ),
        _check("adverse_effect", "range_in_order", "upper_value > value"),
        _check("adverse_effect", "value_has_relation", "(value IS NULL) = (relation IS NULL)"),
        _check("adverse_effect", "value_has_unit", "(value IS NULL) = (unit IS NULL)"),
        _check("adverse_effect", "value_or_finding", "value IS NOT NULL OR finding IS NOT NULL"),
        _link("adverse_effect", "id", "record", ondelete="CASCADE"),
        _link("adverse_effect", "compound_id", "compound", **DEFERRED),
        _link("adverse_effect", "process_id", "process", **DEFERRED),
        _link("adverse_effect", "indication_id", "indication", **DEFERRED),
        _link("adverse_effect", "study_id", "study", **DEFERRED),
        _link("adverse_effect", "reference_id", "reference", **DEFERRED),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adverse_effect")),
    )
    _index(
        "adverse_effect",
        "compound_id",
        "effect",
        "indication_id",
        "jurisdiction",
        "kind",
        "measure",
        "process_id",
        "reference_id",
        "route",
        "seriousness",
        "source",
        "species",
        "study_id",
        "unit",
        "value",
    )
    op.create_table(
        "adverse_effect_claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("adverse_effect_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.UniqueConstraint(
            "adverse_effect_id",
            "claim_id",
            name=op.f("uq_adverse_effect_claim_adverse_effect_id_claim_id"),
        ),
        _link("adverse_effect_claim", "adverse_effect_id", "adverse_effect", ondelete="CASCADE"),
        _link("adverse_effect_claim", "claim_id", "claim", **DEFERRED),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adverse_effect_claim")),
    )
    _index("adverse_effect_claim", "adverse_effect_id", "claim_id")


def _create_assessments() -> None:
    op.create_table(
        "assessment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("body", Key, nullable=False),
        sa.Column("kind", Word, nullable=False),
        sa.Column("document", Text),
        sa.Column("year", sa.Integer()),
        sa.Column("jurisdiction", Key),
        sa.Column("direction", Word),
        sa.Column("conclusion", Text, nullable=False),
        sa.Column("certainty", Word),
        sa.Column("certainty_note", Text),
        sa.Column("recommendation", Word),
        sa.Column("recommendation_note", Text),
        sa.Column("compound_id", sa.Integer()),
        sa.Column("indication_id", sa.Integer()),
        sa.Column("study_id", sa.Integer()),
        sa.Column("reference_id", sa.Integer(), nullable=False),
        sa.Column("source_location", Text),
        sa.Column("source_url", sa.JSON(), nullable=False),
        sa.Column("citation_confidence", Word, nullable=False),
        sa.Column("caveat", Text),
        sa.Column("source_keys", sa.JSON(), nullable=False),
        _check("assessment", "body_not_empty", "body <> ''"),
        _check("assessment", "conclusion_not_empty", "conclusion <> ''"),
        _check("assessment", "year_in_range", "year BETWEEN 1900 AND 2100"),
        _link("assessment", "id", "record", ondelete="CASCADE"),
        _link("assessment", "compound_id", "compound", **DEFERRED),
        _link("assessment", "indication_id", "indication", **DEFERRED),
        _link("assessment", "study_id", "study", **DEFERRED),
        _link("assessment", "reference_id", "reference", **DEFERRED),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment")),
    )
    _index(
        "assessment",
        "body",
        "certainty",
        "compound_id",
        "direction",
        "indication_id",
        "jurisdiction",
        "kind",
        "recommendation",
        "reference_id",
        "study_id",
    )
    op.create_table(
        "assessment_claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.UniqueConstraint(
            "assessment_id", "claim_id", name=op.f("uq_assessment_claim_assessment_id_claim_id")
        ),
        _link("assessment_claim", "assessment_id", "assessment", ondelete="CASCADE"),
        _link("assessment_claim", "claim_id", "claim", **DEFERRED),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_claim")),
    )
    _index("assessment_claim", "assessment_id", "claim_id")
    op.create_table(
        "assessment_estimate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("outcome", Text, nullable=False),
        sa.Column("comparison", Text),
        sa.Column("metric", Word, nullable=False),
        sa.Column("value", sa.Double()),
        sa.Column("lower", sa.Double()),
        sa.Column("upper", sa.Double()),
        sa.Column("interval_percent", sa.Double()),
        sa.Column("p_value", sa.Double()),
        sa.Column("p_relation", Word),
        sa.Column("unit", Key),
        sa.Column("favours", Key),
        sa.Column("timepoint_value", sa.Double()),
        sa.Column("timepoint_unit", Word),
        sa.Column("studies", sa.Integer()),
        sa.Column("participants", sa.Integer()),
        sa.Column("i_squared_percent", sa.Double()),
        sa.Column("certainty", Word),
        sa.Column("note", Text),
        _check(
            "assessment_estimate",
            "has_a_figure",
            "value IS NOT NULL OR lower IS NOT NULL OR p_value IS NOT NULL",
        ),
        _check(
            "assessment_estimate",
            "i_squared_in_range",
            "i_squared_percent >= 0 AND i_squared_percent <= 100",
        ),
        _check("assessment_estimate", "interval_in_order", "lower <= upper"),
        _check(
            "assessment_estimate",
            "interval_percent_in_range",
            "interval_percent > 0 AND interval_percent < 100",
        ),
        _check("assessment_estimate", "outcome_not_empty", "outcome <> ''"),
        _check("assessment_estimate", "p_has_relation", "(p_value IS NULL) = (p_relation IS NULL)"),
        _check("assessment_estimate", "p_in_range", "p_value >= 0 AND p_value <= 1"),
        _check("assessment_estimate", "participants_in_range", "participants >= 1"),
        _check("assessment_estimate", "studies_in_range", "studies >= 1"),
        _check(
            "assessment_estimate",
            "time_has_unit",
            "(timepoint_value IS NULL) = (timepoint_unit IS NULL)",
        ),
        _link("assessment_estimate", "assessment_id", "assessment", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_estimate")),
    )
    _index("assessment_estimate", "assessment_id")


def _create_statements() -> None:
    op.create_table(
        "statement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("text", Key, nullable=False),
        sa.Column("text_year", sa.Integer()),
        sa.Column("text_url", Text),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("statement", Text, nullable=False),
        sa.Column("correction", Text),
        _check("statement", "correction_not_empty", "correction <> ''"),
        _check("statement", "position_in_range", "position >= 1"),
        _check("statement", "statement_not_empty", "statement <> ''"),
        _check("statement", "text_not_empty", "text <> ''"),
        _link("statement", "id", "record", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement")),
    )
    op.create_table(
        "statement_claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.UniqueConstraint(
            "statement_id", "claim_id", name=op.f("uq_statement_claim_statement_id_claim_id")
        ),
        _link("statement_claim", "statement_id", "statement", ondelete="CASCADE"),
        _link("statement_claim", "claim_id", "claim", **DEFERRED),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_claim")),
    )
    _index("statement_claim", "claim_id", "statement_id")

"""Vocabularies sort by bytes on PostgreSQL too, whatever language its database speaks."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

COLUMNS = {
    "affinity": "parameter relation published_unit action species state source citation_confidence",
    "arm": "timepoint_unit",
    "claim": "kind quantifier subject_type predicate object_type absence override_verdict",
    "compound": "kind",
    "compound_link": "relation",
    "conflict": "kind",
    "effect": "metric p_relation timepoint_unit",
    "evidence": "design masking dose_unit route primary_endpoint timepoint_unit timepoint_absence"
    " citation_confidence",
    "finding": "direction population_directness compound_directness outcome_directness causal_test",
    "indication": "kind",
    "ledger_line": "direction",
    "process": "kind",
    "reading": "audience",
    "receptor": "target_class kind",
    "record": "type",
    "reference": "kind retraction citation_confidence",
    "region": "kind",
    "regulation": "act status date_precision",
    "study": "design species blinding masking comparator",
    "verdict": "verdict certainty in_people in_animals rule_verdict",
    "xref": "relation",
}


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table, columns in COLUMNS.items():
        changes = ", ".join(
            f'ALTER COLUMN {column} TYPE VARCHAR(60) COLLATE "C"' for column in columns.split()
        )
        op.execute(f"ALTER TABLE {table} {changes}")

"""Groups, funding and risk of bias of studies; dates and questions of claims; origin of constants.

Columns with a constraint are added as SQL that both databases read: Alembic would copy the whole
table on SQLite.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

Text = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
Key = sa.String(200).with_variant(sa.String(200, collation="C"), "postgresql")
Word = sa.String(60).with_variant(sa.String(60, collation="C"), "postgresql")
DEFERRED = {"deferrable": True, "initially": "DEFERRED"}
NEW_COLUMNS = {
    "study": (
        sa.Column("research_group", Key),
        sa.Column("trial_group", Key),
        sa.Column("results_expected", sa.Boolean()),
        sa.Column("result_not_read", Text),
        sa.Column("funding", Word),
        sa.Column("sponsor", Text),
    ),
    "claim": (
        sa.Column("background", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("title_question", Text),
        sa.Column("searched_to", Key),
        sa.Column("reviewed_on", Key),
    ),
    "affinity": (
        sa.Column("source_database", Key),
        sa.Column("source_release", Key),
        sa.Column("licence", Key),
    ),
}
DOUBLE = "DOUBLE PRECISION"  # as PostgreSQL spells it; SQLite has DOUBLE
#: Table, column, type, and its constraint by name.
CONSTRAINED = (
    (
        "claim",
        "short_answer",
        "TEXT",
        "ck_claim_short_answer_is_short CHECK (length(short_answer) <= 160)",
    ),
    (
        "affinity",
        "source_record",
        "VARCHAR(200)",
        "ck_affinity_release_and_record_have_database CHECK (source_database IS NOT NULL OR"
        " (source_release IS NULL AND source_record IS NULL))",
    ),
    (
        "evidence",
        "tested_um",
        DOUBLE,
        "ck_evidence_tested_um_positive CHECK (tested_um > 0)",
    ),
    (
        "evidence",
        "tested_upper_um",
        DOUBLE,
        "ck_evidence_tested_range_in_order CHECK (tested_upper_um > tested_um)",
    ),
)
INDEXES = (
    ("study", "research_group"),
    ("study", "trial_group"),
    ("study", "funding"),
    ("affinity", "source_database"),
)


def upgrade() -> None:
    for table, columns in NEW_COLUMNS.items():
        for column in columns:
            op.add_column(table, column)
    postgresql = op.get_bind().dialect.name == "postgresql"
    for table, name, kind, constraint in CONSTRAINED:
        column_type = kind if postgresql else kind.replace(DOUBLE, "DOUBLE")
        collation = ' COLLATE "C"' if postgresql and kind.startswith(("TEXT", "VARCHAR")) else ""
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN {name} {column_type}{collation}"
            f" CONSTRAINT {constraint}"
        )
    for table, name in INDEXES:
        op.create_index(op.f(f"ix_{table}_{name}"), table, [name])
    _create_links("study_unit", "unit_id")
    _create_links("pooled_trial", "trial_id")
    _create_risk_of_bias()
    op.execute("UPDATE dataset SET document_version = NULL")


def _create_links(table: str, column: str) -> None:
    """Create a table that links a study to others."""
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(column, sa.Integer(), nullable=False),
        sa.CheckConstraint(f"study_id <> {column}", name=op.f(f"ck_{table}_not_itself")),
        _link(table, "study_id", "study", ondelete="CASCADE"),
        _link(table, column, "study", **DEFERRED),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("study_id", column, name=op.f(f"uq_{table}_study_id_{column}")),
    )
    for name in ("study_id", column):
        op.create_index(op.f(f"ix_{table}_{name}"), table, [name])


def _create_risk_of_bias() -> None:
    op.create_table(
        "risk_of_bias",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("tool", Word, nullable=False),
        sa.Column("domain", Word, nullable=False),
        sa.Column("outcome", Key),
        sa.Column("judgement", Word, nullable=False),
        sa.Column("reason", Text),
        sa.Column("reference_id", sa.Integer(), nullable=False),
        sa.Column("source_location", Text),
        _link("risk_of_bias", "study_id", "study", ondelete="CASCADE"),
        _link("risk_of_bias", "reference_id", "reference", **DEFERRED),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_of_bias")),
        sa.UniqueConstraint(
            "study_id",
            "reference_id",
            "tool",
            "domain",
            "outcome",
            name=op.f("uq_risk_of_bias_study_id_reference_id_tool_domain_outcome"),
        ),
    )
    for column in ("study_id", "judgement", "reference_id"):
        op.create_index(op.f(f"ix_risk_of_bias_{column}"), "risk_of_bias", [column])


def _link(table: str, column: str, target: str, **options: Any) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, **options)

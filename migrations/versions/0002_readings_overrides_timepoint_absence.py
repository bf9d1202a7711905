"""Readings of claims, an editor's override of a verdict, and the typed absence of a time-point."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

AUDIENCES = ("plain", "clinician", "researcher")
Text = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "reading",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "audience",
            sa.Enum(*AUDIENCES, name="audience", native_enum=False, length=60),
            nullable=False,
        ),
        sa.Column("text", Text, nullable=False),
        sa.CheckConstraint("text <> ''", name=op.f("ck_reading_text_not_empty")),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["claim.id"], name=op.f("fk_reading_claim_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading")),
        sa.UniqueConstraint("claim_id", "audience", name=op.f("uq_reading_claim_id_audience")),
    )
    op.create_index(op.f("ix_reading_claim_id"), "reading", ["claim_id"])
    # SQLite cannot add a rule to a table that stands; it can add a column that brings one.
    words = 'TEXT COLLATE "C"' if op.get_bind().dialect.name == "postgresql" else "TEXT"
    for table, column in (("claim", "override_verdict"), ("verdict", "rule_verdict")):
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} VARCHAR(60)")
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN override_reason {words}"
            f" CONSTRAINT ck_{table}_override_has_reason"
            f" CHECK (({column} IS NULL) = (override_reason IS NULL))"
        )
    op.execute(
        "ALTER TABLE evidence ADD COLUMN timepoint_absence VARCHAR(60)"
        " CONSTRAINT ck_evidence_time_or_its_absence"
        " CHECK (timepoint_absence IS NULL OR timepoint_value IS NULL)"
    )

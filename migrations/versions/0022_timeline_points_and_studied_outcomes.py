"""Rows that follow from notes: points of the timeline, studied outcomes, studied claims.

Ledgers have an index by direction, and one by importance.

The next start fills the tables, as it rebuilds the documents.
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

Slug = sa.String(200).with_variant(sa.String(200, collation="C"), "postgresql")
ORDER = ["hours", "kind", "note", "number"]


def upgrade() -> None:
    op.create_table(
        "timeline_point",
        sa.Column("scope", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hours", sa.Double(), nullable=False),
        sa.Column("kind", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("note", Slug, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("compound_id", sa.Integer(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("scope", *ORDER, name=op.f("pk_timeline_point")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_timeline_point_scope_compound_id_hours_kind_note_number"),
        "timeline_point",
        ["scope", "compound_id", *ORDER],
    )
    op.create_index(op.f("ix_timeline_point_evidence_id"), "timeline_point", ["evidence_id"])
    op.create_table(
        "timeline_total",
        sa.Column("scope", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("compound_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "compound_id", name=op.f("pk_timeline_total")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "studied_outcome",
        sa.Column("compound_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("outcome_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("studies", sa.Integer(), nullable=False),
        sa.Column("has_effect", sa.Boolean(), nullable=False),
        sa.Column("has_none", sa.Boolean(), nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.Column("ranges", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("compound_id", "outcome_id", name=op.f("pk_studied_outcome")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "studied_claim",
        sa.Column("claim_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("species", sa.JSON(), nullable=False),
        sa.Column("earliest_hours", sa.Double(), nullable=True),
        sa.Column("earliest_note", Slug, nullable=True),
        sa.PrimaryKeyConstraint("claim_id", name=op.f("pk_studied_claim")),
    )
    op.create_index(
        op.f("ix_ledger_line_verdict_id_direction_position"),
        "ledger_line",
        ["verdict_id", "direction", "position"],
    )
    op.create_index(op.f("ix_ledger_line_importance"), "ledger_line", ["importance"])
    op.execute("UPDATE dataset SET document_version = NULL")

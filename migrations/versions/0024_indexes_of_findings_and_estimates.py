"""Indexes that have what facets, plots, poolings and responses read: findings, estimates, licences."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

WITHOUT_SUBGROUP = sa.text("subgroup IS NULL")
HAS_LICENCE = sa.text("licence IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        "ix_estimate_earliest_of_outcome_kind",
        "estimate",
        ["outcome_kind", "time_hours", "comparator_kind", "metric", "compound_id", "study_id"],
        sqlite_where=WITHOUT_SUBGROUP,
        postgresql_where=WITHOUT_SUBGROUP,
    )
    op.create_index(
        op.f("ix_affinity_licence"),
        "affinity",
        ["licence"],
        sqlite_where=HAS_LICENCE,
        postgresql_where=HAS_LICENCE,
    )
    # An index on more columns takes the place of one on the first of them.
    for table, *columns in (
        ("estimate", "compound_id", "outcome_domain"),
        ("finding", "evidence_id", "direction"),
    ):
        op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, columns)
        op.drop_index(op.f(f"ix_{table}_{columns[0]}"), table)

"""Indexes of the filters of studies by expected results and of three filters of effects."""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

FILTERED = {"study": ("results_expected",), "estimate": ("instrument", "subgroup", "discrepancy")}


def upgrade() -> None:
    for table, columns in FILTERED.items():
        for column in columns:
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column])

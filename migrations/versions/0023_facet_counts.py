"""Numbers of records per value of a facet.

The next start fills the table, as it rebuilds the documents.
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

Name = sa.String(60).with_variant(sa.String(60, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "facet_count",
        sa.Column("facet", Name, nullable=False),
        sa.Column("value", Name, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("facet", "value", name=op.f("pk_facet_count")),
        sqlite_with_rowid=False,
    )
    op.execute("UPDATE dataset SET document_version = NULL")

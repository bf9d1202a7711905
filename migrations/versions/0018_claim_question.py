"""The question that a claim asks of trials."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("claim", sa.Column("question", sa.JSON()))
    op.execute("UPDATE dataset SET document_version = NULL")

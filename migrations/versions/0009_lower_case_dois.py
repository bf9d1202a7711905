"""DOIs in lower case, which is how they are compared; documents and search are written anew."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("UPDATE reference SET doi = lower(doi)")
    op.execute("UPDATE dataset SET document_version = NULL")

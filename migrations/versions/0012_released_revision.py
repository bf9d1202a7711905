"""The revision whose records are those of the release, so that no other one is cited as it."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE dataset ADD COLUMN released_revision INTEGER DEFAULT '0' NOT NULL")
    # The file of a release has this table, and the records of the release.
    is_release = sa.inspect(op.get_bind()).has_table("release")
    known = "revision" if is_release else "loaded_revision"
    op.execute(f"UPDATE dataset SET released_revision = {known}")

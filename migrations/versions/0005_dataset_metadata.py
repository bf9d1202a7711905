"""The dataset row keeps the folder's about.yaml: a release tells from it what was read, and when."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    words = 'TEXT COLLATE "C"' if op.get_bind().dialect.name == "postgresql" else "TEXT"
    op.execute(f"ALTER TABLE dataset ADD COLUMN about {words}")

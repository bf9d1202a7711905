"""The date of a correction or retraction, and the day on which notices were looked for.

Columns with a constraint are added as SQL that both databases read: Alembic would copy the whole
table on SQLite.
"""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

COLUMNS = {
    "notice_published_on": (
        "ck_reference_notice_date_has_status CHECK (notice_published_on IS NULL"
        " OR retraction IN ('corrected', 'concern', 'retracted'))"
    ),
    "notices_checked_on": (
        "ck_reference_check_date_has_status CHECK (notices_checked_on IS NULL"
        " OR retraction <> 'not_checked')"
    ),
}


def upgrade() -> None:
    collation = ' COLLATE "C"' if op.get_bind().dialect.name == "postgresql" else ""
    for column, constraint in COLUMNS.items():
        op.execute(
            f"ALTER TABLE reference ADD COLUMN {column} VARCHAR(200){collation}"
            f" CONSTRAINT {constraint}"
        )
    op.execute("UPDATE dataset SET document_version = NULL")

"""Unique indexes of the names of references, studies and notes.

A store that was loaded before names were distinct may have two records of one name. The later one
gets a key by its slug, until it is written again and has to get a name of its own.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for record_type in ("reference", "study", "evidence"):
        op.execute(
            f"UPDATE record SET folded = '~' || slug WHERE type = '{record_type}' AND EXISTS ("
            f"SELECT 1 FROM record AS other WHERE other.type = '{record_type}'"
            " AND other.folded = record.folded AND other.id < record.id)"
        )
        where = sa.text(f"type = '{record_type}'")
        op.create_index(
            f"uq_record_folded_{record_type}",
            "record",
            ["folded"],
            unique=True,
            sqlite_where=where,
            postgresql_where=where,
        )

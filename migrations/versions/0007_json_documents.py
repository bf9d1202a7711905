"""Documents: every record as the world sees it, ready as JSON; what writes them fills them in.

And an index for every filter of the collections that grow.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

Key = sa.String(200).with_variant(sa.String(200, collation="C"), "postgresql")
Words = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

INDEXES = {
    "record": [("type", "name")],
    "finding": [
        ("claim_id", "evidence_id"),
        ("direction", "claim_id", "evidence_id"),
        ("causal_test", "evidence_id"),
    ],
    "evidence": [("route",), ("primary_endpoint",), ("dose_value",)],
    "study": [
        ("blinding",),
        ("masking",),
        ("comparator",),
        ("registration",),
        ("jurisdiction",),
        ("n_randomised",),
    ],
    "reference": [("kind",), ("journal",), ("retraction",)],
    "affinity": [("parameter",), ("action",), ("species",), ("state",), ("source",), ("value_nm",)],
}


def upgrade() -> None:
    op.create_table(
        "document",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("body", Words, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
    )
    op.add_column("dataset", sa.Column("document_version", Key, nullable=True))
    for column in ("claim_id", "direction"):
        op.drop_index(op.f(f"ix_finding_{column}"), table_name="finding")
    for table, indexes in INDEXES.items():
        for columns in indexes:
            op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, list(columns))

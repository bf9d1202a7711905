"""Instruments."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

# A file of a real migration has its number written out; this one gets whichever is next.
revision = Path(__file__).name[:4]
down_revision = f"{int(revision) - 1:04}"
branch_labels = None
depends_on = None

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
KIND = sa.String(60).with_variant(sa.String(60, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "instrument",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", KIND, nullable=False),
        sa.Column("item_count", sa.Integer()),
        sa.Column("maker", WORDS),
        sa.Column("process_id", sa.Integer()),
        sa.CheckConstraint("item_count >= 1", name=op.f("ck_instrument_item_count_in_range")),
        sa.ForeignKeyConstraint(
            ["id"], ["record.id"], name=op.f("fk_instrument_id"), ondelete="CASCADE"
        ),
        link("instrument", "process"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instrument")),
    )
    op.create_index(op.f("ix_instrument_kind"), "instrument", ["kind"])
    op.create_index(op.f("ix_instrument_process_id"), "instrument", ["process_id"])
    op.create_table(
        "instrument_reference",
        *child("instrument_reference"),
        sa.Column("reference_id", sa.Integer(), nullable=False),
        link("instrument_reference", "reference"),
        sa.UniqueConstraint(
            "instrument_id",
            "reference_id",
            name=op.f("uq_instrument_reference_instrument_id_reference_id"),
        ),
    )
    op.create_index(
        op.f("ix_instrument_reference_instrument_id"), "instrument_reference", ["instrument_id"]
    )
    op.create_index(
        op.f("ix_instrument_reference_reference_id"), "instrument_reference", ["reference_id"]
    )
    op.create_table(
        "instrument_range",
        *child("instrument_range"),
        sa.Column("lowest", sa.Integer(), nullable=False),
        sa.Column("meaning", WORDS, nullable=False),
    )
    op.create_index(
        op.f("ix_instrument_range_instrument_id"), "instrument_range", ["instrument_id"]
    )


def link(table: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [f"{target}_id"],
        [f"{target}.id"],
        name=op.f(f"fk_{table}_{target}_id"),
        initially="DEFERRED",
        deferrable=True,
    )


def child(table: str) -> list[sa.schema.SchemaItem]:
    """The columns of a table of instruments' rows."""
    return [
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("instrument_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.ForeignKeyConstraint(
            ["instrument_id"],
            ["instrument.id"],
            name=op.f(f"fk_{table}_instrument_id"),
            ondelete="CASCADE",
        ),
    ]

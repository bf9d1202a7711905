"""Verdicts from estimates: basis, size, pooled effect, and steps of the certainty.

The points of rule 2026 become optional: releases have them, and the verdicts of rule 2027 do not.
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

Text = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
Word = sa.String(60).with_variant(sa.String(60, collation="C"), "postgresql")
Key = sa.String(200).with_variant(sa.String(200, collation="C"), "postgresql")
NEW_COLUMNS = (
    sa.Column("basis", Word),
    sa.Column("size", Word),
    sa.Column("metric", Word),
    sa.Column("instrument", Key),
    sa.Column("estimate", sa.Double()),
    sa.Column("lower", sa.Double()),
    sa.Column("upper", sa.Double()),
    sa.Column("prediction_lower", sa.Double()),
    sa.Column("prediction_upper", sa.Double()),
    sa.Column("worthwhile", sa.Double()),
    sa.Column("i2", sa.Double()),
    sa.Column("tau2", sa.Double()),
    sa.Column("trials", sa.Integer()),
    sa.Column("participants", sa.Integer()),
)
LEDGER_COLUMNS = (
    sa.Column("weight", sa.Double()),
    sa.Column("rung", sa.Integer()),
    sa.Column("reason", Text),
    sa.Column("importance", sa.Double(), nullable=False, server_default="0"),
)
#: Table → columns that become optional.
OPTIONAL = {
    "verdict": ("points_for", "points_against"),
    "ledger_line": ("starts_at", "points", "study_points"),
}
SHARE_CHECK = "ck_verdict_untested_has_no_share"
#: The check as SQLite holds it in the definition of the table.
SQLITE_SHARE_CHECK = (
    f"CONSTRAINT {SHARE_CHECK} CHECK ((verdict = 'untested') = (share_for IS NULL)), \n\t"
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        # Rows that an earlier migration of the same transaction changed are checked now: PostgreSQL
        # alters no table with checks that are deferred.
        op.execute("SET CONSTRAINTS ALL IMMEDIATE")
        op.drop_constraint(op.f(SHARE_CHECK), "verdict", type_="check")
        for table, columns in OPTIONAL.items():
            for column in columns:
                op.alter_column(table, column, nullable=True)
    else:
        _loosen_on_sqlite()
    for column in LEDGER_COLUMNS:
        op.add_column("ledger_line", column)
    op.execute("UPDATE ledger_line SET importance = points")
    for column in NEW_COLUMNS:
        op.add_column("verdict", column)
    for column in ("basis", "size"):
        op.create_index(op.f(f"ix_verdict_{column}"), "verdict", [column])
    op.create_table(
        "certainty_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("verdict_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("domain", Word, nullable=False),
        sa.Column("change", sa.Integer(), nullable=False),
        sa.Column("reason", Text, nullable=False),
        sa.ForeignKeyConstraint(
            ["verdict_id"],
            ["verdict.id"],
            name=op.f("fk_certainty_step_verdict_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certainty_step")),
        sa.UniqueConstraint(
            "verdict_id", "position", name=op.f("uq_certainty_step_verdict_id_position")
        ),
    )
    op.create_index(op.f("ix_certainty_step_verdict_id"), "certainty_step", ["verdict_id"])
    op.create_table(
        "certainty_limit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("verdict_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", Text, nullable=False),
        sa.ForeignKeyConstraint(
            ["verdict_id"],
            ["verdict.id"],
            name=op.f("fk_certainty_limit_verdict_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certainty_limit")),
        sa.UniqueConstraint(
            "verdict_id", "position", name=op.f("uq_certainty_limit_verdict_id_position")
        ),
    )
    op.create_index(op.f("ix_certainty_limit_verdict_id"), "certainty_limit", ["verdict_id"])


def _loosen_on_sqlite() -> None:
    """Drop a CHECK and NOT NULLs without a copy of the tables.

    A copy would delete the rows that refer to the old table. SQLite documents this way for
    constraints that do not change how rows are stored (ALTER TABLE, section 7).
    """
    connection = op.get_bind()
    read = sa.text("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = :name")
    write = sa.text("UPDATE sqlite_schema SET sql = :sql WHERE type = 'table' AND name = :name")
    definitions = {}
    for table, columns in OPTIONAL.items():
        definition = str(connection.execute(read, {"name": table}).scalar_one())
        changes = [(f"\t{column} DOUBLE NOT NULL", f"\t{column} DOUBLE") for column in columns]
        changes += [(SQLITE_SHARE_CHECK, "")] if table == "verdict" else []
        for old, new in changes:
            if old not in definition:
                raise RuntimeError(f"the table {table} has another definition, without {old!r}")
            definition = definition.replace(old, new)
        definitions[table] = definition
    version = int(connection.execute(sa.text("PRAGMA schema_version")).scalar_one())
    connection.execute(sa.text("PRAGMA writable_schema = ON"))
    for table, definition in definitions.items():
        connection.execute(write, {"sql": definition, "name": table})
    connection.execute(sa.text(f"PRAGMA schema_version = {version + 1}"))
    connection.execute(sa.text("PRAGMA writable_schema = OFF"))

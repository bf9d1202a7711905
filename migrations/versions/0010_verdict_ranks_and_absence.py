"""Ranks of verdict and certainty, by which lists are sorted, and the absence of evidence."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

#: The orders as they were at this revision, the lowest first.
VERDICTS = ("untested", "refuted", "weak", "contested", "supported", "established")
CERTAINTIES = ("very_low", "low", "moderate", "high")


def upgrade() -> None:
    op.execute("ALTER TABLE verdict ADD COLUMN verdict_rank INTEGER DEFAULT '0' NOT NULL")
    op.execute("ALTER TABLE verdict ADD COLUMN certainty_rank INTEGER")
    collation = ' COLLATE "C"' if op.get_bind().dialect.name == "postgresql" else ""
    op.execute(f"ALTER TABLE verdict ADD COLUMN absence VARCHAR(60){collation}")
    # Before the rows are updated: PostgreSQL indexes no table with pending constraint checks.
    for column in ("verdict", "certainty"):
        op.create_index(op.f(f"ix_verdict_{column}_rank"), "verdict", [f"{column}_rank"])
    for column, order in (("verdict", VERDICTS), ("certainty", CERTAINTIES)):
        cases = " ".join(f"WHEN '{value}' THEN {at}" for at, value in enumerate(order, 1))
        op.execute(f"UPDATE verdict SET {column}_rank = CASE {column} {cases} END")
    # The verdicts of a live store are computed again at the start, with audit log entries. Those of
    # a release stay as published: they have what curators wrote.
    if sa.inspect(op.get_bind()).has_table("release"):
        absence = "SELECT claim.absence FROM claim WHERE claim.id = verdict.claim_id"
        op.execute(f"UPDATE verdict SET absence = ({absence}) WHERE verdict = 'untested'")

"""API keys, proposals with what was said of them, and a ledger that the database keeps append-only."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TYPES = (
    "compound",
    "receptor",
    "process",
    "region",
    "indication",
    "affinity",
    "pathway",
    "claim",
    "study",
    "evidence",
    "reference",
    "verdict",
    "conflict",
)
ACTIONS = ("create", "change", "withdraw")
STATES = ("draft", "proposed", "accepted", "rejected")
MOVES = ("write", "submit", "return", "accept", "reject", "comment")
Text = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
Key = sa.String(200).with_variant(sa.String(200, collation="C"), "postgresql")
Word = sa.String(60).with_variant(sa.String(60, collation="C"), "postgresql")
LEDGERS = ("change", "proposal_event")


def upgrade() -> None:
    _keys()
    _proposals()
    _ledger()
    _standing()
    for table in LEDGERS:
        _append_only(table)


def _number(name: str, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _key(name: str, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, Key, nullable=nullable)


def _text(name: str, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, Text, nullable=nullable)


def _json(name: str, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.JSON(), nullable=nullable)


def _word(name: str, values: tuple[str, ...]) -> sa.Column[str]:
    """One of a closed vocabulary: by value, wide enough for values to come, in byte order."""
    assert max(map(len, values)) <= 60
    return sa.Column(name, Word, nullable=False)


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def _unique(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=op.f(f"uq_{table}_{'_'.join(columns)}"))


def _link(table: str, column: str, target: str, **more: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, **more)


def _table(name: str, *parts: Any, indexes: tuple[tuple[str, ...], ...] = ()) -> None:
    key = sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}"))
    op.create_table(name, _number("id"), *parts, key)
    for columns in indexes:
        op.create_index(op.f(f"ix_{name}_{'_'.join(columns)}"), name, list(columns))


def _keys() -> None:
    _table(
        "api_key",
        _key("name"),
        _key("hint"),
        _key("digest"),
        _json("scopes"),
        _key("created_at"),
        _key("expires_at"),
        _key("revoked_at", nullable=True),
        _check("api_key", "digest_is_sha256", "length(digest) = 64"),
        _check("api_key", "name_not_empty", "name <> ''"),
        _unique("api_key", "digest"),
    )
    _table(
        "kept_answer",
        _number("key_id"),
        _key("name"),
        _key("digest"),
        _key("at"),
        _number("status"),
        _json("headers"),
        _text("body"),
        _link("kept_answer", "key_id", "api_key", ondelete="CASCADE"),
        _unique("kept_answer", "key_id", "name"),
        indexes=(("key_id",), ("at",)),
    )


def _proposals() -> None:
    _table(
        "proposal",
        _key("author"),
        _word("state", STATES),
        _number("version"),
        _key("created_at"),
        _key("changed_at"),
        _json("problems"),
        _number("revision", nullable=True),
        _check("proposal", "accepted_once", "(state = 'accepted') = (revision IS NOT NULL)"),
        indexes=(("author",), ("state",)),
    )
    name = "proposed_change"
    _table(
        name,
        _number("proposal_id"),
        _number("position"),
        _word("action", ACTIONS),
        _word("type", TYPES),
        _key("slug"),
        _json("draft", nullable=True),
        _number("base_revision", nullable=True),
        _key("successor", nullable=True),
        _text("why"),
        _check(name, "draft_unless_withdrawn", "(action = 'withdraw') = (draft IS NULL)"),
        _check(name, "base_unless_new", "(action = 'create') = (base_revision IS NULL)"),
        _check(name, "why_not_empty", "why <> ''"),
        _link(name, "proposal_id", "proposal", ondelete="CASCADE"),
        _unique(name, "proposal_id", "type", "slug"),
        indexes=(("proposal_id",),),
    )
    _table(
        "proposal_event",
        _number("proposal_id"),
        _number("key_id"),
        _key("at"),
        _key("who"),
        _word("move", MOVES),
        _text("text", nullable=True),
        _link("proposal_event", "proposal_id", "proposal"),
        _link("proposal_event", "key_id", "api_key"),
        indexes=(("proposal_id",), ("key_id",)),
    )


def _ledger() -> None:
    _table(
        "change",
        _number("revision"),
        _key("at"),
        _key("who"),
        _key("accepted_by", nullable=True),
        _text("why"),
        _word("action", ACTIONS),
        _word("type", TYPES),
        _key("slug"),
        _number("proposal_id", nullable=True),
        _json("fields"),
        _json("causes"),
        _check("change", "why_not_empty", "why <> ''"),
        _link("change", "proposal_id", "proposal"),
        indexes=(("revision",), ("type", "slug"), ("proposal_id",)),
    )
    _table(
        "withdrawal",
        _word("type", TYPES),
        _key("slug"),
        _key("successor", nullable=True),
        _text("why"),
        _number("revision"),
        _unique("withdrawal", "type", "slug"),
    )


def _standing() -> None:
    """A record knows its revision and its place in the files; the dataset, what was loaded."""
    for table, column in (
        ("record", sa.Column("changed_revision", sa.Integer(), nullable=False, server_default="0")),
        ("record", _text("source_file", nullable=True)),
        ("record", _number("source_position", nullable=True)),
        ("dataset", sa.Column("loaded_revision", sa.Integer(), nullable=False, server_default="0")),
    ):
        op.add_column(table, column)
    op.execute("UPDATE dataset SET loaded_revision = revision")
    op.execute("UPDATE record SET changed_revision = (SELECT revision FROM dataset)")


def _append_only(table: str) -> None:
    """Triggers, so that no code of ours, and no hand at the database, rewrites what was said."""
    words = f"{table} is append-only"
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE FUNCTION {table}_stays() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN RAISE EXCEPTION '{words}' USING ERRCODE = 'integrity_constraint_violation';"
            " END $$"
        )
        rows = f"{table}_rows_stay BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW"
        whole = f"{table}_stays BEFORE TRUNCATE ON {table} FOR EACH STATEMENT"
        for trigger in (rows, whole):
            op.execute(f"CREATE TRIGGER {trigger} EXECUTE FUNCTION {table}_stays()")
        return
    for event in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_stays_at_{event.lower()} BEFORE {event} ON {table}"
            f" BEGIN SELECT RAISE(ABORT, '{words}'); END"
        )
    # INSERT OR REPLACE deletes a row without a word to the trigger above.
    op.execute(
        f"CREATE TRIGGER {table}_stays_at_replace BEFORE INSERT ON {table}"
        f" WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)"
        f" BEGIN SELECT RAISE(ABORT, '{words}'); END"
    )

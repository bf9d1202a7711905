"""Search: the words of every record, its whole names, and the store's own full-text index."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

Key = sa.String(200).with_variant(sa.String(200, collation="C"), "postgresql")
Words = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
BigKey = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FIELDS = ("name", "synonym", "title", "slug", "identifier", "related_identifier")
TYPES = (
    "compound", "receptor", "process", "region", "indication", "affinity", "pathway", "claim",
    "study", "evidence", "reference", "verdict", "conflict",
)  # fmt: skip


def _vocabulary(name: str, *values: str) -> sa.Enum:
    """Stored by value, in byte order on PostgreSQL too."""
    words = sa.Enum(*values, name=name, native_enum=False, length=60)
    return words.with_variant(sa.String(60, collation="C"), "postgresql")


INDEX = {
    "sqlite": [
        """CREATE VIRTUAL TABLE search_index USING fts5(
            names, body, content='search_text', content_rowid='id', tokenize='ascii',
            detail='column', columnsize=0)"""
    ],
    "postgresql": [
        """CREATE TABLE search_index (
            id BIGINT NOT NULL CONSTRAINT pk_search_index PRIMARY KEY,
            names TSVECTOR NOT NULL, words TSVECTOR NOT NULL)""",
        "CREATE INDEX ix_search_index_names ON search_index USING gin (names)",
        "CREATE INDEX ix_search_index_words ON search_index USING gin (words)",
    ],
}


def upgrade() -> None:
    op.create_table(
        "search_text",
        sa.Column("id", BigKey, nullable=False),
        sa.Column("slug", Key, nullable=False),
        sa.Column("names", Words, nullable=False),
        sa.Column("body", Words, nullable=False),
        sa.Column("in_people", sa.Boolean(), nullable=False),
        sa.Column("shown", Words, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_text")),
    )
    op.create_table(
        "search_name",
        sa.Column("text_id", BigKey, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("tier", sa.Integer(), nullable=False),
        sa.Column("key", Key, nullable=False),
        sa.Column(
            "field",
            _vocabulary("namefield", *FIELDS),
            nullable=False,
        ),
        sa.Column("text", Words, nullable=False),
        sa.ForeignKeyConstraint(
            ["text_id"],
            ["search_text.id"],
            name=op.f("fk_search_name_text_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("text_id", "position", name=op.f("pk_search_name")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_search_name_tier_key"), "search_name", ["tier", "key"])
    op.create_table(
        "search_term",
        sa.Column("term", Key, nullable=False),
        sa.Column(
            "type",
            _vocabulary("recordtype", *TYPES),
            nullable=False,
        ),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("term", "type", name=op.f("pk_search_term")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "search_word",
        sa.Column("word", Key, nullable=False),
        sa.Column("term", Key, nullable=False),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_search_word")),
        sqlite_with_rowid=False,
    )
    op.add_column("dataset", sa.Column("search_version", sa.Integer(), nullable=True))
    for statement in INDEX[op.get_bind().dialect.name]:
        op.execute(statement)

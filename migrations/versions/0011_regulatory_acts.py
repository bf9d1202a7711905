"""Regulatory acts become records: each gets a row in `record`, whose id is its key."""

import json
from datetime import UTC, datetime
from textwrap import shorten
from typing import Any

import sqlalchemy as sa
from alembic import op

from app.domain.text_folding import fold

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

Text = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
Key = sa.String(200).with_variant(sa.String(200, collation="C"), "postgresql")
Word = sa.String(60).with_variant(sa.String(60, collation="C"), "postgresql")
DATED = (
    "(date IS NULL AND date_precision IS NULL)"
    " OR (date_precision = 'year' AND length(date) = 4)"
    " OR (date_precision = 'month' AND length(date) = 7)"
    " OR (date_precision = 'day' AND length(date) = 10)"
)
DEFERRED = {"deferrable": True, "initially": "DEFERRED"}
COLUMNS = (
    "slug, position, compound_id, indication_id, jurisdiction, agency, act, product, status, date,"
    " date_precision, wording, restriction, reference_id, source_url, note"
)


def upgrade() -> None:
    connection = op.get_bind()
    _create_table()
    last = connection.execute(sa.text("SELECT max(id) FROM record")).scalar() or 0
    _create_records(connection, last)
    number = f"{last} + row_number() OVER (ORDER BY id)"
    op.execute(
        f"INSERT INTO regulatory_act (id, {COLUMNS}) SELECT {number}, {COLUMNS} FROM regulation"
    )
    op.drop_table("regulation")
    if connection.dialect.name == "postgresql":
        sequence = "pg_get_serial_sequence('record', 'id')"
        op.execute(f"SELECT setval({sequence}, (SELECT coalesce(max(id), 1) FROM record))")
    op.execute("UPDATE dataset SET document_version = NULL")


def _create_table() -> None:
    op.create_table(
        "regulatory_act",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", Key, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("compound_id", sa.Integer(), nullable=False),
        sa.Column("indication_id", sa.Integer(), nullable=True),
        sa.Column("jurisdiction", Key, nullable=False),
        sa.Column("agency", Text, nullable=True),
        sa.Column("act", Word, nullable=False),
        sa.Column("product", Text, nullable=True),
        sa.Column("status", Word, nullable=False),
        sa.Column("date", Key, nullable=True),
        sa.Column("date_precision", Word, nullable=True),
        sa.Column("wording", Text, nullable=True),
        sa.Column("restriction", Text, nullable=True),
        sa.Column("reference_id", sa.Integer(), nullable=True),
        sa.Column("source_url", sa.JSON(), nullable=False),
        sa.Column("note", Text, nullable=True),
        sa.CheckConstraint(DATED, name=op.f("ck_regulatory_act_date_as_precise_as_it_says")),
        _link("id", "record", ondelete="CASCADE"),
        _link("compound_id", "compound", ondelete="CASCADE"),
        _link("indication_id", "indication", **DEFERRED),
        _link("reference_id", "reference", **DEFERRED),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regulatory_act")),
        sa.UniqueConstraint("slug", name=op.f("uq_regulatory_act_slug")),
    )
    for column in ("compound_id", "indication_id", "reference_id"):
        op.create_index(op.f(f"ix_regulatory_act_{column}"), "regulatory_act", [column])


def _link(column: str, target: str, **options: Any) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_regulatory_act_{column}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, **options)


def _create_records(connection: sa.Connection, last: int) -> None:
    """Create the record of each act and its first entry in the audit log, if there is a log."""
    acts = connection.execute(
        sa.text(
            "SELECT a.*, compound.slug AS compound, owner.changed_revision FROM regulation a"
            " JOIN record compound ON compound.id = a.compound_id"
            " JOIN record owner ON owner.id = coalesce(a.indication_id, a.compound_id)"
            " ORDER BY a.id"
        )
    ).mappings()
    dataset = connection.execute(sa.text("SELECT revision FROM dataset")).scalar()
    logged = connection.execute(sa.text("SELECT id FROM change LIMIT 1")).scalar() is not None
    now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    for number, act in enumerate(acts.all(), last + 1):
        name = _name(act)
        record = {
            "id": number,
            "slug": act["slug"],
            "name": name,
            "folded": fold(name),
            "summary": _summary(act),
            "revision": act["changed_revision"],
        }
        connection.execute(
            sa.text(
                "INSERT INTO record (id, type, slug, name, folded, summary, changed_revision)"
                " VALUES (:id, 'regulatory_act', :slug, :name, :folded, :summary, :revision)"
            ),
            record,
        )
        if logged:
            connection.execute(
                sa.text(
                    "INSERT INTO change"
                    " (revision, at, who, why, action, type, slug, fields, causes) VALUES"
                    " (:revision, :at, 'kkb', 'Regulatory acts became records of their own.',"
                    " 'create', 'regulatory_act', :slug, :none, :none)"
                ),
                {"revision": dataset, "at": now, "slug": act["slug"], "none": json.dumps([])},
            )


def _words(value: str) -> str:
    return value.replace("_", " ")


def _name(act: Any) -> str:
    """Return the name as app/resources/regulatory_acts.py made it at this revision."""
    what = _words(act["act"]).capitalize()
    of = act["product"] or act["compound"].replace("-", " ")
    when = " ".join(filter(None, [act["jurisdiction"], act["date"]]))
    return shorten(f"{what} of {of}, {when}: {_words(act['status'])}", 300, placeholder="…")


def _summary(act: Any) -> str:
    by = act["agency"] or act["jurisdiction"]
    details = act["wording"] or act["restriction"] or ""
    return shorten(f"{by}: {_words(act['status'])}. {details}", 500, placeholder="…")

"""Effect estimates; study arms become records; effects say in whose favour they are."""

import json
import re
from datetime import UTC, datetime
from itertools import chain, count
from textwrap import shorten
from typing import Any

import sqlalchemy as sa
from alembic import op

from app.domain.text_folding import fold

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

Text = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
Key = sa.String(200).with_variant(sa.String(200, collation="C"), "postgresql")
Word = sa.String(60).with_variant(sa.String(60, collation="C"), "postgresql")
DEFERRED = {"deferrable": True, "initially": "DEFERRED"}
HOURS = {"minute": 1 / 60, "hour": 1, "day": 24, "week": 168, "month": 729.6, "year": 8766}


def upgrade() -> None:
    connection = op.get_bind()
    arms = connection.execute(sa.text(OLD_ARMS)).mappings().all()
    op.drop_table("arm")
    _create_arm()
    _create_estimate()
    _extend_effect()
    _insert_arms(connection, [dict(arm) for arm in arms])
    _extend_proposals(connection)
    op.execute("UPDATE dataset SET document_version = NULL")


OLD_ARMS = """
SELECT arm.*, evidence.study_id, evidence.compound_id, evidence.outcome AS note_outcome,
  evidence.timepoint_value AS note_time, evidence.timepoint_unit AS note_unit,
  evidence.design AS note_design, evidence.masking AS note_masking, study.design AS study_design,
  study.masking AS study_masking, study.year, record.slug AS note, record.changed_revision
FROM arm JOIN evidence ON evidence.id = arm.evidence_id JOIN study ON study.id = evidence.study_id
JOIN record ON record.id = evidence.id ORDER BY arm.evidence_id, arm.position
"""


def _create_arm() -> None:
    _create(
        "arm",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("key", Key, nullable=False),
        sa.Column("title", Text, nullable=False),
        sa.Column("role", Word),
        sa.Column("n", sa.Integer()),
        sa.Column("events", sa.Integer()),
        sa.Column("percent", sa.Double()),
        sa.Column("mean_change", sa.Double()),
        sa.Column("mean_value", sa.Double()),
        sa.Column("standard_deviation", sa.Double()),
        sa.Column("standard_error", sa.Double()),
        sa.Column("unit", Key),
        sa.Column("outcome", Text),
        sa.Column("timepoint_value", sa.Double()),
        sa.Column("timepoint_unit", Word),
        sa.Column("place", Text),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("compound_id", sa.Integer()),
        sa.Column("year", sa.Integer()),
        sa.Column("design", Word),
        sa.Column("masking", Word),
        sa.Column("outcome_measured", Text),
        sa.Column("time_hours", sa.Double()),
        _check("arm", "n_in_range", "n >= 0"),
        _check("arm", "events_within_n", "events >= 0 AND (n IS NULL OR events <= n)"),
        _check("arm", "percent_in_range", "percent >= 0 AND percent <= 100"),
        _check("arm", "time_has_unit", "(timepoint_value IS NULL) = (timepoint_unit IS NULL)"),
        _check("arm", "standard_deviation_in_range", "standard_deviation >= 0"),
        _check("arm", "standard_error_positive", "standard_error > 0"),
        _link("arm", "id", "record", ondelete="CASCADE"),
        _link("arm", "evidence_id", "evidence", ondelete="CASCADE"),
        _link("arm", "study_id", "study", **DEFERRED),
        _link("arm", "compound_id", "compound", **DEFERRED),
        indexes=("evidence_id", "role", "study_id", "compound_id", "design", "masking"),
    )


ESTIMATE_COLUMNS: tuple[tuple[str, Any, bool], ...] = (  # name, type, whether it may be null
    ("position", sa.Integer(), False),
    ("key", Key, False),
    ("outcome_domain", Word, False),
    ("instrument", Text, True),
    ("metric", Word, False),
    ("effect_key", Key, True),
    ("intervention_arm", Key, True),
    ("comparator_arm", Key, True),
    ("larger_is", Word, True),
    ("comparator_kind", Word, False),
    ("time_hours", sa.Double(), True),
    ("regimen", Word, False),
    ("subgroup", Text, True),
    ("shared_control", Key, True),
    ("analysis", Word, False),
    ("role", Word, False),
    ("null_result", sa.Boolean(), False),
    ("discrepancy", Text, True),
    ("claim_slugs", sa.JSON(), False),
    ("outcome_kind", Word, False),
    ("value", sa.Double(), False),
    ("standard_error", sa.Double(), True),
    ("lower", sa.Double(), True),
    ("upper", sa.Double(), True),
    ("derivation", Word, True),
    ("crossover_floor_applied", sa.Boolean(), False),
    ("favours", Word, False),
    ("year", sa.Integer(), True),
    ("participants", sa.Integer(), True),
    ("design", Word, True),
    ("masking", Word, True),
    ("dose_value", sa.Double(), True),
    ("dose_upper_value", sa.Double(), True),
    ("dose_unit", Word, True),
    ("route", Word, True),
    ("intervention", Text, True),
    ("comparator", Text, True),
    ("n_intervention", sa.Integer(), True),
    ("n_comparator", sa.Integer(), True),
    ("events_intervention", sa.Integer(), True),
    ("events_comparator", sa.Integer(), True),
    ("mean_intervention", sa.Double(), True),
    ("mean_comparator", sa.Double(), True),
    ("sd_intervention", sa.Double(), True),
    ("sd_comparator", sa.Double(), True),
    ("se_intervention", sa.Double(), True),
    ("se_comparator", sa.Double(), True),
    ("printed_metric", Word, True),
    ("printed_value", sa.Double(), True),
    ("printed_lower", sa.Double(), True),
    ("printed_upper", sa.Double(), True),
    ("printed_interval_percent", sa.Double(), True),
    ("printed_standard_error", sa.Double(), True),
    ("printed_p_value", sa.Double(), True),
    ("printed_p_relation", Word, True),
    ("printed_p_sides", sa.Integer(), True),
    ("printed_unit", Key, True),
    ("printed_larger_is", Word, True),
    ("place", Text, True),
)
ESTIMATE_INDEXES = (
    "evidence_id",
    "outcome_domain",
    "metric",
    "comparator_kind",
    "time_hours",
    "regimen",
    "role",
    "outcome_kind",
    "standard_error",
    "derivation",
    "favours",
    "study_id",
    "reference_id",
    "compound_id",
    "year",
    "design",
    "masking",
    "route",
)


def _create_estimate() -> None:
    _create(
        "estimate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("reference_id", sa.Integer(), nullable=False),
        sa.Column("compound_id", sa.Integer()),
        *(sa.Column(name, kind, nullable=null) for name, kind, null in ESTIMATE_COLUMNS),
        _check(
            "estimate",
            "standard_error_has_derivation",
            "(standard_error IS NULL) = (derivation IS NULL)",
        ),
        _check(
            "estimate",
            "standard_error_or_discrepancy",
            "standard_error IS NOT NULL OR discrepancy IS NOT NULL",
        ),
        _check("estimate", "value_in_interval", "lower <= value AND value <= upper"),
        _check("estimate", "standard_error_positive", "standard_error > 0"),
        _check("estimate", "time_hours_in_range", "time_hours >= 0"),
        _link("estimate", "id", "record", ondelete="CASCADE"),
        _link("estimate", "evidence_id", "evidence", ondelete="CASCADE"),
        _link("estimate", "study_id", "study", **DEFERRED),
        _link("estimate", "reference_id", "reference", **DEFERRED),
        _link("estimate", "compound_id", "compound", **DEFERRED),
        indexes=ESTIMATE_INDEXES,
    )
    for target in ("claim", "indication"):
        table = f"estimate_{target}"
        _create(
            table,
            sa.Column("id", sa.Integer(), nullable=False),
            sa.Column("estimate_id", sa.Integer(), nullable=False),
            sa.Column("position", sa.Integer(), nullable=False),
            sa.Column(f"{target}_id", sa.Integer(), nullable=False),
            _link(table, "estimate_id", "estimate", ondelete="CASCADE"),
            _link(table, f"{target}_id", target, **DEFERRED),
            sa.UniqueConstraint(
                "estimate_id", f"{target}_id", name=op.f(f"uq_{table}_estimate_id_{target}_id")
            ),
            indexes=("estimate_id", f"{target}_id"),
        )


def _extend_effect() -> None:
    for column in (
        sa.Column("key", Key),
        sa.Column("favours", Word),
        sa.Column("larger_is", Word),
        sa.Column("place", Text),
    ):
        op.add_column("effect", column)
    # With its constraint in one statement: SQLite adds none to a table without copying it, and
    # Alembic's copy has the constraints in an order that differs from run to run.
    double = "DOUBLE PRECISION" if op.get_bind().dialect.name == "postgresql" else "DOUBLE"
    for column_type, constraint in (
        (
            f"standard_error {double}",
            "ck_effect_standard_error_positive CHECK (standard_error > 0)",
        ),
        (
            "p_sides INTEGER NOT NULL DEFAULT 2",
            "ck_effect_p_sides_in_range CHECK (p_sides IN (1, 2))",
        ),
    ):
        op.execute(f"ALTER TABLE effect ADD COLUMN {column_type} CONSTRAINT {constraint}")


def _create(table: str, *parts: Any, indexes: tuple[str, ...]) -> None:
    op.create_table(table, *parts, sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")))
    for column in indexes:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def _link(table: str, column: str, target: str, **options: Any) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, **options)


def _insert_arms(connection: sa.Connection, arms: list[dict[str, Any]]) -> None:
    """Create a record for each arm, and its first entry in the audit log, if there is a log."""
    if not arms:
        return
    last = connection.execute(sa.text("SELECT max(id) FROM record")).scalar() or 0
    dataset = connection.execute(sa.text("SELECT revision FROM dataset")).scalar()
    logged = connection.execute(sa.text("SELECT id FROM change LIMIT 1")).scalar() is not None
    now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    used: set[tuple[str, str]] = set()
    for number, arm in enumerate(arms, last + 1):
        key = _key(arm, used)
        outcome = arm["outcome"] or arm["note_outcome"]
        own = arm["timepoint_value"] is not None
        time, unit = (
            (arm["timepoint_value"], arm["timepoint_unit"])
            if own
            else (arm["note_time"], arm["note_unit"])
        )
        name = f"{arm['note']}: {arm['name']}" + (f", {outcome}" if outcome else "")
        name = shorten(name, 300, placeholder="…")
        arm |= {
            "id": number,
            "key": key,
            "title": arm["name"],
            "slug": f"{arm['note']}--{key}",
            "record_name": name,
            "folded": fold(name),
            "summary": _summary(arm),
            "revision": arm["changed_revision"],
            "dataset": dataset,
            "now": now,
            "none": json.dumps([]),
            "design": arm["note_design"] or arm["study_design"],
            "masking": arm["note_masking"] or arm["study_masking"],
            "outcome_measured": outcome,
            "time_hours": None if time is None else float(f"{time * HOURS[unit]:.6g}"),
        }
    connection.execute(sa.text(INSERT_RECORD), arms)
    connection.execute(sa.text(INSERT_ARM), arms)
    if logged:
        connection.execute(sa.text(INSERT_CHANGE), arms)
    if connection.dialect.name == "postgresql":
        sequence = "pg_get_serial_sequence('record', 'id')"
        op.execute(f"SELECT setval({sequence}, (SELECT coalesce(max(id), 1) FROM record))")


FIGURES = (
    ("n", "n", ""),
    ("events", "events", ""),
    ("percent", "with the outcome", "%"),
    ("mean_change", "mean change", ""),
    ("mean_value", "mean", ""),
)


def _summary(arm: dict[str, Any]) -> str:
    """Return the summary as app/resources/arms.py made it at this revision."""
    figures = [
        f"{label} {arm[name]:g}{unit}" for name, label, unit in FIGURES if arm[name] is not None
    ]
    return shorten(f"{arm['name']}: {'; '.join(figures) or 'no figures'}.", 500, placeholder="…")


INSERT_RECORD = """
INSERT INTO record (id, type, slug, name, folded, summary, changed_revision)
VALUES (:id, 'arm', :slug, :record_name, :folded, :summary, :revision)
"""
INSERT_ARM = """
INSERT INTO arm (id, evidence_id, position, key, title, n, events, percent, mean_change, mean_value,
  unit, outcome, timepoint_value, timepoint_unit, study_id, compound_id, year, design, masking,
  outcome_measured, time_hours)
VALUES (:id, :evidence_id, :position, :key, :title, :n, :events, :percent, :mean_change,
  :mean_value, :unit, :outcome, :timepoint_value, :timepoint_unit, :study_id, :compound_id, :year,
  :design, :masking, :outcome_measured, :time_hours)
"""
INSERT_CHANGE = """
INSERT INTO change (revision, at, who, why, action, type, slug, fields, causes)
VALUES (:dataset, :now, 'kkb', 'Study arms became records of their own.', 'create', 'arm', :slug,
  :none, :none)
"""


def _extend_proposals(connection: sa.Connection) -> None:
    """Add keys to the arms of proposed notes, which must have them to be accepted."""
    table = sa.table(
        "proposed_change", sa.column("id"), sa.column("type"), sa.column("draft", sa.JSON())
    )
    proposed = sa.select(table.c.id, table.c.draft).where(table.c.type == "evidence")
    for number, draft in connection.execute(proposed).all():
        if draft and draft.get("arms"):
            used: set[tuple[str, str]] = set()
            for arm in draft["arms"]:
                arm.setdefault("key", _key({"note": "", "name": arm["name"]}, used))
            same = table.c.id == number
            connection.execute(sa.update(table).where(same).values(draft=draft))


def _key(arm: dict[str, Any], used: set[tuple[str, str]]) -> str:
    """Return the key of an arm: its name and, if another arm has that, a number."""
    base = re.sub(r"[^a-z0-9]+", "-", fold(arm["name"])).strip("-")[:50].strip("-") or "arm"
    keys = chain([base], (f"{base}-{number}" for number in count(2)))
    key = next(key for key in keys if (arm["note"], key) not in used)
    used.add((arm["note"], key))
    return key

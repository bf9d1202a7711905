"""Timeline: effects and mechanisms by time after the dose."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import literal, select, union_all
from sqlalchemy.orm import aliased

from app import models as m
from app.domain.vocabulary import ClaimKind, TimeUnit
from app.kit.sessions import ReadSession

#: Hours of each unit; months and years are averages.
HOURS = {
    TimeUnit.MINUTE: 1 / 60,
    TimeUnit.HOUR: 1,
    TimeUnit.DAY: 24,
    TimeUnit.WEEK: 168,
    TimeUnit.MONTH: 730.5,
    TimeUnit.YEAR: 8766,
}


def timeline(
    session: ReadSession, compounds: Sequence[str], indications: Sequence[str]
) -> list[dict[str, Any]]:
    """Return figures and mechanism notes with a time-point, by hours after the dose."""
    note, study, compound = aliased(m.Record), aliased(m.Record), aliased(m.Record)

    def figures(table: Any, kind: str, label: Any, value: Any, unit: Any) -> Any:
        return select(
            literal(kind).label("kind"),
            table.evidence_id.label("evidence_id"),
            label.label("label"),
            value.label("value"),
            unit.label("unit"),
            table.outcome.label("outcome"),
            table.timepoint_value.label("time"),
            table.timepoint_unit.label("time_unit"),
        ).where(table.timepoint_value.is_not(None))

    effect = figures(m.Effect, "effect", m.Effect.label, m.Effect.value, m.Effect.unit)
    percent = figures(m.Arm, "proportion", m.Arm.name, m.Arm.percent, literal("%"))
    percent = percent.where(m.Arm.percent.is_not(None))
    mechanism = (
        select(
            literal("mechanism"),
            m.Evidence.id,
            m.Record.name,
            literal(None),
            literal(None),
            m.Evidence.outcome,
            m.Evidence.timepoint_value,
            m.Evidence.timepoint_unit,
        )
        .join(m.Record, m.Record.id == m.Evidence.id)
        .where(
            m.Evidence.timepoint_value.is_not(None),
            select(m.Finding.id)
            .join(m.Claim, m.Claim.id == m.Finding.claim_id)
            .where(m.Finding.evidence_id == m.Evidence.id, m.Claim.kind == ClaimKind.MECHANISM)
            .exists(),
        )
    )
    points = union_all(effect, percent, mechanism).subquery()
    rows = (
        select(points, note.slug.label("note"), study.slug.label("study"), compound.slug)
        .join(m.Evidence, m.Evidence.id == points.c.evidence_id)
        .join(note, note.id == m.Evidence.id)
        .join(study, study.id == m.Evidence.study_id)
        .outerjoin(compound, compound.id == m.Evidence.compound_id)
    )
    if compounds:
        rows = rows.where(compound.slug.in_(compounds))
    if indications:
        indication = aliased(m.Record)
        about = (
            select(m.StudyIndication.study_id)
            .join(indication, indication.id == m.StudyIndication.indication_id)
            .where(indication.slug.in_(indications))
        )
        rows = rows.where((points.c.kind == "mechanism") | m.Evidence.study_id.in_(about))
    out = [
        {
            "hours": round(row.time * HOURS[TimeUnit(row.time_unit)], 3),
            "kind": row.kind,
            "label": row.label,
            "value": row.value,
            "unit": row.unit,
            "outcome": row.outcome,
            "timepoint_value": row.time,
            "timepoint_unit": row.time_unit,
            "compound": row.slug,
            "note": row.note,
            "study": row.study,
        }
        for row in session.execute(rows)
    ]
    return sorted(out, key=_sort_key)


def _sort_key(point: dict[str, Any]) -> tuple[Any, ...]:
    """Order by hours, then by all texts, so that SQLite and PostgreSQL agree."""
    fields = ("kind", "note", "label", "outcome", "unit", "value")
    return point["hours"], *(str(point[name]) for name in fields)

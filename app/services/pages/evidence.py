"""Page sections on evidence: the highest-scoring notes per side, and their figures."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from sqlalchemy import case, func, literal, select

from app import models as m
from app.domain.vocabulary import Direction, PrimaryEndpoint
from app.kit.declarations import PageFilters
from app.kit.filter_clauses import FilterClause, where_clauses
from app.resources import RESOURCES
from app.services.pages.context import (
    PageContext,
    Section,
    SectionBuilder,
    link,
    record_alias,
    section,
)

#: Side of a claim → title, directions of its notes, and maximum number of notes.
SIDE_SECTIONS = {
    "for": ("Evidence for", (Direction.SUPPORTS,), 6),
    "against": ("Evidence against", (Direction.DISPUTES,), 6),
    "open": ("Mixed or open evidence", (Direction.MIXED, Direction.NEUTRAL), 3),
}
OWN, CLAIM, STUDY, REFERENCE = record_alias(), record_alias(), record_alias(), record_alias()
PARTS = {"note": OWN, "claim": CLAIM, "study": STUDY, "reference": REFERENCE}
PARTICIPANTS = func.coalesce(m.Evidence.participants, m.Study.n_analysed, m.Study.n_randomised)
#: First columns of a note in the statement; slugs and names of PARTS follow.
PLAIN_COLUMNS = ("finding", "direction", "points", "design", "species", "year", "participants")
#: Filters through this join apply to the finding that is shown, not to any finding of the note.
VIA_FINDING = (m.Finding.evidence_id, m.Evidence.id)


def sides(filters: PageFilters) -> SectionBuilder:
    """Return the builder of one section per side, all from a single statement."""

    def build(page: PageContext) -> list[Section]:
        filter_values = filters(page)
        assert filter_values is not None
        related = page.related("evidence", filter_values)
        by_side: dict[str, list[Any]] = {side: [] for side in SIDE_SECTIONS}
        for row in page.rows("sides", partial(_highest_scoring, related.conditions), related):
            by_side[row[0]].append(row)
        sections = []
        for side, (title, directions, _) in SIDE_SECTIONS.items():
            rows = by_side[side]
            url = related.url(direction=[d.value for d in directions])
            items, total = _lines(rows)
            sections.append(section("evidence", f"evidence_{side}", title, items, total, url))
        return sections

    return build


def _highest_scoring(conditions: Sequence[FilterClause], **bound: Any) -> Any:
    """Select the highest-scoring notes per side, each once with its highest-scoring claim."""
    same = [clause.to_sql(bound[clause.name]) for clause in conditions if clause.via == VIA_FINDING]
    rest = where_clauses([clause for clause in conditions if clause.via != VIA_FINDING], bound)
    side = case(
        *((m.Finding.direction.in_(d), literal(name)) for name, (_, d, _) in SIDE_SECTIONS.items())
    ).label("side")
    order = (m.LedgerLine.points.desc(), m.Finding.claim_id)
    ranked_notes = (
        select(
            m.Finding.id,
            m.Finding.evidence_id,
            m.LedgerLine.points,
            side,
            func.row_number().over(partition_by=[m.Evidence.id, side], order_by=order).label("nth"),
        )
        .select_from(m.Evidence)
        .join(m.Finding, m.Finding.evidence_id == m.Evidence.id)
        .join(m.Verdict, m.Verdict.claim_id == m.Finding.claim_id)
        .join(m.LedgerLine, m.LedgerLine.verdict_id == m.Verdict.id)
        .where(m.LedgerLine.evidence_id == m.Evidence.id, *same, *rest)
        .subquery()
    )
    by_side: dict[str, Any] = {"partition_by": ranked_notes.c.side}
    ranked = (
        select(
            *ranked_notes.c,
            func.row_number()
            .over(**by_side, order_by=(ranked_notes.c.points.desc(), m.Record.slug))
            .label("place"),
            func.count().over(**by_side).label("total"),
        )
        .join(m.Record, m.Record.id == ranked_notes.c.evidence_id)
        .where(ranked_notes.c.nth == 1)
        .subquery()
    )
    limit = case(*((ranked.c.side == name, n) for name, (*_, n) in SIDE_SECTIONS.items()))
    return _fill_in_notes(ranked).where(ranked.c.place <= limit).order_by(ranked.c.place)


def _fill_in_notes(ranked: Any) -> Any:
    """Select names, design, species, year and participants of ranked notes."""
    return (
        select(
            ranked.c.side,
            ranked.c.total,
            m.Evidence.finding,
            m.Finding.direction,
            ranked.c.points,
            func.coalesce(m.Evidence.design, m.Study.design),
            m.Study.species,
            m.Study.year,
            PARTICIPANTS,
            *(column for record in PARTS.values() for column in (record.slug, record.name)),
        )
        .select_from(ranked)
        .join(m.Finding, m.Finding.id == ranked.c.id)
        .join(m.Evidence, m.Evidence.id == m.Finding.evidence_id)
        .join(m.Study, m.Study.id == m.Evidence.study_id)
        .join(OWN, OWN.id == m.Evidence.id)
        .join(CLAIM, CLAIM.id == m.Finding.claim_id)
        .join(STUDY, STUDY.id == m.Study.id)
        .join(REFERENCE, REFERENCE.id == m.Evidence.reference_id)
    )


def _lines(rows: Sequence[tuple[Any, ...]]) -> tuple[list[dict[str, Any]], int]:
    """Return the notes of `_fill_in_notes`, and the total number."""
    return [_line(*row[2:]) for row in rows], rows[0][1] if rows else 0


def _line(*values: Any) -> dict[str, Any]:
    plain, names = values[: len(PLAIN_COLUMNS)], values[len(PLAIN_COLUMNS) :]
    return dict(zip(PLAIN_COLUMNS, plain, strict=True)) | {
        part: link("evidence" if part == "note" else part, *names[2 * at : 2 * at + 2])
        for at, part in enumerate(PARTS)
    }


def findings(page: PageContext) -> list[Section]:
    """Build the section with the findings of a note, one per claim."""
    items, total = _lines(page.rows("findings", _own, note=page.id))
    title = "What it says of each claim"
    url = f"{page.url}?include=claims"
    return [section("evidence", "findings", title, items, total, url)]


def _own(note: Any) -> Any:
    """Select all findings of a note in their order."""
    findings = (
        select(
            m.Finding.id,
            m.LedgerLine.points,
            literal("own").label("side"),
            func.count().over().label("total"),
            m.Finding.position.label("place"),
        )
        .join(m.Verdict, m.Verdict.claim_id == m.Finding.claim_id)
        .join(m.LedgerLine, m.LedgerLine.verdict_id == m.Verdict.id)
        .where(m.Finding.evidence_id == note, m.LedgerLine.evidence_id == m.Finding.evidence_id)
        .subquery()
    )
    return _fill_in_notes(findings).order_by(findings.c.place).limit(12)


def figures(column: Any) -> SectionBuilder:
    """Return the builder of the sections of effects and arms of a note or a study.

    Args:
        column: Column of evidence that holds the id of the record of the page.
    """

    def build(page: PageContext) -> list[Section]:
        sections = []
        for key, title in (("effects", "Effects"), ("arms", "Arms")):
            items, total = _figures(page, key, column)
            url = f"/v1/evidence?study={page.slug}&fields={key}"
            if page.resource.key is m.Evidence.id:
                url = f"{page.url}?fields={key}"
            sections.append(section(key, key, title, items, total, url))
        return sections

    return build


def _figures(page: PageContext, part: str, of: Any) -> tuple[list[dict[str, Any]], int]:
    shape = RESOURCES["evidence"].mapping.nested[part]
    columns = [column_part.marker.column for column_part in shape.fields]  # type: ignore[union-attr]
    table = columns[0].class_
    primary = (PrimaryEndpoint.MET, PrimaryEndpoint.MISSED)
    first = case((m.Evidence.primary_endpoint.in_(primary), 0), else_=1)

    def build(key: Any) -> Any:
        stmt = select(func.count().over(), OWN.slug, OWN.name, *columns).select_from(table)
        stmt = stmt.join(m.Evidence, m.Evidence.id == table.evidence_id)
        stmt = stmt.join(OWN, OWN.id == m.Evidence.id).where(of == key)
        return stmt.order_by(first, OWN.slug, table.position).limit(12)

    rows = page.rows(part, build, key=page.id)
    items = [
        dict(zip(shape.by_name, values, strict=True)) | {"note": link("evidence", slug, name)}
        for _, slug, name, *values in rows
    ]
    return items, rows[0][0] if rows else 0

"""Page sections on evidence: the most important notes per side, and their figures."""

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ColumnElement,
    Select,
    and_,
    case,
    exists,
    func,
    literal,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import aliased
from sqlalchemy.sql.visitors import replacement_traverse

from app import models as m
from app.domain.vocabulary import Direction, PrimaryEndpoint
from app.kit.declarations import PageFilters
from app.kit.field_mapping import Attr, RecordMapping
from app.kit.filter_clauses import FilterClause, where_clauses
from app.resources import RESOURCES
from app.resources.studies import has_note
from app.services.evidence.evidence_count_names import (
    CLAIM_GROUPS,
    COUNTED_BY,
    SIDES,
    count_name,
    group_of_kind,
    side_of_direction,
)
from app.services.pages.context import (
    PageContext,
    RelatedSet,
    Section,
    SectionBuilder,
    link,
    record_alias,
)

#: Side of a claim → its title, and how many notes a page shows of one claim, and of each group of
#: claims.
SIDE_SECTIONS = {
    "for": ("Evidence for", 6, 2),
    "against": ("Evidence against", 6, 2),
    "open": ("Mixed or neutral evidence", 3, 1),
}
#: Group of claims → its heading. The page of one claim has one group, without a heading.
HEADINGS = {
    "efficacy": "Efficacy",
    "safety": "Safety",
    "mechanism": "Mechanism",
    "regulatory": "Regulation",
}
OWN, CLAIM, STUDY, REFERENCE = record_alias(), record_alias(), record_alias(), record_alias()
COMPOUND, FIRST_EFFECT = record_alias(), aliased(m.Effect)
LINE = aliased(m.LedgerLine)
#: No ledger has a line at a larger position.
MAX_POSITION = 2**31 - 1
PARTS = {"note": OWN, "claim": CLAIM, "study": STUDY, "reference": REFERENCE, "compound": COMPOUND}
EFFECTS = RESOURCES["evidence"].mapping.nested["effects"]
#: Lists of figures in notes, with the titles of their sections.
FIGURES = {"estimates": "Effect estimates", "effects": "Effects as printed", "arms": "Arms"}
#: Fields of a note, by their names on the page; slugs and names of PARTS follow in the statement.
NOTE_COLUMNS = {
    "finding": m.Evidence.finding,
    "claim_kind": m.Claim.kind,
    "direction": m.Finding.direction,
    "design": func.coalesce(m.Evidence.design, m.Study.design),
    "masking": func.coalesce(m.Evidence.masking, m.Study.masking),
    "species": m.Study.species,
    "year": m.Study.year,
    "participants": func.coalesce(
        m.Evidence.participants, m.Study.n_analysed, m.Study.n_randomised
    ),
    **{
        column.key: column
        for column in (
            m.Evidence.dose_value,
            m.Evidence.dose_upper_value,
            m.Evidence.dose_unit,
            m.Evidence.route,
            m.Evidence.outcome,
            m.Evidence.primary_endpoint,
            m.Evidence.timepoint_value,
            m.Evidence.timepoint_unit,
        )
    },
}
#: Filters through this join apply to the finding that is shown, not to any finding of the note.
VIA_FINDING = (m.Finding.evidence_id, m.Evidence.id)


def sides(filters: PageFilters, *, by_claim_kind: bool = True) -> SectionBuilder:
    """Return the builder of a section per side.

    Args:
        filters: Filters of the notes.
        by_claim_kind: Whether there is one per side of each group of claims that has a note; not
            on the page of one claim.
    """

    def build(page: PageContext) -> list[Section]:
        filter_values = filters(page)
        assert filter_values is not None
        related = page.related("evidence", filter_values)
        count, rank = (
            partial(statement, related.conditions, by_claim_kind)
            for statement in (_note_counts, _most_important)
        )
        totals = _stored_note_counts(page, related, by_claim_kind)
        if totals is None:
            rows = page.totals(("note counts", by_claim_kind), count, related)
            totals = {(group, side): total for group, side, total in rows}
        limits = {
            f"limit_{side}": page.window.limit or (per_group if by_claim_kind else per_claim)
            for side, (_, per_claim, per_group) in SIDE_SECTIONS.items()
        }
        offset = page.window.offset
        bounds = {"offset": offset, "last": offset + max(limits.values()) - 1, **limits}
        notes: dict[tuple[str, str], list[Any]] = defaultdict(list)
        ranking = page.summary_rows(("sides", by_claim_kind), rank, related, **bounds)
        by_finding = _notes_by_finding(page, [finding for *_, finding in ranking])
        for group, side, weight, finding in ranking:
            notes[group, side].append(_line(weight, *by_finding[finding]))
        present = {group for group, _ in totals}
        return [
            _side_section(
                page, related, group, side, notes[group, side], totals.get((group, side), 0)
            )
            for group in (CLAIM_GROUPS if by_claim_kind else ("",))
            for side in SIDES
            if group in present or not by_claim_kind
        ]

    return build


def _side_section(
    page: PageContext,
    related: RelatedSet,
    group: str,
    side: str,
    items: Sequence[dict[str, Any]],
    total: int,
) -> Section:
    """Return the section of one side of a group of claims; the group is "" for one claim."""
    title, *_ = SIDE_SECTIONS[side]
    directions, kinds = SIDES[side], CLAIM_GROUPS.get(group, ())
    more = {"claim_kind": [kind.value for kind in kinds]} if kinds else {}
    return page.section(
        "evidence",
        f"evidence_{side}_{group}" if group else f"evidence_{side}",
        f"{HEADINGS[group]}: {title.lower()}" if group else title,
        items,
        related.url(direction=[direction.value for direction in directions], **more),
        total=total,
        side=side,
        claim_kinds=[kind.value for kind in kinds],
    )


def _side_and_group(direction: Any, kind: Any, by_claim_kind: bool) -> tuple[Any, Any]:
    """Return the side of a direction and the group of a kind of claims, as SQL."""
    group = group_of_kind(kind) if by_claim_kind else literal("")
    return side_of_direction(direction).label("side"), group.label("group")


def _split(
    conditions: Sequence[FilterClause], bound: Mapping[str, Any]
) -> tuple[list[ColumnElement[bool]], list[ColumnElement[bool]]]:
    """Return the SQL of the filters through the finding that is shown, and of those of its note.

    The former are filters by claims on every page that has sides.
    """
    of_claim = [clause for clause in conditions if clause.via == VIA_FINDING]
    of_note = [clause for clause in conditions if clause.via != VIA_FINDING]
    return [clause.to_sql(bound[clause.name]) for clause in of_claim], where_clauses(of_note, bound)


def _stored_note_counts(
    page: PageContext, related: RelatedSet, by_claim_kind: bool
) -> dict[tuple[str, str], int] | None:
    """Return the number of notes of each group and side; None unless they are stored."""
    single = related.single_id()
    if single is None or COUNTED_BY.get(single[0]) is not by_claim_kind:
        return None
    filter_name, key = single
    names = {
        count_name(filter_name, group, side): (group, side)
        for group in (CLAIM_GROUPS if by_claim_kind else ("",))
        for side in SIDES
    }
    rows = page.rows("stored note counts", _stored, names=list(names), value=str(key))
    return {names[name]: number for name, number in rows}


def _stored(names: Any, value: Any) -> Any:
    counts = m.FacetCount
    return select(counts.facet, counts.count).where(counts.facet.in_(names), counts.value == value)


def _note_counts(conditions: Sequence[FilterClause], by_claim_kind: bool, **bound: Any) -> Any:
    """Select group, side and number of notes of each section."""
    of_claim, of_note = _split(conditions, bound)
    side, group = _side_and_group(m.Finding.direction, m.Claim.kind, by_claim_kind)
    notes = select(group, side, func.count(m.Finding.evidence_id.distinct()))
    notes = notes.select_from(m.Finding).join(m.Claim, m.Claim.id == m.Finding.claim_id)
    if of_note:
        notes = notes.join(m.Evidence, m.Evidence.id == m.Finding.evidence_id)
    # An index on direction, claim and note has all that is needed, if each direction is named.
    notes = notes.where(m.Finding.direction.in_(list(Direction)), *of_claim, *of_note)
    return notes.group_by(group, side)


def _most_important(
    conditions: Sequence[FilterClause], by_claim_kind: bool, offset: Any, last: Any, **bound: Any
) -> Any:
    """Select the most important notes of each section, each once with one of its claims.

    The columns are group, side, weight, and id of the finding. `last` is the last place that any
    section shows, from 0 on.
    """
    of_claim, of_note = _split(conditions, bound)
    side, group = _side_and_group(m.Finding.direction, m.Claim.kind, by_claim_kind)

    def end(section: Any) -> Any:
        return offset + case(*((section.side == name, bound[f"limit_{name}"]) for name in SIDES))

    order = (m.LedgerLine.importance.desc(), m.Finding.claim_id)
    columns = {
        "id": m.Finding.id,
        "evidence_id": m.Finding.evidence_id,
        "importance": m.LedgerLine.importance,
        "weight": m.LedgerLine.weight,
        "nth": _number([m.Finding.evidence_id, side, group], order),
        "side": side,
        "group": group,
    }
    lines = select(*(column.label(name) for name, column in columns.items()))
    if of_note:  # of a study or a reference, which have few notes
        lines = (
            lines.select_from(m.Evidence)
            .join(m.LedgerLine, m.LedgerLine.evidence_id == m.Evidence.id)
            .where(*of_claim, *of_note)
        )
    else:
        ledger = _first_ledgers(of_claim, by_claim_kind, end).subquery().c
        end_of_ledger = func.coalesce(nth_line(LINE.position, ledger, last), MAX_POSITION)
        lines = lines.select_from(ledger.verdict_id.table).join(
            m.LedgerLine,
            and_(
                m.LedgerLine.verdict_id == ledger.verdict_id,
                m.LedgerLine.direction == ledger.direction,
                m.LedgerLine.position <= end_of_ledger,
            ),
        )
    notes = (
        lines.join(m.Verdict, m.Verdict.id == m.LedgerLine.verdict_id)
        .join(m.Claim, m.Claim.id == m.Verdict.claim_id)
        .join(
            m.Finding,
            (m.Finding.claim_id == m.Claim.id)
            & (m.Finding.evidence_id == m.LedgerLine.evidence_id),
        )
        .subquery()
        .c
    )
    place = _number([notes.side, notes.group], (notes.importance.desc(), m.Record.slug))
    placed = (
        select(notes.group, notes.side, notes.weight, notes.id, place.label("place"))
        .join(m.Record, m.Record.id == notes.evidence_id)
        .where(notes.nth == 1)
        .subquery()
        .c
    )
    return (
        select(placed.group, placed.side, placed.weight, placed.id)
        .where(placed.place > offset, placed.place <= end(placed))
        .order_by(placed.group, placed.place)
    )


def _first_ledgers(
    of_claim: Sequence[ColumnElement[bool]], by_claim_kind: bool, end: Callable[[Any], Any]
) -> Select[int, int, str]:
    """Select the ledgers that the first notes of a section can be in: claim, verdict, direction.

    A ledger is left out if the first lines of others are of as many more important notes as a
    section shows: what is read depends on the number of claims, not on that of their notes.

    Args:
        of_claim: Conditions on the findings of a claim.
        by_claim_kind: Whether each group of claims has sections of its own.
        end: Makes the place of the last note that is shown, from 1 on, from the columns of a
            section.
    """
    ledger = ledgers(of_claim)
    side, group = _side_and_group(ledger.direction, ledger.kind, by_claim_kind)
    note, importance = m.LedgerLine.evidence_id, m.LedgerLine.importance
    highest = func.max(importance).over(partition_by=[note, side, group])
    first = (
        select(
            *(ledger.claim_id, ledger.verdict_id, ledger.direction),
            *(side, group, note, highest.label("importance")),
        )
        .select_from(ledger.claim_id.table)
        .join(m.LedgerLine, m.LedgerLine.id == nth_line(LINE.id, ledger, literal(0)))
        .subquery()
        .c
    )
    order = (first.importance.desc(), m.Record.slug)
    rank = func.dense_rank().over(partition_by=[first.side, first.group], order_by=order)
    ranked = (
        select(first.claim_id, first.verdict_id, first.direction, first.side, rank.label("rank"))
        .join(m.Record, m.Record.id == first.evidence_id)
        .subquery()
        .c
    )
    return select(ranked.claim_id, ranked.verdict_id, ranked.direction).where(
        ranked.rank <= end(ranked)
    )


def ledgers(of_claim: Sequence[ColumnElement[bool]]) -> Any:
    """Return the columns of a subquery of the ledgers of claims, with the kind of the claim.

    A ledger is the lines of one direction in a verdict: the most important first, equal ones by
    slug.

    Args:
        of_claim: Conditions on the claim of a finding.
    """
    directions = union_all(*(select(literal(d.value).label("direction")) for d in Direction))
    direction = directions.subquery().c.direction
    claim, verdict = m.Claim.id.label("claim_id"), m.Verdict.id.label("verdict_id")
    return (
        select(claim, m.Claim.kind, verdict, direction)
        .join(m.Verdict, m.Verdict.claim_id == m.Claim.id)
        .join(direction.table, true())
        .where(m.Claim.id.in_(_studied_claims(of_claim)))
        .subquery()
        .c
    )


def _studied_claims(of_claim: Sequence[ColumnElement[bool]]) -> Select[int]:
    """Select the claims that have notes and meet conditions on the claim of a finding.

    Each claim has one row among the studied claims, and a finding for each of its notes.
    """
    finding, studied = (table.__table__.c.claim_id for table in (m.Finding, m.StudiedClaim))

    def replace(element: Any, **_: Any) -> Any:
        return studied if isinstance(element, Column) and element.shares_lineage(finding) else None

    conditions = [replacement_traverse(condition, {}, replace) for condition in of_claim]
    return select(m.StudiedClaim.claim_id).where(*conditions).correlate(None)


def nth_line(column: Any, ledger: Any, nth: Any) -> Any:
    """Return a column of a line of a ledger as a scalar subquery, the first line as number 0.

    Lines of notes without a finding on the claim do not count.
    """
    has_finding = exists().where(
        m.Finding.claim_id == ledger.claim_id, m.Finding.evidence_id == LINE.evidence_id
    )
    return (
        select(column)
        .where(LINE.verdict_id == ledger.verdict_id, LINE.direction == ledger.direction)
        .where(has_finding.correlate(LINE, ledger.claim_id.table))
        .order_by(LINE.position)
        .limit(1)
        .offset(nth)
        .correlate(ledger.claim_id.table)
        .scalar_subquery()
    )


def _number(section: Any, order: Any) -> Any:
    """Return the number of a row within its section, from 1 on."""
    return func.row_number().over(partition_by=section, order_by=order)


def _notes_by_finding(page: PageContext, findings: list[int]) -> dict[int, tuple[Any, ...]]:
    """Return the fields of the notes of findings, by the id of the finding."""

    def build(findings: Any) -> Any:
        return _with_notes(select(m.Finding.id).where(m.Finding.id.in_(findings)).subquery())

    rows = page.rows("notes by finding", build, findings=findings)
    return {finding: tuple(fields) for finding, *fields in rows}


def _with_notes(findings: Any) -> Any:
    """Select findings with the fields of their notes, the names of its parts, and its first effect.

    Args:
        findings: Subquery of findings, whose columns come first.
    """
    return (
        select(
            *findings.c,
            *NOTE_COLUMNS.values(),
            *(column for record in PARTS.values() for column in (record.slug, record.name)),
            *(getattr(FIRST_EFFECT, column.key) for column in _columns(EFFECTS)),
        )
        .select_from(findings)
        .join(m.Finding, m.Finding.id == findings.c.id)
        .join(m.Claim, m.Claim.id == m.Finding.claim_id)
        .join(m.Evidence, m.Evidence.id == m.Finding.evidence_id)
        .join(m.Study, m.Study.id == m.Evidence.study_id)
        .join(OWN, OWN.id == m.Evidence.id)
        .join(CLAIM, CLAIM.id == m.Finding.claim_id)
        .join(STUDY, STUDY.id == m.Study.id)
        .join(REFERENCE, REFERENCE.id == m.Evidence.reference_id)
        .outerjoin(COMPOUND, COMPOUND.id == m.Evidence.compound_id)
        .outerjoin(
            FIRST_EFFECT,
            and_(FIRST_EFFECT.evidence_id == m.Evidence.id, FIRST_EFFECT.position == 0),
        )
    )


def _columns(mapping: RecordMapping) -> list[Attr]:
    """Return the columns of the fields of an effect or an arm."""
    return [field.marker.column for field in mapping.fields]  # type: ignore[union-attr]


def _line(weight: float | None, *values: Any) -> dict[str, Any]:
    end_of_names = len(NOTE_COLUMNS) + 2 * len(PARTS)
    plain = values[: len(NOTE_COLUMNS)]
    names, effect = values[len(NOTE_COLUMNS) : end_of_names], values[end_of_names:]
    return {
        **dict(zip(NOTE_COLUMNS, plain, strict=True)),
        "weight": weight,
        **{
            part: names[2 * at]
            and link("evidence" if part == "note" else part, *names[2 * at :][:2])
            for at, part in enumerate(PARTS)
        },
        "effect": None if effect[0] is None else dict(zip(EFFECTS.by_name, effect, strict=True)),
    }


def findings(page: PageContext) -> list[Section]:
    """Build the section with the findings of a note, one per claim."""
    rows = page.rows("findings", _findings_of_note, note=page.id, **page.bounds(12))
    items, total = [_line(*row[2:]) for row in rows], rows[0][1] if rows else 0
    section = page.section(
        "evidence",
        "findings",
        "Findings on each claim",
        items,
        f"{page.url}?include=claims",
        total=total,
        side=None,
        claim_kinds=[],
    )
    return [section]


def _findings_of_note(note: Any, limit: Any, offset: Any) -> Any:
    """Select all findings of a note in their order."""
    findings = (
        select(
            m.Finding.id,
            func.count().over().label("total"),
            m.LedgerLine.weight,
        )
        .join(m.Verdict, m.Verdict.claim_id == m.Finding.claim_id)
        .join(m.LedgerLine, m.LedgerLine.verdict_id == m.Verdict.id)
        .where(m.Finding.evidence_id == note, m.LedgerLine.evidence_id == m.Finding.evidence_id)
        .subquery()
    )
    return _with_notes(findings).order_by(m.Finding.position).limit(limit).offset(offset)


def studies_without_result(filters: PageFilters) -> SectionBuilder:
    """Return the builder of a section of studies without an evidence note, if there are any."""

    def build(page: PageContext) -> list[Section]:
        filter_values = filters(page)
        if filter_values is None:
            return []
        related = page.related("studies", filter_values)

        def build(limit: Any, offset: Any, **bound: Any) -> Any:
            stmt = select(func.count().over(), STUDY.slug, STUDY.name).select_from(m.Study)
            stmt = stmt.join(STUDY, STUDY.id == m.Study.id)
            stmt = stmt.where(has_note(False), *related.where(bound)).order_by(STUDY.slug)
            return stmt.limit(limit).offset(offset)

        rows = page.summary_rows("studies without result", build, related, **page.bounds(5))
        relation = {"relation": "study_without_result"}
        items = [link("study", slug, name) | relation for _, slug, name in rows]
        key, title = "studies_without_result", "Studies whose result is not entered"
        url = related.url(has_evidence=["false"])
        if not rows:
            return []
        return [page.section("records", key, title, items, url, total=rows[0][0])]

    return build


def missing_result(page: PageContext) -> list[Section]:
    """Build the section of a study that says that its result is not entered; else none."""
    if page.rows("has note", _first_note, study=page.id):
        return []
    text = "The result of this study is not entered: no evidence note has it."
    items = [{"name": "summary", "text": text, "evidence": []}]
    return [page.section("sentences", "missing_result", "Result", items, page.url)]


def _first_note(study: Any) -> Any:
    return select(m.Evidence.id).where(m.Evidence.study_id == study).limit(1)


def figures(column: Any) -> SectionBuilder:
    """Return the builder of the sections of estimates, effects and arms of a note or a study.

    Args:
        column: Column of evidence that holds the id of the record of the page.
    """

    def build(page: PageContext) -> list[Section]:
        sections = []
        for key, title in FIGURES.items():
            items, total = _figures(page, key, column)
            url = f"/v1/evidence?study={page.slug}&fields={key}"
            if page.resource.key is m.Evidence.id:
                url = f"{page.url}?fields={key}"
            sections.append(page.section(key, key, title, items, url, total=total))
        return sections

    return build


def _decoded(column: Attr, value: Any) -> Any:
    """Return a value of a prepared statement; SQLite stores lists as text, booleans as numbers."""
    if isinstance(column.type, JSON) and isinstance(value, str):
        return json.loads(value)
    if isinstance(column.type, Boolean) and value is not None:
        return bool(value)
    return value


def _figures(page: PageContext, part: str, of: Any) -> tuple[list[dict[str, Any]], int]:
    shape = RESOURCES["evidence"].mapping.nested[part]
    columns = _columns(shape)
    table = columns[0].class_
    primary = (PrimaryEndpoint.MET, PrimaryEndpoint.MISSED)
    first = case((m.Evidence.primary_endpoint.in_(primary), 0), else_=1)

    def build(key: Any, limit: Any, offset: Any) -> Any:
        stmt = select(func.count().over(), OWN.slug, OWN.name, *columns).select_from(table)
        stmt = stmt.join(m.Evidence, m.Evidence.id == table.evidence_id)
        stmt = stmt.join(OWN, OWN.id == m.Evidence.id).where(of == key)
        return stmt.order_by(first, OWN.slug, table.position).limit(limit).offset(offset)

    rows = page.rows(part, build, key=page.id, **page.bounds(12))
    items = [
        dict(zip(shape.by_name, map(_decoded, columns, values), strict=True))
        | {"note": link("evidence", slug, name)}
        for _, slug, name, *values in rows
    ]
    return items, rows[0][0] if rows else 0

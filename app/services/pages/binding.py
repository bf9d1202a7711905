"""Page sections on binding: partners with their tightest constant, and measured constants."""

from functools import partial
from typing import Any

from sqlalchemy import and_, case, func, select

from app import models as m
from app.domain.vocabulary import AffinityState, Relation
from app.kit.declarations import PageFilters
from app.services.pages.context import (
    PageContext,
    Section,
    SectionBuilder,
    link,
    record_alias,
    section,
)

PARTNERS, CONSTANTS = 12, 12
OWN, COMPOUND, RECEPTOR, REFERENCE = record_alias(), record_alias(), record_alias(), record_alias()
PARTS = {"affinity": OWN, "compound": COMPOUND, "receptor": RECEPTOR, "reference": REFERENCE}
#: What is told of a pair, beside the names.
CELL = ("min_nm", "max_nm", "none_up_to_nm", "count", "parameter", "species")
MEASURED = and_(m.Affinity.relation != Relation.GREATER, m.Affinity.value_nm.is_not(None))
BOUND = m.Affinity.relation == Relation.GREATER
#: Measured before bounds before not tested; the tight end first, of bounds the highest.
TIGHTEST_ORDER = (
    case((MEASURED, 0), (BOUND, 1), else_=2),
    case((MEASURED, m.Affinity.value_nm), else_=-m.Affinity.value_nm),
)


def partners(subject: PageContext) -> list[Section]:
    """The receptors that a compound met, or the compounds that met a receptor."""
    if subject.resource.key is m.Compound.id:
        build, kind = (
            partial(_partners_query, m.Affinity.compound_id, m.Affinity.receptor_id),
            "receptor",
        )
        title, related = "What it binds", subject.related("receptors", {"bound_by": [subject.slug]})
    else:
        build, kind = (
            partial(_partners_query, m.Affinity.receptor_id, m.Affinity.compound_id),
            "compound",
        )
        title, related = "What binds it", subject.related("compounds", {"binds": [subject.slug]})
    rows = subject.rows("binding", build, own=subject.id)
    items, total = [_cell(kind, *row[1:]) for row in rows], rows[0][0] if rows else 0
    return [section("binding", "binding", title, items, total, related.url())]


def _partners_query(mine: Any, other: Any, own: Any) -> Any:
    """What met a compound or a receptor: the tightest constant of each, and their range."""
    partner = COMPOUND if other is m.Affinity.compound_id else RECEPTOR
    group: dict[str, Any] = {"partition_by": other}
    cell = (
        select(
            m.Affinity.id,
            other.label("other"),
            m.Affinity.parameter,
            m.Affinity.species,
            func.row_number().over(**group, order_by=[*TIGHTEST_ORDER, m.Affinity.id]).label("nth"),
            func.min(case((MEASURED, m.Affinity.value_nm))).over(**group).label("min_nm"),
            func.max(
                case((MEASURED, func.coalesce(m.Affinity.upper_value_nm, m.Affinity.value_nm)))
            )
            .over(**group)
            .label("max_nm"),
            func.max(case((BOUND, m.Affinity.value_nm))).over(**group).label("none_up_to_nm"),
            func.count().over(**group).label("count"),
        )
        .where(mine == own)
        .subquery()
    )
    return (
        select(func.count().over(), partner.slug, partner.name, OWN.slug, OWN.name)
        .add_columns(*(cell.c[name] for name in CELL))
        .select_from(cell)
        .join(partner, partner.id == cell.c.other)
        .join(OWN, OWN.id == cell.c.id)
        .where(cell.c.nth == 1)
        .order_by(cell.c.min_nm.asc().nulls_last(), cell.c.none_up_to_nm.desc().nulls_last())
        .order_by(partner.slug)
        .limit(PARTNERS)
    )


def _cell(
    kind: str, slug: str, name: str, own_slug: str, own_name: str, *figures: Any
) -> dict[str, Any]:
    cell = dict(zip(CELL, figures, strict=True))
    state = (
        AffinityState.MEASURED
        if cell["min_nm"] is not None
        else AffinityState.NONE_UP_TO_BOUND
        if cell["none_up_to_nm"] is not None
        else AffinityState.NOT_TESTED
    )
    tightest = link("affinity", own_slug, own_name)
    return {"record": link(kind, slug, name), "state": state, "tightest": tightest, **cell}


def constants(title: str, filters: PageFilters) -> SectionBuilder:
    """Individual measured constants."""

    def build(subject: PageContext) -> list[Section]:
        chosen = filters(subject)
        assert chosen is not None
        related = subject.related("affinities", chosen)
        plain = (
            m.Affinity.parameter,
            m.Affinity.relation,
            m.Affinity.value_nm,
            m.Affinity.upper_value_nm,
            m.Affinity.state,
            m.Affinity.species,
        )
        names = [value for record in PARTS.values() for value in (record.slug, record.name)]

        def build(**bound: Any) -> Any:
            return (
                select(func.count().over(), *names, *plain)
                .select_from(m.Affinity)
                .join(OWN, OWN.id == m.Affinity.id)
                .join(COMPOUND, COMPOUND.id == m.Affinity.compound_id)
                .join(RECEPTOR, RECEPTOR.id == m.Affinity.receptor_id)
                .join(REFERENCE, REFERENCE.id == m.Affinity.reference_id)
                .where(*related.where(bound))
                .order_by(*TIGHTEST_ORDER, OWN.slug)
                .limit(CONSTANTS)
            )

        rows = subject.rows("constants", build, related)
        items = [
            {part: link(part, *row[1 + 2 * n : 3 + 2 * n]) for n, part in enumerate(PARTS)}
            | {column.key: value for column, value in zip(plain, row[9:], strict=True)}
            for row in rows
        ]
        total = rows[0][0] if rows else 0
        return [section("measurements", "measurements", title, items, total, related.url())]

    return build

"""Binding on a page: partners with their tightest constant and range, and constants one by one."""

from typing import Any

from sqlalchemy import and_, case, func, select

from app import models as m
from app.domain.vocabulary import AffinityState, Relation
from app.services.pages.subject import (
    Builder,
    Filters,
    Section,
    Subject,
    link,
    named,
    section,
)

PARTNERS, CONSTANTS = 12, 12
OWN, COMPOUND, RECEPTOR, REFERENCE = named(), named(), named(), named()
PARTS = {"affinity": OWN, "compound": COMPOUND, "receptor": RECEPTOR, "reference": REFERENCE}
MEASURED = and_(m.Affinity.relation != Relation.GREATER, m.Affinity.value_nm.is_not(None))
BOUND = m.Affinity.relation == Relation.GREATER
#: Measured before bounds before not tested; the tight end first, of bounds the highest.
TIGHTEST = (
    case((MEASURED, 0), (BOUND, 1), else_=2),
    case((MEASURED, m.Affinity.value_nm), else_=-m.Affinity.value_nm),
)


def partners(subject: Subject) -> list[Section]:
    """The receptors that a compound met, or the compounds that met a receptor."""
    if subject.resource.key is m.Compound.id:
        mine, other, kind = m.Affinity.compound_id, m.Affinity.receptor_id, "receptor"
        title, those = "What it binds", subject.those("receptors", {"bound_by": [subject.slug]})
    else:
        mine, other, kind = m.Affinity.receptor_id, m.Affinity.compound_id, "compound"
        title, those = "What binds it", subject.those("compounds", {"binds": [subject.slug]})
    partner = PARTS[kind]
    group: dict[str, Any] = {"partition_by": other}
    cell = (
        select(
            m.Affinity.id,
            other.label("other"),
            m.Affinity.parameter,
            m.Affinity.species,
            func.row_number().over(**group, order_by=[*TIGHTEST, m.Affinity.id]).label("nth"),
            func.min(case((MEASURED, m.Affinity.value_nm))).over(**group).label("min_nm"),
            func.max(
                case((MEASURED, func.coalesce(m.Affinity.upper_value_nm, m.Affinity.value_nm)))
            )
            .over(**group)
            .label("max_nm"),
            func.max(case((BOUND, m.Affinity.value_nm))).over(**group).label("none_up_to_nm"),
            func.count().over(**group).label("count"),
        )
        .where(mine == subject.id)
        .subquery()
    )
    stmt = (
        select(*cell.c, func.count().over().label("total"), partner.slug, partner.name)
        .add_columns(OWN.slug.label("own_slug"), OWN.name.label("own_name"))
        .join(partner, partner.id == cell.c.other)
        .join(OWN, OWN.id == cell.c.id)
        .where(cell.c.nth == 1)
        .order_by(cell.c.min_nm.asc().nulls_last(), cell.c.none_up_to_nm.desc().nulls_last())
        .order_by(partner.slug)
        .limit(PARTNERS)
    )
    rows = subject.session.execute(stmt).all()
    total = rows[0].total if rows else 0
    items = [_cell(kind, row) for row in rows]
    return [section("binding", "binding", title, items, total, those.address())]


def _cell(kind: str, row: Any) -> dict[str, Any]:
    state = (
        AffinityState.MEASURED
        if row.min_nm is not None
        else AffinityState.NONE_UP_TO_BOUND
        if row.none_up_to_nm is not None
        else AffinityState.NOT_TESTED
    )
    names = ("min_nm", "max_nm", "none_up_to_nm", "count", "parameter", "species")
    return {
        "record": link(kind, row.slug, row.name),
        "state": state,
        "tightest": link("affinity", row.own_slug, row.own_name),
        **{name: row._mapping[name] for name in names},
    }


def constants(title: str, filters: Filters) -> Builder:
    """Measured constants one by one."""

    def build(subject: Subject) -> list[Section]:
        chosen = filters(subject)
        assert chosen is not None
        those = subject.those("affinities", chosen)
        plain = (
            m.Affinity.parameter,
            m.Affinity.relation,
            m.Affinity.value_nm,
            m.Affinity.upper_value_nm,
            m.Affinity.state,
            m.Affinity.species,
        )
        names = [value for record in PARTS.values() for value in (record.slug, record.name)]
        stmt = (
            select(func.count().over(), *names, *plain)
            .select_from(m.Affinity)
            .join(OWN, OWN.id == m.Affinity.id)
            .join(COMPOUND, COMPOUND.id == m.Affinity.compound_id)
            .join(RECEPTOR, RECEPTOR.id == m.Affinity.receptor_id)
            .join(REFERENCE, REFERENCE.id == m.Affinity.reference_id)
            .where(*those.where)
            .order_by(*TIGHTEST, OWN.slug)
            .limit(CONSTANTS)
        )
        rows = subject.session.execute(stmt).all()
        items = [
            {part: link(part, *row[1 + 2 * n : 3 + 2 * n]) for n, part in enumerate(PARTS)}
            | {column.key: value for column, value in zip(plain, row[9:], strict=True)}
            for row in rows
        ]
        total = rows[0][0] if rows else 0
        return [section("measurements", "measurements", title, items, total, those.address())]

    return build

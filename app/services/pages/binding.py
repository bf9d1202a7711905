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
)

#: Maximum number of items per section.
PARTNERS, CONSTANTS = 8, 8
OWN, COMPOUND, RECEPTOR, REFERENCE = record_alias(), record_alias(), record_alias(), record_alias()
PARTS = {"affinity": OWN, "compound": COMPOUND, "receptor": RECEPTOR, "reference": REFERENCE}
#: Fields of a pair, after the names.
CELL = ("min_nm", "max_nm", "none_up_to_nm", "count", "parameter", "species")
MEASURED = and_(m.Affinity.relation != Relation.GREATER, m.Affinity.value_nm.is_not(None))
BOUND = m.Affinity.relation == Relation.GREATER
#: Measured values first, the tightest first; then bounds, the highest first; then no data.
TIGHTEST_ORDER = (
    case((MEASURED, 0), (BOUND, 1), else_=2),
    case((MEASURED, m.Affinity.value_nm), else_=-m.Affinity.value_nm),
)


def partners(page: PageContext) -> list[Section]:
    """Build the section of receptors tested with a compound, or of compounds with a receptor."""
    if page.resource.key is m.Compound.id:
        build, kind = (
            partial(_partners_query, m.Affinity.compound_id, m.Affinity.receptor_id),
            "receptor",
        )
        title, related = "What it binds", page.related("receptors", {"bound_by": [page.slug]})
    else:
        build, kind = (
            partial(_partners_query, m.Affinity.receptor_id, m.Affinity.compound_id),
            "compound",
        )
        title, related = "What binds it", page.related("compounds", {"binds": [page.slug]})
    rows = page.rows("binding", build, page_id=page.id, **page.bounds(PARTNERS))
    items, total = [_cell(kind, *row[1:]) for row in rows], rows[0][0] if rows else 0
    return [page.section("binding", "binding", title, items, related.url(), total=total)]


def _partners_query(mine: Any, other: Any, page_id: Any, limit: Any, offset: Any) -> Any:
    """Select the tightest constant and the range of constants for each binding partner.

    Args:
        mine: Column of affinities that holds the record of the page.
        other: Column of affinities that holds the partner.
        page_id: Id of the record of the page.
        limit: Maximum number of partners.
        offset: Number of partners before these.
    """
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
        .where(mine == page_id)
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
        .limit(limit)
        .offset(offset)
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
    """Return the builder of the section of individual measured constants."""

    def build(page: PageContext) -> list[Section]:
        filter_values = filters(page)
        assert filter_values is not None
        related = page.related("affinities", filter_values)
        plain = (
            m.Affinity.parameter,
            m.Affinity.relation,
            m.Affinity.value_nm,
            m.Affinity.upper_value_nm,
            m.Affinity.state,
            m.Affinity.species,
        )
        names = [value for record in PARTS.values() for value in (record.slug, record.name)]

        def build(limit: Any, offset: Any, **bound: Any) -> Any:
            return (
                select(func.count().over(), *names, *plain)
                .select_from(m.Affinity)
                .join(OWN, OWN.id == m.Affinity.id)
                .join(COMPOUND, COMPOUND.id == m.Affinity.compound_id)
                .join(RECEPTOR, RECEPTOR.id == m.Affinity.receptor_id)
                .join(REFERENCE, REFERENCE.id == m.Affinity.reference_id)
                .where(*related.where(bound))
                .order_by(*TIGHTEST_ORDER, OWN.slug)
                .limit(limit)
                .offset(offset)
            )

        rows = page.rows("constants", build, related, **page.bounds(CONSTANTS))
        items = [
            {part: link(part, *row[1 + 2 * n : 3 + 2 * n]) for n, part in enumerate(PARTS)}
            | {column.key: value for column, value in zip(plain, row[9:], strict=True)}
            for row in rows
        ]
        total = rows[0][0] if rows else 0
        url = related.url()
        return [page.section("measurements", "measurements", title, items, url, total=total)]

    return build

"""Page sections that any record has: identity, related records, counts."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import String, cast, func, select

from app import models as m
from app.domain import identifiers
from app.kit.facets import stored_name
from app.kit.field_mapping import Column, ReferenceList, ScalarList, SingleReference
from app.kit.filter_clauses import filter_clause, where_clauses
from app.kit.query_types import WhereRef
from app.kit.resource import Filter, Resource
from app.resources import RESOURCES
from app.services.pages.context import PageContext, Section, SectionBuilder, link, reference_link

MAX_NAMED, MAX_ACTS = 15, 8
SHARED_FIELDS = {"slug", "name", "summary", "description", "synonyms", "xrefs"}


def identity(page: PageContext) -> dict[str, Any]:
    """Return the record's own fields, other names, and identifiers with their URLs."""
    row, fields = page.row, []
    for field in page.resource.mapping.fields:
        if field.name in SHARED_FIELDS:
            continue
        if isinstance(field.marker, SingleReference):
            to = field.marker.to if isinstance(field.marker.to, str) else ""
            fields.append({"name": field.name, "value": reference_link(to, row[field.name])})
        elif isinstance(field.marker, Column | ScalarList) and field.object_model is None:
            fields.append({"name": field.name, "value": row[field.name]})
    return {
        "summary": row["summary"],
        "description": row["description"],
        "synonyms": row["synonyms"],
        "xrefs": [{**x, "url": identifiers.resolve_curie(x["curie"])} for x in row["xrefs"]],
        "links": external_links(row),
        "fields": fields,
    }


def external_links(row: Mapping[str, Any]) -> list[str]:
    """Return URLs of a reference or registered study, from its identifiers."""
    links = [f(row[name]) for name, f in identifiers.RESOLVERS.items() if row.get(name)]
    return [address for address in links if address]


def related_records(without: Collection[str] = ()) -> SectionBuilder:
    """Return the builder of one section for each list field that names other records.

    Args:
        without: Fields that another section of the page shows.
    """

    def build(page: PageContext) -> list[Section]:
        sections = []
        for field in page.resource.mapping.fields:
            if not isinstance(field.marker, ReferenceList) or field.name in without:
                continue
            to, refs = field.marker.to, page.row[field.name]
            items = [{**(reference_link(to, ref) or {}), "relation": field.name} for ref in refs]
            url = f"{page.url}?fields={field.name}"
            title = field.name.replace("_", " ").capitalize()
            sections.append(page.section("records", field.name, title, items, url, shown=MAX_NAMED))
        return sections

    return build


def compound_relations(page: PageContext) -> list[Section]:
    """Build the section of related compounds."""
    rows = page.row["relations"]
    items = [
        {**(reference_link("compounds", row["compound"]) or {}), "relation": row["relation"]}
        for row in rows
    ]
    title, url = "Enantiomers and metabolites", f"{page.url}?fields=relations"
    return [page.section("records", "relations", title, items, url, shown=MAX_NAMED)]


def regulatory_acts(field: str) -> SectionBuilder:
    """Return the builder of the section of regulatory acts in `field`, newest first."""

    def build(page: PageContext) -> list[Section]:
        rows = sorted(page.row[field], key=lambda act: (act["date"] or "", act["slug"]))
        names = ["jurisdiction", "agency", "act", "status", "product", "date", "date_precision"]
        names += ["wording", "restriction"]
        compound = link(page.resource.record_type, page.slug, str(page.row["name"]))
        items = [
            {name: act[name] for name in names}
            | {
                "compound": reference_link("compounds", act["compound"])
                if "compound" in act
                else compound,
                "reference": reference_link("references", act["reference"]),
            }
            for act in rows[::-1]
        ]
        url = f"{page.url}?fields={field}"
        return [page.section("acts", "acts", "Acts of regulators", items, url, shown=MAX_ACTS)]

    return build


def related_counts(page: PageContext) -> list[Section]:
    """Count the records that point at this one, for every filter that accepts its slug."""
    collection = page.resource.name
    filters_to_here = [
        (other, declared, "|" in declared.marker.to)
        for other in RESOURCES.values()
        for declared in other.filters
        if isinstance(declared.marker, WhereRef) and collection in declared.marker.to.split("|")
    ]

    def number(other: Resource, declared: Filter, ids: Any) -> Any:
        """Select the number of records of a collection that a filter selects."""
        if RESOURCES.has_stored_counts(other, declared):
            stored = m.FacetCount.facet == stored_name(other, declared)
            same = m.FacetCount.value == cast(ids[0], String)
            return func.coalesce(
                select(m.FacetCount.count).where(stored, same).scalar_subquery(), 0
            )
        stmt = select(func.count()).select_from(other.key.class_)
        return stmt.where(*where_clauses([filter_clause(declared, ids)])).scalar_subquery()

    def build(ids: Any) -> Any:
        return select(*(number(other, declared, ids) for other, declared, _ in filters_to_here))

    row = page.totals("counts", build, ids=[page.id])[0] if filters_to_here else ()
    items = [
        {
            "collection": other.name,
            "filter": declared.name,
            "count": number,
            "url": f"/v1/{other.name}?{declared.name}={page.key if mixed else page.slug}",
        }
        for (other, declared, mixed), number in zip(filters_to_here, row, strict=True)
    ]
    title = "Records that refer to it"
    return [page.section("counts", "counts", title, items, page.url)]

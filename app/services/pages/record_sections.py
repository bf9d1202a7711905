"""Page sections that any record has: identity, related records, counts."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from app.domain import identifiers
from app.kit.facets import filter_clause, where_clauses
from app.kit.field_mapping import Column, ReferenceList, ScalarList, SingleReference
from app.kit.query_types import WhereRef
from app.resources import RESOURCES
from app.services.pages.context import PageContext, Section, SectionBuilder, link, links, section

MAX_NAMED, MAX_ACTS = 15, 10
SHARED_FIELDS = {"slug", "name", "summary", "description", "synonyms", "xrefs"}


def identity(subject: PageContext) -> dict[str, Any]:
    """What the record is: its own fields, other names, and identifiers that resolve."""
    row, fields = subject.row, []
    for part in subject.resource.mapping.fields:
        if part.name in SHARED_FIELDS:
            continue
        if isinstance(part.marker, SingleReference):
            to = part.marker.to if isinstance(part.marker.to, str) else ""
            fields.append({"name": part.name, "value": links(to, row[part.name])})
        elif isinstance(part.marker, Column | ScalarList):
            fields.append({"name": part.name, "value": row[part.name]})
    return {
        "summary": row["summary"],
        "description": row["description"],
        "synonyms": row["synonyms"],
        "xrefs": [{**x, "url": identifiers.resolve_curie(x["curie"])} for x in row["xrefs"]],
        "links": external_links(row),
        "fields": fields,
    }


def external_links(row: Mapping[str, Any]) -> list[str]:
    """Where a reference or a registered study can be read, by the identifiers that it has."""
    links = [f(row[name]) for name, f in identifiers.RESOLVERS.items() if row.get(name)]
    return [address for address in links if address]


def related_records(subject: PageContext) -> list[Section]:
    """The records that this one names in a list; one section for each list."""
    sections = []
    for part in subject.resource.mapping.fields:
        if not isinstance(part.marker, ReferenceList):
            continue
        to, refs = part.marker.to, subject.row[part.name]
        items = [{**(links(to, ref) or {}), "relation": part.name} for ref in refs[:MAX_NAMED]]
        url, title = f"{subject.url}?fields={part.name}", part.name.replace("_", " ").capitalize()
        sections.append(section("records", part.name, title, items, len(refs), url))
    return sections


def compound_relations(subject: PageContext) -> list[Section]:
    """How a compound relates to others."""
    rows = subject.row["relations"]
    items = [
        {**(links("compounds", row["compound"]) or {}), "relation": row["relation"]}
        for row in rows[:MAX_NAMED]
    ]
    url = f"{subject.url}?fields=relations"
    return [section("records", "relations", "Enantiomers and metabolites", items, len(rows), url)]


def regulatory_acts(field: str) -> SectionBuilder:
    """What regulators did, newest first; `field` holds the acts."""

    def build(subject: PageContext) -> list[Section]:
        rows = sorted(subject.row[field], key=lambda act: (act["date"] or "", act["slug"]))
        names = ["jurisdiction", "agency", "act", "status", "product", "date", "date_precision"]
        names += ["wording", "restriction"]
        compound = link(subject.resource.record_type, subject.slug, str(subject.row["name"]))
        items = [
            {name: act[name] for name in names}
            | {
                "compound": links("compounds", act["compound"]) if "compound" in act else compound,
                "reference": links("references", act["reference"]),
            }
            for act in rows[::-1][:MAX_ACTS]
        ]
        url = f"{subject.url}?fields={field}"
        return [section("acts", "acts", "Acts of regulators", items, len(rows), url)]

    return build


def related_counts(subject: PageContext) -> list[Section]:
    """How many records each collection has that point at this one: every filter that takes it."""
    collection = subject.resource.name
    filters_to_here = [
        (other, declared, "|" in declared.marker.to)
        for other in RESOURCES.values()
        for declared in other.filters
        if isinstance(declared.marker, WhereRef) and collection in declared.marker.to.split("|")
    ]

    def build(ids: Any) -> Any:
        filters = [
            (other.key.class_, where_clauses([filter_clause(declared, ids)]))
            for other, declared, _ in filters_to_here
        ]
        return select(
            *(
                select(func.count()).select_from(table).where(*where).scalar_subquery()
                for table, where in filters
            )
        )

    row = subject.rows("counts", build, ids=[subject.id])[0] if filters_to_here else ()
    items = [
        {
            "collection": other.name,
            "filter": declared.name,
            "count": number,
            "url": f"/v1/{other.name}?{declared.name}={subject.key if mixed else subject.slug}",
        }
        for (other, declared, mixed), number in zip(filters_to_here, row, strict=True)
    ]
    title = "What points at it"
    return [section("counts", "counts", title, items, len(items), subject.url)]

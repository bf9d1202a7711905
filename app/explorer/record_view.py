"""What the page of any record shows, from the declaration of its collection."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, get_args

from pydantic import BaseModel

from app.api.schemas.page_sections import AnySection
from app.explorer import labels
from app.explorer.field_values import ShownField, field_types, shown_fields, table
from app.kit.field_mapping import ReferenceList
from app.kit.resource import Resource
from app.resources import RESOURCES

Record = Mapping[str, Any]
#: Fields that every record has, which the page shows in its head or by themselves.
SHARED_FIELDS = ("slug", "name", "summary", "description", "synonyms", "xrefs")
#: Kinds of sections that the page shows by themselves or not at all.
_COUNTS, _TALLY, _RECORDS = "counts", "tally", "records"
#: Kinds of sections that show records in full, and the part of their items that refers to these.
_SHOWN_BY_KIND = {"citations": "reference", "claims": "claim"}
#: Facts up to this number are in a box beside the page; so are more on a page with many sections.
_MAX_FACTS_ASIDE, _MIN_SECTIONS = 12, 4


@dataclass(frozen=True)
class RecordView:
    """The parts of a record's page.

    Args:
        facts: Short fields.
        has_facts_aside: Whether they are in a box beside the page, and not on it.
        details: Fields that need the width of the page and that no section shows.
        sections: Sections that have items, without those of related records.
        related: Sections of records that this one refers to.
        referrers: Counts of the records that refer to this one, without zeros.
    """

    facts: list[ShownField]
    has_facts_aside: bool
    details: list[ShownField]
    sections: list[Record]
    related: list[Record]
    referrers: list[Record]


def record_view(resource: Resource, record: Record, payload: Record) -> RecordView:
    """Return the parts of the page of a record.

    Args:
        resource: Its collection.
        record: The record as it is served.
        payload: Its page, as `/v1/pages/{type}/{slug}` serves it.
    """
    sections = [
        section
        for section in payload["sections"]
        if section["items"] and not _repeats_record(section, payload)
    ]
    elsewhere = {*SHARED_FIELDS, *_fields_in_sections(resource, payload)}
    if resource.rows:
        elsewhere.add("position")  # place of the row in the list that it is in
    fields = shown_fields(resource.record, record, elsewhere)
    counts = [section for section in sections if section["kind"] == _COUNTS]
    tallies = {s["url"].partition("&facets=")[0]: s for s in sections if s["kind"] == _TALLY}
    facts = [field for field in fields if not field.value.is_long]
    return RecordView(
        facts=facts,
        has_facts_aside=len(facts) <= _MAX_FACTS_ASIDE or len(sections) >= _MIN_SECTIONS,
        details=[field for field in fields if field.value.is_long],
        sections=[
            section_view(section, payload, tallies.get(section["url"]))
            for section in sections
            if section["kind"] not in (_COUNTS, _TALLY, _RECORDS)
        ],
        related=[
            section_view(section, payload)
            for section in sections
            if section["kind"] == _RECORDS and not _is_shown_elsewhere(section, sections)
        ],
        referrers=[
            {**item, "label": _referrer_label(item, payload["type"])}
            for section in counts
            for item in section["items"]
            if item["count"]
        ],
    )


def _is_shown_elsewhere(section: Record, sections: Sequence[Record]) -> bool:
    """Return whether sections of citations or of claims show all records of a section."""
    shown = {
        (item[part]["type"], item[part]["slug"])
        for other in sections
        if (part := _SHOWN_BY_KIND.get(other["kind"]))
        for item in other["items"]
    }
    keys = [(item["type"], item["slug"]) for item in section["items"]]
    return len(keys) == section["total"] and shown.issuperset(keys)


def chosen_fields(
    resource: Resource, record: Record, names: Sequence[str]
) -> list[ShownField] | None:
    """Return the fields of a record that `fields` names; None if it names none."""
    if not names:
        return None
    unwanted = [name for name in field_types(resource.record) if name not in names]
    return shown_fields(resource.record, record, unwanted)


def section_view(section: Record, payload: Record, tally: Record | None = None) -> Record:
    """Return a section with what its block shows besides its items.

    Args:
        section: A section of a page.
        payload: The page.
        tally: Section that counts the claims of this one by verdict, if there is one.
    """
    kind, items = section["kind"], section["items"]
    view: dict[str, Any] = {**section, "tally": tally, "more_path": _more_path(section, payload)}
    if kind == "figures":
        view["figures"] = _figures(section)
    elif kind == "rungs":
        best = {"type": "evidence"}
        view["items"] = [
            item | {"best": item["best"] and best | {"slug": item["best"], "name": item["best"]}}
            for item in items
        ]
    elif kind not in _OWN_BLOCKS:
        view["table"] = table(item_models()[kind], items)
    return view


#: Kinds of sections that have a block of their own; any other is a table of all its fields.
_OWN_BLOCKS = frozenset(
    {
        *("acts", "arms", "binding", "citations", "claims", "effects", "estimates", "evidence"),
        *("figures", "measurements", "moderators", "readings", "records", "rungs", "sentences"),
    }
)


def _more_path(section: Record, payload: Record) -> str:
    """Return the path of all items of a section: a list, or where there is none, the section."""
    path, _, query = str(section["url"]).partition("?")
    if path.endswith(".json") or ("fields=" in query and path.count("/") == 2):
        return f"/pages/{payload['type']}/{payload['slug']}/sections/{section['key']}"
    return str(section["url"])


def _referrer_label(item: Record, record_type: str) -> str:
    label = labels.collection_label(item["collection"])
    role = item["filter"]
    return label if role == record_type else f"{label}: {labels.in_words(role)}"


def _fields_in_sections(resource: Resource, payload: Record) -> set[str]:
    """Return the fields that sections of the page show.

    A section that shows a field has its name, or its declaration names the field, or its items do.
    """
    fields = {str(section.options.get("field", "")) for section in resource.page}
    for section in payload["sections"]:
        mapped = resource.mapping.by_name.get(section["key"])
        # A section of claims is the result of a filter; it shows a list of references as well.
        if section["kind"] != "claims" or (mapped and isinstance(mapped.marker, ReferenceList)):
            fields.add(section["key"])
        if section["url"] == payload["url"]:
            fields |= {item["name"] for item in section["items"] if "name" in item}
    return fields


def _repeats_record(section: Record, payload: Record) -> bool:
    """Return whether all items of a section are the note that the page is about."""
    notes = [item["note"]["slug"] for item in section["items"] if section["kind"] == "evidence"]
    return payload["type"] == "evidence" and bool(notes) and {*notes} == {payload["slug"]}


@cache
def item_models() -> dict[str, type[BaseModel]]:
    """Return the model of the items of each kind of section."""
    union = get_args(AnySection)[0]
    return {
        get_args(section.model_fields["kind"].annotation)[0]: get_args(
            section.model_fields["items"].annotation
        )[0]
        for section in get_args(union)
    }


def _figures(section: Record) -> list[ShownField]:
    """Return the key figures that have a value; the record at `url` declares their types."""
    collection = str(section["url"]).removeprefix("/v1/").partition("/")[0]
    values = {item["name"]: item["value"] for item in section["items"]}
    model = RESOURCES[collection].record
    return shown_fields(model, values, [n for n in field_types(model) if n not in values])

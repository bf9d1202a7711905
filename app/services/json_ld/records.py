"""A record as a JSON-LD document."""

from collections.abc import Mapping
from typing import Any

from pydantic_core import from_json

from app.domain.citation import LICENCE_URL
from app.domain.identifiers import own_curie
from app.domain.release_names import is_name
from app.kit.resource import Resource
from app.services.json_ld.datasets import NAME
from app.services.json_ld.record_types import (
    DESCRIPTIONS,
    OTHER_TYPE,
    OUR_WORKS,
    TYPES,
    creative_work,
    exact_curies,
)
from app.services.json_ld.terms import Addresses, Properties, document, first, known, shortened


def record_document(
    resource: Resource, record: Mapping[str, Any], addresses: Addresses, version: str
) -> Properties:
    """Return a record as a JSON-LD document.

    Args:
        resource: Collection of the record.
        record: The record as it is served, with all its fields.
        addresses: Addresses of the service.
        version: The release that the record was read from, or what the records are instead.
    """
    record_type = resource.record_type
    describe = DESCRIPTIONS.get(record_type, creative_work)
    address = addresses.record(resource.name, record["slug"])
    properties = describe(record, addresses)
    is_ours = record_type in OUR_WORKS or record_type not in DESCRIPTIONS
    return document(
        {
            "@id": address,
            "@type": schema_type(resource, record),
            "name": record["name"],
            "description": shortened(record["summary"] or record["description"]),
            "url": address,
            "identifier": [own_curie(record_type, record["slug"]), *first(exact_curies(record))],
            "alternateName": first(record["synonyms"]),
            **properties,
            **_source(record, addresses, version, is_ours=is_ours),
        }
    )


def licence_url(record: Mapping[str, Any]) -> str:
    """Return the address of the licence of a record: its own one, or that of the dataset."""
    licence = record.get("licence")
    return f"https://spdx.org/licenses/{licence}" if licence else LICENCE_URL


def schema_type(resource: Resource, record: Mapping[str, Any]) -> str:
    """Return the schema.org type of a record; a drug is something else besides."""
    kind = TYPES.get(resource.record_type, OTHER_TYPE)
    return kind if isinstance(kind, str) else kind(record)


def type_and_licence(resource: Resource, document: str) -> tuple[str, str]:
    """Return the type of a record and the address of its licence, from its JSON.

    The JSON is parsed only if either differs between the records of the collection.
    """
    kind = TYPES.get(resource.record_type, OTHER_TYPE)
    if isinstance(kind, str) and "licence" not in resource.mapping.by_name:
        return kind, LICENCE_URL
    record = from_json(document)
    return schema_type(resource, record), licence_url(record)


def _source(
    record: Mapping[str, Any], addresses: Addresses, version: str, *, is_ours: bool
) -> Properties:
    """Return the dataset of the record: it contains a work of ours, and is about other things."""
    dataset = known(
        {
            "@type": "CreativeWork",
            "@id": addresses.release(version) if is_name(version) else addresses.dataset,
            "name": NAME,
            "version": version,
            "license": None if is_ours else LICENCE_URL,
        }
    )
    if not is_ours:
        return {"subjectOf": dataset}
    return {"isPartOf": dataset, "license": licence_url(record)}

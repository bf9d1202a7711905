"""Identifiers of a record in other databases."""

from collections.abc import Mapping
from typing import Any

from app.domain.identifiers import resolve_curie


def external_identifiers(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the identifiers of a record in other databases, with their addresses."""
    return [
        {"curie": xref["curie"], "url": resolve_curie(xref["curie"])} for xref in record["xrefs"]
    ]

"""The head of a page about one record."""

from collections.abc import Mapping
from typing import Any

from app.explorer.rendering import PageHead
from app.explorer.urgent_notice import concerns_safety
from app.kit.resource import Resource


def record_head(
    resource: Resource,
    record: Mapping[str, Any],
    *,
    csv: str | None = None,
    has_doses: bool = False,
) -> PageHead:
    """Return the head of the page of a record.

    Args:
        resource: Collection of the record.
        record: The record.
        csv: Address of the CSV; by default that of the record.
        has_doses: Whether the page shows doses, so that it has the urgent notice.
    """
    slug = record["slug"]
    address = f"/v1/{resource.name}/{slug}"
    return PageHead(
        title=record["name"],
        description=record["summary"] or record["name"],
        api=address,
        csv=csv or f"/v1/{resource.name}.csv?slug={slug}",
        bibtex=f"{address}.bib" if resource.cites else None,
        has_urgent_notice=has_doses or concerns_safety(resource, record),
        subject=(resource, dict(record)),
    )

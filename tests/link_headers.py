"""Link headers (RFC 8288) as tests read them."""

import re

import httpx

Links = list[tuple[str, str, str]]


def links_of(response: httpx.Response) -> Links:
    """Relation, target and media type of each link."""
    found = re.findall(r'<([^>]*)>; rel="([^"]*)"(?:; type="([^"]*)")?', response.headers["link"])
    return [(relation, target, media_type) for target, relation, media_type in found]


def targets(links: Links, relation: str) -> list[str]:
    """The targets of a relation."""
    return [target for found, target, _ in links if found == relation]

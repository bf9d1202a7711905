"""The measured addresses: one for each kind of route that reads, derived from the application.

A kind is the path of a route without the collection: `/v1/{collection}/{slug}`. A new route or
collection is measured without an entry here, unless its path or query needs an example.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI

from app.api.route_groups import flattened
from app.api.schemas.synthesis import SYNTHESIS_EXAMPLE
from app.domain.citation import CITATION_FORMATS
from app.explorer import assets
from app.kit.resource import Resource
from app.resources import RESOURCES
from app.services.records.exports import EXPORT_FORMATS

#: Kinds that are measured for each collection. Others have the same handler and template for all
#: of them, and are measured for `COLLECTION` or the first collection that has them.
FOR_EACH_COLLECTION = {"/v1/{collection}", "/v1/{collection}/{slug}", "/{collection}/{slug}"}
#: The collection with the most records.
COLLECTION = "evidence"
#: Name of the published release.
RELEASE = "1"
#: Records with more parts than the example of their collection.
LARGE_RECORDS = {"claims": "esketamine-relieves-treatment-resistant-depression"}
DEPRESSION = "indication=treatment-resistant-depression"
NOTES = "claim=ketamine-relieves-treatment-resistant-depression&direction=supports"
#: Addresses of a kind whose path or query needs an example, or that has more than one cost.
EXAMPLES: dict[str, list[str]] = {
    "/graph": ["/graph?pathway=nmda"],
    "/matrix": ["/matrix"],
    "/pages/{type}/{slug}/sections/{key}": ["/pages/{type}/{slug}/sections/findings"],
    "/releases/{name}": [f"/releases/{RELEASE}"],
    "/diff": [f"/diff?from={RELEASE}&to=current"],
    "/search": ["/search?q=ketamine", "/search?q=ketamien+depresion"],
    "/sitemaps/{number}.xml": ["/sitemaps/1.xml"],
    "/timeline": [f"/timeline?compound=ketamine&{DEPRESSION}"],
    "/v1/cite.{format}": [f"/v1/cite.{name}" for name in CITATION_FORMATS],
    "/v1/diff": [f"/v1/diff?from={RELEASE}&to=current"],
    "/v1/diff.csv": [f"/v1/diff.csv?from={RELEASE}&to=current"],
    "/v1/explain": [f"/v1/explain?compound=ketamine&{DEPRESSION}"],
    "/v1/neighbourhood/{entity}": ["/v1/neighbourhood/receptor:hcn1"],
    "/v1/pages/{type}/{slug}/sections/{key}": ["/v1/pages/{type}/{slug}/sections/findings"],
    "/v1/paths": ["/v1/paths?from=process:glutamate-release&to=receptor:cacna1c"],
    "/v1/problems/{name}": ["/v1/problems/not-found"],
    "/v1/releases/{name}": [f"/v1/releases/{RELEASE}"],
    "/v1/releases/{name}/files": [f"/v1/releases/{RELEASE}/files"],
    "/v1/releases/{name}/files/{file}": [f"/v1/releases/{RELEASE}/files/claims.ndjson"],
    "/v1/resolve/{anything}": ["/v1/resolve/PMID:16894061"],
    "/v1/search": ["/v1/search?q=rapamicin", "/v1/search?q=ketamine+depression+trial"],
    "/v1/search.{format}": ["/v1/search.bib?q=rapamicin"],
    "/v1/suggest": ["/v1/suggest?q=keta"],
    "/v1/timeline": [f"/v1/timeline?compound=esketamine&{DEPRESSION}"],
    "/v1/{collection}.{format}": [f"/v1/{{collection}}.{name}" for name in EXPORT_FORMATS],
    "/v1/{collection}/{slug}.{format}": [
        f"/v1/{{collection}}/{{slug}}.{name}" for name in CITATION_FORMATS
    ],
    "/assets/{file_name}": [f"/assets/{asset.file_name}" for asset in assets.assets().values()],
    "/{prefix}:{identifier}": ["/pmid:16894061"],
}
#: More addresses of kinds that are measured without an example: the reads with the most parts.
VARIANTS = [
    f"/v1/evidence?{NOTES}&limit=50",
    "/v1/evidence?facets=direction,species",
    "/v1/claims?include=verdict,evidence.study&q=NMDA",
    "/v1/claims/{slug}/verdict?randomised=true",
    "/claims?verdict=contested&kind=efficacy&sort=-name",
]
#: Bodies of the requests that read by POST.
BODIES: dict[str, Any] = {
    "/v1/resolve": {"ids": ["P28223", "ketmine"]},
    "/v1/synthesis": SYNTHESIS_EXAMPLE,
    "/v1/{collection}/batch": {"ids": ["{slug}"]},
}
#: Kinds that are not measured, with the reason.
UNMEASURED = {
    "/metrics": "depends on what the process did before",
    "/v1/keys": "needs an API key",
    "/v1/proposals": "needs an API key",
    "/v1/proposals/{number}": "needs an API key",
}
#: The digest in the name of an asset: with it, each change of a style sheet would be a new address.
DIGEST = re.compile(r"\.[0-9a-f]{12}\.(?=\w+$)")


class MissingExampleError(LookupError):
    """A route has a parameter without an example."""


@dataclass(frozen=True)
class Address:
    """One measured request."""

    method: str
    path: str
    body: Any = None
    is_page: bool = False

    def __str__(self) -> str:
        """Method and path, without the digest of the content in the name of an asset."""
        path = DIGEST.sub(".", self.path)
        return path if self.method == "GET" else f"{self.method} {path}"


def measured_addresses(app: FastAPI, slugs: Mapping[str, str]) -> Iterator[Address]:
    """Yield the addresses of an application; `slugs` has one record of each collection.

    Raises:
        MissingExampleError: A path has a parameter, and `EXAMPLES` has no value of it.
    """
    operations = app.openapi()["paths"]
    kinds: dict[tuple[str, str], list[Resource]] = {}
    pages: set[str] = set()
    for route in flattened(app.routes):
        for method in sorted({"GET", "POST"}.intersection(getattr(route, "methods", None) or ())):
            path = route.path_format
            if "security" in operations.get(path, {}).get(method.lower(), {}):
                continue
            kind, resource = _kind(path)
            kinds.setdefault((method, kind), []).extend([resource] if resource else [])
            if getattr(route, "is_page", False):
                pages.add(kind)
    for (method, kind), resources in kinds.items():
        if kind in UNMEASURED:
            continue
        for resource in _measured_collections(kind, resources):
            for example in EXAMPLES.get(kind, [kind]):
                yield _address(method, kind, example, resource, slugs, kind in pages)
    for variant in VARIANTS:
        is_page = not variant.startswith("/v1")
        yield _address("GET", variant, variant, RESOURCES["claims"], slugs, is_page)


def _kind(path: str) -> tuple[str, Resource | None]:
    """Return the path without the collection, and the collection."""
    first, *rest = path.removeprefix("/v1").removeprefix("/").split("/")
    prefix = "/v1/" if path.startswith("/v1/") else "/"
    name, dot, suffix = first.partition(".")
    if first == "pages" and (resource := RESOURCES.by_record_type.get(rest[0])):
        return f"{prefix}{'/'.join(['pages', '{type}', *rest[1:]])}", resource
    if name in RESOURCES:
        return f"{prefix}{'/'.join(['{collection}' + dot + suffix, *rest])}", RESOURCES[name]
    return path, None


def _measured_collections(kind: str, resources: list[Resource]) -> list[Resource]:
    if kind in FOR_EACH_COLLECTION:
        return list(dict.fromkeys(resources))
    if not resources or RESOURCES[COLLECTION] in resources:
        return [RESOURCES[COLLECTION]]
    return resources[:1]


def _address(
    method: str, kind: str, example: str, resource: Resource, slugs: Mapping[str, str], page: bool
) -> Address:
    values = {
        "{collection}": resource.name,
        "{type}": resource.record_type,
        "{slug}": slugs[resource.name],
    }
    for place, value in values.items():
        example = example.replace(place, value)
    body = BODIES.get(kind)
    if kind == "/v1/{collection}/batch":
        body = {"ids": [slugs[resource.name]]}
    if "{" in example or (method == "POST" and body is None):
        what = "BODIES" if method == "POST" else "EXAMPLES"
        raise MissingExampleError(f"add an example of {method} {kind} to {what} in {__file__}")
    return Address(method, example, body, page)

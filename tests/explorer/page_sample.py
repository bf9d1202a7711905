"""The pages that the tests look at: all that have one address, and some records of each collection.

They come from the routes of the application, so that a new page and a new collection are covered.
"""

import re
from collections.abc import Callable
from functools import cache
from random import Random
from typing import Any

from sqlalchemy import func, select

from app import models as m
from app.explorer.page_route import PageRoute
from app.explorer.routers import routers
from app.kit.sessions import Store
from app.resources import RESOURCES
from tests.params import RELEASE, WHOLE, sample

#: Queries with which a page shows more than without, by path.
QUERIES: dict[str, list[str]] = {
    "/claims": ["verdict=contested&kind=efficacy&sort=-name", "q=nothing-has-this-name"],
    "/diff": [f"from={RELEASE}&to=current"],
    "/graph": ["pathway=nmda"],
    "/matrix": ["rows=ketamine,esketamine"],
    "/timeline": ["compound=ketamine&indication=treatment-resistant-depression"],
    "/search": ["q=ketamine", "q=ketamien+depresion", "q=zzzzzz"],
}
#: Paths that lead elsewhere without a query.
NEED_QUERY = {"/graph"}
#: Records of each collection: the example of the API documentation, and others by lot if all run.
RECORDS = 20 if WHOLE else 1
#: Modules of the pages of records and lists, which each collection has.
MAIN = ("app.explorer.routes.records", "app.explorer.routes.lists")
#: Of the general pages of these modules, and of others, in tests that take long.
SOME, FEW = 3, 2
#: Place of a slug in an address.
PLACE = re.compile(r"\{(\d+|largest)\}")
#: The record with the most content.
LARGEST_CLAIM = "/claims/{largest}"


@cache
def page_routes() -> dict[str, str]:
    """Paths of all pages, each with the module of its handler; the first of a path answers."""
    return {path: handler.__module__ for path, handler in _handlers().items()}


@cache
def _handlers() -> dict[str, Callable[..., Any]]:
    found: dict[str, Callable[..., Any]] = {}
    for router in routers():
        for route in router.routes:
            if isinstance(route, PageRoute):
                found.setdefault(route.path, route.endpoint)
    return found


def redirecting_paths() -> list[str]:
    """Paths that lead to another page: parts of a claim, and `/pages/{type}/{slug}`."""
    return [path for path, handler in _handlers().items() if "redirect" in handler.__name__]


@cache
def page_addresses() -> list[str]:
    """Addresses of the sampled pages; `{0}`, `{1}` … stand for the slugs of records.

    All lists and records are among them, and some histories and sections.
    """
    found = [
        address
        for module, paths in _paths_by_module().items()
        for path in (paths if module in MAIN else sample(paths, FEW, module))
        for address in _addresses(path)
    ]
    return [*found, LARGEST_CLAIM]


@cache
def addresses_by_template() -> list[str]:
    """One address of each page with a module of its own, and a sample of the general ones.

    For tests that take long: records of most collections have the same template, and so have lists.
    """
    found = [
        address
        for module, paths in _paths_by_module().items()
        for path in sample(sorted(paths), SOME if module in MAIN else FEW, module)
        for address in _addresses(path)
        if "{1}" not in address
    ]
    return [*found, LARGEST_CLAIM]


def _paths_by_module() -> dict[str, list[str]]:
    redirects = set(redirecting_paths())
    found: dict[str, list[str]] = {}
    for path, module in page_routes().items():
        if path not in redirects:
            found.setdefault(module, []).append(path)
    return found


def _addresses(path: str) -> list[str]:
    if "{slug}" in path:
        return [path.replace("{slug}", f"{{{number}}}") for number in range(RECORDS)]
    path = path.replace("{name}", RELEASE)
    plain = [] if path in NEED_QUERY else [path]
    return plain + [f"{path}?{query}" for query in QUERIES.get(path, ())]


def resolve(store: Store, address: str) -> str:
    """Return an address with the slugs of records in a store."""
    place = PLACE.search(address)
    if place is None:
        return address
    (name,) = place.groups()
    *_, collection = address[: place.start()].strip("/").split("/")
    if by_type := RESOURCES.by_record_type.get(collection):
        collection = by_type.name
    slugs = sampled_slugs(store, collection)
    slug = largest_claim(store) if name == "largest" else slugs[int(name) % len(slugs)]
    return address.replace(place.group(), slug)


def sampled_slugs(store: Store, collection: str) -> list[str]:
    """Return the example of a collection and some other records, always the same."""
    resource = RESOURCES[collection]
    statement = select(m.Record.slug).where(m.Record.type == resource.record_type)
    with store.read() as session:
        slugs = [row.slug for row in session.execute(statement.order_by(m.Record.slug))]
    others = Random(collection).sample(slugs, min(RECORDS, len(slugs)))
    example = [resource.example] if resource.example in slugs else []
    return list(dict.fromkeys([*example, *others]))[:RECORDS]


def largest_claim(store: Store) -> str:
    """Return the claim on which the most findings bear."""
    counts = (
        select(m.Record.slug)
        .join(m.Finding, m.Finding.claim_id == m.Record.id)
        .group_by(m.Record.slug)
        .order_by(func.count().desc(), m.Record.slug)
    )
    with store.read() as session:
        return str(session.execute(counts.limit(1)).scalar_one())

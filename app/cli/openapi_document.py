"""Build openapi.json from the shipped dataset, with real responses as examples."""

import asyncio
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from app.api import openapi
from app.api.schemas.synthesis import SYNTHESIS_EXAMPLE
from app.kit.sessions import Store
from app.main import create_app
from app.resources import RESOURCES
from app.services import bootstrap
from app.services.dataset.folder import read_folder
from app.services.releases.archive import Archive
from app.services.releases.publish import publish_loaded
from app.services.store.opening import open_store
from app.settings import Settings

EXAMPLE_ITEMS = 2
BASE = "http://127.0.0.1:8000"


def build_document() -> str:
    """Build the document from a temporary store with the shipped dataset."""
    with TemporaryDirectory() as folder:
        settings = Settings(database_url=f"sqlite:///{folder}/kkb.db")
        store = open_store(settings.database_url)
        bootstrap.migrate_and_rebuild(store)
        bootstrap.load(store, read_folder(settings.dataset))
        return document_from_store(store, Archive(settings.releases_folder))


def document_from_store(store: Store, archive: Archive) -> str:
    """Build the document from the routes and the example responses, as the text of its file.

    Args:
        store: The shipped dataset.
        archive: Empty; the dataset is published in it.
    """
    publish_loaded(store, archive)
    app = create_app(Settings(database_url="sqlite://"))
    examples = asyncio.run(example_responses(store, archive))
    return openapi.dump_document(openapi.build_document(app, RESOURCES, examples))


def shorten_lists(value: Any) -> Any:
    """Return a value with the first items of its lists: of a timeline, 60 would not show more."""
    if isinstance(value, dict):
        return {key: shorten_lists(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [shorten_lists(item) for item in value[:EXAMPLE_ITEMS]]
    return value


def _mask_checksums(files: list[dict[str, Any]]) -> None:
    """Mask sizes and checksums that depend on the versions of SQLite and Parquet."""
    for file in files:
        if not file["name"].endswith(".ndjson"):
            file |= {"bytes": 0, "sha256": "0" * 64}


async def example_responses(store: Store, archive: Archive) -> dict[str, Any]:
    """Return operation id → response body."""
    settings = Settings(database_url="sqlite://", public_url=BASE)
    transport = httpx.ASGITransport(app=create_app(settings, store, archive))
    responses: dict[str, Any] = {}
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:

        async def record(operation: str, method: str, path: str, **options: Any) -> None:
            response = await client.request(method, path, **options)
            response.raise_for_status()
            responses[operation] = response.json()

        await record("get_root", "GET", "/v1")
        await record("get_health", "GET", "/healthz")
        await record("get_readiness", "GET", "/readyz")
        await record("get_problem_type", "GET", "/v1/problems/not-found")
        await record("get_citation", "GET", "/v1/cite")
        await record(
            "get_matrix", "GET", "/v1/matrix?columns=receptor&column=nmda-receptor,drd2,oprk1"
        )
        await record("get_gaps", "GET", "/v1/gaps")
        depression = "indication=treatment-resistant-depression"
        await record("get_timeline", "GET", f"/v1/timeline?compound=esketamine&{depression}")
        await record("search", "GET", "/v1/search?q=does rapamicin block ketamine&limit=2")
        await record("suggest", "GET", "/v1/suggest?q=keta&limit=3")
        await record("resolve_identifier", "GET", "/v1/resolve/PMID:16894061")
        await record(
            "resolve_identifiers", "POST", "/v1/resolve", json={"ids": ["P28223", "ketmine"]}
        )
        claim = "/v1/claims/ketamine-relieves-ptsd"
        await record("compute_claim_verdict", "GET", f"{claim}/verdict?year_to=2021")
        trials = "/v1/claims/esketamine-relieves-treatment-resistant-depression/synthesis"
        for operation, path in (
            ("get_claim_synthesis", f"{trials}?year_to=2021"),
            ("get_calibration", "/v1/calibration"),
            ("get_claim_readings", f"{claim}/readings"),
            ("get_claim_ladder", f"{claim}/ladder"),
        ):
            await record(operation, "GET", path)
        await record("list_releases", "GET", "/v1/releases")
        await record("get_release", "GET", "/v1/releases/2")
        _mask_checksums(responses["get_release"]["data"]["files"])
        await record("list_release_files", "GET", "/v1/releases/2/files")
        _mask_checksums(responses["list_release_files"]["data"])
        await record("get_diff", "GET", "/v1/diff?from=2&to=current")
        await record("get_page", "GET", "/v1/pages/region/lateral-habenula")
        await record(
            "get_page_section", "GET", "/v1/pages/region/lateral-habenula/sections/here?limit=1"
        )
        await record("get_graph", "GET", "/v1/graph?pathway=gsk3")
        ends = "from=process:glutamate-release&to=receptor:cacna1c"
        await record("find_paths", "GET", f"/v1/paths?{ends}")
        await record("get_neighbourhood", "GET", "/v1/neighbourhood/receptor:hcn1?hops=1")
        await record(
            "get_explanation",
            "GET",
            "/v1/explain?compound=ketamine&indication=general-anaesthesia",
        )
        await record("compute_synthesis", "POST", "/v1/synthesis", json=SYNTHESIS_EXAMPLE)
        responses = {operation: shorten_lists(body) for operation, body in responses.items()}
        for name, resource in RESOURCES.items():
            response = await client.get(f"/v1/{name}", params={"limit": 1, "fields": "slug"})
            slugs = [item["slug"] for item in response.raise_for_status().json()["data"]]
            if resource.example:
                slugs = [resource.example]
            for slug in slugs:  # none if the shipped dataset has no such record
                await record(f"get_{resource.record_type}", "GET", f"/v1/{name}/{slug}")
    return responses

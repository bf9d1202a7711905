"""Build openapi.json from the shipped dataset, with real responses as examples."""

import asyncio
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from app.api import openapi
from app.main import create_app
from app.resources import RESOURCES
from app.services import bootstrap
from app.services.dataset.folder import read_folder
from app.services.releases.archive import Archive
from app.services.releases.publish import publish_loaded
from app.services.store.opening import open_store
from app.settings import Settings

BASE = "http://127.0.0.1:8000"


def build_document() -> str:
    """Derive the document, with real responses as its examples; return the text of its file."""
    app = create_app(Settings(database_url="sqlite://"))
    document = openapi.build_document(app, RESOURCES, asyncio.run(example_responses()))
    return openapi.dump_document(document)


async def example_responses() -> dict[str, Any]:
    """operation id → answer, from a store of its own that holds the shipped dataset."""
    with TemporaryDirectory() as folder:
        settings = Settings(database_url=f"sqlite:///{folder}/kkb.db", public_url=BASE)
        return await _ask(settings)


def _settled(files: list[dict[str, Any]]) -> None:
    """Sums that depend on the versions of SQLite and Parquet are the same in every example."""
    for file in files:
        if not file["name"].endswith(".ndjson"):
            file |= {"bytes": 0, "sha256": "0" * 64}


async def _ask(settings: Settings) -> dict[str, Any]:
    store = open_store(settings.database_url)
    bootstrap.migrate_and_rebuild(store)
    bootstrap.load(store, read_folder(settings.dataset))
    archive = Archive(settings.releases_folder)
    publish_loaded(store, archive)
    transport = httpx.ASGITransport(app=create_app(settings, store, archive))
    answers: dict[str, Any] = {}
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:

        async def keep(operation: str, method: str, path: str, **options: Any) -> None:
            answer = await client.request(method, path, **options)
            answer.raise_for_status()
            answers[operation] = answer.json()

        await keep("read_root", "GET", "/v1")
        await keep("read_health", "GET", "/healthz")
        await keep("read_readiness", "GET", "/readyz")
        await keep("read_problem", "GET", "/v1/problems/not-found")
        await keep("read_citation", "GET", "/v1/cite")
        await keep(
            "read_matrix", "GET", "/v1/matrix?columns=receptor&column=nmda-receptor,drd2,oprk1"
        )
        await keep("read_gaps", "GET", "/v1/gaps")
        depression = "indication=treatment-resistant-depression"
        await keep("read_timeline", "GET", f"/v1/timeline?compound=esketamine&{depression}")
        await keep("search_records", "GET", "/v1/search?q=does rapamicin block ketamine&limit=2")
        await keep("suggest_names", "GET", "/v1/suggest?q=keta&limit=3")
        await keep("resolve_name", "GET", "/v1/resolve/PMID:16894061")
        await keep("resolve_batch", "POST", "/v1/resolve", json={"ids": ["P28223", "ketmine"]})
        weighed = "/v1/claims/ketamine-relieves-ptsd"
        await keep("weigh_claim", "GET", f"{weighed}/verdict?year_to=2021")
        await keep("tell_claim", "GET", f"{weighed}/readings")
        await keep("climb_claim", "GET", f"{weighed}/ladder")
        await keep("list_releases", "GET", "/v1/releases")
        await keep("read_release", "GET", "/v1/releases/1")
        _settled(answers["read_release"]["data"]["files"])
        await keep("list_release_files", "GET", "/v1/releases/1/files")
        _settled(answers["list_release_files"]["data"])
        await keep("read_diff", "GET", "/v1/diff?from=1&to=current")
        await keep("read_page", "GET", "/v1/pages/region/lateral-habenula")
        await keep("read_graph", "GET", "/v1/graph?pathway=gsk3")
        surge = "from=process:glutamate-release&to=receptor:cacna1c"
        await keep("read_paths", "GET", f"/v1/paths?{surge}")
        await keep("read_neighbourhood", "GET", "/v1/neighbourhood/receptor:hcn1?hops=1")
        await keep(
            "explain_mechanism",
            "GET",
            "/v1/explain?compound=ketamine&indication=general-anaesthesia",
        )
        for name, resource in RESOURCES.items():
            await keep(f"list_{name}", "GET", f"/v1/{name}?limit=2")
            slugs = [record["slug"] for record in answers[f"list_{name}"]["data"][:1]]
            if resource.example:
                slugs = [resource.example]
            for slug in slugs:  # none, where the shipped dataset has no such record
                await keep(f"read_{resource.kind}", "GET", f"/v1/{name}/{slug}")
            body = {"ids": [*slugs, "no-such-record"]}
            await keep(f"batch_{name}", "POST", f"/v1/{name}/batch", json=body)
    return answers

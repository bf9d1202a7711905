"""A store with two published releases, and records that were changed after them."""

import datetime
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.kit.sessions import Store
from app.resources import RESOURCES
from app.services import bootstrap
from app.services.dataset.folder import read_folder
from app.services.releases import publish
from app.services.releases.archive import Archive
from tests import factories
from tests.helpers import fill_store, serving

FIRST, SECOND = datetime.date(2026, 1, 31), datetime.date(2026, 7, 31)
SIZE = 6


@dataclass
class Published:
    """A store, its releases, and a client of a server of both."""

    store: Store
    archive: Archive
    client: httpx.Client
    before: dict[str, Any]  # path → response body of the live store when release 1 was published


def second_release_content() -> dict[str, list[dict[str, Any]]]:
    """Return a dataset with a renamed claim, no last compound, a new region, a changed verdict."""
    content = factories.dataset(SIZE)
    content["claims"][1]["name"] = "Renamed"
    withdrawn = f"compound-{SIZE - 1}"
    content["compounds"] = [c for c in content["compounds"] if c["slug"] != withdrawn]
    for interaction in content["interactions"]:
        if interaction["other_compound"] == withdrawn:
            interaction["other_compound"] = None
    content["regions"].append(factories.record_input("regions", 99))
    for note in content["evidence"]:
        for finding in note["claims"]:
            if finding["claim"] == "claim-2":
                finding["direction"] = "neutral"
    return content


def load_content(store: Store, folder: Path, content: dict[str, list[dict[str, Any]]]) -> None:
    factories.write_folder(folder, content)
    assert bootstrap.load(store, read_folder(folder), allow_withdrawals=True)


PATHS = [
    f"/v1/{resource.name}{suffix}"
    for resource in RESOURCES.values()
    if not resource.derived
    for suffix in ("?limit=4&sort=-name", f"/{factories.slug(resource)}", ".csv", ".ndjson")
] + [
    "/v1/claims?include=verdict,evidence.study,conflicts",
    "/v1/verdicts?sort=-participants",
    "/v1/verdicts?verdict=contested&fields=verdict",
    "/v1/conflicts",
    "/v1/claims/claim-1.bib",
    "/v1/claims/claim-1/verdict?randomised=true",
    "/v1/claims/claim-1/ladder",
    "/v1/claims/claim-1/readings",
    "/v1/claims/claim-1/synthesis",
    "/v1/calibration",
    "/v1/matrix?rows=compound-0&columns=receptor",
    "/v1/matrix.csv?rows=compound-0&columns=receptor",
    "/v1/timeline?compound=compound-0",
    "/v1/gaps",
    "/v1/search?q=claim-1",
    "/v1/search?q=cafe&limit=2",
    "/v1/suggest?q=comp",
    "/v1/resolve/compound-5",
    "/v1/graph",
    "/v1/graph.graphml",
    "/v1/pages/compound/compound-0",
]


#: The release parameter of the addresses in a response.
PINNED = re.compile(r"(\?|&(amp;)?)(release|as_of)=[0-9.-]+")


def comparable_body(response: httpx.Response) -> Any:
    """Return the body of a response without what differs by release: its name, and cursors."""
    assert response.status_code == 200, (response.url, response.text)
    base = str(response.url.copy_with(path="/", query=None)).rstrip("/")
    text = PINNED.sub("", response.text.replace(base, ""))
    if response.headers["content-type"] != "application/json":
        return text
    body = json.loads(text)
    del body["meta"]
    if "page" in body:
        body["page"]["next"] = body["page"]["next"] is not None
    return body


@pytest.fixture(scope="session")
def published(
    make_empty_store: Callable[[str, Path], str],
    database: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Published]:
    root = tmp_path_factory.mktemp("published")
    folder = factories.write_folder(root / "data", factories.dataset(SIZE))
    store = fill_store(make_empty_store(database, root), folder)
    archive = Archive(root / "releases")
    with serving(store, archive) as url, httpx.Client(base_url=url, timeout=30) as client:
        before = {path: comparable_body(client.get(path)) for path in PATHS}
        publish.publish(store, archive, "1", day=FIRST)
        load_content(store, folder, second_release_content())
        publish.publish(store, archive, "2026.7", note="The second.", day=SECOND)
        content = second_release_content()
        content["claims"][0]["name"] = "Not released yet"
        load_content(store, folder, content)
        yield Published(store, archive, client, before)
    store.engine.dispose()

"""Instruments, found in everything that the service does with a collection."""

import csv
import html
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pyarrow.parquet as pq
import pytest
import yaml

from app.services.releases.archive import Archive
from app.services.store.opening import open_store
from tests import factories
from tests.helpers import serving
from tests.params import SOME_STORE
from tests.run_cli import kkb

# Its migration runs on both: tests/database/test_schema.py.
pytestmark = SOME_STORE

SIZE = 6
SLUGS = [f"instrument-{number}" for number in range(SIZE)]


class Site:
    """A store that is filled, published and written back from the command line, and its server."""

    def __init__(self, folder: Path, address: str) -> None:
        self.folder = folder
        self.settings = {
            "KKB_DATABASE_URL": address,
            "KKB_DATASET": str(folder / "data"),
            "KKB_RELEASES": str(folder / "releases"),
        }

    def kkb(self, *arguments: str, **settings: str) -> str:
        done = kkb(*arguments, cwd=self.folder, **self.settings | settings)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def export(self, folder: str, **settings: str) -> dict[str, str]:
        """Every file of the dataset that the store is written back as."""
        self.kkb("export", "--dataset", folder, **settings)
        root = self.folder / folder
        return {p.relative_to(root).as_posix(): p.read_text("utf-8") for p in root.rglob("*.yaml")}


@pytest.fixture(scope="module")
def site(
    make_empty_store: Callable[[str, Path], str],
    database: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Site:
    """Six records of every collection, each in a file of its own, published as release 1."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "data").mkdir()
    (folder / "data" / "about.yaml").write_text('release: "1"\ndate: "2026-01-31"\n')
    for name, drafts in factories.dataset(SIZE).items():
        factories.write_folder(folder / "data", {name: drafts}, f"{name}.yaml")
    site = Site(folder, make_empty_store(database, folder))
    site.kkb("format", "data")
    site.kkb("load", "data")  # publishes the release that about.yaml names
    return site


@pytest.fixture(scope="module")
def web(site: Site) -> Iterator[httpx.Client]:
    store = open_store(site.settings["KKB_DATABASE_URL"])
    with (
        serving(store, Archive(site.folder / "releases")) as url,
        httpx.Client(base_url=url, timeout=30) as client,
    ):
        yield client
    store.engine.dispose()


def get(web: httpx.Client, path: str, **params: Any) -> Any:
    answer = web.get(path, params=params or None)
    assert answer.status_code == 200, answer.text
    return answer.json()


def slugs(rows: list[dict[str, Any]]) -> list[str]:
    return [row["slug"] for row in rows]


def test_it_is_listed_filtered_sorted_and_counted(web: httpx.Client) -> None:
    assert slugs(get(web, "/v1/instruments")["data"]) == SLUGS
    body = get(
        web, "/v1/instruments", kind="scale", sort="-item_count", facets="kind", include="process"
    )
    assert slugs(body["data"]) == ["instrument-2", "instrument-4", "instrument-0"]
    assert {row["value"]: row["count"] for row in body["facets"]["kind"]} == {
        "scale": 3,
        "apparatus": 3,
    }
    assert set(body["included"]["processes"]) == {"process-0", "process-2", "process-4"}
    assert slugs(get(web, "/v1/instruments?reference=reference-3")["data"]) == ["instrument-3"]
    assert slugs(get(web, "/v1/instruments?min_item_count=20")["data"]) == [
        "instrument-2",
        "instrument-5",
    ]
    assert web.get("/v1/instruments?kind=apparatuss").status_code == 422


def test_it_is_searched_suggested_and_resolved(web: httpx.Client) -> None:
    found = get(web, "/v1/search", q="Montgomery and Asberg 3")["data"][0]
    assert (found["type"], found["slug"]) == ("instrument", "instrument-3")
    assert found["snippet"]["field"] == "maker"
    named = get(web, "/v1/search", q="instruments apparatus", type="instrument")
    assert slugs(named["data"]) == ["instrument-1", "instrument-3", "instrument-5"]
    assert named["query"]["ignored"] == [{"word": "instruments", "reason": "record_type"}]
    assert slugs(get(web, "/v1/suggest", q="instrument-4")["data"]) == ["instrument-4"]
    match = get(web, "/v1/resolve/instrument:instrument-2")["data"]["matches"][0]
    assert match["url"] == "/v1/instruments/instrument-2"


def test_it_is_exported(web: httpx.Client) -> None:
    rows = list(csv.DictReader(io.StringIO(web.get("/v1/instruments.csv").text)))
    assert [(row["slug"], row["item_count"]) for row in rows[:2]] == [
        ("instrument-0", ""),
        ("instrument-1", "10"),
    ]
    lines = web.get("/v1/instruments.ndjson").text.splitlines()
    assert slugs([json.loads(line) for line in lines]) == SLUGS
    table = pq.read_table(io.BytesIO(web.get("/v1/instruments.parquet").content))
    assert table.column("slug").to_pylist() == SLUGS
    assert web.get("/v1/instruments.bib").text.count("@") == SIZE


def test_it_is_looked_up_in_batches(web: httpx.Client) -> None:
    answer = web.post("/v1/instruments/batch", json={"ids": ["instrument-1", "instrument-9"]})
    assert answer.status_code == 200, answer.text
    first, second = answer.json()["data"]
    assert (first["record"]["slug"], second["record"]) == ("instrument-1", None)


def test_it_has_pages_and_is_counted_on_those_of_others(web: httpx.Client) -> None:
    page = get(web, "/v1/pages/instrument/instrument-1")["data"]
    assert [section["key"] for section in page["sections"]] == ["references", "citations", "counts"]
    assert {field["name"] for field in page["identity"]["fields"]} >= {"kind", "maker", "process"}
    counts = get(web, "/v1/pages/process/process-1")["data"]["sections"][-1]["items"]
    own = next(row for row in counts if row["collection"] == "instruments")
    assert (own["count"], own["url"]) == (1, "/v1/instruments?process=process-1")


def test_it_has_a_list_page_and_record_pages(web: httpx.Client) -> None:
    browser = {"Accept": "text/html"}
    listed = web.get("/instruments?kind=scale&sort=-item_count", headers=browser)
    assert listed.status_code == 200, listed.text
    names = [f">{row['name']}</a>" for row in get(web, "/v1/instruments", kind="scale")["data"]]
    assert all(name in listed.text for name in names)
    assert ">Item count" in listed.text
    page = web.get("/instruments/instrument-1", headers=browser)
    assert page.status_code == 200, page.text
    record = get(web, "/v1/instruments/instrument-1")["data"]
    shown = [record["name"], record["maker"], record["process"]["name"]]
    shown += [row["meaning"] for row in record["ranges"]]
    assert all(html.escape(text) in page.text for text in shown)
    assert "/instruments?process=process-1" in web.get("/processes/process-1", headers=browser).text


def test_a_dataset_folder_holds_it_byte_for_byte(
    site: Site, make_empty_store: Callable[[str, Path], str], database: str, tmp_path: Path
) -> None:
    loaded = {p.name: p.read_text("utf-8") for p in (site.folder / "data").glob("*.yaml")}
    first = site.export("first")
    assert first == loaded
    assert len(yaml.safe_load(first["instruments.yaml"])["instruments"]) == SIZE
    other = {"KKB_DATABASE_URL": make_empty_store(database, tmp_path)}
    site.kkb("load", "first", **other)
    assert site.export("second", **other) == first


def test_a_release_holds_it(site: Site, web: httpx.Client) -> None:
    released = get(web, "/v1/instruments/instrument-1?release=1")["data"]
    assert released == get(web, "/v1/instruments/instrument-1")["data"]
    files = get(web, "/v1/releases/1/files")["data"]
    assert "instruments.ndjson" in {Path(file["name"]).name for file in files}
    site.kkb("release", "verify")


def test_a_curator_adds_changes_and_withdraws_it(site: Site, web: httpx.Client) -> None:
    token = site.kkb("key", "create", "anna", "--scope", "propose").strip()
    other = site.kkb("key", "create", "ben", "--scope", "review").strip()
    anna, ben = ({"Authorization": f"Bearer {key}"} for key in (token, other))

    def accept(answer: httpx.Response) -> None:
        assert answer.status_code == 202, answer.text
        path = f"/v1/proposals/{answer.json()['data']['id']}"
        tag = web.get(path, headers=anna).headers["etag"]
        done = web.post(f"{path}/accept", headers=ben | {"If-Match": tag})
        assert done.status_code == 200, done.text

    new = factories.record_input("instruments", 50, item_count=3)
    accept(web.post("/v1/instruments?why=New.", json=new, headers=anna))
    tag = web.get("/v1/instruments/instrument-5").headers["etag"]
    accept(
        web.patch(
            "/v1/instruments/instrument-5?why=Better.",
            json={"item_count": 30},
            headers=anna | {"If-Match": tag},
        )
    )
    tag = web.get("/v1/instruments/instrument-0").headers["etag"]
    accept(web.delete("/v1/instruments/instrument-0?why=Wrong.", headers=anna | {"If-Match": tag}))
    assert slugs(get(web, "/v1/search", q="instrument-50")["data"])[:1] == ["instrument-50"]
    assert slugs(get(web, "/v1/instruments?min_item_count=30")["data"]) == ["instrument-5"]
    assert web.get("/v1/instruments/instrument-0").status_code == 410
    gone = web.get("/instruments/instrument-0", headers={"Accept": "text/html"})
    assert (gone.status_code, gone.headers["content-type"][:9]) == (410, "text/html")
    history = get(web, "/v1/instruments/instrument-5/history")["data"]
    assert [row["action"] for row in history] == ["create", "change"]
    changes = get(web, "/v1/changes?collection=instruments&limit=100")["data"]
    assert [(row["action"], row["slug"]) for row in changes[-3:]] == [
        ("create", "instrument-50"),
        ("change", "instrument-5"),
        ("withdraw", "instrument-0"),
    ]
    diff = get(web, "/v1/diff?from=1&to=current&collection=instruments")["data"]
    assert {row["slug"] for row in diff} == {
        "instrument-0",
        "instrument-5",
        "instrument-50",
    }
    written = yaml.safe_load(site.export("third")["instruments.yaml"])["instruments"]
    assert slugs(written) == [*SLUGS[1:], "instrument-50"]
    assert get(web, "/v1/instruments/instrument-0?release=1")["data"]["slug"] == "instrument-0"


def test_the_catalogue_and_the_api_document_describe_it(web: httpx.Client) -> None:
    assert "instruments" in [row["name"] for row in get(web, "/v1")["collections"]]
    catalogue = get(web, "/v1/meta")
    own = next(row for row in catalogue["collections"] if row["name"] == "instruments")
    assert {row["name"] for row in own["filters"]} >= {"kind", "min_item_count", "process"}
    assert "instrument" in {v["value"] for v in catalogue["vocabularies"]["RecordType"]}

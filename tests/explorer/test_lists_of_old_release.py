"""Lists and records of a release of an earlier version, whose verdicts have other words."""

import lzma
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app.resources import RESOURCES
from app.services.releases.archive import SingleReleaseArchive
from tests.explorer.html_text import get
from tests.helpers import serving

RELEASE = Path(__file__).parents[1] / "upgrades" / "stores" / "schema-0008-release.sqlite.xz"


@pytest.fixture(scope="module")
def old_release(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of a server of an old release."""
    file = tmp_path_factory.mktemp("release") / "release.sqlite"
    file.write_bytes(lzma.decompress(RELEASE.read_bytes()))
    archive = SingleReleaseArchive(file)
    with serving(archive.only.store, archive) as url, httpx.Client(base_url=url) as client:
        yield client


@pytest.mark.parametrize("collection", RESOURCES)
def test_its_lists_and_records_are_pages(old_release: httpx.Client, collection: str) -> None:
    records = old_release.get(f"/v1/{collection}?limit=500").json()["data"]
    page = get(old_release, f"/{collection}?limit=500")
    assert page.texts("tbody/tr/th/a") == [" ".join(row["name"].split()) for row in records]
    for record in records[:2]:
        shown = get(old_release, f"/{collection}/{record['slug']}")
        assert record["name"].split(":")[0].lower() in shown.main.lower()
        assert f"/{collection}/{record['slug']}/history" not in shown.links().values()


def test_its_facets_have_the_words_of_its_verdicts(old_release: httpx.Client) -> None:
    options = get(old_release, "/claims").texts("ul[@aria-labelledby='facet-verdict']/li")
    counts = old_release.get("/v1/claims?facets=verdict").json()["facets"]["verdict"]
    assert {f"{row['name']}{row['count']}" for row in counts} == set(options)
    assert any(option.startswith("Weak") for option in options)
    weak = get(old_release, "/claims?verdict=weak")
    assert "Verdict: Weak" in weak.main


def test_its_gaps_and_searches_are_pages(old_release: httpx.Client) -> None:
    gaps = old_release.get("/v1/gaps").json()["data"]["unassessed_claims"]
    assert get(old_release, "/gaps").texts("section[@id='unassessed']/ul/li/a") == [
        " ".join(row["name"].split()) for row in gaps
    ]
    assert get(old_release, "/search?q=ketamine").all("ol[@class='hits']/li")

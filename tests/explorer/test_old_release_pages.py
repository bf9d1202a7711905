"""Pages of a release whose verdicts are of rule 2026: their words, and fields without values."""

import lzma
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app.explorer.labels import verdict_label
from app.services.releases.archive import SingleReleaseArchive
from tests.explorer.pages import links
from tests.explorer.test_compound_page import data, read, section, text
from tests.helpers import serving

STORE = Path(__file__).parents[1] / "upgrades" / "stores" / "schema-0008-release.sqlite.xz"
PAGES = ("/matrix", "/matrix?columns=outcome", "/timeline", "/graph?include_refuted=true")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of the old release."""
    file = tmp_path_factory.mktemp("release") / "release.sqlite"
    file.write_bytes(lzma.decompress(STORE.read_bytes()))
    archive = SingleReleaseArchive(file)
    with (
        serving(archive.only.store, archive) as url,
        httpx.Client(base_url=url, timeout=30) as found,
    ):
        yield found


@pytest.mark.parametrize("path", PAGES)
def test_overviews_are_pages(client: httpx.Client, path: str) -> None:
    assert text(read(client, path).find(".//h1"))


@pytest.mark.parametrize("collection", ["compounds", "receptors", "pathways"])
def test_every_record_is_a_page(client: httpx.Client, collection: str) -> None:
    for record in data(client, f"/v1/{collection}?limit=50"):
        assert text(read(client, f"/{collection}/{record['slug']}").find(".//h1"))


def test_claims_have_the_verdicts_of_the_release(client: httpx.Client) -> None:
    words = set()
    for record in data(client, "/v1/compounds?limit=50"):
        if not data(client, f"/v1/claims?entity=compound:{record['slug']}&limit=1"):
            continue
        page = read(client, f"/compounds/{record['slug']}")
        for row in section(page, "claims").iterfind(".//li[div]"):
            claim = data(client, f"/v1{row.find('.//a').get('href')}")
            assert verdict_label(claim["verdict"], claim["absence"]).lower() in text(row)
            words.add(claim["verdict"])
    assert words & {"weak", "untested"}


def test_the_page_of_releases_links_to_what_this_server_has(client: httpx.Client) -> None:
    """A server of one release has neither the one before it nor a history."""
    for address in links(read(client, "/releases").find(".//main")):
        if address.startswith("/"):
            found = client.head(address, headers={"Accept": "*/*"})
            assert found.status_code == 200, address

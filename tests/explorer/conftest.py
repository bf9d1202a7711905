"""The explorer over the shipped dataset, served once for all tests of its pages."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from app.kit.sessions import Store
from app.services.releases.archive import Archive
from app.settings import Settings
from tests import factories, helpers
from tests.explorer.hostile_records import hostile_dataset
from tests.explorer.html_page import HtmlPage
from tests.explorer.page_sample import page_addresses, resolve

#: What Chromium sends for a page.
BROWSER_ACCEPT = (
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
)
JSON = {"Accept": "application/json"}


@dataclass
class Explorer:
    """A served store with one release, and the pages that were loaded from it."""

    store: Store
    archive: Archive
    client: httpx.Client
    _pages: dict[str, HtmlPage] = field(default_factory=dict, repr=False)
    _statuses: dict[str, int] = field(default_factory=dict, repr=False)

    @property
    def base(self) -> str:
        """Address of the server."""
        return str(self.client.base_url).rstrip("/")

    def resolve(self, address: str) -> str:
        """Return the path and query of a sampled page."""
        path = resolve(self.store, address)
        if "{key}" in path:  # of a section: the first one of the record
            record = path.partition("/sections/")[0]
            (first, *_) = self.client.get(f"/v1{record}", headers=JSON).json()["data"]["sections"]
            path = path.replace("{key}", first["key"])
        return path

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> HtmlPage:
        """Return a page as a browser gets it, from the server only once."""
        if headers:
            return HtmlPage(self.client.get(path, headers=headers))
        if path not in self._pages:
            self._pages[path] = HtmlPage(self.client.get(path))
        return self._pages[path]

    def status(self, address: str) -> int:
        """Return the status of an address, requested only once."""
        if address not in self._statuses:
            self._statuses[address] = self.client.head(address).status_code
        return self._statuses[address]


@pytest.fixture(scope="session")
def explorer(released_store: tuple[Store, Archive]) -> Iterator[Explorer]:
    """The pages of the shipped dataset and of a release of it."""
    store, archive = released_store
    headers = {"Accept": BROWSER_ACCEPT, "Accept-Encoding": "br"}
    with (
        helpers.serving(store, archive) as url,
        httpx.Client(base_url=url, timeout=30, headers=headers) as client,
    ):
        yield Explorer(store, archive, client)


@pytest.fixture(params=page_addresses())
def address(request: pytest.FixtureRequest) -> str:
    """Each sampled page in turn."""
    return str(request.param)


@pytest.fixture
def page(explorer: Explorer, address: str) -> HtmlPage:
    """Each sampled page in turn, as a browser gets it."""
    return explorer.get(explorer.resolve(address))


@pytest.fixture(scope="session")
def hostile_store(
    make_empty_store: Callable[[str, Path], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    """Some records of each collection with markup in every text."""
    folder = tmp_path_factory.mktemp("hostile")
    content = factories.write_folder(folder / "data", hostile_dataset(4))
    store = helpers.fill_store(make_empty_store("sqlite", folder), content)
    yield store
    store.engine.dispose()


@pytest.fixture(scope="session")
def hostile_client(hostile_store: Store) -> Iterator[httpx.Client]:
    """A client of these records."""
    settings = Settings(database_url="sqlite://", cache_bytes=0)
    headers = {"Accept": BROWSER_ACCEPT}
    with (
        helpers.serving(hostile_store, settings=settings) as url,
        httpx.Client(base_url=url, timeout=30, headers=headers) as client,
    ):
        yield client

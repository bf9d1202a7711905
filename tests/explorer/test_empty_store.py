"""Every page of a store without records is a page: that of a new installation."""

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from app.settings import Settings
from tests.explorer.html_page import HtmlPage
from tests.explorer.page_sample import NEED_QUERY, page_routes
from tests.explorer.pages import HTML
from tests.helpers import migrated_store, serving

#: Pages that are at one address, and views of them that read other data.
PATHS = sorted(path for path in page_routes() if "{" not in path and path not in NEED_QUERY)
VIEWS = ("/matrix?columns=outcome", "/graph?include_refuted=true", "/search?q=ketamine")


@pytest.fixture(scope="module")
def client(
    make_empty_store: Callable[[str, Path], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    """A client of the empty store."""
    store = migrated_store(make_empty_store("sqlite", tmp_path_factory.mktemp("empty")))
    settings = Settings(database_url="sqlite://")
    with (
        serving(store, settings=settings) as url,
        httpx.Client(base_url=url, timeout=30, headers=HTML) as found,
    ):
        yield found
    store.engine.dispose()


@pytest.mark.parametrize("path", [*PATHS, *VIEWS])
def test_each_page_and_its_data_are_served(client: httpx.Client, path: str) -> None:
    page = HtmlPage(client.get(path))
    assert page.response.status_code == 200, page.response.text[:300]
    assert page.problems() == []
    for address in page.hrefs:
        if address.startswith("/"):
            found = client.head(address, headers={"Accept": "*/*"}, follow_redirects=True)
            assert found.status_code == 200, address

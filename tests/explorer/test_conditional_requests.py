"""Pages have the validators, the caching and the HEAD responses of the JSON that they show."""

import httpx
import pytest

from app.api.cache.etags import CACHE_CONTROL, IMMUTABLE_CACHE_CONTROL
from tests.explorer.conftest import Explorer
from tests.explorer.html_page import HtmlPage
from tests.explorer.page_sample import page_addresses
from tests.explorer.test_links import TEMPLATES, in_release, supports_release
from tests.params import RELEASE_DAY

VOLATILE = {"date", "x-request-id"}


def lasting(response: httpx.Response) -> dict[str, str]:
    """The headers of a response that do not change from one to the next."""
    return {name: value for name, value in response.headers.items() if name not in VOLATILE}


@pytest.mark.parametrize("address", TEMPLATES, indirect=True)
def test_a_page_is_validated_and_cached_like_its_data(
    explorer: Explorer, page: HtmlPage, address: str
) -> None:
    path, sent = explorer.resolve(address), page.response.headers
    data = explorer.client.head(f"/v1{path}".removesuffix("/")).headers
    if "etag" not in data:  # a page without JSON of its own
        data = explorer.client.head("/v1/claims?limit=1").headers
    # Data of a release never change, but its page follows the software.
    assert data["cache-control"] in {CACHE_CONTROL, IMMUTABLE_CACHE_CONTROL}
    assert sent["cache-control"] == CACHE_CONTROL
    assert {"Accept", "Accept-Encoding"} <= set(sent["vary"].split(", "))
    revision = data["etag"].partition("-")[0]
    assert sent["etag"].startswith(f"{revision}-")
    same = explorer.client.get(path, headers={"If-None-Match": sent["etag"]})
    assert (same.status_code, same.content) == (304, b"")
    assert same.headers["etag"] == sent["etag"]
    head = explorer.client.head(path)
    assert (head.status_code, head.content) == (200, b"")
    assert lasting(head) == lasting(explorer.client.get(path))
    plain = explorer.get(path, {"Accept-Encoding": "identity"})
    assert plain.response.content == page.response.content
    assert plain.response.headers["etag"] != sent["etag"]


@pytest.mark.parametrize("address", TEMPLATES, indirect=True)
def test_a_page_as_of_a_date_is_that_of_its_release(explorer: Explorer, address: str) -> None:
    path = explorer.resolve(address)
    if not supports_release(explorer, path):
        pytest.skip("no historical form")
    separator = "&" if "?" in path else "?"
    pinned = explorer.get(in_release(path))
    dated = explorer.get(f"{path}{separator}as_of={RELEASE_DAY}")
    assert dated.response.status_code == 200
    assert dated.title == pinned.title
    for wrong in ("release=99", "as_of=yesterday", f"release=1&as_of={RELEASE_DAY}"):
        assert explorer.status(f"{path}{separator}{wrong}") == 422


def test_pages_without_a_historical_form_are_few() -> None:
    """All pages of records and lists have one: they are checked above, not skipped."""
    assert len(TEMPLATES) < len(page_addresses())

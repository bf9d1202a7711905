"""No link leads nowhere: on a page, on that of a release, behind a prefix, under another host."""

from collections import defaultdict
from collections.abc import Iterator
from urllib.parse import parse_qsl, urldefrag, urlsplit

import httpx
import pytest

from app.api.cache.etags import CACHE_CONTROL
from app.explorer.routers import routers
from app.settings import Settings
from tests import helpers
from tests.explorer.conftest import Explorer
from tests.explorer.html_page import HtmlPage, own_path
from tests.explorer.page_sample import addresses_by_template, page_addresses, redirecting_paths
from tests.params import RELEASE, sample

PUBLIC = "https://kb.example.org/ketamine"
#: One page of each template.
TEMPLATES = addresses_by_template()
#: Links of a kind that are followed of a page, and all that are of a page in a release.
MOST_OF_A_KIND, MOST_OF_A_RELEASE = 1, 8
HTML = {"Accept": "text/html", "Accept-Encoding": "identity"}


def test_every_link_of_a_page_answers(explorer: Explorer, page: HtmlPage) -> None:
    own = own_links(explorer, page)
    assert own
    kinds: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for link in own:
        kinds[kind_of(link)].append(link)
    followed = [
        link
        for kind, links in kinds.items()
        for link in sample(links, MOST_OF_A_KIND, f"{urlsplit(page.canonical).path} {kind}")
    ]
    assert broken(explorer, followed) == {}


def test_every_fragment_of_another_page_is_there(explorer: Explorer, page: HtmlPage) -> None:
    """Of pages that have one address, such as the glossary; their sections are linked to."""
    fixed = {address for address in page_addresses() if "{" not in address and "?" not in address}
    for link in page.fragments:
        target, fragment = urldefrag(link)
        if (path := own_path(target, explorer.base)) in fixed:
            assert fragment in explorer.get(str(path)).ids, link


@pytest.mark.parametrize("address", TEMPLATES, indirect=True)
def test_no_link_depends_on_the_host_of_the_request(
    explorer: Explorer, page: HtmlPage, address: str
) -> None:
    host = "kb.example.org"
    other = explorer.get(explorer.resolve(address), {"Host": host, **HTML})
    assert urlsplit(explorer.base).netloc not in other.response.text
    assert f"http://{host}" in other.canonical
    assert set(other.hrefs) == {
        href.replace(explorer.base, f"http://{host}", 1) for href in page.hrefs
    }


@pytest.mark.parametrize("address", TEMPLATES, indirect=True)
def test_links_of_a_release_stay_in_it(explorer: Explorer, address: str) -> None:
    path = explorer.resolve(address)
    if not supports_release(explorer, path):
        pytest.skip("no historical form")
    pinned = explorer.get(in_release(path))
    assert pinned.response.status_code == 200
    # Its data never change; the page does with the software, and links to its style sheet.
    assert pinned.response.headers["cache-control"] == CACHE_CONTROL
    own = own_links(explorer, pinned)
    unpinned = [link for link in own if ("release", RELEASE) not in parameters(link)]
    # Left are files, pages without a historical form, and the same page of today.
    wrong = [
        link
        for link in unpinned
        if link != own_path(pinned.canonical, explorer.base)
        and not link.startswith("/assets/")
        and supports_release(explorer, link)
    ]
    assert wrong == []
    assert broken(explorer, sample(own, MOST_OF_A_RELEASE, address)) == {}


@pytest.mark.parametrize("path", sample(redirecting_paths(), 8, "redirects"))
def test_the_address_of_a_part_of_a_page_leads_to_it(explorer: Explorer, path: str) -> None:
    """Every address of the API has a page, though not each one of its own."""
    part = explorer.resolve(path.replace("{slug}", "{0}"))
    response = explorer.client.get(f"{part}?release={RELEASE}")
    assert response.status_code in (301, 303)
    target, _, _section = response.headers["location"].partition("#")
    assert target.endswith(f"?release={RELEASE}")
    assert explorer.get(target).response.status_code == 200


def test_the_address_of_a_part_of_a_claim_leads_to_its_section(explorer: Explorer) -> None:
    claim = "/claims/ketamine-relieves-ptsd"
    ids = explorer.get(claim).ids
    for path in redirecting_paths():
        if path.startswith("/claims/{slug}/"):
            response = explorer.client.get(path.replace("/claims/{slug}", claim))
            target, _, section = response.headers["location"].partition("#")
            assert target == claim
            assert section in ids, path


def kind_of(link: str) -> tuple[str, ...]:
    """What links to the same collection, section of a record and parameters have in common."""
    _, collection, _, *section = [*urlsplit(link).path.split("/"), "", ""]
    return (collection, *section, *(name for name, _ in parameters(link)))


def own_links(explorer: Explorer, page: HtmlPage) -> list[str]:
    """Paths and queries of the links of a page to this server."""
    return [path for link in page.links if (path := own_path(link, explorer.base))]


def broken(explorer: Explorer, paths: list[str]) -> dict[str, int]:
    """Those of some paths that have no answer, with their status."""
    return {path: status for path in paths if (status := explorer.status(path)) >= 400}


def supports_release(explorer: Explorer, path: str) -> bool:
    return explorer.status(in_release(path)) < 400


def in_release(path: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}release={RELEASE}"


def parameters(path: str) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(path).query)


@pytest.fixture(scope="module")
def prefixed(explorer: Explorer) -> Iterator[httpx.Client]:
    """A client of the same store, served below a path prefix."""
    settings = Settings(database_url="sqlite://", public_url=PUBLIC)
    with (
        helpers.serving(explorer.store, explorer.archive, settings) as url,
        httpx.Client(base_url=url, timeout=30, headers=HTML) as client,
    ):
        yield client


@pytest.mark.parametrize("address", TEMPLATES, indirect=True)
def test_every_link_below_a_prefix_begins_with_it(
    explorer: Explorer, prefixed: httpx.Client, address: str
) -> None:
    page = HtmlPage(prefixed.get(f"/ketamine{explorer.resolve(address)}"))
    assert page.response.status_code == 200
    assert page.canonical.startswith(PUBLIC)
    assert all(command.startswith(f"{PUBLIC}/") for command in page.commands)
    relative = [href for href in page.hrefs if href.startswith("/")]
    assert relative
    assert [href for href in relative if not href.startswith("/ketamine/")] == []
    loaded = [href for href in relative if href.startswith("/ketamine/assets/")]
    assert loaded
    assert {href for href in loaded if prefixed.head(href).status_code >= 400} == set()


def test_there_are_pages_of_every_router() -> None:
    assert len(page_addresses()) > len(routers())

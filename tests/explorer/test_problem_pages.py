"""A problem at the address of a page is a page, with the status and the way on."""

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from app.domain.curation import Scope
from app.kit.sessions import Store
from app.services.curation import api_keys
from app.services.store.opening import open_store
from app.settings import Settings
from tests import factories
from tests.curation.conftest import Curator, accepted_revision
from tests.explorer.conftest import BROWSER_ACCEPT, Explorer
from tests.explorer.html_page import HtmlPage, text
from tests.explorer.test_links import supports_release
from tests.explorer.test_markup import POLICY
from tests.helpers import fill_store, serving

#: Tracking parameters, before and after which a page has its own.
TRACKING = "utm_source=x&fbclid=y&mc_cid=z&gclid=1&ref=2"


def check_problem(page: HtmlPage, status: int) -> str:
    """Check what all problems share; return the text of the page."""
    response = page.response
    assert response.status_code == status, response.text[:300]
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["cache-control"] == "no-store"
    assert len(response.headers["content-security-policy"].split("; ")) == len(POLICY)
    assert page.problems() == []
    return text(page.main)


def own_links(page: HtmlPage) -> set[str]:
    """Paths that the main content links to."""
    return {element.attrib["href"] for element in page.main.iter("a")}


def test_a_wrong_slug_is_a_page_that_links_to_similar_ones(explorer: Explorer) -> None:
    page = explorer.get("/claims/ketamine-relieves-ptds")
    shown = check_problem(page, 404)
    data = explorer.client.get("/v1/claims/ketamine-relieves-ptds").json()
    assert "/v1/claims/ketamine-relieves-ptsd" in data["did_you_mean"]
    assert {path.removeprefix("/v1") for path in data["did_you_mean"]} <= own_links(page)
    assert data["title"] in shown


@pytest.mark.parametrize(
    "path", ["/nothing", "/claims/a/b/c", "/v2/claims", "/claims/%F0%9F%92%8A", "/pubmed:0"]
)
def test_an_address_of_nothing_is_a_page(explorer: Explorer, path: str) -> None:
    check_problem(explorer.get(path), 404)
    json = explorer.client.get(path, headers={"Accept": "application/json"})
    assert json.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/CLAIMS", "/claims/", "/Claims/Ketamine-Relieves-PTSD/"])
def test_an_address_in_capitals_or_with_a_slash_at_its_end_has_a_link(
    explorer: Explorer, path: str
) -> None:
    page = explorer.get(path)
    check_problem(page, 404)
    assert path.rstrip("/").lower() in own_links(page)


@pytest.mark.parametrize("blank", ["", "%20", "+"])
def test_a_blank_field_of_a_form_is_no_filter(explorer: Explorer, blank: str) -> None:
    response = explorer.client.get(f"/claims?q={blank}&verdict=contested")
    assert response.status_code == 301
    assert response.headers["location"] == "/claims?verdict=contested"


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("verdict=contestet", "contested"),
        ("verdct=contested", "verdict"),
        ("limit=-1", "limit"),
        ("cursor=nonsense", "cursor"),
        ("release=99", "release"),
        ("as_of=yesterday", "as_of"),
        ("sort=nonsense", "-participants_for"),
        ("nothing=1", "statement"),
        ("verdict=contestet&utm_campaign=x", None),
    ],
)
def test_a_wrong_parameter_is_a_page_that_names_what_would_work(
    explorer: Explorer, query: str, shown: str | None
) -> None:
    page = explorer.get(f"/claims?{query}")
    if shown is None:
        assert page.response.status_code == 301
    else:
        assert shown in check_problem(page, 422)


def test_no_page_ignores_a_parameter(explorer: Explorer, address: str) -> None:
    """A misspelt filter that is dropped would show the wrong list."""
    path = explorer.resolve(address)
    for name in ("verdct", "utmsource", "reff"):
        page = explorer.client.get(f"{path}{'&' if '?' in path else '?'}{name}=1")
        assert page.status_code == 422, name
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert name in page.text


def test_tracking_parameters_are_dropped_by_a_redirect(explorer: Explorer, address: str) -> None:
    path = explorer.resolve(address)
    mark = "&" if "?" in path else "?"
    response = explorer.client.get(f"{path}{mark}{TRACKING}")
    assert response.status_code == 301
    assert response.headers["location"] == path
    if not supports_release(explorer, path):
        return
    pinned = explorer.client.get(f"{path}{mark}release=1&{TRACKING}")
    assert pinned.headers["location"] == f"{path}{mark}release=1"


def test_the_methods_that_a_page_has_are_named(explorer: Explorer) -> None:
    response = explorer.client.post("/claims/ketamine-relieves-ptsd")
    assert response.status_code == 405
    assert set(response.headers["allow"].split(", ")) >= {"GET", "HEAD"}


def test_a_page_is_not_found_under_the_api(explorer: Explorer) -> None:
    """Problems of the API stay problem documents, whoever asks."""
    response = explorer.client.get("/v1/claims/nothing-like-it")
    assert response.headers["content-type"] == "application/problem+json"


@pytest.fixture(scope="module")
def small_store(
    make_empty_store: Callable[[str, Path], str],
    database: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Store]:
    """A store that tests of this file may break."""
    folder = tmp_path_factory.mktemp("small")
    content = factories.write_folder(folder / "data", factories.dataset(4))
    store = fill_store(make_empty_store(database, folder), content)
    yield store
    store.engine.dispose()


@pytest.fixture(scope="module")
def small_client(small_store: Store) -> Iterator[httpx.Client]:
    headers = {"Accept": BROWSER_ACCEPT}
    with (
        serving(small_store) as url,
        httpx.Client(base_url=url, timeout=30, headers=headers) as client,
    ):
        yield client


def test_a_withdrawn_record_is_a_page_that_links_to_its_successor(
    small_store: Store, small_client: httpx.Client
) -> None:
    def curator(name: str, scope: str) -> Curator:
        with small_store.write() as session:
            known, token = api_keys.create_key(session, name, [Scope(scope)], 1)
        return Curator(small_client, name, token, known["id"])

    assert small_client.get("/pathways/pathway-1").status_code == 200
    withdrawal = curator("anna", "propose").withdraw("pathways/pathway-1", successor="pathway-2")
    accepted_revision(curator("ben", "review"), withdrawal)
    page = HtmlPage(small_client.get("/pathways/pathway-1"))
    assert "withdrawn" in check_problem(page, 410)
    assert "/pathways/pathway-2" in own_links(page)
    assert small_client.get("/pathways/pathway-2").status_code == 200


def test_a_store_without_a_free_connection_is_a_page(small_store: Store) -> None:
    url = small_store.engine.url.render_as_string(hide_password=False)
    busy = open_store(url, pool_size=1, pool_timeout=0.05)
    with (
        serving(busy, settings=Settings(database_url="sqlite://", cache_bytes=0)) as base,
        httpx.Client(base_url=base, timeout=30, headers={"Accept": BROWSER_ACCEPT}) as client,
    ):
        assert client.get("/claims/claim-0").status_code == 200
        with busy.read():
            page = HtmlPage(client.get("/claims/claim-0"))
            check_problem(page, 503)
            assert page.response.headers["retry-after"] == "1"
            missing = client.get("/v1/claims/claim-0")
            assert missing.headers["content-type"] == "application/problem+json"
        assert client.get("/claims/claim-0").status_code == 200
    busy.engine.dispose()

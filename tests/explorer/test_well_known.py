"""Addresses at which programs look by convention, and the sitemap."""

import datetime
import json
from xml.etree import ElementTree as ET

import httpx
import pytest
from sqlalchemy import func, select

from app import models as m
from app.resources import RESOURCES
from app.services.records import sitemap
from app.settings import Settings
from tests import helpers
from tests.explorer.conftest import Explorer

NAMESPACE = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def locations(explorer: Explorer, path: str) -> list[str]:
    """The addresses of a sitemap, without the host."""
    root = ET.fromstring(explorer.client.get(path).content)
    found = [element.text or "" for element in root.findall(".//s:loc", NAMESPACE)]
    assert all(address.startswith(explorer.base) for address in found)
    return [address.removeprefix(explorer.base) for address in found]


def test_the_sitemap_lists_every_record_once_and_no_other(
    explorer: Explorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sitemap, "BLOCK", 1000)
    with explorer.store.read() as session:
        newest = session.execute(select(func.max(m.Record.id))).scalar_one()
        rows = session.execute(select(m.Record.type, m.Record.slug)).all()
        parts = sitemap.block_count(session)
        blocks = [sitemap.entries_of_block(session, n + 1) for n in range(parts)]
    assert parts == -(-newest // 1000) > 1
    paths = [entry.path for block in blocks for entry in block]
    expected = {f"/{RESOURCES.by_record_type[kind].name}/{slug}" for kind, slug in rows}
    assert len(paths) == len(set(paths))
    assert set(paths) == expected


def test_the_parts_of_the_sitemap_answer_and_hold_pages(explorer: Explorer) -> None:
    parts = locations(explorer, "/sitemap.xml")
    assert parts == ["/sitemaps/pages.xml", "/sitemaps/1.xml"]
    overviews = locations(explorer, "/sitemaps/pages.xml")
    assert {f"/{name}" for name in RESOURCES} <= set(overviews)
    for path in [*overviews, *locations(explorer, "/sitemaps/1.xml")[::200]]:
        assert explorer.status(path) == 200, path


def test_a_record_has_the_day_of_its_last_change(explorer: Explorer) -> None:
    path = "/claims/ketamine-relieves-ptsd"
    change = explorer.client.get(f"/v1{path}/history").json()["data"][-1]
    root = ET.fromstring(explorer.client.get("/sitemaps/1.xml").content)
    url = next(u for u in root if (u.findtext("s:loc", "", NAMESPACE)).endswith(path))
    assert url.findtext("s:lastmod", "", NAMESPACE) == change["at"][:10]


def test_a_part_that_does_not_exist_is_a_404(explorer: Explorer) -> None:
    assert explorer.client.get("/sitemaps/999.xml").status_code == 404
    assert explorer.client.get("/sitemaps/0.xml").status_code == 422


def test_robots_are_kept_off_addresses_with_parameters(explorer: Explorer) -> None:
    text = explorer.client.get("/robots.txt").text
    assert "Disallow: /*?\n" in text
    assert f"Sitemap: {explorer.base}/sitemap.xml\n" in text


def test_the_api_catalog_links_what_answers(explorer: Explorer) -> None:
    response = explorer.client.get("/.well-known/api-catalog")
    assert response.headers["content-type"].startswith("application/linkset+json")
    (entry,) = json.loads(response.text)["linkset"]
    links = [link["href"] for name, value in entry.items() if name != "anchor" for link in value]
    for address in [entry["anchor"], *links]:
        assert explorer.client.get(address).status_code == 200, address


def test_llms_txt_links_what_answers(explorer: Explorer) -> None:
    text = explorer.client.get("/llms.txt").text
    assert text.startswith("# ketamine-kb\n\n> ")
    addresses = [part.partition(")")[0] for part in text.split("](")[1:]]
    assert len(addresses) == 5 + len(RESOURCES)
    for address in addresses:
        headers = {"Accept": "*/*"}
        assert explorer.client.get(address, headers=headers).status_code == 200, address


def test_the_icon_is_found_without_a_page(explorer: Explorer) -> None:
    response = explorer.client.get("/favicon.ico", follow_redirects=True)
    assert response.headers["content-type"].startswith("image/svg+xml")


def test_security_txt_names_the_contact_and_does_not_expire_soon(explorer: Explorer) -> None:
    assert explorer.client.get("/.well-known/security.txt").status_code == 404
    settings = Settings(database_url="sqlite://", contact_url="mailto:kb@example.org?subject={url}")
    with helpers.serving(explorer.store, settings=settings) as base:
        text = httpx.get(f"{base}/.well-known/security.txt").text
    fields = dict(line.split(": ", 1) for line in text.splitlines())
    assert fields["Contact"].startswith("mailto:kb@example.org?subject=http%3A%2F%2F")
    expires = datetime.datetime.fromisoformat(fields["Expires"])
    left = expires - datetime.datetime.now(datetime.UTC)
    assert datetime.timedelta(days=30) < left < datetime.timedelta(days=365)

"""The data that a page links to is what it shows: JSON, CSV, BibTeX and the curl command."""

import csv
import io

import httpx

from tests.explorer.conftest import Explorer
from tests.explorer.html_page import HtmlPage, own_path, text

MEDIA_TYPES = {
    "JSON": "application/json",
    "CSV": "text/csv; charset=utf-8",
    "BibTeX": "application/x-bibtex; charset=utf-8",
    "RIS": "application/x-research-info-systems; charset=utf-8",
}


def data_links(page: HtmlPage) -> dict[str, set[str]]:
    """Addresses of the data of a page, by the name of their format."""
    found: dict[str, set[str]] = {}
    for link in page.all("a"):
        if "aria-label" in link.attrib:
            continue  # the data of something else that the page lists
        if (name := text(link)) in MEDIA_TYPES:
            found.setdefault(name, set()).add(link.attrib["href"])
    return found


def get(explorer: Explorer, path: str) -> httpx.Response:
    response = explorer.client.get(path, headers={"Accept": "*/*"})
    assert response.status_code == 200, path
    return response


def test_every_data_link_answers_in_its_format(explorer: Explorer, page: HtmlPage) -> None:
    for name, paths in data_links(page).items():
        for path in paths:
            assert get(explorer, path).headers["content-type"] == MEDIA_TYPES[name], path


def test_the_alternates_of_the_head_are_the_data_links(explorer: Explorer, page: HtmlPage) -> None:
    """Programs find in the head what people find on the page."""
    links = {at for paths in data_links(page).values() for at in paths}
    for media_type, address in page.alternates().items():
        path = own_path(address, explorer.base)
        assert path in links, media_type


def test_the_command_gets_the_json_of_the_page(explorer: Explorer, page: HtmlPage) -> None:
    json = data_links(page).get("JSON", set())
    commands = [own_path(command, explorer.base) for command in page.commands]
    assert None not in commands, "a command that gets another host"
    assert json <= set(commands), "no command for the JSON"
    assert {path for path in commands if path and explorer.status(path) >= 400} == set()


def test_the_csv_has_the_rows_of_its_json(explorer: Explorer, page: HtmlPage) -> None:
    """The address of a CSV without `.csv` is that of the same selection as JSON."""
    for path in data_links(page).get("CSV", ()):
        rows = list(csv.DictReader(io.StringIO(get(explorer, path).text)))
        body = get(explorer, path.replace(".csv", "", 1)).json()
        if not isinstance(body["data"], list) or "page" not in body:
            # The rows of an analysis, such as those of a forest plot, or the cells of a matrix.
            assert rows[0].keys(), path
            continue
        slugs = {row.get("slug") for row in rows}
        assert len(rows) == body["page"]["total"], path
        assert {record["slug"] for record in body["data"]} <= slugs, path
        (json,) = data_links(page)["JSON"]
        shown = get(explorer, json).json()
        if isinstance(shown["data"], list):  # a list: the CSV is that of its selection
            assert len(rows) == shown["page"]["total"], path

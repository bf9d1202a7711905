"""The page that compares compounds shows the cells of the matrix, and works without a script."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from app.explorer.matrix_page import DEFAULT_ROWS, MAX_COLUMNS
from app.explorer.quantities import concentration
from tests.explorer.test_compound_page import data, read, text

ROWS = "ketamine,memantine,dizocilpine"


def cells(page: Any) -> dict[tuple[str, str], Any]:
    """Return the cells by slug of column and row, as the links of their heads name them."""
    table = page.find(".//table")
    heads = [link.get("href").split("/")[-1] for link in table.iterfind("thead//a")]
    found: dict[tuple[str, str], Any] = {}
    for row in table.iterfind("tbody/tr"):
        slug = row.find("th/a").get("href").split("/")[-1]
        found |= {(head, slug): cell for head, cell in zip(heads, row.findall("td"), strict=True)}
    return found


def test_each_cell_has_the_state_and_the_number_of_the_json(shipped_client: httpx.Client) -> None:
    shown = cells(read(shipped_client, f"/matrix?rows={ROWS}"))
    matrix = data(shipped_client, f"/v1/matrix?rows={ROWS}")
    assert len(shown) == len(matrix["cells"])
    for cell in matrix["cells"]:
        written = text(shown[cell["compound"], cell["receptor"]])
        if cell["state"] == "measured":
            assert concentration(cell["min_nm"]) in written
            bound = cell["none_up_to_nm"]
            assert ("†" in written) == (bound is not None and bound >= cell["min_nm"])
        elif cell["state"] == "none_up_to_bound":
            assert written == f"none to {concentration(cell['none_up_to_nm'])}"
        else:
            assert written == "no data"


def test_the_five_steps_are_powers_of_ten(shipped_client: httpx.Client) -> None:
    shown = cells(read(shipped_client, f"/matrix?rows={ROWS}"))
    matrix = data(shipped_client, f"/v1/matrix?rows={ROWS}")
    for cell in matrix["cells"]:
        if cell["state"] == "measured":
            value = cell["min_nm"]
            level = 5 - sum(value > bound for bound in (1e2, 1e3, 1e4, 1e5))
            assert shown[cell["compound"], cell["receptor"]].get("class") == f"heat-{level}"


def test_outcomes_count_the_studies_of_the_json(shipped_client: httpx.Client) -> None:
    path = "matrix?rows=ketamine,esketamine&columns=outcome"
    shown = cells(read(shipped_client, f"/{path}"))
    for cell in data(shipped_client, f"/v1/{path}")["cells"]:
        written = text(shown[cell["compound"], cell["outcome"].split(":")[1]])
        if cell["state"] == "not_tested":
            assert written == "no data"
        else:
            noun = "study" if cell["studies"] == 1 else "studies"
            assert written == f"{cell['state'].replace('_', ' ')} {cell['studies']} {noun}"


def test_without_rows_the_compounds_with_the_most_measurements_are_shown(
    shipped_client: httpx.Client,
) -> None:
    page = read(shipped_client, "/matrix")
    facets = shipped_client.get("/v1/affinities?facets=compound&limit=1").json()["facets"]
    counts = {facet["value"]: facet["count"] for facet in facets["compound"]}
    shown = {slug for slug, _ in cells(page)}
    assert len(shown) == DEFAULT_ROWS
    assert min(counts[slug] for slug in shown) >= sorted(counts.values())[-DEFAULT_ROWS]


def test_the_form_sends_the_compounds_that_are_chosen(shipped_client: httpx.Client) -> None:
    page = read(shipped_client, f"/matrix?rows={ROWS}&columns=outcome")
    (form,) = (form for form in page.iter("form") if form.get("class") == "choose")
    boxes = [box for box in form.iter("input") if box.get("type") == "checkbox"]
    chosen = [box.get("value") for box in boxes if "checked" in box.attrib]
    assert sorted(chosen) == sorted(ROWS.split(","))
    fields = [("rows", slug) for slug in chosen] + [
        (box.get("name"), box.get("value")) for box in form.iter("input") if box not in boxes
    ]
    again = shipped_client.get("/matrix", params=fields, headers={"Accept": "text/html"})
    assert again.status_code == 200
    assert "columns=outcome" in again.text


def test_the_data_links_have_the_same_rows(shipped_client: httpx.Client) -> None:
    page = read(shipped_client, "/matrix?rows=S-ketamine,ketamine")
    links = [link.get("href") for link in page.iter("a")]
    (csv,) = {link for link in links if link.startswith("/v1/matrix.csv")}
    assert parse_qs(urlsplit(csv).query)["rows"] == ["esketamine,ketamine"]
    lines = shipped_client.get(csv).raise_for_status().text.splitlines()
    assert len(lines) - 1 == len(cells(page))


@pytest.mark.parametrize(
    "query", ["rows=nobody", "columns=taste", "column=nothing", "row=ketamine", "rows=" + "a," * 60]
)
def test_a_wrong_choice_is_a_problem_page(shipped_client: httpx.Client, query: str) -> None:
    response = shipped_client.get(f"/matrix?{query}", headers={"Accept": "text/html"})
    assert response.status_code in (404, 422)
    assert response.headers["content-type"].startswith("text/html")


def test_a_page_without_columns_shows_some_and_says_of_how_many(client: httpx.Client) -> None:
    page = read(client, "/matrix")
    slugs = {slug for slug, _ in cells(page)}
    matrix = data(client, f"/v1/matrix?rows={','.join(slugs)}")
    shown = {receptor for _, receptor in cells(page)}
    assert len(shown) == min(MAX_COLUMNS, len(matrix["columns"]))

"""The page of a pathway shows its steps with their verdicts, and the drawing of the API."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from app import models as m
from app.explorer import assets
from app.explorer.pathway_page import weakest_steps
from app.kit.sessions import Store
from app.services.graph.filtering import EdgeFilter, filter_graph
from app.services.graph.graph import Graph
from app.services.graph.loader import load_graph
from app.services.graph.svg_style import STYLE
from tests.explorer.test_compound_page import data, read, section, text

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def mtor(shipped_client: httpx.Client) -> Any:
    return read(shipped_client, "/pathways/mtor")


def steps_of(client: httpx.Client, slug: str) -> list[dict[str, Any]]:
    page = data(client, f"/v1/pages/pathway/{slug}")
    (steps,) = (section["items"] for section in page["sections"] if section["key"] == "steps")
    found: list[dict[str, Any]] = steps
    return found


def test_steps_are_in_order_with_verdict_and_studies(
    shipped_client: httpx.Client, mtor: Any
) -> None:
    rows = section(mtor, "steps").findall("ol/li")
    for row, step in zip(rows, steps_of(shipped_client, "mtor"), strict=True):
        subject, verb, obj = (text(part) for part in row.find("p/a"))
        assert (subject, obj) == (step["subject"]["name"], step["object"]["name"])
        assert verb
        assert f"{step['studies_for']} for, {step['studies_against']} against" in text(row)
        assert f"verdict-{step['verdict']}" in row.find(f".//{SVG}svg").get("class")


def test_the_weakest_step_is_that_of_the_graph(shipped_client: httpx.Client, mtor: Any) -> None:
    marked = [
        row.find("p/a").get("href").split("/")[-1]
        for row in section(mtor, "steps").findall("ol/li")
        if "weakest step" in text(row)
    ]
    path = "/v1/graph?pathway=mtor&include_refuted=true"
    edges = data(shipped_client, path)["elements"]["edges"]
    strengths = {edge["data"]["claim"]: edge["data"]["weight"] for edge in edges}
    lowest = min(strengths.values())
    assert marked == [claim for claim, strength in strengths.items() if strength == lowest]


def test_no_step_is_the_weakest_of_equal_ones() -> None:
    assert weakest_steps(Graph({}, {})) == frozenset()


def test_the_graph_of_a_pathway_is_the_part_of_the_whole(shipped_store: Store) -> None:
    with shipped_store.read() as session:
        whole = load_graph(session)
        pathways = session.execute(
            select(m.Record.id, m.Record.slug).where(m.Record.type == "pathway")
        ).all()
        assert pathways
        for key, slug in pathways:
            own = load_graph(session, key)
            filters = EdgeFilter(pathway=frozenset({slug}), include_refuted=True)
            part = filter_graph(whole, filters)
            assert own.edges == part.edges
            assert own.nodes == part.nodes


def test_the_open_question_is_shown(shipped_client: httpx.Client, mtor: Any) -> None:
    question = data(shipped_client, "/v1/pathways/mtor")["open_question"]
    assert question in text(mtor.find(".//header[@class='page-header']"))


def test_the_drawing_has_no_style_of_its_own_and_links_to_pages(
    shipped_client: httpx.Client, mtor: Any
) -> None:
    drawing = section(mtor, "drawing").find(f".//{SVG}svg")
    assert drawing.find(f".//{SVG}style") is None
    links = {link.get("href") for link in drawing.iter(f"{SVG}a")}
    claims = {f"/claims/{step['claim']['slug']}" for step in steps_of(shipped_client, "mtor")}
    assert claims <= links
    assert not any(link.startswith("/v1") for link in links)
    for link in sorted(links)[:4]:
        assert shipped_client.get(link, headers={"Accept": "text/html"}).status_code == 200


def test_the_style_sheet_of_the_pages_has_the_rules_of_drawings() -> None:
    style_sheet = (Path(assets.FOLDER) / "explorer.css").read_text()
    assert STYLE.strip() in style_sheet


def test_drawings_of_the_api_have_their_style(shipped_client: httpx.Client) -> None:
    drawing = shipped_client.get("/v1/graph.svg?pathway=mtor").raise_for_status().text
    assert "<style>" in drawing
    assert drawing.index("</desc>") < drawing.index("<style>") < drawing.index("<defs>")


@pytest.mark.parametrize("form", ["SVG", "GraphML", "Mermaid"])
def test_other_forms_of_the_drawing_are_linked(
    shipped_client: httpx.Client, mtor: Any, form: str
) -> None:
    links = {text(link): link.get("href") for link in section(mtor, "drawing").iter("a")}
    response = shipped_client.get(links[form])
    assert response.status_code == 200
    assert "trkb" in response.text.lower()


def test_every_made_up_pathway_has_a_page(client: httpx.Client) -> None:
    for record in data(client, "/v1/pathways?limit=10"):
        page = read(client, f"/pathways/{record['slug']}")
        assert len(section(page, "steps").findall("ol/li")) == min(25, len(record["steps"]))


def test_a_part_of_the_graph_is_drawn_and_listed(shipped_client: httpx.Client) -> None:
    page = read(shipped_client, "/graph?receptor=NMDA&min_certainty=low")
    path = "/v1/graph?receptor=nmda-receptor&min_certainty=low"
    edges = data(shipped_client, path)["elements"]["edges"]
    links = [link.get("href") for link in section(page, "claims").iterfind("ol/li/p/a")]
    assert sorted(links) == sorted(f"/claims/{edge['data']['claim']}" for edge in edges)
    image = section(page, "drawing").find(".//img").get("src")
    response = shipped_client.get(image).raise_for_status()
    assert response.headers["content-type"].startswith("image/svg+xml")
    assert response.text.count('class="claim') >= len(edges)


def test_the_graph_without_filters_is_the_list_of_pathways(shipped_client: httpx.Client) -> None:
    response = shipped_client.get("/graph", headers={"Accept": "text/html"})
    assert (response.status_code, response.headers["location"]) == (303, "/pathways")


@pytest.mark.parametrize("query", ["pathway=nope", "verdict=true", "depth=3"])
def test_a_wrong_filter_is_a_problem_page(shipped_client: httpx.Client, query: str) -> None:
    response = shipped_client.get(f"/graph?{query}", headers={"Accept": "text/html"})
    assert response.status_code in (404, 422)
    assert response.headers["content-type"].startswith("text/html")

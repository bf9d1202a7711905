"""The SVG drawing of a graph: no overlaps, text alternatives, and a link for every claim."""

import itertools
import re
from xml.etree import ElementTree as ET

import pytest

from app.domain.vocabulary import VerdictKind
from app.kit.svg_text import text_width, wrap_text
from app.resources.entities import NODES
from app.services.graph import svg_legend
from app.services.graph.graph import Graph
from app.services.graph.layout import GraphLayouts
from app.services.graph.svg import to_svg
from app.services.graph.svg_style import SMALL, node_path
from tests.services.graph.builders import edge, graph, node, random_graph
from tests.services.graph.test_formats import hostile

NS = {"s": "http://www.w3.org/2000/svg"}
BASE = "http://kb.test"
LAYOUTS = GraphLayouts()


def drawn(found: Graph, pathway: str | None = None) -> ET.Element:
    return ET.fromstring(to_svg(found, LAYOUTS, BASE.__add__, "A title", "A note.", pathway))


def box(link: ET.Element) -> tuple[float, float, float, float]:
    """left, top, right, bottom of a link's box."""
    rect = link.find("s:rect", NS)
    if rect is not None:
        x, y, w, h = (float(rect.attrib[k]) for k in ("x", "y", "width", "height"))
        return x, y, x + w, y + h
    path = link.find("s:path", NS)
    assert path is not None
    if "A" not in path.attrib["d"]:
        points = [p.split(",") for p in re.findall(r"[-\d.]+,[-\d.]+", path.attrib["d"])]
        xs, ys = [float(x) for x, _ in points], [float(y) for _, y in points]
        return min(xs), min(ys), max(xs), max(ys)
    ends = re.findall(r"0 0 1 ([-\d.]+),([-\d.]+)", path.attrib["d"])
    xs, ys = [float(x) for x, _ in ends], [float(y) for _, y in ends]
    top = float(re.findall(r"^M[-\d.]+,([-\d.]+)", path.attrib["d"])[0])
    return min(xs), min(top, *ys), max(xs), max(ys)


def links(svg: ET.Element) -> list[ET.Element]:
    return svg.findall("s:g/s:a", NS)


GRAPHS = {
    "chain": graph(*(edge(f"c{n}", str(n), str(n + 1)) for n in range(12))),
    "fan": graph(*(edge(f"c{n}", "hub", str(n), sign=n % 3 - 1) for n in range(40))),
    "tangle": random_graph(1, 30, 60),
    "ring": graph(edge("there", "a", "b"), edge("back", "b", "a"), edge("self", "a", "a")),
    "several": graph(*(edge(f"c{n}", "a", "b") for n in range(6))),
    "hostile": hostile(),
}


@pytest.mark.parametrize("name", GRAPHS)
def test_no_two_boxes_overlap_and_each_text_fits_its_box(name: str) -> None:
    found = links(drawn(GRAPHS[name]))
    boxes = [box(link) for link in found]
    for a, b in itertools.combinations(boxes, 2):
        assert a[0] >= b[2] or b[0] >= a[2] or a[1] >= b[3] or b[1] >= a[3], (a, b)
    sizes = {"name": 14, "verb": 12.5, "small": 11.5, "kind": 11.5}
    for link, (left, top, right, low) in zip(found, boxes, strict=True):
        for text in link.findall("s:text", NS):
            half = text_width(text.text or "", sizes[text.attrib["class"].split()[0]]) / 2
            x, y = float(text.attrib["x"]), float(text.attrib["y"])
            assert left <= x - half <= x + half <= right
            assert top < y < low


@pytest.mark.parametrize("name", ["chain", "fan", "tangle", "several"])
def test_no_line_runs_through_a_box_that_is_not_its_own(name: str) -> None:
    found = links(drawn(GRAPHS[name]))
    boxes = {link.attrib["href"]: box(link) for link in found}
    for link in found:
        for path in link.findall("s:path", NS):
            points = [
                tuple(map(float, p)) for p in re.findall(r"([-\d.]+),([-\d.]+)", path.get("d", ""))
            ]
            for x, y in curve(points):
                inside = [
                    href
                    for href, (left, top, right, low) in boxes.items()
                    if left + 1 < x < right - 1 and top + 1 < y < low - 1
                ]
                assert set(inside) <= {link.attrib["href"]}, (link.attrib["href"], inside)


def curve(points: list[tuple[float, ...]]) -> list[tuple[float, float]]:
    out = []
    for at in range(0, len(points) - 3, 3):
        p = points[at : at + 4]
        for step in range(21):
            t = step / 20
            weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
            out.append(
                (
                    sum(w * q[0] for w, q in zip(weights, p, strict=True)),
                    sum(w * q[1] for w, q in zip(weights, p, strict=True)),
                )
            )
    return out


def test_every_claim_is_a_link_with_a_complete_accessible_label() -> None:
    svg = drawn(graph(edge("c1", "a", "b", "contested", -1, studies_for=2, studies_against=3)))
    (link,) = (a for a in links(svg) if a.attrib["href"] == f"{BASE}/v1/claims/c1")
    assert link.attrib["aria-label"] == (
        "a to b: c1 holds. The first lowers the second."
        " Verdict: contested with low certainty (2 studies for, 3 against)."
    )
    assert link.findtext("s:title", None, NS) == link.attrib["aria-label"]
    shown = [text.text for text in link.findall("s:text", NS)]
    assert shown == ["decreases −", "contested, low", "2 for, 3 against"]


def test_the_picture_has_a_title_a_description_and_a_role() -> None:
    svg = drawn(graph(edge("c1", "a", "b", studies_against=1), edge("c2", "b", "c")))
    named = {e.attrib["id"]: e.text for e in svg if "id" in e.attrib}
    title, description = (named[i] for i in svg.attrib["aria-labelledby"].split())
    assert title == "A title"
    assert description is not None
    assert "3 entities and 2 causal claims between them, 1 of them disputed" in description
    assert "document" in svg.attrib["role"].split()


def test_sign_and_verdict_are_distinguishable_without_colour() -> None:
    """Each sign has an end of its own; each verdict a dash pattern or a weight, and its word."""
    made = [edge(f"s{sign}", "a", "b", sign=sign) for sign in (1, -1, 0)]
    ends = {
        link.attrib["href"]: path.attrib["marker-end"]
        for link in links(drawn(graph(*made)))
        for path in link.findall("s:path[@marker-end]", NS)
    }
    assert len(set(ends.values())) == 3
    verdicts = [edge(verdict, "a", "b", verdict) for verdict in svg_legend.VERDICTS]
    lines = {
        (rect.get("stroke-width"), rect.get("stroke-dasharray"))
        for rect in drawn(graph(*verdicts)).findall("s:g/s:a/s:rect", NS)
    }
    assert len(lines) == len(svg_legend.VERDICTS)
    words = "".join(drawn(graph(*(edge(v, "a", "b", v) for v in VerdictKind))).itertext())
    assert all(verdict.value in words for verdict in VerdictKind)


def test_a_long_chain_is_laid_out_vertically_and_a_fan_horizontally() -> None:
    chain = float(drawn(GRAPHS["chain"]).attrib["width"])
    fan = drawn(GRAPHS["fan"])
    assert chain < 1000
    assert float(fan.attrib["width"]) < 1200 < float(fan.attrib["height"])


def test_claims_of_one_pathway_are_labelled_with_their_numbers() -> None:
    from app.domain.graph import EdgePosition

    made = [
        edge(f"c{n}", str(n), str(n + 1), pathway_positions=(EdgePosition("way", "Way", n + 1),))
        for n in range(3)
    ]
    verbs = [t.text for t in drawn(graph(*made), "way").iter() if "verb" in t.get("class", "")]
    assert verbs == ["1. increases +", "2. increases +", "3. increases +"]


def test_an_empty_graph_says_that_it_is_empty() -> None:
    texts = [text.text for text in drawn(Graph({}, {})).iter("{http://www.w3.org/2000/svg}text")]
    assert "No claim passes these filters." in texts


def test_a_word_wider_than_its_box_is_broken_at_a_hyphen_or_anywhere_else() -> None:
    assert wrap_text("(2R,6R)-hydroxynorketamine", 14, 176) == ["(2R,6R)-", "hydroxynorketamine"]
    lines = wrap_text("W" * 90, 14, 176)
    assert "".join(lines) == "W" * 90
    assert all(text_width(line, 14) <= 176 for line in lines)


def test_concurrent_drawings_equal_sequential_ones() -> None:
    from concurrent.futures import ThreadPoolExecutor

    found = GRAPHS["tangle"]
    once = to_svg(found, LAYOUTS, BASE.__add__, "t", "n")
    fresh = GraphLayouts()
    with ThreadPoolExecutor(8) as pool:
        drawings = pool.map(lambda _: to_svg(found, fresh, BASE.__add__, "t", "n"), range(24))
        assert set(drawings) == {once}


def test_a_layout_places_boxes_and_gives_each_link_a_curve() -> None:
    laid = LAYOUTS.lay_out({"a": (80, 40), "b": (80, 40)}, [("a", "b")])
    assert laid.centres["a"][0] < laid.centres["b"][0]
    assert len(laid.curves["a", "b"]) % 3 == 1


def test_every_type_of_entity_has_a_distinct_shape() -> None:
    shapes = {node_path(node.shape, 50, 50, 100, 40) for node in NODES.values()}
    assert len(shapes) == len(NODES) == 5


def test_names_of_any_script_are_drawn() -> None:
    odd = node("a", name="κ-オピオイド受容体 🧠 " + "長" * 60)
    found = graph(edge("c", "a", "b"))
    svg = drawn(Graph({**found.nodes, odd.id: odd}, found.edges))
    assert any("🧠" in (t.text or "") for t in svg.iter("{http://www.w3.org/2000/svg}text"))


def test_the_labels_of_the_legend_end_before_the_next_line_begins() -> None:
    legend = drawn(graph(edge("c", "a", "b"))).find(".//s:g[@class='legend']", NS)
    assert legend is not None
    rows: dict[str, list[tuple[float, float]]] = {}
    for text in legend.iterfind(".//s:text", NS):
        left = float(text.attrib["x"])
        right = left + text_width(text.text or "", SMALL.size)
        rows.setdefault(text.attrib["y"], []).append((left, right))
    verdicts = max(rows.values(), key=len)
    assert len(verdicts) == len(svg_legend.VERDICTS)
    for (_, right), (left, _) in itertools.pairwise(sorted(verdicts)):
        assert right + 4 <= left - 50, (right, left)

"""SVG drawing of the graph, accessible and with links.

Each claim is a box of its own between its two entities, so that no label can fall on another and
several claims between the same two entities stay apart. Sign and verdict are in the words of the
box, in the line's end (arrow, bar, circle) and in its dashes; colour only repeats them.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from app.domain.graph import SIGNS, Edge, Node, verdict_in_words
from app.domain.vocabulary import VerdictKind
from app.kit.declarations import NodeShape
from app.resources.entities import NODES
from app.services.graph.export_formats import strip_control_characters
from app.services.graph.graph import Graph
from app.services.graph.layout import DOWN, RIGHT, Layout, Point, Size, lay_out
from app.services.graph.serialisation import MakeUrl, record_url
from app.services.graph.svg_legend import HEIGHT as LEGEND
from app.services.graph.svg_legend import WIDTH as LEGEND_WIDTH
from app.services.graph.svg_legend import add_legend
from app.services.graph.svg_style import CROSSED, MARKS, STYLE, node_path, outline
from app.services.graph.svg_text import text_width, wrap_text

MARGIN, HEAD = 24.0, 78.0
NAME, SMALL, LINE = 14.0, 11.5, 17.0
TEXT_WIDTH, PADDING = 176.0, 12.0
GAP = 7.0  # between an entity and a line's end, which would else be half hidden
FAN = 10  # claims from one entity, above which each says whose it is
WIDEST = 1500.0  # before a chain is turned to go down
DIRECTION_LABELS = {RIGHT: "from left to right", DOWN: "from top to bottom"}


@dataclass(frozen=True)
class BoxText:
    """The lines of a box, from the top: (text, size, class)."""

    lines: Sequence[tuple[str, float, str]]

    @property
    def size(self) -> Size:
        widest = max(text_width(text, size) for text, size, _ in self.lines)
        return widest + 2 * PADDING, sum(s for _, s, _ in self.lines) * 1.22 + 14


def to_svg(graph: Graph, href: MakeUrl, title: str, note: str, pathway: str | None = None) -> str:
    """A drawing; the claims of `pathway`, if given, bear their numbers in it."""
    places = {
        edge.claim: place.position
        for edge in graph.edges.values()
        for place in edge.pathway_positions
        if place.pathway == pathway
    }
    edges = sorted(graph.edges.values(), key=lambda e: (places.get(e.claim, 0), e.claim))
    texts = {node.id: _entity(node) for node in graph.nodes.values()}
    fans = Counter(edge.subject for edge in edges)
    for edge in edges:
        whose = graph.nodes[edge.subject].name if fans[edge.subject] > FAN else None
        texts[_box_of(edge)] = _claim(edge, places.get(edge.claim), whose)
    links = [link for e in edges for link in _links(e)]
    laid = lay_out(
        {key: _box_size(box_text, key in graph.nodes) for key, box_text in texts.items()},
        links,
        WIDEST,
    )
    note = f"{note} Read {DIRECTION_LABELS[laid.direction]}."
    wide = max(laid.width, LEGEND_WIDTH, text_width(title, 20), text_width(note, 12)) + 2 * MARGIN
    tall = HEAD + laid.height + LEGEND + 2 * MARGIN
    svg = _canvas(wide, tall, title, _description(graph, edges, laid))
    for text, y, name in ((title, 30.0, "heading"), (note, 52.0, "small")):
        _text(svg, text, MARGIN, y, name)
    scene = ET.SubElement(svg, "g", transform=f"translate({MARGIN:g} {HEAD:g})")
    if not graph.nodes:
        _text(scene, "No claim passes these filters.", 0, 20, "name")
    for edge in edges:
        _draw_claim(scene, laid, texts, edge, graph, href, places.get(edge.claim))
    for node in graph.nodes.values():
        _draw_entity(scene, laid, texts[node.id], node, href)
    add_legend(svg, MARGIN, HEAD + laid.height + MARGIN)
    ET.indent(svg, " ")
    return ET.tostring(svg, encoding="unicode") + "\n"


def _entity(node: Node) -> BoxText:
    lines = wrap_text(strip_control_characters(node.name), NAME, TEXT_WIDTH)
    kind = [(node.type, SMALL, "kind")]
    return BoxText([*kind, *((line, NAME, "name") for line in lines)])


def _box_size(box_text: BoxText, entity: bool) -> Size:
    wide, tall = box_text.size
    return (wide + 2 * GAP, tall + 2 * GAP) if entity else (wide, tall)


def _box_of(edge: Edge) -> str:
    return f"claim {edge.claim}"


def _claim(edge: Edge, position: int | None, whose: str | None) -> BoxText:
    number = f"{position}. " if position else ""
    verb = edge.predicate.value.replace("_", " ")
    certainty = f", {edge.certainty.value.replace('_', ' ')}" if edge.certainty else ""
    cross = f"{CROSSED} " if edge.verdict is VerdictKind.REFUTED else ""
    return BoxText(
        [
            *([(strip_control_characters(whose), SMALL, "small")] if whose else []),
            (f"{number}{verb} {MARKS[edge.sign]}", 12.5, "verb"),
            (f"{cross}{edge.verdict.value}{certainty}", SMALL, "small"),
            (f"{edge.studies_for} for, {edge.studies_against} against", SMALL, "small"),
        ]
    )


def _links(edge: Edge) -> list[tuple[str, str]]:
    return [(edge.subject, _box_of(edge)), (_box_of(edge), edge.object)]


def _canvas(wide: float, tall: float, title: str, description: str) -> ET.Element:
    svg = ET.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {wide:g} {tall:g}",
            "width": f"{wide:g}",
            "height": f"{tall:g}",
            "class": "kkb-graph",
            "role": "graphics-document document",
            "aria-labelledby": "kkb-graph-title kkb-graph-desc",
            "lang": "en",
        },
    )
    ET.SubElement(svg, "title", id="kkb-graph-title").text = strip_control_characters(title)
    ET.SubElement(svg, "desc", id="kkb-graph-desc").text = strip_control_characters(description)
    ET.SubElement(svg, "style").text = STYLE
    svg.append(ET.fromstring(outline()))  # noqa: S314 - the text is our own
    ET.SubElement(svg, "rect", {"class": "ground", "width": "100%", "height": "100%"})
    return svg


def _description(graph: Graph, edges: Sequence[Edge], laid: Layout) -> str:
    disputed = sum(edge.disputed for edge in edges)
    return (
        f"A graph that reads {DIRECTION_LABELS[laid.direction]}: {len(graph.nodes)} entities and"
        f" {len(edges)}"
        f" causal claims between them, {disputed} of them disputed by at least one study. Each"
        " claim links to its record and says its sign, its verdict, and the studies on each side."
    )


def _draw_claim(
    scene: ET.Element,
    laid: Layout,
    texts: dict[str, BoxText],
    edge: Edge,
    graph: Graph,
    href: MakeUrl,
    position: int | None,
) -> None:
    box_id = _box_of(edge)
    step = f"Step {position}. " if position else ""
    ends = f"{graph.nodes[edge.subject].name} to {graph.nodes[edge.object].name}"
    place = f", {edge.region_name}" if edge.region_name else ""
    label = (
        f"{step}{ends}{place}: {edge.statement.rstrip('.')}. The first {SIGNS[edge.sign]} the"
        f" second. Verdict: {verdict_in_words(edge)}."
    )
    link = ET.SubElement(
        scene,
        "a",
        {
            "href": href(f"/v1/claims/{edge.claim}"),
            "class": f"claim {_sign(edge)} {edge.verdict.value}",
            "aria-label": strip_control_characters(label),
        },
    )
    ET.SubElement(link, "title").text = strip_control_characters(label)
    for (a, b), marked in zip(_links(edge), (False, True), strict=True):
        facts = {"class": "line", "d": _path(laid.curves[a, b])}
        if marked:
            facts["marker-end"] = f"url(#kkb-{_sign(edge)})"
        ET.SubElement(link, "path", facts)
    _box(link, laid.centres[box_id], texts[box_id], "box", radius=4)


def _sign(edge: Edge) -> str:
    return {1: "raises", -1: "lowers", 0: "neither"}[edge.sign]


def _path(points: Sequence[Point]) -> str:
    first, *rest = points
    curve = " ".join(f"{x:.1f},{y:.1f}" for x, y in rest)
    return f"M{first[0]:.1f},{first[1]:.1f} C{curve}"


def _draw_entity(
    scene: ET.Element, laid: Layout, box_text: BoxText, node: Node, href: MakeUrl
) -> None:
    link = ET.SubElement(
        scene,
        "a",
        {
            "href": href(record_url(node)),
            "class": f"entity {node.type}",
            "aria-label": strip_control_characters(f"{node.type} {node.name}"),
        },
    )
    ET.SubElement(link, "title").text = strip_control_characters(node.summary)
    _box(link, laid.centres[node.id], box_text, "box", shape=NODES[node.type].shape)


def _box(
    parent: ET.Element,
    centre: Point,
    box_text: BoxText,
    name: str,
    radius: float = 0,
    shape: NodeShape | None = None,
) -> None:
    (x, y), (wide, tall) = centre, box_text.size
    if shape:
        ET.SubElement(parent, "path", {"class": name, "d": node_path(shape, x, y, wide, tall)})
    else:
        left, top = f"{x - wide / 2:.1f}", f"{y - tall / 2:.1f}"
        facts = {"x": left, "y": top, "width": f"{wide:.1f}", "height": f"{tall:.1f}"}
        ET.SubElement(parent, "rect", {"class": name, **facts, "rx": f"{radius:g}"})
    down = y - tall / 2 + 7
    for text, size, style in box_text.lines:
        down += size * 1.22
        _text(parent, text, x, down - size * 0.28, f"{style} middle")


def _text(parent: ET.Element, text: str, x: float, y: float, name: str) -> None:
    place = {"class": name, "x": f"{x:.1f}", "y": f"{y:.1f}"}
    ET.SubElement(parent, "text", place).text = strip_control_characters(text)

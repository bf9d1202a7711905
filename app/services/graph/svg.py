"""SVG drawing of the graph, accessible and with links.

Each claim is a box between its two entities, so that labels never overlap and several claims
between two entities are distinct. Sign and verdict are shown in words, by the line end (arrow, bar,
circle) and by the dashes; colour only repeats them.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from xml.etree import ElementTree as ET

from app.domain.graph import REFUTING, SIGNS, Edge, Node, verdict_in_words
from app.kit.declarations import NodeShape
from app.kit.svg_text import FONTS, strip_control_characters, text_width, wrap_text
from app.resources.entities import NODES
from app.services.graph.graph import Graph
from app.services.graph.layout import DOWN, RIGHT, GraphLayouts, Layout, Point, Size
from app.services.graph.serialisation import MakeUrl, record_url
from app.services.graph.svg_legend import HEIGHT as LEGEND
from app.services.graph.svg_legend import WIDTH as LEGEND_WIDTH
from app.services.graph.svg_legend import add_legend
from app.services.graph.svg_style import (
    CROSSED,
    ENTITY_OUTLINE,
    HEADING,
    KIND,
    MARKS,
    NAME,
    SIGN_NAMES,
    SMALL,
    STYLE,
    VERB,
    VERDICT_LINES,
    TextStyle,
    line_ends,
    node_path,
    painted,
)

# All lengths are in SVG user units (px at scale 1).
MARGIN, HEAD = 24.0, 78.0
TEXT_WIDTH, PADDING = 176.0, 12.0
GAP = 7.0  # between an entity's outline and a line end, which would be half hidden otherwise
FAN = 10  # with more claims from one entity, each claim box repeats the entity's name
WIDEST = 1500.0  # wider drawings run from top to bottom instead of left to right
DIRECTION_LABELS = {RIGHT: "from left to right", DOWN: "from top to bottom"}


@dataclass(frozen=True)
class BoxText:
    """Lines of text of a box from the top."""

    lines: Sequence[tuple[str, TextStyle]]

    @property
    def size(self) -> Size:
        """Width and height with padding."""
        widest = max(text_width(text, style.size) for text, style in self.lines)
        return widest + 2 * PADDING, sum(style.size for _, style in self.lines) * 1.22 + 14


def to_svg(
    graph: Graph,
    layouts: GraphLayouts,
    make_url: MakeUrl,
    title: str,
    note: str,
    pathway: str | None = None,
    *,
    has_style: bool = True,
) -> str:
    """Return the drawing as an SVG document.

    Args:
        graph: The part of the graph to draw.
        layouts: Lays the boxes out.
        make_url: Returns the absolute URL of a path.
        title: Heading.
        note: Explanation below the title.
        pathway: Pathway whose claims are numbered by their position in it.
        has_style: Whether it holds its style sheet. A page that the drawing is part of has the
            rules in its own: its Content-Security-Policy blocks those of a `style` element.
    """
    places = {
        edge.claim: place.position
        for edge in graph.edges.values()
        for place in edge.pathway_positions
        if place.pathway == pathway
    }
    edges = sorted(graph.edges.values(), key=lambda e: (places.get(e.claim, 0), e.claim))
    texts = {node.id: _entity(node) for node in graph.nodes.values()}
    claims_per_subject = Counter(edge.subject for edge in edges)
    for edge in edges:
        subject_name = (
            graph.nodes[edge.subject].name if claims_per_subject[edge.subject] > FAN else None
        )
        texts[_box_of(edge)] = _claim(edge, places.get(edge.claim), subject_name)
    links = [link for e in edges for link in _links(e)]
    layout = layouts.lay_out(
        {key: _box_size(box_text, key in graph.nodes) for key, box_text in texts.items()},
        links,
        WIDEST,
    )
    note = f"{note} Read {DIRECTION_LABELS[layout.direction]}.".strip()
    width = (
        max(layout.width, LEGEND_WIDTH, text_width(title, HEADING.size), text_width(note, 12))
        + 2 * MARGIN
    )
    height = HEAD + layout.height + LEGEND + 2 * MARGIN
    svg = _canvas(width, height, title, _description(graph, edges, layout))
    if has_style:
        svg.insert(2, _style())
    _text(svg, title, MARGIN, 30.0, HEADING)
    _text(svg, note, MARGIN, 52.0, SMALL)
    drawing = ET.SubElement(svg, "g", transform=f"translate({MARGIN:g} {HEAD:g})")
    if not graph.nodes:
        _text(drawing, "No claim passes these filters.", 0, 20, NAME)
    for edge in edges:
        _draw_claim(drawing, layout, texts, edge, graph, make_url, places.get(edge.claim))
    for node in graph.nodes.values():
        _draw_entity(drawing, layout, texts[node.id], node, make_url)
    add_legend(svg, MARGIN, HEAD + layout.height + MARGIN)
    ET.indent(svg, " ")
    return ET.tostring(svg, encoding="unicode") + "\n"


def _entity(node: Node) -> BoxText:
    lines = wrap_text(strip_control_characters(node.name), NAME.size, TEXT_WIDTH)
    return BoxText([(node.type, KIND), *((line, NAME) for line in lines)])


def _box_size(box_text: BoxText, entity: bool) -> Size:
    width, height = box_text.size
    return (width + 2 * GAP, height + 2 * GAP) if entity else (width, height)


def _box_of(edge: Edge) -> str:
    return f"claim {edge.claim}"


def _claim(edge: Edge, position: int | None, subject_name: str | None) -> BoxText:
    number = f"{position}. " if position else ""
    verb = edge.predicate.value.replace("_", " ")
    certainty = f", {edge.certainty.value.replace('_', ' ')}" if edge.certainty else ""
    cross = f"{CROSSED} " if edge.verdict in REFUTING else ""
    in_words = edge.verdict.value.replace("_", " ")
    return BoxText(
        [
            *([(strip_control_characters(subject_name), SMALL)] if subject_name else []),
            (f"{number}{verb} {MARKS[edge.sign]}", replace(VERB, colour=SIGN_NAMES[edge.sign])),
            (f"{cross}{in_words}{certainty}", SMALL),
            (f"{edge.studies_for} for, {edge.studies_against} against", SMALL),
        ]
    )


def _links(edge: Edge) -> list[tuple[str, str]]:
    return [(edge.subject, _box_of(edge)), (_box_of(edge), edge.object)]


def _canvas(width: float, height: float, title: str, description: str) -> ET.Element:
    svg = ET.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {width:g} {height:g}",
            "width": f"{width:g}",
            "height": f"{height:g}",
            "class": "kkb-graph",
            "font-family": FONTS,
            "role": "graphics-document document",
            "aria-labelledby": "kkb-graph-title kkb-graph-desc",
            "lang": "en",
        },
    )
    ET.SubElement(svg, "title", id="kkb-graph-title").text = strip_control_characters(title)
    ET.SubElement(svg, "desc", id="kkb-graph-desc").text = strip_control_characters(description)
    svg.append(line_ends())
    ground = painted("ground", fill="ground")
    ET.SubElement(svg, "rect", ground | {"width": f"{width:g}", "height": f"{height:g}"})
    return svg


def _style() -> ET.Element:
    style = ET.Element("style")
    style.text = STYLE
    return style


def _description(graph: Graph, edges: Sequence[Edge], layout: Layout) -> str:
    disputed = sum(edge.disputed for edge in edges)
    return (
        f"A graph that reads {DIRECTION_LABELS[layout.direction]}: {len(graph.nodes)} entities and"
        f" {len(edges)}"
        f" causal claims between them, {disputed} of them disputed by at least one study. Each"
        " claim links to its record and says its sign, its verdict, and the studies on each side."
    )


def _draw_claim(
    drawing: ET.Element,
    layout: Layout,
    texts: dict[str, BoxText],
    edge: Edge,
    graph: Graph,
    make_url: MakeUrl,
    position: int | None,
) -> None:
    box_id, sign = _box_of(edge), SIGN_NAMES[edge.sign]
    step = f"Step {position}. " if position else ""
    ends = f"{graph.nodes[edge.subject].name} to {graph.nodes[edge.object].name}"
    place = f", {edge.region_name}" if edge.region_name else ""
    label = (
        f"{step}{ends}{place}: {edge.statement.rstrip('.')}. The first {SIGNS[edge.sign]} the"
        f" second. Verdict: {verdict_in_words(edge)}."
    )
    link = ET.SubElement(
        drawing,
        "a",
        {
            "href": make_url(f"/v1/claims/{edge.claim}"),
            "class": f"claim {sign} {edge.verdict.value}",
            "aria-label": strip_control_characters(label),
        },
    )
    ET.SubElement(link, "title").text = strip_control_characters(label)
    outline = VERDICT_LINES[edge.verdict]
    for (a, b), marked in zip(_links(edge), (False, True), strict=True):
        line = ET.SubElement(link, "path", painted("line", stroke=sign) | outline)
        line.set("d", _path(layout.curves[a, b]))
        if marked:
            line.set("marker-end", f"url(#kkb-{sign})")
    box = painted("box", fill="claim", stroke=sign) | outline
    _box(link, layout.centres[box_id], texts[box_id], box)


def _path(points: Sequence[Point]) -> str:
    first, *rest = points
    curve = " ".join(f"{x:.1f},{y:.1f}" for x, y in rest)
    return f"M{first[0]:.1f},{first[1]:.1f} C{curve}"


def _draw_entity(
    drawing: ET.Element, layout: Layout, box_text: BoxText, node: Node, make_url: MakeUrl
) -> None:
    link = ET.SubElement(
        drawing,
        "a",
        {
            "href": make_url(record_url(node)),
            "class": f"entity {node.type}",
            "aria-label": strip_control_characters(f"{node.type} {node.name}"),
        },
    )
    ET.SubElement(link, "title").text = strip_control_characters(node.summary)
    box = painted("box", fill=node.type, stroke="edge") | ENTITY_OUTLINE
    _box(link, layout.centres[node.id], box_text, box, NODES[node.type].shape)


def _box(
    parent: ET.Element,
    centre: Point,
    box_text: BoxText,
    attributes: dict[str, str],
    shape: NodeShape | None = None,
) -> None:
    (x, y), (width, height) = centre, box_text.size
    if shape:
        ET.SubElement(parent, "path", attributes | {"d": node_path(shape, x, y, width, height)})
    else:
        left, top = f"{x - width / 2:.1f}", f"{y - height / 2:.1f}"
        place = {"x": left, "y": top, "width": f"{width:.1f}", "height": f"{height:.1f}", "rx": "4"}
        ET.SubElement(parent, "rect", attributes | place)
    baseline = y - height / 2 + 7
    for text, style in box_text.lines:
        baseline += style.size * 1.22
        _text(parent, text, x, baseline - style.size * 0.28, style, middle=True)


def _text(
    parent: ET.Element, text: str, x: float, y: float, style: TextStyle, *, middle: bool = False
) -> None:
    attributes = style.attributes(x, y, middle=middle)
    ET.SubElement(parent, "text", attributes).text = strip_control_characters(text)

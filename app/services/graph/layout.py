"""Graph layout by Graphviz: positions of boxes, curves of edges.

It works on boxes and links only. Graphviz is not thread-safe: a lock lets one layout run at a time.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Lock

Point = tuple[float, float]
Size = tuple[float, float]
INCH = 72.0  # points per inch; Graphviz takes sizes in inches and returns points
NODE_SEPARATION = 32.0  # points between layers
# A line spans one more layer for every FAN lines at its ends, up to MAX_LAYERS: fans spread out.
FAN, MAX_LAYERS = 12, 4
# Iterations of the network simplex, per box. Higher limits take minutes on large graphs.
NSLIMIT = "1"
RIGHT, DOWN = "LR", "TB"
MAX_CHAIN = 80  # boxes; larger graphs are laid out in one direction only
_graphviz_lock = Lock()


@dataclass(frozen=True)
class Layout:
    """Result of a layout; lengths in points, y grows downwards.

    Attributes:
        centres: Centre of each box.
        curves: Cubic Bézier curve of each link: the start, then three points per segment.
    """

    direction: str
    width: float
    height: float
    centres: dict[str, Point]
    curves: dict[tuple[str, str], list[Point]]


def lay_out(
    sizes: Mapping[str, Size], links: Sequence[tuple[str, str]], width: float = math.inf
) -> Layout:
    """Place boxes in layers from left to right, or from top to bottom.

    The second is used if the first is wider than `width` and the second is narrower.

    Args:
        sizes: Width and height of each box in points.
        links: Pairs of boxes.
        width: Preferred maximum width in points.
    """
    right = _lay_out(sizes, links, RIGHT)
    if right.width <= width or len(sizes) > MAX_CHAIN:
        return right
    return min(right, _lay_out(sizes, links, DOWN), key=lambda layout: layout.width)


def _lay_out(sizes: Mapping[str, Size], links: Sequence[tuple[str, str]], direction: str) -> Layout:
    import pygraphviz

    names = {key: f"b{number}" for number, key in enumerate(sizes)}
    with _graphviz_lock:
        graph = pygraphviz.AGraph(directed=True, strict=True, rankdir=direction)
        graph.graph_attr.update(nodesep="0.16", ranksep=f"{NODE_SEPARATION / INCH:.2f}")
        graph.graph_attr.update(nslimit=NSLIMIT, nslimit1=NSLIMIT)
        graph.node_attr.update(shape="box", fixedsize="true", label="")
        graph.edge_attr.update(arrowhead="none")
        for key, (width, height) in sizes.items():
            graph.add_node(names[key], width=width / INCH, height=height / INCH)
        lines = Counter(end for link in links for end in link)
        for a, b in links:
            layers = min(1 + max(lines[a], lines[b]) // FAN, MAX_LAYERS)
            graph.add_edge(names[a], names[b], minlen=layers)
        graph.layout("dot")
        _, _, width, height = (float(v) for v in graph.graph_attr["bb"].split(","))

        def point(text: str) -> Point:
            x, y = text.split(",")
            return float(x), height - float(y)

        centres = {key: point(graph.get_node(name).attr["pos"]) for key, name in names.items()}
        curves = {
            (a, b): [point(p) for p in graph.get_edge(names[a], names[b]).attr["pos"].split()]
            for a, b in links
        }
        graph.close()
    return Layout(direction, width, height, centres, curves)

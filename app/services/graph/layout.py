"""Graph layout by Graphviz: positions of boxes, curves of edges.

It knows boxes and links alone. Graphviz is not thread-safe, so one drawing is laid out at a time.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Lock

Point = tuple[float, float]
Size = tuple[float, float]
INCH = 72.0
NODE_SEPARATION = 32.0  # between layers
FAN, FARTHEST = 12, 4  # a line of a fan spans a layer more for each twelve lines: they part
NSLIMIT = "1"  # of the network simplex, in rounds per box: what is better takes minutes to find
RIGHT, DOWN = "LR", "TB"
MAX_CHAIN = 80  # boxes, above which no chain is worth a second try
_graphviz_lock = Lock()


@dataclass(frozen=True)
class Layout:
    """Centres of boxes, and per link its Bézier curve: a start, then three points a piece."""

    direction: str
    width: float
    height: float
    centres: dict[str, Point]
    curves: dict[tuple[str, str], list[Point]]


def lay_out(
    sizes: Mapping[str, Size], links: Sequence[tuple[str, str]], width: float = math.inf
) -> Layout:
    """Place boxes of given sizes, in pixels; y grows downwards.

    Layers go from left to right; from the top down where that would be wider than `width`, and the
    other way is narrower: a long chain stands, a fan lies.
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
            layers = min(1 + max(lines[a], lines[b]) // FAN, FARTHEST)
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

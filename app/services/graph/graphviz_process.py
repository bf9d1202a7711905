"""Graphviz layout of a graph, as a script: JSON on standard input, JSON on standard output.

`app.services.graph.layout` runs it in a process of its own, since Graphviz holds the interpreter's
lock for the whole layout, which takes seconds. It imports nothing of this package, so that it
starts within 0.1 s.
"""

import json
import os
import sys
from collections import Counter

import pygraphviz

INCH = 72.0  # points per inch; Graphviz takes sizes in inches and returns points
NODE_SEPARATION = 32.0  # points between layers
# A line spans one more layer for every FAN lines at its ends, up to MAX_LAYERS: fans spread out.
FAN, MAX_LAYERS = 12, 4
# Iterations of the network simplex, per box. Higher limits take minutes on large graphs.
NSLIMIT = "1"
#: Added to the nice value: requests for records go first.
NICENESS = 10


def lay_out(
    sizes: list[tuple[float, float]], links: list[tuple[int, int]], direction: str
) -> dict[str, object]:
    """Return the size of the layout, the centres of the boxes and the curves of the links.

    Args:
        sizes: Width and height of each box in points.
        links: Pairs of positions in `sizes`.
        direction: Graphviz's `rankdir`.
    """
    graph = pygraphviz.AGraph(directed=True, strict=True, rankdir=direction)
    graph.graph_attr.update(nodesep="0.16", ranksep=f"{NODE_SEPARATION / INCH:.2f}")
    graph.graph_attr.update(nslimit=NSLIMIT, nslimit1=NSLIMIT)
    graph.node_attr.update(shape="box", fixedsize="true", label="")
    graph.edge_attr.update(arrowhead="none")
    for number, (width, height) in enumerate(sizes):
        graph.add_node(f"b{number}", width=width / INCH, height=height / INCH)
    lines = Counter(end for link in links for end in link)
    for a, b in links:
        layers = min(1 + max(lines[a], lines[b]) // FAN, MAX_LAYERS)
        graph.add_edge(f"b{a}", f"b{b}", minlen=layers)
    graph.layout("dot")
    _, _, width, height = (float(v) for v in graph.graph_attr["bb"].split(","))

    def point(text: str) -> tuple[float, float]:
        x, y = text.split(",")
        return float(x), height - float(y)

    centres = [point(graph.get_node(f"b{n}").attr["pos"]) for n in range(len(sizes))]
    curves = [
        [point(p) for p in graph.get_edge(f"b{a}", f"b{b}").attr["pos"].split()] for a, b in links
    ]
    return {"width": width, "height": height, "centres": centres, "curves": curves}


if __name__ == "__main__":
    os.nice(NICENESS)
    json.dump(lay_out(**json.load(sys.stdin)), sys.stdout)

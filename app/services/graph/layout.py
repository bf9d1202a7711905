"""Graph layout by Graphviz: positions of boxes, curves of edges.

It works on boxes and links only. Graphviz runs in a process of its own (`graphviz_process.py`),
one at a time: it takes seconds of a core, and would hold the interpreter's lock all the while.
"""

import hashlib
import json
import math
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from cachetools import LRUCache

from app.domain.errors import OverloadedError

Point = tuple[float, float]
Size = tuple[float, float]
RIGHT, DOWN = "LR", "TB"
MAX_CHAIN = 80  # boxes; larger graphs are laid out in one direction only
#: Seconds until a layout is given up; the largest graphs take about 3 s of an idle core.
MAX_SECONDS = 20.0
# Isolated: neither the environment nor the folder of the script decides what it imports.
_COMMAND = (sys.executable, "-I", str(Path(__file__).with_name("graphviz_process.py")))
MAX_LAYOUTS = 256  # of up to 50 kB each


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


class GraphLayouts:
    """Lays graphs out, and caches the layouts of recent ones.

    Waiting requests for the same graph share its layout: it is looked up again when Graphviz is
    free.
    """

    def __init__(self) -> None:
        """Start empty."""
        self._layouts: LRUCache[bytes, Layout] = LRUCache(MAX_LAYOUTS)
        self._lock, self._one_process = Lock(), Lock()

    def lay_out(
        self, sizes: Mapping[str, Size], links: Sequence[tuple[str, str]], width: float = math.inf
    ) -> Layout:
        """Place boxes in layers from left to right, or from top to bottom.

        The second is used if the first is wider than `width` and the second is narrower.

        Args:
            sizes: Width and height of each box in points.
            links: Pairs of boxes.
            width: Preferred maximum width in points.

        Raises:
            OverloadedError: It takes more than `MAX_SECONDS`.
        """
        key = hashlib.sha256(repr((sizes, links, width)).encode()).digest()
        if layout := self._cached(key):
            return layout
        if not self._one_process.acquire(timeout=MAX_SECONDS):
            raise _took_too_long()
        try:
            if layout := self._cached(key):
                return layout
            layout = _narrower(sizes, links, width)
            with self._lock:
                self._layouts[key] = layout
            return layout
        finally:
            self._one_process.release()

    def _cached(self, key: bytes) -> Layout | None:
        with self._lock:
            return self._layouts.get(key)


def _narrower(sizes: Mapping[str, Size], links: Sequence[tuple[str, str]], width: float) -> Layout:
    right = _run_graphviz(sizes, links, RIGHT)
    if right.width <= width or len(sizes) > MAX_CHAIN:
        return right
    return min(right, _run_graphviz(sizes, links, DOWN), key=lambda layout: layout.width)


def _run_graphviz(
    sizes: Mapping[str, Size], links: Sequence[tuple[str, str]], direction: str
) -> Layout:
    numbers = {key: number for number, key in enumerate(sizes)}
    task = {
        "sizes": list(sizes.values()),
        "links": [(numbers[a], numbers[b]) for a, b in links],
        "direction": direction,
    }
    try:
        process = subprocess.run(
            _COMMAND,
            input=json.dumps(task).encode(),
            stdout=subprocess.PIPE,
            timeout=MAX_SECONDS,
            check=True,
        )
    except subprocess.TimeoutExpired as error:
        raise _took_too_long() from error
    result = json.loads(process.stdout)
    return Layout(
        direction,
        result["width"],
        result["height"],
        {key: (x, y) for key, (x, y) in zip(sizes, result["centres"], strict=True)},
        {
            link: [(x, y) for x, y in curve]
            for link, curve in zip(links, result["curves"], strict=True)
        },
    )


def _took_too_long() -> OverloadedError:
    return OverloadedError(
        f"The drawing was not finished within {MAX_SECONDS:g} seconds. Retry, or draw fewer claims:"
        " filter by pathway, compound or receptor."
    )

"""Drawings in renderers without CSS variables: the colours are there, and the text is legible."""

import io
import itertools
import re
import subprocess
from collections import Counter
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree as ET

import httpx
import pytest

from app.resources.entities import NODES
from app.services.graph.svg_style import DARK, LIGHT
from tests.params import ONE_STORE, needs

#: One of every kind: from left to right, from top to bottom, without a claim, and a forest plot.
DRAWINGS = {
    "across": "/v1/graph.svg?pathway=nmda",
    "down": "/v1/graph.svg?pathway=mtor",
    "empty": "/v1/graph.svg?pathway=mtor&species=other",
    "forest": "/v1/claims/esketamine-relieves-treatment-resistant-depression/synthesis/forest.svg",
}
RGB = tuple[int, int, int]


def rsvg(svg: bytes) -> bytes:
    return subprocess.run(["rsvg-convert"], input=svg, capture_output=True, check=True).stdout


def cairosvg(svg: bytes) -> bytes:
    try:
        import cairosvg
    except OSError:
        pytest.skip("not installed: Debian's package `libcairo2`")
    png: bytes = cairosvg.svg2png(bytestring=svg)
    return png


@ONE_STORE
@pytest.mark.parametrize("address", DRAWINGS.values(), ids=DRAWINGS)
@pytest.mark.parametrize("render", [pytest.param(rsvg, marks=needs("rsvg-convert")), cairosvg])
def test_a_drawing_has_its_colours_without_css_variables(
    shipped_client: httpx.Client, render: Callable[[bytes], bytes], address: str
) -> None:
    content = shipped_client.get(address).content
    picture = pixels(render(content))
    total = sum(picture.values())
    assert picture[rgb(LIGHT["ground"])] > total / 2
    assert sum(number for colour, number in picture.items() if luminance(colour) < 0.2) < total / 5
    for colour, number in painted_area(content).items():
        assert picture[rgb(colour)] > number, f"{colour} is missing"


@ONE_STORE
def test_every_address_that_serves_svg_is_rendered(shipped_client: httpx.Client) -> None:
    paths = shipped_client.get("/openapi.json").json()["paths"]
    serving_svg = {
        path
        for path, operations in paths.items()
        for operation in operations.values()
        if "image/svg+xml" in operation["responses"].get("200", {}).get("content", {})
    }
    drawn = {address.partition("?")[0] for address in DRAWINGS.values()}
    assert serving_svg == {re.sub("claims/[^/]+", "claims/{slug}", path) for path in drawn}


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_texts_have_the_contrast_that_wcag_asks_for(theme: dict[str, str]) -> None:
    """WCAG 2.2, success criteria 1.4.3 (text: 4.5) and 1.4.11 (lines: 3)."""
    for text, ground in itertools.product(("ink", "soft"), ("ground", "claim", *NODES)):
        assert contrast(theme[text], theme[ground]) >= 4.5, (text, ground)
    for sign in ("raises", "lowers", "neither"):
        assert contrast(theme[sign], theme["claim"]) >= 4.5, sign  # the verb has this colour
    assert contrast(theme["edge"], theme["ground"]) >= 3


def pixels(png: bytes) -> Counter[RGB]:
    """Number of pixels by colour, on a black desk: what is transparent would be dark."""
    from PIL import Image

    picture: Any = Image.open(io.BytesIO(png)).convert("RGBA")
    desk = Image.new("RGBA", picture.size, "black")
    flat = Image.alpha_composite(desk, picture).convert("RGB")
    return Counter({colour: number for number, colour in flat.getcolors(1 << 24) or ()})  # type: ignore[misc]


def painted_area(svg: bytes) -> Counter[str]:
    """Least number of pixels of each colour that boxes (40 × 20 in the legend) and texts fill."""
    area: Counter[str] = Counter()
    for shape in ET.fromstring(svg).iter():
        if shape.get("class", "").startswith("box "):
            area[shape.get("fill", "")] += 400
        elif shape.tag.endswith("text"):  # antialiased: few pixels have the very colour
            area[shape.get("fill", "")] += len(shape.text or "") // 10
    return area


def rgb(colour: str) -> RGB:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return red, green, blue


def luminance(colour: RGB) -> float:
    """Relative luminance of WCAG."""
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (v / 255 for v in colour)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(rgb(one)), luminance(rgb(other))))
    return (high + 0.05) / (low + 0.05)

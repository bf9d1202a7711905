"""The style sheet and the script: sizes, contrast, and nothing from elsewhere."""

import gzip
import re

import pytest

from app.explorer import rendering

STATIC = rendering.TEMPLATES.parent / "static"
STYLE = (STATIC / "explorer.css").read_text()
SCRIPT = (STATIC / "explorer.js").read_text()

#: Text and its grounds: at least 4.5 to 1 (WCAG 2.2, success criterion 1.4.3).
TEXT = [
    (text, ground)
    for text in ("ink", "soft", "link", "for", "against", "none")
    for ground in ("paper", "card", "sunk")
] + [
    ("ink", "mark-soft"),
    ("ink", "for-soft"),
    ("soft", "for-soft"),
    ("for", "for-soft"),
    ("against", "against-soft"),
    ("paper", "ink"),
    ("paper", "link"),
    ("ink", "heat-1"),
    ("ink", "heat-2"),
    ("ink", "heat-3"),
    ("heat-on", "heat-4"),
    ("heat-on", "heat-5"),
]
#: Edges of controls, marks and the focus: at least 3 to 1 (1.4.11).
GRAPHICS = [
    *((edge, ground) for edge in ("edge", "focus") for ground in ("paper", "card")),
    ("on", "for"),
    ("on", "against"),
]


def tokens() -> dict[str, dict[str, str]]:
    """Return the colours of the light and the dark scheme."""
    light, dark = re.findall(r":root \{(.*?)\}", STYLE, flags=re.DOTALL)[:2]
    found = [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6})", block)) for block in (light, dark)]
    return {"light": found[0], "dark": found[0] | found[1]}


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour (WCAG 2.2)."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    channels = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colours."""
    darker, lighter = sorted((luminance(first), luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_have_the_contrast_that_text_and_graphics_need(scheme: str) -> None:
    colours = tokens()[scheme]
    low = {
        f"{text} on {ground}": round(contrast(colours[text], colours[ground]), 2)
        for pairs, least in ((TEXT, 4.5), (GRAPHICS, 3.0))
        for text, ground in pairs
        if contrast(colours[text], colours[ground]) < least
    }
    assert low == {}


def test_style_and_script_are_small() -> None:
    assert len(gzip.compress(STYLE.encode())) <= 12_000
    assert len(gzip.compress(SCRIPT.encode())) <= 4_000
    assert len(SCRIPT.splitlines()) < 100


def test_style_and_script_load_nothing_from_elsewhere() -> None:
    assert not re.findall(r"url\(|@import|@font-face", STYLE)
    assert not re.findall(r"https?:|import\b", SCRIPT)


def test_every_custom_property_that_is_used_is_defined() -> None:
    defined = set(re.findall(r"(--[\w-]+):", STYLE))
    assert set(re.findall(r"var\((--[\w-]+)", STYLE)) <= defined

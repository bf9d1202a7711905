"""Text of SVG drawings: allowed characters, estimated width and line breaks without a font.

Widths are those of a wide sans-serif face, so that a text fits whichever one the reader has.
"""

import re
from collections.abc import Iterator

FONTS = "Arial, Helvetica, 'Liberation Sans', 'DejaVu Sans', sans-serif"
NARROW, WIDE, USUAL, CAPITAL, IDEOGRAPH = 0.36, 0.98, 0.62, 0.76, 1.05


_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def strip_control_characters(text: str) -> str:
    """Remove characters that XML does not allow."""
    return _CONTROL.sub("", text)


def text_width(text: str, size: float) -> float:
    """Return an upper estimate of the width, in pixels."""
    return size * sum(_char_width(char) for char in text)


def _char_width(char: str) -> float:
    if char in "iIjl.,:;'|!()[]ft -/":
        return NARROW
    if char in "mwMW@%—":
        return WIDE
    if ord(char) >= 0x1100:
        return IDEOGRAPH
    return CAPITAL if char.isupper() or char.isdigit() else USUAL


def wrap_text(text: str, size: float, room: float) -> list[str]:
    """Split a text into lines no wider than `room` pixels; a word that is too long is broken."""
    lines, line = [], ""
    for glue, piece in _pieces(text, size, room):
        joined = line + glue + piece if line else piece
        if line and text_width(joined, size) > room:
            lines.append(line)
            joined = piece
        line = joined
    return [*lines, line] if line or not lines else lines


def _pieces(text: str, size: float, room: float) -> Iterator[tuple[str, str]]:
    """Words, each with the space before it; one too long in parts, after hyphens if it has any."""
    for word in text.split():
        glue = " "
        for part in (
            re.findall(r"[^-–/]*[-–/]|[^-–/]+", word) if text_width(word, size) > room else [word]
        ):
            rest = part
            while text_width(rest, size) > room and len(rest) > 1:
                at = max(
                    n for n in range(1, len(rest)) if n == 1 or text_width(rest[:n], size) <= room
                )
                yield glue, rest[:at]
                glue, rest = "", rest[at:]
            yield glue, rest
            glue = ""

"""Reads of PDF files that Chromium printed: pages and characters."""

import re
import zlib
from collections.abc import Iterator

_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_PAGE = re.compile(rb"/Type\s*/Page\b")
_SHOWN = re.compile(rb"<([0-9A-Fa-f]+)>\s*Tj")


def page_count(pdf: bytes) -> int:
    """Return the number of pages."""
    return len(_PAGE.findall(pdf))


def glyph_count(pdf: bytes) -> int:
    """Return the number of glyphs that are drawn, each of which has four hexadecimal digits."""
    return sum(len(text) // 4 for stream in _streams(pdf) for text in _SHOWN.findall(stream))


def _streams(pdf: bytes) -> Iterator[bytes]:
    for match in _STREAM.finditer(pdf):
        try:
            yield zlib.decompress(match.group(1))
        except zlib.error:  # an uncompressed stream, or none of text
            yield match.group(1)

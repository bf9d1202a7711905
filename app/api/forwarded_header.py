"""The header `Forwarded` of proxies (RFC 7239): client, host and protocol in one field."""

import re
from collections.abc import Iterable

_WORD = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_PAIR = re.compile(rf'\s*(?P<name>{_WORD})=(?:(?P<token>{_WORD})|"(?P<text>(?:[^"\\]|\\.)*)")\s*')
MAX_ELEMENTS = 50
MAX_ELEMENT_LENGTH = 1000  # characters


def parse_forwarded(values: Iterable[str]) -> list[dict[str, str]]:
    """Return the elements of the header, one per proxy, the proxy nearest to the client first.

    Each is parameter, in lower case → value. The header is read from its end, so that a malformed
    beginning, which a client may have sent, cannot hide what the proxies have added after it.
    """
    elements: list[dict[str, str]] = []
    text = ""
    for part in reversed(",".join(values).split(",")):
        text = f"{part},{text}" if text else part
        element = _parse_element(text)
        if element is not None:
            elements.append(element)
            text = ""
        # A comma may be part of a quoted value.
        if len(text) > MAX_ELEMENT_LENGTH or len(elements) == MAX_ELEMENTS:
            break
    return elements[::-1]


def _parse_element(text: str) -> dict[str, str] | None:
    """Return the parameters of one element; None if it is malformed, or repeats one."""
    element: dict[str, str] = {}
    at = 0
    while at < len(text) or not element:
        match = _PAIR.match(text, at)
        if match is None or match["name"].lower() in element:
            return None
        quoted = match["text"]
        value = match["token"] if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
        element[match["name"].lower()] = value
        at = match.end() + 1
        if text[match.end() : at] not in ("", ";"):
            return None
    return element

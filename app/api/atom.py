"""Atom feed (RFC 4287) of changes."""

import re
from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree

MEDIA_TYPE = "application/atom+xml"
NAMESPACE = "http://www.w3.org/2005/Atom"
SHOWN = 200
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
DONE = {"create": "added", "change": "changed", "withdraw": "withdrawn"}


def feed(base: str, this: str, following: str | None, changes: Sequence[dict[str, Any]]) -> bytes:
    """Return one page of the Atom feed, with one entry per change."""
    root = ElementTree.Element("feed", xmlns=NAMESPACE)
    _text(root, "id", f"{base}/v1/changes")
    _text(root, "title", "ketamine-kb: changes")
    # Not that of the newest change: if the clock was set back, readers would take the feed for old.
    latest = max((change["at"] for change in changes), default="1970-01-01T00:00:00Z")
    _text(root, "updated", latest)
    _text(root, "rights", "CC BY 4.0")
    ElementTree.SubElement(root, "link", rel="self", href=this)
    if following:
        ElementTree.SubElement(root, "link", rel="next", href=following)
    for change in changes:
        _entry(root, base, change)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _entry(root: ElementTree.Element, base: str, change: dict[str, Any]) -> None:
    entry = ElementTree.SubElement(root, "entry")
    record = f"{base}/v1/{change['collection']}/{change['slug']}"
    _text(entry, "id", f"{record}/history#{change['id']}")
    title = f"{change['collection']}/{change['slug']} {DONE[change['action']]}"
    _text(entry, "title", title)
    _text(entry, "updated", change["at"])
    _text(ElementTree.SubElement(entry, "author"), "name", change["who"])
    withdrawn = change["action"] == "withdraw"
    ElementTree.SubElement(entry, "link", href=f"{record}/history" if withdrawn else record)
    ElementTree.SubElement(entry, "category", term=change["collection"])
    _text(entry, "summary", change["why"])
    fields = change["fields"]
    lines = (f"{f['field']}: {_short(f['before'])} → {_short(f['after'])}" for f in fields)
    _text(entry, "content", "\n".join(lines), type="text")


def _short(value: Any) -> str:
    text = "nothing" if value is None else str(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}… ({len(text)} characters)"


def _text(parent: ElementTree.Element, tag: str, text: str, **attributes: str) -> None:
    ElementTree.SubElement(parent, tag, attributes).text = _NOT_XML.sub("\ufffd", text)

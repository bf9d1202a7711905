"""What the search page shows: hits with marked excerpts and badges, and counts by record type."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from app.domain.invisible_characters import visible_text
from app.explorer import labels
from app.explorer.list_address import ListAddress
from app.resources import RESOURCES

Row = Mapping[str, Any]


@dataclass(frozen=True)
class ShownHit:
    """A record that matches.

    Args:
        name: Name of the record.
        href: Path of its page.
        type: Its record type.
        excerpt: The text that matches best, with the matching words in <mark> elements.
        verdict: Verdict, if it is a claim.
        certainty: Certainty of the verdict, if it is rated.
        through: Name and path of the record through which it was found, if it was.
    """

    name: str
    href: str
    type: str
    excerpt: Markup
    verdict: str | None
    certainty: str | None
    through: tuple[str, str] | None


@dataclass(frozen=True)
class TypeChip:
    """A record type with the number of hits, as a link that restricts the search to it."""

    text: str
    number: int | None
    href: str
    is_current: bool


def hits(rows: Sequence[Row], claims: Mapping[str, Row]) -> list[ShownHit]:
    """Return hits as they are shown.

    Args:
        rows: Hits of a result page.
        claims: Slug → record of the claims among them.
    """
    return [_hit(row, claims.get(row["slug"]) if row["type"] == "claim" else None) for row in rows]


def _hit(row: Row, claim: Row | None) -> ShownHit:
    through = row["through"]
    snippet = row["snippet"]
    return ShownHit(
        name=row["name"],
        href=page_of(row["type"], row["slug"]),
        type=row["type"],
        excerpt=marked_text(snippet["text"], snippet["ranges"]),
        verdict=claim["verdict"] if claim else None,
        certainty=claim["certainty"] if claim else None,
        through=through and (through["name"], page_of(through["type"], through["slug"])),
    )


def page_of(record_type: str, slug: str) -> str:
    """Return the path of the page of a record."""
    return f"/{RESOURCES.by_record_type[record_type].name}/{slug}"


def marked_text(text: str, ranges: Sequence[Sequence[int]]) -> Markup:
    """Return text as markup in which ranges of characters are in <mark> elements.

    All text is escaped here, and invisible characters are replaced: <mark> is the only element.
    """
    parts, at = [], 0
    for start, end in ranges:
        if at <= start < end <= len(text):
            parts += [
                _plain(text[at:start]),
                Markup("<mark>{}</mark>").format(_plain(text[start:end])),
            ]
            at = end
    return Markup("").join([*parts, _plain(text[at:])])


def _plain(text: str) -> Markup:
    return escape(visible_text(text))


def type_chips(
    counts: Mapping[str, int], types: Sequence[str], address: ListAddress
) -> list[TypeChip]:
    """Return the record types of all hits, most hits first, after a chip for all types."""
    if len(counts) < 2 and not types:
        return []
    every = TypeChip("All", None, address.with_values(type=None), not types)
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [
        every,
        *(
            TypeChip(
                labels.collection_label(RESOURCES.by_record_type[record_type].name),
                number,
                address.with_values(type=[record_type]),
                record_type in types,
            )
            for record_type, number in ordered
            if number
        ),
    ]

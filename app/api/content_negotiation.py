"""Content negotiation: choose a media type by the Accept header."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from fastapi import Request

from app.domain.errors import NotAcceptableError

PLAIN_TEXT = "text/plain"


def negotiate(request: Request, offered: Sequence[str]) -> str:
    """Return the offered media type that the client prefers; the first if it has no preference."""
    accept = request.headers.get("accept", "*/*") or "*/*"
    best = _best(accept, tuple(offered))
    if not best:
        raise NotAcceptableError(
            f"Available media types: {', '.join(offered)}.", offered=[*offered]
        )
    return best


def text_media_type(request: Request, media_type: str) -> str:
    """Return the media type of a text at an address of its own, or text/plain if it is preferred.

    The address names the format, so that no `Accept` gets a 406.
    """
    preferred = _best(request.headers.get("accept", ""), (media_type.partition(";")[0], PLAIN_TEXT))
    return PLAIN_TEXT if preferred == PLAIN_TEXT else media_type


def text_content(media_type: str) -> dict[str, Any]:
    """Return the OpenAPI content of what is sent as one type of text, or as text/plain.

    Client generators know text/plain, and few of the others, such as application/x-bibtex.
    """
    return {media: {"schema": {"type": "string"}} for media in (media_type, PLAIN_TEXT)}


@lru_cache(64)
def _best(accept: str, offered: tuple[str, ...]) -> str:
    """Return the preferred type; empty if none is acceptable."""
    best, best_q = "", 0.0
    for media in offered:
        matched = sorted(_qualities(accept, media), key=lambda pair: -pair[1])
        quality = matched[0][0] if matched else 0.0
        if quality > best_q:
            best, best_q = media, quality
    return best


def _qualities(accept: str, media: str) -> Iterator[tuple[float, int]]:
    """Yield (quality, specificity) of each range of an Accept header that covers the type."""
    kind = media.partition("/")[0]
    for part in accept.split(","):
        range_, *parameters = [p.strip() for p in part.split(";")]
        specific = {media: 2, f"{kind}/*": 1, "*/*": 0}.get(range_.lower())
        if specific is None:
            continue
        quality = 1.0
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            if name.strip().lower() == "q":
                try:
                    quality = min(max(float(value), 0.0), 1.0)
                except ValueError:
                    quality = 0.0
        yield quality, specific

"""A publication as one source describes it, in the same form for all sources."""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator

from app.domain.invisible_characters import visible_line
from app.domain.vocabulary import ReferenceKind, Retraction

_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_CITED_DAY = re.compile(r"\b(\d{4}) ([A-Z][a-z]{2}) (\d{1,2})\b")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_PAGES = re.compile(r"(?P<head>[A-Za-z]*)(?P<first>\d+)-(?P=head)?(?P<last>\d+)")
MAX_TEXT = 1000


class SourceModel(BaseModel):
    """Base of response models: unknown fields are ignored, and null fields are absent."""

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)

    @model_validator(mode="before")
    @classmethod
    def _without_null(cls, sent: Any) -> Any:
        whole = isinstance(sent, dict)
        return {k: v for k, v in sent.items() if v is not None} if whole else sent


@dataclass(frozen=True)
class Notice:
    """A correction, expression of concern or retraction, in the words of one source."""

    status: Retraction
    words: str
    published_on: str | None = None  # ISO date; None if the source does not state the day


@dataclass(frozen=True)
class SourceRecord:
    """The record of one source; None is what the source does not state."""

    source: str
    title: str | None = None
    authors: tuple[str, ...] = ()
    authors_complete: bool = False
    journals: tuple[str, ...] = ()  # names of the one journal, its abbreviation first
    year: int | None = None
    volume: str | None = None
    issue: str | None = None
    pages: str | None = None
    doi: str | None = None
    pmid: str | None = None
    pmcid: str | None = None
    kind: ReferenceKind | None = None
    url: str | None = None
    notices: tuple[Notice, ...] = ()
    checks_retractions: bool = True
    is_notice: str | None = None  # what the record is, where it is itself a notice on another
    papers: tuple[str, ...] = field(default=())  # of a trial: PubMed ids of its results
    trials: tuple[str, ...] = field(default=())  # of a paper: registrations that it names


def plain_text(text: str | None) -> str | None:
    """Return text without tags, entities, control characters and double spaces; None if empty.

    The text is shown in a terminal and stored in a file: it must not contain escape sequences.
    """
    if text is None:
        return None
    untagged = _TAG.sub("", html.unescape(text))
    return visible_line(untagged)[:MAX_TEXT] or None


def full_pages(pages: str | None) -> str | None:
    """Expand a page range, such as `856-64` to `856-864`; other forms are returned unchanged."""
    pages = plain_text(pages)
    match = _PAGES.fullmatch(pages or "")
    if not match:
        return pages
    head, first, last = match["head"], match["first"], match["last"]
    if len(last) < len(first):
        last = first[: len(first) - len(last)] + last
    return f"{head}{first}-{head}{last}" if last != first else f"{head}{first}"


def cited_day(citation: str | None) -> str | None:
    """Return the date in a citation such as `JAMA. 2018 Mar 22;319(12):1`; None without a day."""
    match = _CITED_DAY.search(citation or "")
    if match is None or match[2] not in _MONTHS:
        return None
    return iso_day([int(match[1]), _MONTHS.index(match[2]) + 1, int(match[3])])


def iso_day(parts: Sequence[int | None]) -> str | None:
    """Return year, month and day as an ISO date; None if one is missing or there is no such day."""
    try:
        year, month, day = parts
        return date(year or 0, month or 0, day or 0).isoformat()
    except (ValueError, OverflowError):
        return None


def format_name(family: str | None, initials: str | None, suffix: str | None = None) -> str | None:
    """Join the parts of a name: `Zarate`, `CA`, `Jr` → `Zarate CA Jr`."""
    return plain_text(" ".join(part for part in (family, initials, suffix) if part))


def most_severe(notices: tuple[Notice, ...]) -> Retraction:
    """Return the most severe status of the notices; NONE_KNOWN without notices."""
    order = list(Retraction)
    statuses = [notice.status for notice in notices]
    return max(statuses, key=order.index, default=Retraction.NONE_KNOWN)

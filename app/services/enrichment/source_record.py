"""A publication as one source describes it, in the same form for all sources."""

import html
import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator

from app.domain.vocabulary import ReferenceKind, Retraction

_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_PAGES = re.compile(r"(?P<head>[A-Za-z]*)(?P<first>\d+)-(?P=head)?(?P<last>\d+)")
MAX_TEXT = 1000


class SourceModel(BaseModel):
    """The base of what a service sends: unknown fields pass, null is absence, types are checked."""

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)

    @model_validator(mode="before")
    @classmethod
    def _without_null(cls, sent: Any) -> Any:
        whole = isinstance(sent, dict)
        return {k: v for k, v in sent.items() if v is not None} if whole else sent


@dataclass(frozen=True)
class Notice:
    """A correction, a concern or a retraction, as one source words it."""

    status: Retraction
    words: str


@dataclass(frozen=True)
class SourceRecord:
    """One source's record; None is what it does not say."""

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
    """Text without tags, entities, control characters and doubled spaces; None for nothing.

    What a source sends is shown in a terminal and kept in a file: it may not carry commands.
    """
    if text is None:
        return None
    untagged = _TAG.sub("", html.unescape(text))
    untagged = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in untagged)
    return " ".join(untagged.split())[:MAX_TEXT] or None


def full_pages(pages: str | None) -> str | None:
    """`856-64` → `856-864`; what has another form stays as it is."""
    pages = plain_text(pages)
    match = _PAGES.fullmatch(pages or "")
    if not match:
        return pages
    head, first, last = match["head"], match["first"], match["last"]
    if len(last) < len(first):
        last = first[: len(first) - len(last)] + last
    return f"{head}{first}-{head}{last}" if last != first else f"{head}{first}"


def format_name(family: str | None, initials: str | None, suffix: str | None = None) -> str | None:
    """`Zarate`, `CA`, `Jr` → `Zarate CA Jr`."""
    return plain_text(" ".join(part for part in (family, initials, suffix) if part))


def most_severe(notices: tuple[Notice, ...]) -> Retraction:
    """The gravest of some notices."""
    order = list(Retraction)
    statuses = [notice.status for notice in notices]
    return max(statuses, key=order.index, default=Retraction.NONE_KNOWN)

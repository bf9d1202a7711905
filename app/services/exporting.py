"""Exports: every row of a list under its filters, in the format asked for."""

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from threading import Lock
from typing import Any, TypeVar

from pydantic_core import from_json
from sqlalchemy import ColumnElement

from app.domain.citation import CITATION_FORMATS
from app.kit import formats
from app.kit.facets import combined
from app.kit.listing import Listing
from app.kit.resource import Resource
from app.kit.sessions import ReadSession, Store

T = TypeVar("T")
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "tsv": "text/tab-separated-values; charset=utf-8",
    "ndjson": "application/x-ndjson",
    "parquet": "application/vnd.apache.parquet",
    "bib": "application/x-bibtex; charset=utf-8",
    "ris": "application/x-research-info-systems; charset=utf-8",
    "csl.json": "application/vnd.citationstyles.csl+json",
}


class Turns:
    """Exports beside pages, which are read at the same time and go first.

    While an export runs, threads take turns every half a millisecond, not every five: whoever asks
    for a page waits for the export at each hop between threads. At all other times turns so short
    would only cost: a fifth of a page. Between its own turns an export waits for pages, a little.
    """

    SHORT, LONGEST_WAIT = 0.0005, 0.002

    def __init__(self) -> None:
        self._lock, self._running, self._usual = Lock(), 0, 0.0
        self._pages = 0

    @contextmanager
    def short(self) -> Iterator[None]:
        with self._lock:
            if not self._running:
                self._usual = sys.getswitchinterval()
                sys.setswitchinterval(self.SHORT)
            self._running += 1
        try:
            yield
        finally:
            with self._lock:
                self._running -= 1
                if not self._running:
                    sys.setswitchinterval(self._usual)

    @contextmanager
    def page(self) -> Iterator[None]:
        """A page is being read."""
        with self._lock:
            self._pages += 1
        try:
            yield
        finally:
            with self._lock:
                self._pages -= 1

    def taken(self, chunks: Iterator[T]) -> Iterator[T]:
        """The same chunks; between two of them pages go first, for some milliseconds at most."""
        for chunk in chunks:
            yield chunk
            until = time.monotonic() + self.LONGEST_WAIT
            while self._pages and time.monotonic() < until:
                time.sleep(self.SHORT / 2)


TURNS = Turns()


def export(
    store: Store, listing: Listing, resource: Resource, query: Any, format_name: str
) -> Iterator[bytes]:
    """The export's bytes, in chunks, from one read transaction.

    The first rows are read before the first byte is given: what can fail fails before that.
    """
    chosen = getattr(query, "fields", ())
    ready = resource.identity.line if format_name == "csv" and not chosen else None
    with TURNS.short(), store.read() as session:
        if format_name in CITATION_FORMATS and resource.cites:
            where = combined(listing.conditions(session, resource, query))
            rest = _cited(session, listing, resource, where)
        else:
            rest = listing.stream(session, resource, query, what=ready)
        first = next(rest, None)
        chunks = iter(()) if first is None else TURNS.taken(chain([first], rest))
        known = resource.shape.by_name
        fields = [name for name in known if not chosen or name == "slug" or name in chosen]
        if format_name == "ndjson":
            yield from formats.to_ndjson(fields if chosen else (), chunks)
        elif format_name == "csv":
            shape, lines = resource.shape, ready is not None
            yield from formats.to_separated(shape, fields, chunks, ",", ready=lines)
        elif format_name == "tsv":
            yield from formats.to_separated(resource.shape, fields, chunks, "\t")
        elif format_name == "parquet":
            yield from formats.to_parquet(resource.shape, fields, chunks)
        else:
            yield from _citations(format_name, chunks)


def cite(
    store: Store, listing: Listing, resource: Resource, slug: str, format_name: str
) -> Iterator[bytes]:
    """What one record rests on, as citations."""
    with store.read() as session:
        who = resource.identity
        where = [who.kind == resource.kind, who.slug == slug]
        yield from _citations(format_name, _cited(session, listing, resource, where))


def _cited(
    session: ReadSession,
    listing: Listing,
    resource: Resource,
    where: Sequence[ColumnElement[bool]],
) -> Iterator[Sequence[bytes]]:
    """The references that some records rest on, each once."""
    assert resource.cites is not None
    target, those = listing.trail(resource, resource.cites, where)
    everything = listing.catalogue.export_query(target)()
    return listing.stream(session, target, everything, [those])


def _citations(format_name: str, chunks: Iterator[Sequence[bytes]]) -> Iterator[bytes]:
    """BibTeX and RIS one after another; CSL-JSON as one array."""
    write = CITATION_FORMATS[format_name]
    listed = format_name == "csl.json"
    glue = ",\n" if listed else "\n" if format_name == "bib" else ""
    yield b"[" if listed else b""
    first = True
    for chunk in chunks:
        text = glue.join(write(from_json(document)) for document in chunk)
        yield (text if first else glue + text).encode()
        first = False
    yield b"]\n" if listed else b""

"""Exports of lists and citations."""

from collections.abc import Generator, Iterator, Sequence
from itertools import chain
from typing import Any

from pydantic_core import from_json
from sqlalchemy import ColumnElement

from app.domain.citation import CITATION_FORMATS
from app.kit import export_formats
from app.kit.facets import where_clauses
from app.kit.repository import Repository
from app.kit.resource import Resource
from app.kit.sessions import ReadSession

MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "tsv": "text/tab-separated-values; charset=utf-8",
    "ndjson": "application/x-ndjson",
    "parquet": "application/vnd.apache.parquet",
    "bib": "application/x-bibtex; charset=utf-8",
    "ris": "application/x-research-info-systems; charset=utf-8",
    "csl.json": "application/vnd.citationstyles.csl+json",
}


def export(
    session: ReadSession, repository: Repository, resource: Resource, query: Any, format_name: str
) -> Generator[bytes]:
    """Yield the export's bytes in chunks.

    The first rows are read before the first chunk is yielded, so that an error in the query still
    gets its own status code.
    """
    chosen = getattr(query, "fields", ())
    ready = resource.identity.line if format_name == "csv" and not chosen else None
    if format_name in CITATION_FORMATS and resource.cites:
        where = where_clauses(repository.conditions(session, resource, query))
        rows = _cited_references(session, repository, resource, where)
    else:
        rows = repository.iter_documents(session, resource, query, column=ready)
    first = next(rows, None)
    chunks = iter(()) if first is None else chain([first], rows)
    known = resource.mapping.by_name
    fields = [name for name in known if not chosen or name == "slug" or name in chosen]
    if format_name == "ndjson":
        yield from export_formats.to_ndjson(fields if chosen else (), chunks)
    elif format_name == "csv":
        yield from export_formats.to_delimited(
            resource.mapping, fields, chunks, ",", preformatted=ready is not None
        )
    elif format_name == "tsv":
        yield from export_formats.to_delimited(resource.mapping, fields, chunks, "\t")
    elif format_name == "parquet":
        yield from export_formats.to_parquet(resource.mapping, fields, chunks)
    else:
        yield from _join_citations(format_name, chunks)


def export_citations(
    session: ReadSession, repository: Repository, resource: Resource, slug: str, format_name: str
) -> Generator[bytes]:
    """Return the references that one record rests on, as citations."""
    cols = resource.identity
    where = [cols.record_type == resource.record_type, cols.slug == slug]
    return _join_citations(format_name, _cited_references(session, repository, resource, where))


def _cited_references(
    session: ReadSession,
    repository: Repository,
    resource: Resource,
    where: Sequence[ColumnElement[bool]],
) -> Iterator[Sequence[bytes]]:
    """Return the references that some records rest on, each once."""
    assert resource.cites is not None
    target, where_ = repository.include_target(resource, resource.cites, where)
    everything = repository.catalogue.export_query(target)()
    return repository.iter_documents(session, target, everything, [where_])


def _join_citations(format_name: str, chunks: Iterator[Sequence[bytes]]) -> Generator[bytes]:
    """Yield BibTeX and RIS entries one after another, CSL-JSON as one array."""
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

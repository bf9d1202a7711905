"""Exports: the records of a list in every format, and the references behind records."""

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from pydantic_core import from_json, to_json
from sqlalchemy import ColumnElement, func, select

from app.domain.citation import CITATION_FORMATS
from app.kit import export_formats
from app.kit.batching import batched
from app.kit.export_formats import Chunks, ExportedTable
from app.kit.filter_clauses import where_clauses
from app.kit.parquet_process import ParquetProcess
from app.kit.repository import Repository
from app.kit.resource import Resource
from app.kit.sessions import ReadSession
from app.resources import RESOURCES

BATCH = 1000  # ids in one statement


@dataclass(frozen=True)
class ExportFormat:
    """One export format.

    Attributes:
        media_type: The Content-Type of the file.
        write: Yields the bytes of the file.
        schema: The OpenAPI schema of the file.
        citations: The file holds the references that the records rest on, not the records.
        streamed: The bytes are sent while they are made. Otherwise the file is completed first, so
            that its length is known and parts of it can be requested.
    """

    media_type: str
    write: Callable[[ExportedTable], Iterator[bytes]]
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})
    citations: bool = False
    streamed: bool = True


def _write_csv(exported: ExportedTable) -> Iterator[bytes]:
    return export_formats.to_delimited(exported, ",", preformatted=exported.complete)


def _write_tsv(exported: ExportedTable) -> Iterator[bytes]:
    return export_formats.to_delimited(exported, "\t")


def _citations(media_type: str, format_name: str, **more: Any) -> ExportFormat:
    def write(exported: ExportedTable) -> Iterator[bytes]:
        return _join_citations(format_name, iter(exported.chunks))

    return ExportFormat(media_type, write, citations=True, **more)


#: Every export format by its file extension. A new one is entered here, and in the `formats` of the
#: resources that offer it: most have `CITABLE_FORMATS` (app.resources.base), the default is in
#: app.kit.resource.
EXPORT_FORMATS = {
    "csv": ExportFormat("text/csv; charset=utf-8", _write_csv),
    "tsv": ExportFormat("text/tab-separated-values; charset=utf-8", _write_tsv),
    "ndjson": ExportFormat("application/x-ndjson", export_formats.to_ndjson),
    "parquet": ExportFormat(
        "application/vnd.apache.parquet",
        export_formats.to_parquet,
        {"type": "string", "format": "binary"},
        streamed=False,
    ),
    "bib": _citations("application/x-bibtex; charset=utf-8", "bib"),
    "ris": _citations("application/x-research-info-systems; charset=utf-8", "ris"),
    "csl.json": _citations(
        "application/vnd.citationstyles.csl+json",
        "csl.json",
        schema={"type": "array", "items": {"type": "object"}},
    ),
}
if unknown := {name for r in RESOURCES.values() for name in r.formats} - set(EXPORT_FORMATS):
    raise TypeError(f"resources declare unknown export formats: {sorted(unknown)}")


def export(
    session: ReadSession,
    repository: Repository,
    resource: Resource,
    query: Any,
    format_name: str,
    metadata: Mapping[str, Any],
    parquet: ParquetProcess | None = None,
) -> Generator[bytes]:
    """Yield the export's bytes in chunks.

    The first rows are read before the first chunk is yielded, so that an error in the query still
    gets its own status code. `metadata` states release, licence and citation. `parquet` is the
    process that writes Parquet, where one writes several files.
    """
    chosen = getattr(query, "fields", ())
    export_format = EXPORT_FORMATS[format_name]
    # CSV lines of all fields are stored with the document.
    ready = resource.identity.line if format_name == "csv" and not chosen else None
    if _holds_cited_references(resource, format_name):
        where = where_clauses(repository.conditions(session, resource, query))
        rows = _cited_references(session, repository, resource, where)
    else:
        rows = repository.iter_documents(session, resource, query, column=ready)
    known = resource.mapping.by_name
    fields = [name for name in known if not chosen or name == "slug" or name in chosen]
    with closing(rows):  # also where the reader stops early, or writing fails
        first = next(rows, None)
        chunks: Chunks = () if first is None else chain([first], rows)
        yield from export_format.write(
            ExportedTable(resource.mapping, fields, chunks, not chosen, metadata, parquet)
        )


def count(
    session: ReadSession, repository: Repository, resource: Resource, query: Any, format_name: str
) -> int:
    """Return the number of records in an export: of a citation format, that of the references.

    Raises:
        UnknownSlugError: If a filter names a record that does not exist.
    """
    if not _holds_cited_references(resource, format_name):
        return repository.count(session, resource, query)
    where = where_clauses(repository.conditions(session, resource, query))
    target, where_ = repository.include_target(resource, resource.cites, where)
    stmt = select(func.count()).select_from(target.key.class_).where(where_)
    return int(session.execute(stmt).scalar_one())


def _holds_cited_references(resource: Resource, format_name: str) -> bool:
    """Return whether the export holds what the records cite, not the records themselves."""
    return EXPORT_FORMATS[format_name].citations and "" not in resource.cites


def export_citations(
    session: ReadSession, repository: Repository, resource: Resource, slug: str, format_name: str
) -> Generator[bytes]:
    """Return the references that one record rests on, as citations."""
    cols = resource.identity
    where = [cols.record_type == resource.record_type, cols.slug == slug]
    return _join_citations(format_name, _cited_references(session, repository, resource, where))


def export_citation(reference: Mapping[str, Any], format_name: str) -> bytes:
    """Return the file with one reference in a citation format."""
    return b"".join(_join_citations(format_name, iter([[to_json(reference)]])))


def export_references_of(
    session: ReadSession,
    repository: Repository,
    ids: Mapping[str, Sequence[int]],
    format_name: str,
) -> Generator[bytes]:
    """Return the references that records of several collections rest on, as citations.

    Args:
        session: The transaction to read in, which must last until the last chunk.
        repository: Access to the records.
        ids: The ids of the records, by collection.
        format_name: A citation format.
    """
    references = set[int]()
    for collection, keys in ids.items():
        resource = repository.catalogue[collection]
        for batch in batched(keys, BATCH) if resource.cites else ():
            where = [resource.identity.id.in_(batch)]
            target, cited = repository.include_target(resource, resource.cites, where)
            references.update(session.execute(select(target.key).where(cited)).scalars())
    return _join_citations(format_name, _references_by_id(session, repository, references))


def _references_by_id(
    session: ReadSession, repository: Repository, ids: Iterable[int]
) -> Generator[Sequence[bytes]]:
    resource = repository.catalogue["references"]
    everything = repository.catalogue.export_query(resource)()
    for batch in batched(sorted(ids), BATCH):
        yield from repository.iter_documents(
            session, resource, everything, [resource.key.in_(batch)]
        )


def _cited_references(
    session: ReadSession,
    repository: Repository,
    resource: Resource,
    where: Sequence[ColumnElement[bool]],
) -> Generator[Sequence[bytes]]:
    """Return the references that some records rest on, each once."""
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

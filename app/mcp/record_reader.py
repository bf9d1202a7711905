"""One read transaction of a tool, and the facts that it makes of records."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from app.api.deps import ServiceContext, release_parameter
from app.api.read_responses import gone_error, not_found_error
from app.domain.citation import cite_short
from app.domain.errors import ErrorDetail, NotFoundError, ParameterError
from app.kit.sessions import ReadSession
from app.kit.suggestions import did_you_mean
from app.mcp.answers import Fact, compact, one_line
from app.resources import RESOURCES
from app.services.search.identifier_resolution import find_reference, find_withdrawn
from app.services.search.similar_names import similar_names, similar_records
from app.services.store.revision import current_revision, dataset_metadata

Record = Mapping[str, Any]
#: Fields that say what a record states, the most specific first.
_STATEMENTS = ("statement", "finding", "conclusion", "summary")


@dataclass(frozen=True)
class RecordReader:
    """Reads records in one transaction, of the current state or of a release.

    Args:
        public_url: Public base URL; "" if there is none, and facts have no address then.
    """

    service: ServiceContext
    session: ReadSession
    public_url: str
    metadata: dict[str, Any]

    def records(self, record_type: str, slugs: Iterable[str]) -> dict[str, Record]:
        """Return the records that exist among some slugs, by slug."""
        resource = RESOURCES.by_record_type[record_type]
        documents = self.service.repository.get_parsed(self.session, resource, list(slugs))
        return {slug: record for slug, (_, record) in documents.items()}

    def record(self, record_type: str, slug: str) -> Record:
        """Return a record.

        Raises:
            NotFoundError: There is no such record.
            GoneError: The record was withdrawn.
        """
        record = self.records(record_type, [slug]).get(slug)
        if record is None:
            resource = RESOURCES.by_record_type[record_type]
            raise not_found_error(self.session, self.service, resource, slug)
        return record

    def resolve(self, name: str, text: str, record_types: Sequence[str] = ()) -> tuple[str, str]:
        """Return record type and slug of the record that an id, name or identifier means.

        Args:
            name: The parameter that holds the text, for the error.
            text: Id (`type:slug`), slug, name, synonym or identifier.
            record_types: Types of which the record may be; all if empty.

        Raises:
            NotFoundError: It means no record; the error lists similar ones.
            ParameterError: It means several records.
            GoneError: The record was withdrawn.
        """
        types = list(record_types or RESOURCES.by_record_type)
        reference = find_reference(self.session, types, text)
        ids = [f"{record['type']}:{record['slug']}" for record in reference.records]
        if len(ids) == 1:
            return reference.records[0]["type"], reference.records[0]["slug"]
        if withdrawal := find_withdrawn(self.session, text):
            raise gone_error(*withdrawal)
        ids += [f"{record['type']}:{record['slug']}" for record in reference.candidates]
        shown = one_line(text, 120)
        if reference.ambiguous or reference.records:
            message = f"{name}: {shown!r} may mean several records; send one of their ids."
            raise ParameterError(
                ErrorDetail("body", name, message + did_you_mean(ids), did_you_mean=ids)
            )
        if not ids:
            similar = similar_names(self.session, text, types)
            similar = similar or [
                r for r in similar_records(self.session, text) if r["type"] in types
            ]
            ids = [f"{record['type']}:{record['slug']}" for record in similar]
        kinds = " or ".join(record_types) if 0 < len(record_types) < 4 else "record"
        message = f"No {kinds} has the id, name or identifier {shown!r}.{did_you_mean(ids)}"
        message += " The tool `search` finds records by words."
        raise NotFoundError(message, [ErrorDetail("body", name, message)], did_you_mean=ids)

    def fact(
        self,
        group: str,
        record_type: str,
        record: Record,
        text: str = "",
        values: Mapping[str, Any] | None = None,
    ) -> Fact:
        """Return what a record states as a fact, with its citation and address.

        Args:
            group: Role of the fact in the answer.
            record_type: Type of the record.
            record: The record.
            text: What it states here; by default its own statement.
            values: Figures; missing ones are left out.
        """
        slug = record["slug"]
        return Fact(
            id=f"{record_type}:{slug}",
            group=group,
            text=one_line(text or statement_of(record)),
            cite=self.citation(record_type, record),
            url=self.url(record_type, slug),
            values=compact(values or {}),
        )

    def citation(self, record_type: str, record: Record) -> str:
        """Return the source of a record: its reference, or the dataset if it has none."""
        if "journal" in record:
            return one_line(citation_text(record), 300)
        references = [record["reference"]] if record.get("reference") else []
        references = references or list(record.get("references") or ())[:2]
        if references:
            sources = (", ".join(filter(None, (r["name"], _identifier(r)))) for r in references)
            return one_line("; ".join(sources), 200)
        return f"ketamine-kb {self.metadata['release']}"

    def url(self, record_type: str, slug: str) -> str:
        """Return the address of the page of a record; empty without a public URL."""
        return self.address(f"/{RESOURCES.by_record_type[record_type].name}/{slug}")

    def address(self, path: str) -> str:
        """Return the public address of a path in the release that is read; empty without one."""
        if not self.public_url:
            return ""
        query = urlencode(self.service.release_params)
        return f"{self.public_url}{path}{'?' if query else ''}{query}"


@contextmanager
def read_records(service: ServiceContext, public_url: str, release: str) -> Iterator[RecordReader]:
    """Begin a read transaction on the current records, or on those of a release, if it is named.

    Raises:
        ParameterError: There is no such release.
    """
    if release:
        service = release_parameter(service, "release", release, [("release", release)])
    with service.store.read() as session:
        revision = session.state = current_revision(session)
        yield RecordReader(service, session, public_url, dataset_metadata(revision))


def statement_of(record: Record) -> str:
    """Return what a record states in words."""
    field = next((name for name in _STATEMENTS if record.get(name)), None)
    if field is None:
        return str(record["name"])
    if field == "summary" and record["name"].lower() not in record["summary"].lower():
        return f"{record['name']}: {record['summary']}"
    return str(record[field])


def citation_text(reference: Record) -> str:
    """Return a reference as one line, with its DOI or PubMed id."""
    authors = reference["authors"]
    known = {"first_author": authors[0] if authors else None, "authors": len(authors)}
    return " ".join(filter(None, (cite_short({**reference, **known}), _identifier(reference))))


def _identifier(reference: Record) -> str:
    if reference.get("doi"):
        return f"doi:{reference['doi']}"
    return f"pmid:{reference['pmid']}" if reference.get("pmid") else ""

"""Client for Crossref's REST API."""

from collections.abc import Iterator
from urllib.parse import quote

from pydantic import Field, ValidationError

from app.domain.vocabulary import ReferenceKind, Retraction
from app.services.enrichment.http_client import JSON, Fetcher, SourceRejectedError
from app.services.enrichment.source_record import (
    Notice,
    SourceModel,
    SourceRecord,
    format_name,
    full_pages,
    iso_day,
    plain_text,
)

NAME = "Crossref"
KINDS = {
    "journal-article": ReferenceKind.ARTICLE,
    "posted-content": ReferenceKind.PREPRINT,
    "proceedings-article": ReferenceKind.CONFERENCE,
    "book": ReferenceKind.BOOK,
    "monograph": ReferenceKind.BOOK,
    "edited-book": ReferenceKind.BOOK,
    "reference-book": ReferenceKind.BOOK,
    "book-chapter": ReferenceKind.BOOK,
    "database": ReferenceKind.DATABASE,
}
#: Crossref's words for an update, and what they mean for the work that is updated.
UPDATES = {
    "retraction": Retraction.RETRACTED,
    "withdrawal": Retraction.RETRACTED,
    "removal": Retraction.RETRACTED,
    "partial_retraction": Retraction.CONCERN,
    "expression_of_concern": Retraction.CONCERN,
    "correction": Retraction.CORRECTED,
    "corrigendum": Retraction.CORRECTED,
    "erratum": Retraction.CORRECTED,
    "addendum": Retraction.CORRECTED,
    "clarification": Retraction.CORRECTED,
}
#: Updates that do not affect the validity of the work.
HARMLESS = {"new_edition", "new_version"}


class CrossrefAuthor(SourceModel):
    """An author; organisations have only `name`."""

    family: str | None = None
    given: str | None = None
    suffix: str | None = None
    name: str | None = None


class Partial(SourceModel):
    """A date of which month and day may be missing."""

    parts: list[list[int | None]] = Field([], alias="date-parts")

    @property
    def year(self) -> int | None:
        """Year, if stated."""
        return self.parts[0][0] if self.parts and self.parts[0] else None

    @property
    def day(self) -> str | None:
        """ISO date, if year, month and day are stated."""
        return iso_day(self.parts[0]) if self.parts else None


class Update(SourceModel):
    """A notice on a work, or the work that a notice is about."""

    doi: str | None = Field(None, alias="DOI")
    type: str = "unknown"
    source: str | None = None
    updated: Partial | None = None

    @property
    def kind(self) -> str:
        """Type in the spelling of UPDATES."""
        return self.type.strip().lower().replace("-", "_").replace(" ", "_")


class Work(SourceModel):
    """Metadata of a work."""

    doi: str = Field(alias="DOI")
    type: str = ""
    title: list[str] = []
    subtitle: list[str] = []
    author: list[CrossrefAuthor] = []
    journal: list[str] = Field([], alias="container-title")
    short_journal: list[str] = Field([], alias="short-container-title")
    issued: Partial | None = None
    print: Partial | None = Field(None, alias="published-print")
    volume: str | None = None
    issue: str | None = None
    page: str | None = None
    article_number: str | None = Field(None, alias="article-number")
    updated_by: list[Update] = Field([], alias="updated-by")
    update_to: list[Update] = Field([], alias="update-to")


class WorkResponse(SourceModel):
    """Response of `/works/{doi}`."""

    message: Work


def by_doi(fetcher: Fetcher, base: str, doi: str) -> SourceRecord:
    """Fetch the record of a DOI.

    Raises:
        SourceError: There is no such record, or the response is not accepted.
    """
    email = fetcher.policy.email
    params = {"mailto": email} if email else {}
    body = fetcher.get(f"{base}/works/{quote(doi, safe='')}", params, JSON)
    try:
        work = WorkResponse.model_validate_json(body).message
    except ValidationError as error:
        raise SourceRejectedError("its response does not have the documented form") from error
    if work.doi.lower() != doi.lower():
        raise SourceRejectedError(f"it returned DOI {plain_text(work.doi)} instead of {doi}")
    return _to_source_record(work)


def _to_source_record(work: Work) -> SourceRecord:
    printed = work.print.year if work.print else None
    issued = work.issued.year if work.issued else None
    update = next(iter(work.update_to), None)
    return SourceRecord(
        source=NAME,
        title=plain_text(": ".join([*work.title[:1], *work.subtitle[:1]])),
        authors=tuple(filter(None, map(_name, work.author))),
        journals=tuple(filter(None, map(plain_text, [*work.short_journal, *work.journal]))),
        year=printed or issued,
        volume=plain_text(work.volume),
        issue=plain_text(work.issue),
        pages=full_pages(work.page) or plain_text(work.article_number),
        doi=work.doi,
        kind=KINDS.get(work.type),
        notices=tuple(_notices(work)),
        is_notice=f"{update.kind} of {plain_text(update.doi)}" if update else None,
    )


def _name(author: CrossrefAuthor) -> str | None:
    """Return `Zarate CA` for `Zarate`, `Carlos A.`; organisations keep their name."""
    given_names = (author.given or "").replace(".", " ").replace("-", " ").split()
    initials = "".join(word[0] for word in given_names)
    return format_name(author.family, initials, author.suffix) or plain_text(author.name)


def _notices(work: Work) -> Iterator[Notice]:
    for update in work.updated_by:
        if update.kind in HARMLESS:
            continue
        # An unknown type counts as a concern, so that a curator sees it.
        status = UPDATES.get(update.kind, Retraction.CONCERN)
        by = f" (as {plain_text(update.source)} says)" if update.source else ""
        words = f"{update.kind.replace('_', ' ')}: {plain_text(update.doi)}{by}"
        yield Notice(status, words, update.updated.day if update.updated else None)

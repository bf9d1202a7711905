"""Client for Europe PMC."""

from collections.abc import Iterator

from pydantic import Field, ValidationError

from app.domain.vocabulary import ReferenceKind, Retraction
from app.services.enrichment.http_client import (
    JSON,
    Fetcher,
    SourceNotFoundError,
    SourceRejectedError,
)
from app.services.enrichment.source_record import (
    Notice,
    SourceModel,
    SourceRecord,
    cited_day,
    full_pages,
    plain_text,
)

NAME = "Europe PMC"
KINDS = {
    "preprint": ReferenceKind.PREPRINT,
    "practice guideline": ReferenceKind.GUIDELINE,
    "guideline": ReferenceKind.GUIDELINE,
    "journal article": ReferenceKind.ARTICLE,
    "research-article": ReferenceKind.ARTICLE,
}
NOTICE_TYPES = ("retraction of publication", "published erratum", "expression of concern")
LINKS = {
    "retraction in": Retraction.RETRACTED,
    "expression of concern in": Retraction.CONCERN,
    "erratum in": Retraction.CORRECTED,
    "corrected and republished in": Retraction.CORRECTED,
}


class EuropePmcAuthor(SourceModel):
    """An author: a person or an organisation."""

    name: str | None = Field(None, alias="fullName")
    body: str | None = Field(None, alias="collectiveName")


class Authors(SourceModel):
    """`authorList` of a record."""

    author: list[EuropePmcAuthor] = []


class Journal(SourceModel):
    """Title and abbreviations of a journal."""

    title: str | None = None
    medline: str | None = Field(None, alias="medlineAbbreviation")
    iso: str | None = Field(None, alias="isoabbreviation")


class JournalInfo(SourceModel):
    """`journalInfo` of a record."""

    volume: str | None = None
    issue: str | None = None
    year: int | None = Field(None, alias="yearOfPublication")
    journal: Journal = Journal()


class Types(SourceModel):
    """`pubTypeList` of a record."""

    types: list[str] = Field([], alias="pubType")


class EuropePmcLink(SourceModel):
    """A link to a comment, correction or retraction."""

    type: str = ""
    id: str | None = None
    reference: str | None = None


class Links(SourceModel):
    """`commentCorrectionList` of a record."""

    links: list[EuropePmcLink] = Field([], alias="commentCorrection")


class EuropePmcRecord(SourceModel):
    """A record of the result type `core`."""

    source: str = ""
    pmid: str | None = None
    pmcid: str | None = None
    doi: str | None = None
    title: str | None = None
    authors: Authors = Field(Authors(), alias="authorList")
    journal: JournalInfo = Field(JournalInfo(), alias="journalInfo")
    year: str | None = Field(None, alias="pubYear")
    pages: str | None = Field(None, alias="pageInfo")
    types: Types = Field(Types(), alias="pubTypeList")
    links: Links = Field(Links(), alias="commentCorrectionList")


class Results(SourceModel):
    """`resultList` of a search."""

    result: list[EuropePmcRecord] = []


class EuropePmcSearch(SourceModel):
    """Response of `/search`."""

    results: Results = Field(alias="resultList")


def by_pmid(fetcher: Fetcher, base: str, pmid: str) -> SourceRecord:
    """Fetch the record of a PubMed id.

    Raises:
        SourceError: There is no such record, or the response is not accepted.
    """
    results = _search(fetcher, base, f"EXT_ID:{pmid} AND SRC:MED")
    return _only([r for r in results if r.pmid == pmid], results, f"PubMed id {pmid}")


def by_pmcid(fetcher: Fetcher, base: str, pmcid: str) -> SourceRecord:
    """Fetch the record of a PubMed Central id.

    Raises:
        SourceError: There is no such record, or the response is not accepted.
    """
    results = _search(fetcher, base, f"PMCID:{pmcid}")
    return _only([r for r in results if r.pmcid == pmcid], results, f"PubMed Central id {pmcid}")


def by_doi(fetcher: Fetcher, base: str, doi: str) -> SourceRecord:
    """Fetch the record of a DOI; a published article is preferred to a preprint.

    Raises:
        SourceError: There is no such record, or the response is not accepted.
    """
    results = _search(fetcher, base, f'DOI:"{doi}"')
    right = [r for r in results if (r.doi or "").lower() == doi.lower()]
    published = [r for r in right if r.source == "MED"] or right  # a preprint has its own DOI
    return _only(published, results, f"DOI {doi}")


def _only(
    matching: list[EuropePmcRecord], results: list[EuropePmcRecord], requested: str
) -> SourceRecord:
    if not results:
        raise SourceNotFoundError("it has no such record")
    if not matching:
        raise SourceRejectedError(
            f"none of its {len(results)} results has the requested {requested}"
        )
    return _to_source_record(matching[0])


def _search(fetcher: Fetcher, base: str, query: str) -> list[EuropePmcRecord]:
    params = {"query": query, "resultType": "core", "format": "json", "pageSize": "5"}
    if fetcher.policy.email:
        params["email"] = fetcher.policy.email
    body = fetcher.get(f"{base}/search", params, JSON)
    try:
        return EuropePmcSearch.model_validate_json(body).results.result
    except ValidationError as error:
        raise SourceRejectedError("its response does not have the documented form") from error


def _to_source_record(result: EuropePmcRecord) -> SourceRecord:
    types = {name.lower() for name in result.types.types}
    info, title = result.journal, plain_text(result.title)
    year = info.year or (int(result.year) if result.year and result.year.isdecimal() else None)
    names = (plain_text(author.name or author.body) for author in result.authors.author)
    journals = (info.journal.medline, info.journal.iso, info.journal.title)
    return SourceRecord(
        source=NAME,
        title=title and title.removesuffix("."),
        authors=tuple(name for name in names if name),
        journals=tuple(name for name in map(plain_text, journals) if name),
        year=year,
        volume=plain_text(info.volume),
        issue=plain_text(info.issue),
        pages=full_pages(result.pages),
        doi=plain_text(result.doi),
        pmid=plain_text(result.pmid),
        pmcid=plain_text(result.pmcid),
        kind=next((kind for name, kind in KINDS.items() if name in types), None),
        notices=tuple(_notices(result, types)),
        is_notice=next((name for name in NOTICE_TYPES if name in types), None),
    )


def _notices(result: EuropePmcRecord, types: set[str]) -> Iterator[Notice]:
    if "retracted publication" in types:
        yield Notice(Retraction.RETRACTED, "it is marked as a retracted publication")
    for link in result.links.links:
        status = LINKS.get(link.type.strip().lower())
        if status is not None:
            citation = plain_text(link.reference)
            where = plain_text(link.id) or citation or "no address given"
            words = f"{link.type.strip().lower().removesuffix(' in')}: {where}"
            yield Notice(status, words, cited_day(citation))

"""Europe PMC: a record by PubMed id or DOI, with what ties the two together."""

from collections.abc import Iterator

from pydantic import Field, ValidationError

from app.domain.vocabulary import ReferenceKind, Retraction
from app.services.enrichment.http_client import JSON, Fetcher, NotThereError, RefusedError
from app.services.enrichment.source_record import Found, Notice, Wire, full_pages, plain

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


class Author(Wire):
    name: str | None = Field(None, alias="fullName")
    body: str | None = Field(None, alias="collectiveName")


class Authors(Wire):
    author: list[Author] = []


class Journal(Wire):
    title: str | None = None
    medline: str | None = Field(None, alias="medlineAbbreviation")
    iso: str | None = Field(None, alias="isoabbreviation")


class JournalInfo(Wire):
    volume: str | None = None
    issue: str | None = None
    year: int | None = Field(None, alias="yearOfPublication")
    journal: Journal = Journal()


class Types(Wire):
    types: list[str] = Field([], alias="pubType")


class Link(Wire):
    type: str = ""
    id: str | None = None
    reference: str | None = None


class Links(Wire):
    links: list[Link] = Field([], alias="commentCorrection")


class Result(Wire):
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


class Results(Wire):
    result: list[Result] = []


class SearchAnswer(Wire):
    results: Results = Field(alias="resultList")


def by_pmid(fetcher: Fetcher, base: str, pmid: str) -> Found:
    results = _search(fetcher, base, f"EXT_ID:{pmid} AND SRC:MED")
    return _only([r for r in results if r.pmid == pmid], results, f"PubMed id {pmid}")


def by_doi(fetcher: Fetcher, base: str, doi: str) -> Found:
    results = _search(fetcher, base, f'DOI:"{doi}"')
    right = [r for r in results if (r.doi or "").lower() == doi.lower()]
    published = [r for r in right if r.source == "MED"] or right  # a preprint has its own DOI
    return _only(published, results, f"DOI {doi}")


def _only(right: list[Result], answered: list[Result], asked: str) -> Found:
    if not answered:
        raise NotThereError("it has no such record")
    if not right:
        raise RefusedError(f"none of its {len(answered)} answers has the {asked} that was asked")
    return _found(right[0])


def _search(fetcher: Fetcher, base: str, query: str) -> list[Result]:
    params = {"query": query, "resultType": "core", "format": "json", "pageSize": "5"}
    if fetcher.manners.email:
        params["email"] = fetcher.manners.email
    body = fetcher.get(f"{base}/search", params, JSON)
    try:
        return SearchAnswer.model_validate_json(body).results.result
    except ValidationError as error:
        raise RefusedError("its answer is not in the documented form") from error


def _found(result: Result) -> Found:
    types = {name.lower() for name in result.types.types}
    info, title = result.journal, plain(result.title)
    year = info.year or (int(result.year) if result.year and result.year.isdecimal() else None)
    names = (plain(author.name or author.body) for author in result.authors.author)
    journals = (info.journal.medline, info.journal.iso, info.journal.title)
    return Found(
        source=NAME,
        title=title and title.removesuffix("."),
        authors=tuple(name for name in names if name),
        journals=tuple(name for name in map(plain, journals) if name),
        year=year,
        volume=plain(info.volume),
        issue=plain(info.issue),
        pages=full_pages(result.pages),
        doi=plain(result.doi),
        pmid=plain(result.pmid),
        pmcid=plain(result.pmcid),
        kind=next((kind for name, kind in KINDS.items() if name in types), None),
        notices=tuple(_notices(result, types)),
        is_notice=next((name for name in NOTICE_TYPES if name in types), None),
    )


def _notices(result: Result, types: set[str]) -> Iterator[Notice]:
    if "retracted publication" in types:
        yield Notice(Retraction.RETRACTED, "it is marked as a retracted publication")
    for link in result.links.links:
        status = LINKS.get(link.type.strip().lower())
        if status is not None:
            where = plain(link.id) or plain(link.reference) or "no address given"
            yield Notice(status, f"{link.type.strip().lower().removesuffix(' in')}: {where}")

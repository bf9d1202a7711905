"""Client for PubMed through NCBI's E-utilities (efetch, esearch)."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from pydantic import ValidationError

from app.domain.vocabulary import ReferenceKind, Retraction
from app.services.enrichment.http_client import (
    JSON,
    XML,
    Fetcher,
    SourceNotFoundError,
    SourceRejectedError,
)
from app.services.enrichment.source_record import (
    Notice,
    SourceModel,
    SourceRecord,
    cited_day,
    format_name,
    full_pages,
    plain_text,
)

NAME = "PubMed"
#: Publication types of retracted articles.
RETRACTED_TYPES = {"retracted publication"}
#: Publication types of notices on another article, not to be confused with the types above.
NOTICE_TYPES = ("retraction of publication", "published erratum", "expression of concern")
KINDS = {
    "preprint": ReferenceKind.PREPRINT,
    "practice guideline": ReferenceKind.GUIDELINE,
    "guideline": ReferenceKind.GUIDELINE,
    "journal article": ReferenceKind.ARTICLE,
}
#: Links to notices, by NLM's `RefType`.
LINKS = {
    "RetractionIn": (Retraction.RETRACTED, "retraction"),
    "ExpressionOfConcernIn": (Retraction.CONCERN, "expression of concern"),
    "ErratumIn": (Retraction.CORRECTED, "erratum"),
    "CorrectedandRepublishedIn": (Retraction.CORRECTED, "corrected and republished"),
}


class IdList(SourceModel):
    """`esearchresult` of a search."""

    idlist: list[str] = []


class PubMedSearch(SourceModel):
    """Response of esearch."""

    esearchresult: IdList


def ids_of_doi(fetcher: Fetcher, base: str, doi: str) -> list[str]:
    """Return the PubMed ids that a search for a DOI finds, which may be wrong or several.

    Raises:
        SourceError: The response is not accepted.
    """
    params = {"db": "pubmed", "term": f'"{doi}"[doi]', "retmode": "json", **_contact(fetcher)}
    body = fetcher.get(f"{base}/esearch.fcgi", params, JSON)
    try:
        return PubMedSearch.model_validate_json(body).esearchresult.idlist
    except ValidationError as error:
        raise SourceRejectedError(
            "its search response does not have the documented form"
        ) from error


def by_pmid(fetcher: Fetcher, base: str, pmid: str) -> SourceRecord:
    """Fetch the record of a PubMed id.

    Raises:
        SourceError: There is no such record, or the response is not accepted.
    """
    params = {"db": "pubmed", "id": pmid, "retmode": "xml", **_contact(fetcher)}
    root = _parse(fetcher.get(f"{base}/efetch.fcgi", params, XML))
    articles = root.findall("PubmedArticle")
    if not articles:
        raise SourceNotFoundError("it has no such record")
    returned_pmid = _text(articles[0], "MedlineCitation/PMID")
    if len(articles) > 1 or returned_pmid != pmid:
        raise SourceRejectedError(f"it returned PubMed id {returned_pmid} instead of {pmid}")
    return _to_source_record(articles[0], pmid)


def _contact(fetcher: Fetcher) -> dict[str, str]:
    """Return the parameters by which NCBI identifies a program, its contact and its API key."""
    contact = {"email": fetcher.policy.email, "api_key": fetcher.policy.ncbi_key}
    return {"tool": "ketamine-kb", **{name: value for name, value in contact.items() if value}}


def _parse(body: bytes) -> Element:
    """Parse XML; entity declarations are refused, and the DTD is never fetched."""
    try:
        root: Element = fromstring(body)
    except (ParseError, DefusedXmlException, ValueError, RecursionError) as error:
        raise SourceRejectedError(
            f"its XML cannot be parsed safely ({type(error).__name__})"
        ) from error
    if root.tag != "PubmedArticleSet":
        raise SourceRejectedError("its response does not have the documented form")
    return root


def _to_source_record(article: Element, pmid: str) -> SourceRecord:
    types = {t.lower() for t in _texts(article, ".//PublicationTypeList/PublicationType")}
    ids = {
        i.get("IdType"): plain_text(i.text) for i in article.findall("PubmedData/ArticleIdList/*")
    }
    issue = "MedlineCitation/Article/Journal/JournalIssue"
    date = f"{issue}/PubDate"
    when = _text(article, f"{date}/Year") or (_text(article, f"{date}/MedlineDate") or "")[:4]
    title = _text(article, "MedlineCitation/Article/ArticleTitle")
    authors = article.find("MedlineCitation/Article/AuthorList")
    names = tuple(_authors(authors))
    journals = (
        _text(article, "MedlineCitation/MedlineJournalInfo/MedlineTA"),
        _text(article, "MedlineCitation/Article/Journal/ISOAbbreviation"),
        _text(article, "MedlineCitation/Article/Journal/Title"),
    )
    banks = _texts(article, ".//DataBankList//AccessionNumber")
    return SourceRecord(
        source=NAME,
        title=title and title.removesuffix("."),
        authors=names,
        authors_complete=bool(names) and authors is not None and authors.get("CompleteYN") == "Y",
        journals=tuple(name for name in journals if name),
        year=int(when) if when.isdecimal() else None,
        volume=_text(article, f"{issue}/Volume"),
        issue=_text(article, f"{issue}/Issue"),
        pages=full_pages(_text(article, "MedlineCitation/Article/Pagination/MedlinePgn")),
        doi=ids.get("doi"),
        pmid=pmid,
        pmcid=ids.get("pmc"),
        kind=next((kind for name, kind in KINDS.items() if name in types), None),
        notices=tuple(_notices(article, types)),
        is_notice=next((name for name in NOTICE_TYPES if name in types), None),
        trials=tuple(number for number in banks if number.startswith(("NCT", "ACTRN"))),
    )


def _authors(listed: Element | None) -> Iterator[str]:
    for author in listed if listed is not None else ():
        name = format_name(*(author.findtext(part) for part in ("LastName", "Initials", "Suffix")))
        name = name or plain_text(author.findtext("CollectiveName"))
        if name:
            yield name


def _notices(article: Element, types: set[str]) -> Iterator[Notice]:
    if types & RETRACTED_TYPES:
        yield Notice(Retraction.RETRACTED, "it is marked as a retracted publication")
    for link in article.findall("MedlineCitation/CommentsCorrectionsList/CommentsCorrections"):
        known = LINKS.get(link.get("RefType", ""))
        if known:
            citation = plain_text(link.findtext("RefSource"))
            where = plain_text(link.findtext("PMID")) or citation or "no address given"
            yield Notice(known[0], f"{known[1]}: {where}", cited_day(citation))


def _text(element: Element, path: str) -> str | None:
    """Return all text below the first element at a path; titles contain markup elements."""
    child = element.find(path)
    return None if child is None else plain_text("".join(child.itertext()))


def _texts(element: Element, path: str) -> list[str]:
    texts = (plain_text("".join(child.itertext())) for child in element.findall(path))
    return [text for text in texts if text]

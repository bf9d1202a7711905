"""Citations of references and of the dataset: BibTeX, RIS, CSL-JSON, short text."""

import json
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any
from urllib.parse import quote

from app.domain import latex
from app.domain.author_names import AuthorName, parse_author_name
from app.domain.release_names import is_name

LICENCE = "CC-BY-4.0"
LICENCE_URL = "https://creativecommons.org/licenses/by/4.0/"
NOTICE = "A reference, not medical advice."
_SPDX_AND, _SPDX_OR = re.compile(r"\s+AND\s+"), re.compile(r"\sOR\s")


def dataset_reference(version: str, revision: int, year: int | None, url: str) -> dict[str, Any]:
    """Return the dataset in the form of a reference record.

    Args:
        version: The release, or what the records are instead (`release_names.dataset_version`).
        revision: The revision.
        year: The year of the release, or of the last change.
        url: Public address of the release, or of the service.
    """
    empty = dict.fromkeys(("journal", "volume", "issue", "pages", "doi", "pmid", "pmcid"))
    return {
        **empty,
        "slug": f"ketamine-kb-{version if is_name(version) else f'revision-{revision}'}",
        "title": "ketamine-kb: a knowledge base on how ketamine works, with the evidence for and"
        " against each claim",
        "name": "ketamine-kb",
        "authors": ["The ketamine-kb contributors"],
        "authors_complete": True,
        "year": year,
        "version": version,
        "publisher": "ketamine-kb",
        "url": url,
        "kind": "database",
    }


def cite_dataset(version: str, revision: int, others: Collection[str] = ()) -> str:
    """Return a one-line citation of a release, or of unreleased records, with the licences.

    Args:
        version: As in `dataset_reference`.
        revision: The revision.
        others: Licences of records that are not under the licence of the dataset.
    """
    what = f"release {version}, revision {revision}" if is_name(version) else version
    rest = f", of some records {'; '.join(sorted(others))}" if others else ""
    return f"ketamine-kb, {what}. Licence: CC BY 4.0{rest}."


def licence_expression(others: Collection[str] = ()) -> str:
    """Return the SPDX expression of the licence of the dataset and those of some of its records."""
    terms = {term for other in others for term in _SPDX_AND.split(other)} - {LICENCE}
    return " AND ".join([LICENCE, *sorted(f"({t})" if _SPDX_OR.search(t) else t for t in terms)])


#: Stands for further authors in BibTeX, and by convention in CSL-JSON (pandoc prints "et al.").
OTHERS = "others"
#: Stands for further authors in RIS.
ET_AL = "et al."

_BIB_TYPES = {"article": "article", "book": "book", "conference": "inproceedings"}
_RIS_TYPES = {
    "article": "JOUR",
    "preprint": "UNPB",
    "book": "BOOK",
    "conference": "CONF",
    "database": "DBASE",
    "guideline": "RPRT",
    "regulator": "GOVDOC",
    "web": "ELEC",
}
_CSL_TYPES = {
    "article": "article-journal",
    "preprint": "article",
    "book": "book",
    "conference": "paper-conference",
    "database": "dataset",
    "guideline": "report",
    "web": "webpage",
}
#: First and last page: `856-864`, `E1-E3`, `1299-1313.e19`; `ENEURO.0133-15.2016` is an article.
_PAGE_RANGE = re.compile(
    r"(?P<first>[A-Za-z]{0,2}\d+[a-z]?)\s*[-\u2010-\u2015\u2212]+\s*"
    r"(?P<last>[A-Za-z]{0,2}\d+[a-z]?(\.e\d+)?)"
)


def to_bibtex(ref: Mapping[str, Any]) -> str:
    """Return one BibTeX entry; fields that are not confirmed (None) are left out.

    What appeared in no journal, book or conference is `@misc`. The text is LaTeX, except for
    identifiers and addresses, which styles print verbatim.
    """
    kind = _BIB_TYPES.get(_kind(ref), "misc")
    pages = _page_range(ref)
    fields = {
        "author": " and ".join(_bibtex_names(ref)),
        "title": latex.escape_title(ref["title"] or ""),
        _BIB_CONTAINERS.get(kind, "howpublished"): latex.escape(ref["journal"] or ""),
        "publisher": latex.escape(ref.get("publisher") or ""),
        "version": latex.escape(ref.get("version") or ""),
        "year": ref["year"],
        "volume": latex.escape(ref["volume"] or ""),
        "number": latex.escape(ref["issue"] or ""),
        "pages": "--".join(pages) if pages else latex.escape(ref["pages"] or ""),
        "doi": _verbatim(ref["doi"]),
        "pmid": ref["pmid"],
        "pmcid": ref["pmcid"],
        "url": _verbatim(ref["url"]),
        # Styles sort by `key` what has no author, and print a note, but no annotation.
        "key": None if ref["authors"] else latex.escape(ref["name"]),
        "annote" if ref["authors"] else "note": latex.escape(_note(ref) or ""),
    }
    lines = [f"  {key} = {{{value}}}," for key, value in fields.items() if value]
    return "\n".join([f"@{kind}{{{ref['slug']},", *lines, "}", ""])


_BIB_CONTAINERS = {"article": "journal", "inproceedings": "booktitle", "book": "series"}


def _verbatim(text: str | None) -> str | None:
    """Return an identifier or address; what BibTeX and LaTeX would interpret is percent-encoded."""
    return None if text is None else re.sub(r"[\s{}\\\"^`|]", lambda match: quote(match[0]), text)


def _bibtex_names(ref: Mapping[str, Any]) -> list[str]:
    """Return the authors; names that BibTeX must not take apart are in braces."""
    names = []
    for author in _authors(ref):
        family, given_names, suffix = map(latex.escape, (x or "" for x in author[:3]))
        if given_names:
            names.append(", ".join(part for part in (family, suffix, given_names) if part))
        else:
            whole = " ".join(part for part in (family, suffix) if part)
            single = not author.is_group and whole.isalpha() and whole != OTHERS
            names.append(whole if single else f"{{{whole}}}")
    return [*names, OTHERS] if _has_more_authors(ref) else names


def _kind(ref: Mapping[str, Any]) -> str:
    """Return the kind of publication; a guideline or statement in a journal is an article."""
    kind = str(ref["kind"])
    in_journal = ref["journal"] and kind in {"guideline", "label", "regulator"}
    return "article" if in_journal else kind


def _authors(ref: Mapping[str, Any]) -> list[AuthorName]:
    return [parse_author_name(name) for name in ref["authors"]]


def _has_more_authors(ref: Mapping[str, Any]) -> bool:
    """Return whether there are more authors than the confirmed ones."""
    return bool(ref["authors"]) and not ref["authors_complete"]


def _page_range(ref: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return the first and the last page; None for a single page or an article number."""
    match = _PAGE_RANGE.fullmatch((ref["pages"] or "").strip())
    return (match["first"], match["last"]) if match else None


def _note(ref: Mapping[str, Any]) -> str | None:
    """Return a note that names a reference without a confirmed title, or None.

    The name is ours, and so it is never given as the title.
    """
    return None if ref["title"] else f"Title not confirmed; listed as: {_one_line(ref['name'])}"


def _one_line(value: Any) -> str:
    return " ".join(str(value).split())


def cite_short(ref: Mapping[str, Any]) -> str:
    """Return a one-line citation.

    Its form is `Zarate CA Jr et al. (2006) Title. Journal 63(8):856-864.` Fields that are not
    confirmed are left out. `ref` is not a record: it has `first_author`, and the number of known
    authors in `authors`.
    """
    first, more = ref["first_author"], ref["authors"] > 1 or not ref["authors_complete"]
    authors = f"{first} et al." if first and more else first
    year = f"({ref['year']})" if ref["year"] else None
    issue = f"({ref['issue']})" if ref["issue"] else ""
    volume = f"{ref['volume'] or ''}{issue}"
    location = ":".join(part for part in (volume, ref["pages"]) if part)
    journal = " ".join(part for part in (ref["journal"], location) if part)
    head = " ".join(part for part in (authors, year) if part)
    return " ".join(
        part if part.endswith((".", "?", "!", ")")) else f"{part}."
        for part in (head, ref["title"] or ref["name"], journal)
        if part
    )


def to_ris(ref: Mapping[str, Any]) -> str:
    """Return one RIS record; its lines end with CR LF, as the format requires."""
    first, last = _page_range(ref) or (ref["pages"], None)
    pairs = [
        ("TY", _RIS_TYPES.get(_kind(ref), "GEN")),
        ("ID", ref["slug"]),
        *(("AU", _ris_name(author)) for author in _authors(ref)),
        ("AU", ET_AL if _has_more_authors(ref) else None),
        ("TI", ref["title"]),
        ("T2", ref["journal"]),
        ("JO", ref["journal"]),
        ("PB", ref.get("publisher")),
        ("ET", ref.get("version")),
        ("PY", ref["year"]),
        ("VL", ref["volume"]),
        ("IS", ref["issue"]),
        ("SP", first),
        ("EP", last),
        ("DO", ref["doi"]),
        ("AN", ref["pmid"]),
        ("DB", "PubMed" if ref["pmid"] else None),
        ("C2", ref["pmcid"]),
        ("UR", ref["url"]),
        ("N1", _note(ref)),
        ("ER", ""),
    ]
    lines = [f"{tag}  - {_one_line(value)}" for tag, value in pairs if value is not None]
    return "\r\n".join([*lines, "", ""])


def _ris_name(author: AuthorName) -> str:
    """Return `Zarate, C. A., Jr`; a name without comma is one that is not taken apart."""
    if author.suffix:
        return f"{author.family}, {author.given or ''}, {author.suffix}"
    return f"{author.family}, {author.given}" if author.given else author.family


def to_csl(ref: Mapping[str, Any]) -> dict[str, Any]:
    """Return one item of CSL-JSON 1.0, without the fields that are not confirmed.

    The hyphen of `page` is that of the format: processors print the dash of their style.
    """
    authors = [_csl_name(author) for author in _authors(ref)]
    pages = _page_range(ref)
    item = {
        "id": ref["slug"],
        "type": _CSL_TYPES.get(_kind(ref), "document"),
        "title": ref["title"],
        "author": [*authors, {"literal": OTHERS}] if _has_more_authors(ref) else authors or None,
        "container-title": ref["journal"],
        "publisher": ref.get("publisher"),
        "version": ref.get("version"),
        "issued": {"date-parts": [[ref["year"]]]} if ref["year"] else None,
        "volume": ref["volume"],
        "issue": ref["issue"],
        "page": "-".join(pages) if pages else ref["pages"],
        "DOI": ref["doi"],
        "PMID": ref["pmid"],
        "PMCID": ref["pmcid"],
        "URL": ref["url"],
        "note": _note(ref),
    }
    return {key: value for key, value in item.items() if value is not None}


def _csl_name(author: AuthorName) -> dict[str, str]:
    if author.is_group:
        return {"literal": author.family}
    parts = {"family": author.family, "given": author.given, "suffix": author.suffix}
    return {key: value for key, value in parts.items() if value}


def to_csl_json(ref: Mapping[str, Any]) -> str:
    """Return one item of CSL-JSON as text."""
    return json.dumps(to_csl(ref), ensure_ascii=False)


CITATION_FORMATS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "bib": to_bibtex,
    "ris": to_ris,
    "csl.json": to_csl_json,
}

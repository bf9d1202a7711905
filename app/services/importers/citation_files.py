"""Files of reference managers: RIS, BibTeX and NBIB (the MEDLINE format of PubMed)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import rispy
from bibtexparser.entrypoint import parse_string
from bibtexparser.middlewares import LatexDecodingMiddleware
from bibtexparser.model import ParsingFailedBlock

from app.domain.identifiers import DOI, PMCID, PMID, normalise_doi
from app.domain.vocabulary import ReferenceKind
from app.services.enrichment.source_record import full_pages, plain_text
from app.services.importers.import_result import ImportSourceError

_YEAR = re.compile(r"\b(?:1[89]|20)\d\d\b")
_NBIB_LINE = re.compile(r"([A-Z]{2,4}) *- (.*)")
_PUBMED_URL = re.compile(
    r"https?://(?:www\.)?(?:pubmed\.ncbi\.nlm\.nih\.gov|ncbi\.nlm\.nih\.gov/pubmed)/(\d+)"
)
_RIS_KINDS = {
    "JOUR": ReferenceKind.ARTICLE,
    "JFULL": ReferenceKind.ARTICLE,
    "EJOUR": ReferenceKind.ARTICLE,
    "ABST": ReferenceKind.ARTICLE,
    "MGZN": ReferenceKind.ARTICLE,
    "BOOK": ReferenceKind.BOOK,
    "CHAP": ReferenceKind.BOOK,
    "EBOOK": ReferenceKind.BOOK,
    "ECHAP": ReferenceKind.BOOK,
    "EDBOOK": ReferenceKind.BOOK,
    "CONF": ReferenceKind.CONFERENCE,
    "CPAPER": ReferenceKind.CONFERENCE,
    "ELEC": ReferenceKind.WEB,
    "WEB": ReferenceKind.WEB,
    "DBASE": ReferenceKind.DATABASE,
}
_BIBTEX_KINDS = {
    "article": ReferenceKind.ARTICLE,
    "book": ReferenceKind.BOOK,
    "inbook": ReferenceKind.BOOK,
    "incollection": ReferenceKind.BOOK,
    "inproceedings": ReferenceKind.CONFERENCE,
    "conference": ReferenceKind.CONFERENCE,
    "proceedings": ReferenceKind.CONFERENCE,
    "online": ReferenceKind.WEB,
}


@dataclass(frozen=True)
class CitedEntry:
    """An entry of a file, as the file states it; None is what it does not state."""

    place: str
    kind: ReferenceKind | None
    kind_stated: str
    title: str | None
    authors: tuple[str, ...]
    journal: str | None
    year: int | None
    volume: str | None
    issue: str | None
    pages: str | None
    doi: str | None
    pmid: str | None
    pmcid: str | None
    url: str | None


def read_text(path: Path) -> str:
    """Return the text of a file in UTF-8, with or without a byte order mark.

    Raises:
        ImportSourceError: The file is in another encoding.
    """
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ImportSourceError("it is not UTF-8; export it as UTF-8") from error


def read_ris(path: Path) -> Iterator[CitedEntry]:
    """Yield the entries of a RIS file.

    Raises:
        ImportSourceError: The file is no RIS.
    """
    try:
        entries: list[dict[str, Any]] = rispy.loads(read_text(path), skip_unknown_tags=True)
    except (rispy.parser.ParseError, OSError) as error:
        raise ImportSourceError(f"it is no RIS: {error}") from error
    if not entries:
        raise ImportSourceError("it has no RIS entry: each begins with a line `TY  - JOUR`")
    for number, entry in enumerate(entries, 1):
        first = _first_of(entry)
        start, end = first("start_page"), first("end_page")
        pages = f"{start}-{end}" if start and end and "-" not in start else start
        kind = str(entry.get("type_of_reference", ""))
        yield _entry(
            f"entry {number}",
            (_RIS_KINDS.get(kind), kind),
            title=first("title", "primary_title"),
            authors=entry.get("authors") or entry.get("first_authors") or [],
            source=(
                first(
                    "alternate_title1",
                    "alternate_title2",
                    "journal_name",
                    "alternate_title3",
                    "secondary_title",
                ),
                first("year", "publication_year", "date"),
            ),
            numbers=(first("volume"), first("number"), pages),
            identifiers=[first("doi"), first("accession_number"), *entry.get("urls", [])],
            pmcid=first("custom2"),
        )


def read_bibtex(path: Path) -> Iterator[CitedEntry | tuple[str, str]]:
    """Yield the entries of a BibTeX file; an entry that cannot be read as its place and error.

    Raises:
        ImportSourceError: The file has no entry.
    """
    library = parse_string(read_text(path), append_middleware=[LatexDecodingMiddleware()])
    if not library.blocks or not (library.entries or library.failed_blocks):
        raise ImportSourceError("it has no BibTeX entry, such as @article{…}")
    for block in library.failed_blocks:
        yield f"line {(block.start_line or 0) + 1}", _failure(block)
    for entry in library.entries:
        fields = {key.lower(): str(field.value) for key, field in entry.fields_dict.items()}
        first = _first_of(fields)
        authors = " ".join(fields.get("author", "").split())
        yield _entry(
            entry.key,
            (_BIBTEX_KINDS.get(entry.entry_type.lower()), entry.entry_type),
            title=(first("title") or "").replace("{", "").replace("}", ""),
            authors=[name.strip("{} ") for name in authors.split(" and ") if name.strip("{} ")],
            source=(first("journal", "journaltitle", "booktitle"), first("year", "date")),
            numbers=(first("volume"), first("number", "issue"), first("pages")),
            identifiers=[first("doi"), first("pmid", "eprint"), first("url"), first("note")],
            pmcid=first("pmcid", "pmc"),
        )


def read_nbib(path: Path) -> Iterator[CitedEntry]:
    """Yield the entries of an NBIB file.

    A field is a tag of up to four letters, `- ` and its text, which continues on indented lines.
    Source: PubMed help, "MEDLINE/PubMed data element (field) descriptions".

    Raises:
        ImportSourceError: The file has no entry.
    """
    entries: list[dict[str, list[str]]] = []
    tag = ""
    for line in read_text(path).splitlines():
        if match := _NBIB_LINE.fullmatch(line):
            tag = match[1]
            if tag == "PMID":
                entries.append({})
            if entries:
                entries[-1].setdefault(tag, []).append(match[2].strip())
        elif line.startswith("      ") and entries and tag:
            entries[-1][tag][-1] += f" {line.strip()}"
    if not entries:
        raise ImportSourceError("it has no NBIB entry: each begins with a line `PMID- 16894061`")
    for number, entry in enumerate(entries, 1):
        types = {value.lower() for value in entry.get("PT", ())}
        kind = ReferenceKind.PREPRINT if "preprint" in types else ReferenceKind.ARTICLE
        dois = [
            v.removesuffix(" [doi]")
            for v in entry.get("LID", []) + entry.get("AID", [])
            if v.endswith(" [doi]")
        ]
        first = _first_of(entry)
        yield _entry(
            f"entry {number}",
            (kind, "; ".join(entry.get("PT", ()))),
            title=first("TI"),
            authors=entry.get("AU") or entry.get("CN") or [],
            source=(first("TA", "JT"), first("DP")),
            numbers=(first("VI"), first("IP"), first("PG")),
            identifiers=[*dois[:1], first("PMID")],
            pmcid=first("PMC"),
        )


def _entry(
    place: str,
    kind: tuple[ReferenceKind | None, str],
    *,
    title: str | None,
    authors: list[str],
    source: tuple[str | None, str | None],
    numbers: tuple[str | None, str | None, str | None],
    identifiers: list[str | None],
    pmcid: str | None,
) -> CitedEntry:
    journal, year = source
    doi = pmid = url = None
    for value in filter(None, map(plain_text, identifiers)):
        if DOI.fullmatch(normalised := normalise_doi(value)):
            doi = doi or normalised
        elif PMID.fullmatch(value):
            pmid = pmid or value
        elif match := _PUBMED_URL.match(value):
            pmid = pmid or match[1]
        elif value.startswith(("http://", "https://")) and " " not in value:
            url = url or value
    pmcid = (plain_text(pmcid) or "").upper()
    found_year = _YEAR.search(year or "")
    names = [" ".join((plain_text(name) or "").split()) for name in authors]
    return CitedEntry(
        place,
        *kind,
        title=(plain_text(title) or "").removesuffix(".") or None,
        authors=tuple(filter(None, names)),
        journal=plain_text((journal or "").replace("{", "").replace("}", "")),
        year=int(found_year[0]) if found_year else None,
        volume=plain_text(numbers[0]),
        issue=plain_text(numbers[1]),
        pages=full_pages(re.sub("-+|\u2013", "-", numbers[2] or "") or None),
        doi=doi,
        pmid=pmid,
        pmcid=pmcid if PMCID.fullmatch(pmcid) else None,
        url=url,
    )


def _first_of(entry: dict[str, Any]) -> Any:
    """Return a function that gives the first value of the first field that an entry has."""

    def first(*names: str) -> str | None:
        for name in names:
            if value := entry.get(name):
                return str(value[0] if isinstance(value, list) else value)
        return None

    return first


def _failure(block: ParsingFailedBlock) -> str:
    return f"this entry cannot be read: {' '.join(str(block.error).split())[:200]}"

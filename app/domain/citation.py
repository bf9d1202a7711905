"""Citations of references and of the dataset: BibTeX, RIS, CSL-JSON, short text."""

import json
from collections.abc import Callable, Mapping
from typing import Any

LICENCE = "CC-BY-4.0"
LICENCE_URL = "https://creativecommons.org/licenses/by/4.0/"
NOTICE = "A reference, not medical advice."


def dataset_reference(release: str, revision: int, url: str) -> dict[str, Any]:
    """Return a release of the knowledge base in the form of a reference record."""
    empty = dict.fromkeys(("journal", "volume", "issue", "pages", "doi", "pmid", "pmcid"))
    return {
        **empty,
        "slug": f"ketamine-kb-{release}",
        "title": f"ketamine-kb: how ketamine works, release {release}, revision {revision}",
        "name": "ketamine-kb",
        "authors": ["The ketamine-kb contributors"],
        "authors_complete": True,
        "year": None,
        "url": url,
        "kind": "database",
    }


def cite_dataset(release: str, revision: int) -> str:
    """Return a one-line citation of the dataset, with its licence."""
    return f"ketamine-kb, release {release}, revision {revision}. Licence: CC BY 4.0."


# BibTeX's keyword for further authors.
OTHERS = "others"
MORE_AUTHORS = "There are more authors than the ones named here."

_BIB_TYPES = {"article": "article", "book": "book", "conference": "inproceedings"}
_RIS_TYPES = {
    "article": "JOUR",
    "preprint": "UNPB",
    "book": "BOOK",
    "conference": "CONF",
    "database": "DBASE",
}
_CSL_TYPES = {
    "article": "article-journal",
    "preprint": "article",
    "book": "book",
    "conference": "paper-conference",
}
_BIB_ESCAPES = {c: f"\\{c}" for c in "&%$#_{}"} | {"\\": "\\textbackslash{}", "~": "\\~{}"}


def to_bibtex(ref: Mapping[str, Any]) -> str:
    """Return one BibTeX entry; fields that are not confirmed (None) are left out.

    A record that is no article, book or conference paper is `@misc`.
    """
    fields = {
        "author": " and ".join(_bibtex_name(name) for name in _authors(ref)),
        "title": _title(ref),
        "journal": ref["journal"],
        "year": ref["year"],
        "volume": ref["volume"],
        "number": ref["issue"],
        "pages": (ref["pages"] or "").replace("-", "--") or None,
        "doi": ref["doi"],
        "pmid": ref["pmid"],
        "url": ref["url"],
    }
    lines = [
        f"  {key} = {{{_escape_bibtex(str(value), plain=key in ('doi', 'url', 'author'))}}},"
        for key, value in fields.items()
        if value
    ]
    kind = _BIB_TYPES.get(str(ref["kind"]), "misc")
    return "\n".join([f"@{kind}{{{ref['slug']},", *lines, "}", ""])


def _escape_bibtex(value: str, *, plain: bool) -> str:
    return value if plain else "".join(_BIB_ESCAPES.get(char, char) for char in value)


def _bibtex_name(name: str) -> str:
    """Return a name in BibTeX: `Zarate CA Jr` → `Zarate, CA Jr`; organisations go in braces."""
    family, initials = _split_name(name)
    if name == OTHERS:
        return name
    return f"{family}, {initials}" if initials else f"{{{name}}}"


def _split_name(name: str) -> tuple[str, str | None]:
    """Return family name and initials; no initials for an organisation, such as US FDA.

    Initials are up to three capitals. A name that starts with a word in capitals is an
    organisation.
    """
    words = name.split()
    for at in range(1, len(words)):
        initials = words[at].isalpha() and words[at].isupper() and len(words[at]) <= 3
        if initials and not words[0].isupper():
            return " ".join(words[:at]), " ".join(words[at:])
    return name, None


def _title(ref: Mapping[str, Any]) -> str:
    """Return the title; for other sources than articles the name stands in. Never a guess."""
    if ref["title"] is not None:
        return str(ref["title"])
    return "[title not confirmed]" if str(ref["kind"]) == "article" else str(ref["name"])


def _authors(ref: Mapping[str, Any]) -> list[str]:
    """Return the names of the authors, with `others` at the end if the list is incomplete."""
    names = list(ref["authors"])
    return names if ref["authors_complete"] or not names else [*names, OTHERS]


def _incomplete(ref: Mapping[str, Any]) -> str | None:
    """Return the note on an incomplete list of authors, for RIS and CSL-JSON, or None."""
    return MORE_AUTHORS if OTHERS in _authors(ref) else None


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
    start, _, end = (ref["pages"] or "").partition("-")
    pairs = [
        ("TY", _RIS_TYPES.get(str(ref["kind"]), "GEN")),
        ("ID", ref["slug"]),
        *(("AU", _ris_name(name)) for name in ref["authors"]),
        ("N1", _incomplete(ref)),
        ("TI", _title(ref)),
        ("JO", ref["journal"]),
        ("PY", ref["year"]),
        ("VL", ref["volume"]),
        ("IS", ref["issue"]),
        ("SP", start or None),
        ("EP", end or None),
        ("DO", ref["doi"]),
        ("AN", ref["pmid"]),
        ("UR", ref["url"]),
        ("ER", ""),
    ]
    lines = [f"{tag}  - {value}" for tag, value in pairs if value is not None]
    return "\r\n".join([*lines, "", ""])


def _ris_name(name: str) -> str:
    family, initials = _split_name(name)
    return f"{family}, {initials}" if initials else name


def to_csl(ref: Mapping[str, Any]) -> dict[str, Any]:
    """Return one item of CSL-JSON 1.0, without the fields that are not confirmed."""
    item = {
        "id": ref["slug"],
        "type": _CSL_TYPES.get(str(ref["kind"]), "document"),
        "title": _title(ref),
        "author": [_csl_name(name) for name in ref["authors"]] or None,
        "container-title": ref["journal"],
        "issued": {"date-parts": [[ref["year"]]]} if ref["year"] else None,
        "volume": ref["volume"],
        "issue": ref["issue"],
        "page": ref["pages"],
        "DOI": ref["doi"],
        "PMID": ref["pmid"],
        "PMCID": ref["pmcid"],
        "URL": ref["url"],
        "note": _incomplete(ref),
    }
    return {key: value for key, value in item.items() if value is not None}


def _csl_name(name: str) -> dict[str, str]:
    family, initials = _split_name(name)
    return {"family": family, "given": initials} if initials else {"literal": name}


def to_csl_json(ref: Mapping[str, Any]) -> str:
    """Return one item of CSL-JSON as text."""
    return json.dumps(to_csl(ref), ensure_ascii=False)


CITATION_FORMATS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "bib": to_bibtex,
    "ris": to_ris,
    "csl.json": to_csl_json,
}

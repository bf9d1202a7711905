"""Citations of references and of the dataset: BibTeX, RIS, CSL-JSON, short text."""

import json
from collections.abc import Callable, Mapping
from typing import Any

LICENCE = "CC-BY-4.0"
LICENCE_URL = "https://creativecommons.org/licenses/by/4.0/"
NOTICE = "A reference, not medical advice."


def dataset_reference(release: str, revision: int, url: str) -> dict[str, Any]:
    """The knowledge base as a reference of its own."""
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
    return f"ketamine-kb, release {release}, revision {revision}. Licence: CC BY 4.0."


# BibTeX's own word for authors who are not named.
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
    """One BibTeX entry; a field that is not confirmed is left out."""
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
    """`Zarate CA Jr` → `Zarate, CA Jr`; a body such as {US FDA} keeps its words together."""
    family, initials = _split_name(name)
    if name == OTHERS:
        return name
    return f"{family}, {initials}" if initials else f"{{{name}}}"


def _split_name(name: str) -> tuple[str, str | None]:
    """Family name and initials; a name in capitals alone, such as US FDA, is a body's."""
    words = name.split()
    for at in range(1, len(words)):
        initials = words[at].isalpha() and words[at].isupper() and len(words[at]) <= 3
        if initials and not words[0].isupper():
            return " ".join(words[:at]), " ".join(words[at:])
    return name, None


def _title(ref: Mapping[str, Any]) -> str:
    """The title; what is no article is known by its name, and a title is never made up."""
    if ref["title"] is not None:
        return str(ref["title"])
    return "[title not confirmed]" if str(ref["kind"]) == "article" else str(ref["name"])


def _authors(ref: Mapping[str, Any]) -> list[str]:
    names = list(ref["authors"])
    return names if ref["authors_complete"] or not names else [*names, OTHERS]


def _incomplete(ref: Mapping[str, Any]) -> str | None:
    """What RIS and CSL-JSON, which have no word for it, say in a note."""
    return MORE_AUTHORS if OTHERS in _authors(ref) else None


def cite_short(ref: Mapping[str, Any]) -> str:
    """One line of what is confirmed: `Zarate CA Jr et al. (2006) Title. Journal 63(8):856-864.`

    `ref` gives the first author and how many are known.
    """
    first, more = ref["first_author"], ref["authors"] > 1 or not ref["authors_complete"]
    authors = f"{first} et al." if first and more else first
    when = f"({ref['year']})" if ref["year"] else None
    issue = f"({ref['issue']})" if ref["issue"] else ""
    volume = f"{ref['volume'] or ''}{issue}"
    where = ":".join(part for part in (volume, ref["pages"]) if part)
    journal = " ".join(part for part in (ref["journal"], where) if part)
    head = " ".join(part for part in (authors, when) if part)
    return " ".join(
        part if part.endswith((".", "?", "!", ")")) else f"{part}."
        for part in (head, ref["title"] or ref["name"], journal)
        if part
    )


def to_ris(ref: Mapping[str, Any]) -> str:
    """One RIS record, lines ended as the format asks."""
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
    """One CSL-JSON item."""
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
    return json.dumps(to_csl(ref), ensure_ascii=False)


CITATION_FORMATS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "bib": to_bibtex,
    "ris": to_ris,
    "csl.json": to_csl_json,
}

"""Read the references of a search in three formats, and compare them with each other.

Arguments: a folder with references.bib, references.ris and references.json.
"""

import json
import sys
from pathlib import Path

import bibtexparser
import rispy
from bibtexparser import middlewares
from pybtex import format_from_file
from pybtex.database import parse_file

FOLDER = Path(sys.argv[1])


def read_csl() -> dict[str, dict]:
    return {item["id"]: item for item in json.loads((FOLDER / "references.json").read_text())}


def check_ris(items: dict[str, dict]) -> None:
    entries = {entry["id"]: entry for entry in rispy.loads((FOLDER / "references.ris").read_text())}
    assert entries.keys() == items.keys()
    assert not [entry for entry in entries.values() if "unknown_tag" in entry]
    for key, item in items.items():
        entry = entries[key]
        assert entry.get("title") == item.get("title"), key
        assert entry.get("doi") == item.get("DOI"), key
        assert entry.get("custom2") == item.get("PMCID"), key
        pages = [entry[name] for name in ("start_page", "end_page") if name in entry]
        assert "-".join(pages) == item.get("page", ""), key
        assert len(entry.get("authors", [])) == len(item.get("author", [])), key
        incomplete = {"literal": "others"} in item.get("author", [])
        assert ("et al." in entry.get("authors", [])) == incomplete, key
    zarate = entries["zarate-2006-trd"]
    assert zarate["authors"][0] == "Zarate, C. A., Jr"


def check_bibtexparser(items: dict[str, dict]) -> None:
    library = bibtexparser.parse_file(
        str(FOLDER / "references.bib"),
        append_middleware=[
            middlewares.SeparateCoAuthors(),
            middlewares.SplitNameParts(),
            middlewares.LatexDecodingMiddleware(),
        ],
    )
    assert not library.failed_blocks
    entries = {entry.key: entry for entry in library.entries}
    assert entries.keys() == items.keys()
    for key, item in items.items():
        fields = entries[key].fields_dict
        title = fields["title"].value if "title" in fields else None
        assert title == item.get("title"), (key, title)
    (first, *_) = entries["zarate-2006-trd"]["author"]
    assert (first.last, first.jr, first.first) == (["Zarate"], ["Jr"], ["C.", "A."])


def check_pybtex(items: dict[str, dict]) -> None:
    database = parse_file(FOLDER / "references.bib")
    assert database.entries.keys() == items.keys()
    for key, item in items.items():
        people = database.entries[key].persons.get("author", [])
        assert len(people) == len(item.get("author", [])), key
    complete = [
        key
        for key, entry in database.entries.items()
        if entry.type == "article"
        and {"title", "journal", "year"} <= set(entry.fields)
        and "author" in entry.persons
    ]
    text = format_from_file(
        str(FOLDER / "references.bib"), style="plain", output_backend="text", citations=complete
    )
    assert len(complete) > 50
    assert len(text.splitlines()) == len(complete)
    assert "C. A. Zarate, Jr" in text or "C. A. Zarate Jr" in text, text


references = read_csl()
check_ris(references)
check_bibtexparser(references)
check_pybtex(references)
print(f"{len(references)} references")

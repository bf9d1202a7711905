"""Citations: names, titles, pages and special characters in BibTeX, RIS and CSL-JSON."""

from typing import Any

import pytest

from app.domain import latex
from app.domain.author_names import AuthorName, parse_author_name
from app.domain.citation import to_bibtex, to_csl, to_ris

EMPTY = dict.fromkeys(
    ("title", "journal", "year", "volume", "issue", "pages", "doi", "pmid", "pmcid", "url")
)


def reference(**fields: Any) -> dict[str, Any]:
    shared = {"slug": "s", "name": "N", "kind": "article", "authors": [], "authors_complete": True}
    return {**EMPTY, **shared, **fields}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Zarate CA Jr", ("Zarate", "C. A.", "Jr")),
        ("Zarate CA, Jr.", ("Zarate", "C. A.", "Jr")),
        ("Zarate, Carlos A., Jr.", ("Zarate", "Carlos A.", "Jr")),
        ("Smith J 3rd", ("Smith", "J.", "3rd")),
        ("Smith JR", ("Smith", "J. R.")),
        ("Li J-X", ("Li", "J.-X.")),
        ("Kim M.-S.", ("Kim", "M.-S.")),
        ("Smith J. P.", ("Smith", "J. P.")),
        ("de Tymowski C", ("de Tymowski", "C.")),
        ("O'Brien J", ("O'Brien", "J.")),
        ("Müller Ö", ("Müller", "Ö.")),
        ("Board J", ("Board", "J.")),
        ("Weber", ("Weber",)),
    ],
)
def test_names_of_people_are_split(name: str, expected: tuple[str | None, ...]) -> None:
    family, given, suffix, is_group = parse_author_name(name)
    assert (family, given, suffix) == (*expected, None, None)[:3]
    assert not is_group


@pytest.mark.parametrize(
    "name",
    [
        "US FDA",
        "CADTH",
        "ESCAPE-TRD Investigators",
        "Working Group III",
        "Department of Health, Education, and Welfare",
        "Colina Vargas",
        ",",
        "",
    ],
)
def test_other_names_are_not_split(name: str) -> None:
    assert parse_author_name(name) == AuthorName(name, is_group=True)
    item = to_csl(reference(authors=[name]))
    assert item["author"] == [{"literal": name}]


def test_a_name_with_a_suffix_is_written_as_each_format_wants_it() -> None:
    ref = reference(authors=["Zarate CA Jr", "A & B of 50% {x"], authors_complete=False)
    assert r"{Zarate, Jr, C. A. and {A \& B of 50\% {\textbraceleft}x} and others}" in to_bibtex(
        ref
    )
    assert "AU  - Zarate, C. A., Jr\r\nAU  - A & B of 50% {x\r\nAU  - et al.\r\n" in to_ris(ref)
    assert to_csl(ref)["author"][::2] == [
        {"family": "Zarate", "given": "C. A.", "suffix": "Jr"},
        {"literal": "others"},
    ]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("An NMDA antagonist: A trial in Boston", "An {NMDA} antagonist: A trial in {Boston}"),
        ("Ketamine, R-ketamine (KETIS)", "Ketamine, {R-ketamine} ({KETIS})"),
        ("A Trial of Ketamine-Induced mTOR", "A Trial of Ketamine-Induced {mTOR}"),
        ("Post-Soviet ketamine", "{Post-Soviet} ketamine"),
        ("50% & $5 #1 a_b", r"50\% \& \$5 \#1 a\_b"),
        ("{a} ~ |", r"{\textbraceleft}a{\textbraceright} {\textasciitilde} {\textbar}"),
    ],
)
def test_a_title_keeps_its_capitals_and_characters_in_bibtex(title: str, expected: str) -> None:
    assert latex.escape_title(title) == expected


def test_accents_and_greek_letters_are_commands_in_bibtex() -> None:
    assert latex.escape("Müller e\u0301 α – 王") == (
        r"M{\"u}ller {\'e} {\ensuremath{\alpha}} {\textendash} 王"
    )


@pytest.mark.parametrize(
    ("pages", "first", "last"),
    [
        ("856-864", "856", "864"),
        ("856–864", "856", "864"),
        ("E1-E3", "E1", "E3"),
        ("1299-1313.e19", "1299", "1313.e19"),
        ("e067194", "e067194", None),
        ("ENEURO.0133-15.2016", "ENEURO.0133-15.2016", None),
    ],
)
def test_pages_are_a_range_or_an_article_number(pages: str, first: str, last: str | None) -> None:
    ref = reference(pages=pages)
    assert f"pages = {{{f'{first}--{last}' if last else first}}}," in to_bibtex(ref)
    assert to_csl(ref)["page"] == (f"{first}-{last}" if last else first)
    assert f"SP  - {first}\r\n" in to_ris(ref)
    assert (f"EP  - {last}\r\n" in to_ris(ref)) == (last is not None)


@pytest.mark.parametrize("kind", ["article", "regulator"])
def test_a_reference_without_a_confirmed_title_has_none(kind: str) -> None:
    ref = reference(name="FDA & co. 2019", kind=kind)
    assert "title" not in to_csl(ref)
    assert "TI  - " not in to_ris(ref)
    assert "  title = " not in to_bibtex(ref)
    note = "Title not confirmed; listed as: FDA & co. 2019"
    assert to_csl(ref)["note"] == note
    assert f"N1  - {note}\r\n" in to_ris(ref)


def test_identifiers_are_in_every_format_and_stay_verbatim() -> None:
    ref = reference(doi="10.1/a_b%3c#", pmid="1", pmcid="PMC2", url="https://x.org/a_{b}?c=%20&d")
    bib, ris, csl = to_bibtex(ref), to_ris(ref), to_csl(ref)
    assert "doi = {10.1/a_b%3c#}," in bib
    assert "url = {https://x.org/a_%7Bb%7D?c=%20&d}," in bib
    assert "pmcid = {PMC2}," in bib
    assert "C2  - PMC2\r\n" in ris
    assert (csl["PMCID"], csl["DOI"]) == ("PMC2", "10.1/a_b%3c#")


def test_a_line_break_in_a_stored_text_does_not_break_a_ris_record() -> None:
    assert "TI  - One ER - two\r\n" in to_ris(reference(title="One\nER  - two"))

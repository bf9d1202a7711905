"""RIS, BibTeX and NBIB: new references are written once, and known ones are compared."""

from pathlib import Path

import pytest
import yaml

from app.services.dataset.folder import Folder, read_folder
from app.services.importers.import_result import ImportOutcome, ImportSourceError
from tests.services.importers.conftest import SHIPPED, Importer

RIS = """TY  - JOUR
AU  - Doe, Jane A.
AU  - van der Berg, P.-Q.
TI  - An <i>invented</i> title.
JO  - J Invent
PY  - 2031/04/01
VL  - 3
IS  - 2
SP  - 856
EP  - 64
DO  - https://doi.org/10.99999/INVENTED.1
AN  - 999999901
ER  -
"""
BIBTEX = r"""@article{doe2031,
  author = {Doe, Jane A. and M{\"u}ller, K. and others},
  title = {An {Invented} title},
  journal = {J Invent}, year = {2031}, volume = {3}, number = {2}, pages = {856--864},
  doi = {10.99999/invented.1}
}
@misc{unknown, title = {Of no kind}, author = {Roe, R.}, year = 2030}
"""
NBIB = """PMID- 999999901
TI  - An invented
      title.
LID - 10.99999/invented.1 [doi]
FAU - Doe, Jane A
AU  - Doe JA
TA  - J Invent
DP  - 2031 Apr
VI  - 3
IP  - 2
PG  - 856-64
PMC - PMC99999901
PT  - Journal Article
"""


def written(folder: Path) -> dict[str, object]:
    text = (folder / "review" / "references.yaml").read_text()
    (reference,) = yaml.safe_load(text)["references"]
    return dict(reference)


@pytest.mark.parametrize(
    ("source", "text", "authors", "complete"),
    [
        ("ris", RIS, ["Doe JA", "van der Berg PQ"], True),
        ("bibtex", BIBTEX, ["Doe JA", "Müller K"], False),
        ("nbib", NBIB, ["Doe JA"], True),
    ],
)
def test_an_entry_is_written_in_the_form_of_the_dataset(
    import_text: Importer,
    tmp_path: Path,
    source: str,
    text: str,
    authors: list[str],
    complete: bool,
) -> None:
    import_text(source, text)
    reference = written(tmp_path)
    assert reference["authors"] == authors
    assert reference.get("authors_complete", False) is complete
    assert str(reference["title"]).lower() == "an invented title"
    assert (reference["journal"], reference["year"]) == ("J Invent", 2031)
    assert (reference["volume"], reference["issue"], reference["pages"]) == ("3", "2", "856-864")
    assert reference["doi"] == "10.99999/invented.1"
    assert reference["slug"] == "doe-2031"
    assert reference["citation_confidence"] == "medium"
    folder = read_folder(SHIPPED, [tmp_path / "review"])
    assert [error.message for error in folder.errors] == [
        "reference 'doe-2031' is not cited by any record"
    ]


def test_an_entry_of_an_unknown_kind_is_rejected(import_text: Importer) -> None:
    result = import_text("bibtex", BIBTEX)
    (rejected,) = [row for row in result.rows if row.outcome is ImportOutcome.REJECTED]
    assert (rejected.place, "'misc'" in rejected.reason) == ("unknown", True)


@pytest.mark.parametrize(
    "second",
    [
        RIS,
        RIS.replace("AN  - 999999901\n", "").replace("INVENTED.1", "invented.1"),
        RIS.replace("AN  - 999999901\n", "").replace(
            "DO  - https://doi.org/10.99999/INVENTED.1\n", ""
        ),
    ],
    ids=["by PubMed id", "by DOI", "by title"],
)
def test_an_entry_that_repeats_another_is_the_same(import_text: Importer, second: str) -> None:
    result = import_text("ris", f"{RIS}\n{second}")
    assert [row.outcome for row in result.rows] == [ImportOutcome.ADDED, ImportOutcome.SAME]


def test_a_paper_of_the_dataset_is_compared_and_not_written(
    import_text: Importer, shipped_folder: Folder
) -> None:
    curated = next(
        e.draft.model_dump()
        for e in shipped_folder.entries_of("references")
        if e.draft.model_dump()["pmid"] and e.draft.model_dump()["year"]
    )
    text = RIS.replace("999999901", curated["pmid"])
    result = import_text("ris", text)
    (row,) = result.rows
    assert (row.outcome, row.slug) == (ImportOutcome.CONFLICT, curated["slug"])
    assert f"year is {curated['year']} here and 2031 in the file" in row.reason
    assert result.files == {}


@pytest.mark.parametrize("source", ["ris", "bibtex", "nbib"])
@pytest.mark.parametrize("text", ["", "no reference\n"])
def test_a_file_without_entries_is_refused(import_text: Importer, source: str, text: str) -> None:
    with pytest.raises(ImportSourceError):
        import_text(source, text)


def test_a_broken_entry_is_reported_and_the_others_are_imported(import_text: Importer) -> None:
    result = import_text("bibtex", BIBTEX + "@article{broken, title = {x}, title = {y}}\n")
    outcomes = {row.outcome for row in result.rows}
    assert outcomes == {ImportOutcome.ADDED, ImportOutcome.REJECTED}
    assert any("cannot be read" in row.reason for row in result.rows)

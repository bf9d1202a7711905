"""ChEMBL: the export of the web interface, by the rules of all measured constants."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from app.services.dataset.folder import Folder, read_folder
from app.services.importers.import_result import ImportedRow, ImportOutcome, ImportSourceError
from tests.services.importers.conftest import SHIPPED, Importer
from tests.services.importers.tables import chembl_table

#: Made up: ketamine at the serotonin transporter, as the export writes it.
NEW = {
    "Molecule ChEMBL ID": "CHEMBL742",
    "Molecule Name": "KETAMINE",
    "Smiles": "CNC1(c2ccccc2Cl)CCCCC1=O",
    "Standard Type": "Ki",
    "Standard Relation": "'='",
    "Standard Value": "48000.0",
    "Standard Units": "nM",
    "Data Validity Comment": "None",
    "Potential Duplicate": "False",
    "Assay ChEMBL ID": "CHEMBL9999901",
    "Assay Description": "Inhibition of uptake",
    "Assay Variant Mutation": "None",
    "Target ChEMBL ID": "CHEMBL228",
    "Target Organism": "Homo sapiens",
    "Document ChEMBL ID": "CHEMBL9999902",
    "Document Journal": "J Invent",
    "Document Year": "2031",
    "Action Type": "INHIBITOR",
}
#: Of the same pair; the shipped dataset has none of ketamine with this transporter.
SALT = {"Molecule ChEMBL ID": "CHEMBL1714", "Molecule Name": "KETAMINE HYDROCHLORIDE"}


def only_row(import_text: Importer, row: dict[str, str]) -> ImportedRow:
    (imported,) = import_text("chembl", chembl_table(row)).rows
    return imported


def added(import_text: Importer, folder: Path, *rows: dict[str, str]) -> list[dict[str, Any]]:
    import_text("chembl", chembl_table(*rows))
    text = (folder / "review" / "affinities.yaml").read_text()
    return list(yaml.safe_load(text)["affinities"])


@pytest.mark.parametrize("delimiter", ["\t", ";"])
def test_a_row_is_written_and_passes_the_check_with_its_licence(
    import_text: Importer, tmp_path: Path, delimiter: str
) -> None:
    result = import_text("chembl", chembl_table(NEW, delimiter=delimiter))
    assert result.counts()[ImportOutcome.ADDED] == 1
    folder = read_folder(SHIPPED, [tmp_path / "review"])
    assert folder.errors == []
    (record,) = (e.draft.model_dump() for e in folder.entries if e.slug == result.rows[0].slug)
    assert (record["compound"], record["receptor"]) == ("ketamine", "slc6a4")
    assert (record["relation"], record["published_value"]) == ("=", 48000)
    assert (record["species"], record["action"]) == ("human", "inhibitor")
    assert (record["source_database"], record["source_record"]) == ("ChEMBL", "CHEMBL9999901")
    assert (record["licence"], record["source"]) == ("CC-BY-SA-3.0", "database")
    assert record["caveat"] == "The database cites: J Invent, 2031, CHEMBL9999902."
    assert "CC BY-SA 3.0" in (tmp_path / "review" / "LICENCE").read_text()


@pytest.mark.parametrize(
    "smiles",
    [
        "CNC1(c2ccccc2Cl)CCCCC1=O.Cl",
        "Cl.CNC1(CCCCC1=O)c1ccccc1Cl",
        "[Cl-].C[NH2+]C1(CCCCC1=O)c1ccccc1Cl",
        "CNC1(c2ccccc2Cl)CCCCC1=O.O.Cl",
        "OC(=O)C(O)C(O)C(O)=O.CNC1(c2ccccc2Cl)CCCCC1=O",
    ],
)
def test_a_salt_is_its_base_however_its_structure_is_written(
    import_text: Importer, tmp_path: Path, smiles: str
) -> None:
    (record,) = added(import_text, tmp_path, NEW | SALT | {"Smiles": smiles})
    assert record["compound"] == "ketamine"


def test_a_text_with_line_separators_is_one_cell(import_text: Importer, tmp_path: Path) -> None:
    described = {"Assay Description": 'Inhibition\u2028of\x85uptake\nin cells; "quoted"'}
    (record,) = added(import_text, tmp_path, NEW | described)
    assert record["published_value"] == 48000


def test_enantiomers_and_their_salts_stay_apart(import_text: Importer, tmp_path: Path) -> None:
    s = "CN[C@]1(c2ccccc2Cl)CCCCC1=O"
    r = s.replace("[C@]", "[C@@]")
    rows = [NEW | {"Molecule ChEMBL ID": "", "Smiles": f"{smiles}.Cl"} for smiles in (s, r)]
    records = added(import_text, tmp_path, *rows)
    assert [record["compound"] for record in records] == ["esketamine", "arketamine"]


@pytest.mark.parametrize(
    "change",
    [
        {"Molecule ChEMBL ID": "", "Smiles": ""},
        SALT | {"Smiles": "C1CCCCC1"},
        SALT | {"Smiles": "not a structure"},
        SALT | {"Smiles": "CNC1(c2ccccc2Cl)CCCCC1=O.CC(NC(C)(C)C)C(=O)c1cccc(Cl)c1"},
    ],
    ids=["name alone", "other structure", "no structure", "two active components"],
)
def test_a_name_identifies_no_compound(import_text: Importer, change: dict[str, str]) -> None:
    row = only_row(import_text, NEW | change)
    assert row.reason == "no compound of the dataset has its ChEMBL id or structure"


def test_an_identifier_that_contradicts_the_structure_is_held(import_text: Importer) -> None:
    row = only_row(import_text, NEW | {"Smiles": "CN[C@]1(c2ccccc2Cl)CCCCC1=O"})
    assert row.outcome is ImportOutcome.HELD
    assert row.reason == "its identifiers are those of esketamine and ketamine"
    row = only_row(import_text, NEW | {"Smiles": "C1CCCCC1"})
    assert row.outcome is ImportOutcome.HELD
    assert row.reason.endswith("and ketamine has YQEZLKZALYSWHR-UHFFFAOYSA-N")


def test_a_complex_is_recognised_by_its_target_id(import_text: Importer, tmp_path: Path) -> None:
    change = {"Target ChEMBL ID": "CHEMBL1907604", "Standard Value": "3000"}
    (record,) = added(import_text, tmp_path, NEW | change)
    assert record["receptor"] == "nmda-receptor-glun1-glun2a"


@pytest.mark.parametrize(
    ("sign", "value", "relation", "state"),
    [
        ("'>'", "30000", ">", "none_up_to_bound"),
        ("'>='", "30000", ">", "none_up_to_bound"),
        ("'<'", "30000", "<", "measured"),
        ("'~'", "30000", "~", "measured"),
        ("", "30000", "=", "measured"),
        ("", "10000", ">", "none_up_to_bound"),
        ("'='", "10000", "=", "measured"),
    ],
)
def test_the_sign_is_preserved(
    import_text: Importer, tmp_path: Path, sign: str, value: str, relation: str, state: str
) -> None:
    row = NEW | {"Standard Relation": sign, "Standard Value": value}
    (record,) = added(import_text, tmp_path, row)
    assert (record["relation"], record["state"]) == (relation, state)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"Standard Value": ""}, "it has no number"),
        ({"Standard Value": "-1"}, "standard_value is not a positive number: '-1'"),
        ({"Standard Value": "inf"}, "standard_value is not a positive number: 'inf'"),
        ({"Standard Value": "low"}, "standard_value is no number: 'low'"),
        ({"Standard Units": "ug.mL-1"}, "its unit is ug.mL-1, not nM"),
        ({"Standard Units": ""}, "its unit is not stated, not nM"),
        ({"Standard Relation": "'?'"}, "the relation '?' is not known"),
        ({"Standard Type": "Inhibition"}, "Inhibition is not Ki, Kd, IC50 or EC50"),
        ({"Standard Type": ""}, "its parameter is not Ki, Kd, IC50 or EC50"),
        ({"Target ChEMBL ID": "CHEMBL1"}, "no receptor of the dataset has its ChEMBL target id"),
        (
            {"Data Validity Comment": "Outside typical range"},
            "ChEMBL doubts the value: Outside typical range",
        ),
        (
            {"Potential Duplicate": "1"},
            "ChEMBL marks it as a value that another paper reported before",
        ),
        ({"Assay Variant Mutation": "S138A"}, "the target is a mutant: S138A"),
    ],
)
def test_a_row_that_cannot_be_imported_states_the_reason(
    import_text: Importer, change: dict[str, str], reason: str
) -> None:
    row = only_row(import_text, NEW | change)
    assert (row.outcome, row.reason) == (ImportOutcome.REJECTED, reason)


@pytest.mark.parametrize("identifier", ["two\nlines", "x" * 300, "a\x1bb"])
def test_a_row_that_makes_no_valid_record_is_rejected_with_its_reference(
    import_text: Importer, identifier: str
) -> None:
    result = import_text("chembl", chembl_table(NEW | {"Assay ChEMBL ID": identifier}))
    assert result.rows[0].reason.startswith("it makes no valid record: ")
    assert result.files == {}


def test_a_value_that_chembl_validated_is_imported(import_text: Importer) -> None:
    row = only_row(import_text, NEW | {"Data Validity Comment": "Manually validated"})
    assert row.outcome is ImportOutcome.ADDED


def test_rows_of_one_document_are_compared_and_those_of_two_are_not(import_text: Importer) -> None:
    other = NEW | {"Document ChEMBL ID": "CHEMBL9999903"}
    result = import_text("chembl", chembl_table(NEW, NEW, other))
    outcomes = [row.outcome for row in result.rows]
    assert outcomes == [ImportOutcome.ADDED, ImportOutcome.SAME, ImportOutcome.ADDED]


def test_a_curated_value_is_held_when_the_file_names_no_paper(import_text: Importer) -> None:
    change = {"Target ChEMBL ID": "CHEMBL4109", "Standard Type": "IC50", "Standard Value": "660"}
    expressed = {"Assay Description": "NR1/NR2C expressed in oocytes"}
    row = only_row(import_text, NEW | change | expressed)
    assert row.outcome is ImportOutcome.HELD
    assert row.reason == (
        "ketamine-grin2c-ic50-dravid-2007 has the same value, and the file names no paper"
    )


def test_a_table_of_the_database_names_papers_and_confidence(
    import_text: Importer, tmp_path: Path, shipped_folder: Folder
) -> None:
    """The names are those of the database's tables, as a query of it exports them."""
    known = next(
        e.draft.model_dump()
        for e in shipped_folder.entries_of("references")
        if e.draft.model_dump()["doi"] and not e.draft.model_dump()["pmid"]
    )
    header = (
        "molecule_chembl_id\tcanonical_smiles\tstandard_type\tstandard_relation\tstandard_value\t"
        "standard_units\ttarget_chembl_id\tactivity_id\tconfidence_score\tpubmed_id\tdoi\n"
    )
    start = "CHEMBL742\t\tKi\t=\t48000\tnM\tCHEMBL228\t"
    lines = (
        f"{start}1\t9\t99999901\t\n",
        f"{start}2\t9\t\t10.99999/invented.1\n",
        f"{start}3\t9\t\thttps://doi.org/{known['doi'].upper()}\n",
        f"{start}4\t5\t99999901\t\n",
    )
    result = import_text("chembl", header + "".join(lines))
    assert read_folder(SHIPPED, [tmp_path / "review"]).errors == []
    content = yaml.safe_load((tmp_path / "review" / "affinities.yaml").read_text())
    assert [r["reference"] for r in content["affinities"]] == [
        "pmid-99999901",
        "doi-10-99999-invented-1",
        known["slug"],
    ]
    assert [r["source_record"] for r in content["affinities"]] == ["1", "2", "3"]
    assert {r["source"] for r in content["affinities"]} == {"primary"}
    assert result.rows[3].reason == "the confidence score of the target is 5, below 7"


def test_a_paper_with_an_invalid_identifier_is_not_cited(
    import_text: Importer, tmp_path: Path
) -> None:
    header, row = chembl_table(NEW).splitlines()
    import_text("chembl", f"{header}\tpubmed_id\tdoi\n{row}\tPMID\tno DOI\n")
    content = yaml.safe_load((tmp_path / "review" / "affinities.yaml").read_text())
    assert [reference["slug"] for reference in content["references"]] == ["chembl"]


@pytest.mark.parametrize("text", ["", "a\tb\n1\t2\n", '"Molecule ChEMBL ID";"Smiles"\n'])
def test_another_table_is_refused(import_text: Importer, text: str) -> None:
    with pytest.raises(ImportSourceError, match="lacks the columns"):
        import_text("chembl", text)

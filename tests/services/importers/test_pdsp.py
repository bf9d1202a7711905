"""PDSP Ki: signs, enantiomers and the limit of the screen, on made-up rows."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from app.services.dataset.folder import read_folder
from app.services.importers.import_result import ImportedRow, ImportOutcome, ImportSourceError
from tests.services.importers import tables
from tests.services.importers.conftest import SHIPPED, Importer

NEW = {"Unigene": "SLC6A4", " Ligand Name": "KETAMINE", "CAS": "6740-88-1"} | {
    "Hotligand": "3H-X",
    "species": "HUMAN",
    "source": "Cloned",
    "ki Val": "48000",
    "Reference": "Doe J, 2031",
}


def only_row(import_text: Importer, row: dict[str, str]) -> ImportedRow:
    (imported,) = import_text("pdsp", tables.table(tables.PDSP_COLUMNS, row)).rows
    return imported


def added(import_text: Importer, folder: Path, row: dict[str, str]) -> dict[str, Any]:
    assert only_row(import_text, row).outcome is ImportOutcome.ADDED
    text = (folder / "review" / "affinities.yaml").read_text()
    return dict(yaml.safe_load(text)["affinities"][0])


def test_a_value_is_written_with_its_citation(import_text: Importer, tmp_path: Path) -> None:
    record = added(import_text, tmp_path, NEW)
    assert (record["relation"], record["published_value"]) == ("=", 48000)
    assert (record["assay"], record["source"]) == ("3H-X, Cloned", "database")
    assert record["caveat"] == "The database cites: Doe J, 2031."
    assert read_folder(SHIPPED, [tmp_path / "review"]).errors == []


@pytest.mark.parametrize("sign", ["", ">"])
def test_ten_thousand_is_no_binding_up_to_it(
    import_text: Importer, tmp_path: Path, sign: str
) -> None:
    row = NEW | {"ki Val": "10000", "ki Note": sign, "CAS": "77086-21-6", "Unigene": "SLC6A3"}
    record = added(import_text, tmp_path, row)
    assert (record["relation"], record["state"]) == (">", "none_up_to_bound")


@pytest.mark.parametrize("name", ["Ketamine,(S)(+)", "(R)-ketamine", "(+)-Ketamine", "S-Ketamine"])
def test_an_enantiomer_under_the_number_of_the_racemate_is_held(
    import_text: Importer, name: str
) -> None:
    assert only_row(import_text, NEW | {" Ligand Name": name}).outcome is ImportOutcome.HELD


def test_a_salt_is_its_base_and_a_name_is_no_identifier(import_text: Importer) -> None:
    salt = {"CAS": "", "SMILES": "CNC1(c2ccccc2Cl)CCCCC1=O.Cl"}
    assert only_row(import_text, NEW | salt).outcome is ImportOutcome.ADDED
    rejected = only_row(import_text, NEW | {"CAS": ""})
    assert rejected.reason == "no compound of the dataset has its CAS number or structure"


@pytest.mark.parametrize("change", [{"ki Val": ""}, {"ki Val": "0"}, {"ki Note": "?"}])
def test_a_row_without_a_number_is_rejected(import_text: Importer, change: dict[str, str]) -> None:
    assert only_row(import_text, NEW | change).outcome is ImportOutcome.REJECTED


def test_another_table_is_refused(import_text: Importer) -> None:
    with pytest.raises(ImportSourceError, match="lacks the columns"):
        import_text("pdsp", "a,b\n1,2\n")

"""GtoPdb: the rules of import, on made-up rows with identifiers of the dataset."""

import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.services.dataset.folder import read_folder
from app.services.importers.import_result import ImportedRow, ImportOutcome, ImportSourceError
from tests.services.importers import tables
from tests.services.importers.conftest import SHIPPED, Importer

EXPRESSED = "Measured <i>vs.</i> expressed zeta1/epsilon3 subunits"
#: Ketamine at GluN2C, as Dravid 2007 measured it: IC50 660 nM.
GLUN2C = {
    "target_id": "458",
    "target_uniprot": "Q14957",
    "target_species": "Human",
    "ligand_id": "4233",
    "type": "Channel blocker",
    "action": "None",
    "affinity_units": "pIC50",
    "affinity_median": "6.17999982833862",
    "original_affinity_units": "IC50",
    "original_affinity_median_nm": "660",
    "original_affinity_relation": "=",
    "assay_description": EXPRESSED,
    "pubmed_id": "17303642",
}
NEW = GLUN2C | {"pubmed_id": "99999901"}
NO_ORIGINAL = {"original_affinity_units": "", "original_affinity_median_nm": ""}


def table(*rows: dict[str, str], title_case: bool = False) -> str:
    text = tables.table(tables.GTOPDB_COLUMNS, *rows)
    if not title_case:
        return text
    header, _, rest = text.partition("\n")
    header = ",".join(name.strip().replace("_", " ").title() for name in header.split(","))
    header = header.replace("Target Uniprot", "Target UniProt ID")
    return f'"# GtoPdb Version: 2025.3 - published: 2025-09-01"\n{header}\n{rest}'


def only_row(import_text: Importer, *rows: dict[str, str]) -> ImportedRow:
    (row,) = import_text("gtopdb", table(*rows)).rows
    return row


def added(import_text: Importer, folder: Path, *rows: dict[str, str]) -> list[dict[str, Any]]:
    import_text("gtopdb", table(*rows))
    text = (folder / "review" / "affinities.yaml").read_text()
    return list(yaml.safe_load(text)["affinities"])


def test_a_constant_of_the_dataset_is_the_same(import_text: Importer) -> None:
    row = only_row(import_text, GLUN2C)
    assert (row.outcome, row.slug) == (ImportOutcome.SAME, "ketamine-grin2c-ic50-dravid-2007")


def test_a_row_without_a_number_is_no_affinity(import_text: Importer) -> None:
    for units in ("-", ""):
        row = NEW | NO_ORIGINAL | {"affinity_units": units, "affinity_median": ""}
        assert only_row(import_text, row).reason == "it has no number"
    row = NEW | NO_ORIGINAL | {"affinity_median": "-"}
    assert only_row(import_text, row).reason == "it has no number"


def test_high_and_low_without_a_median_are_a_range(import_text: Importer, tmp_path: Path) -> None:
    """`high` is the higher affinity, so the lower concentration."""
    row = NEW | NO_ORIGINAL | {"affinity_median": "", "affinity_high": "6.5", "affinity_low": "6"}
    (record,) = added(import_text, tmp_path, row)
    assert (record["relation"], record["published_value"]) == ("range", 316)
    assert record["published_upper_value"] == 1000
    assert record["caveat"] == "The value was computed from pIC50 6.5 and 6."


def test_one_bound_is_no_range(import_text: Importer) -> None:
    row = NEW | NO_ORIGINAL | {"affinity_median": "", "affinity_high": "6.5"}
    assert only_row(import_text, row).reason == "it has only one bound of a range"


def test_the_assay_states_the_species_before_the_column(
    import_text: Importer, tmp_path: Path
) -> None:
    (expressed,) = added(import_text, tmp_path, NEW)
    assert expressed["species"] == "recombinant"
    (native,) = added(import_text, tmp_path, NEW | {"assay_description": ""})
    assert native["species"] == "human"
    (pig,) = added(import_text, tmp_path, NEW | {"assay_description": "", "target_species": "Pig"})
    assert pig["species"] == "other"


def test_a_value_far_off_the_curated_median_is_held_with_both(import_text: Importer) -> None:
    row = NEW | {"original_affinity_median_nm": "0.66", "affinity_median": "9.18"}
    held = only_row(import_text, row)
    assert held.outcome is ImportOutcome.HELD
    assert "= 0.66 nM is more than 10 times off the curated median of" in held.reason


def test_a_number_that_contradicts_its_logarithm_is_held(import_text: Importer) -> None:
    held = only_row(import_text, NEW | {"original_affinity_median_nm": "0.66"})
    assert (held.outcome, held.reason) == (
        ImportOutcome.HELD,
        "0.66 nM and pIC50 6.18 disagree",
    )


def test_greater_is_kept_and_means_no_binding_up_to_it(
    import_text: Importer, tmp_path: Path
) -> None:
    row = NEW | {"original_affinity_relation": ">"}
    (record,) = added(import_text, tmp_path, row)
    assert (record["relation"], record["state"]) == (">", "none_up_to_bound")


def test_several_accessions_are_a_complex_or_nothing(import_text: Importer, tmp_path: Path) -> None:
    (record,) = added(import_text, tmp_path, NEW | {"target_uniprot": "Q05586|Q12879"})
    assert record["receptor"] == "nmda-receptor-glun1-glun2a"
    row = only_row(import_text, NEW | {"target_uniprot": "Q05586|P31645"})
    assert row.reason == "no complex of the dataset has these subunits"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"ligand_id": "", "ligand": "ketamine"}, "no compound of the dataset has its ligand id"),
        ({"target_id": "0", "target_uniprot": "P00000"}, "no receptor of the dataset has its"),
        (NO_ORIGINAL | {"affinity_units": "pA2"}, "pA2 is not Ki, Kd, IC50 or EC50"),
        ({"original_affinity_relation": "?"}, "the relation '?' is not known"),
        ({"original_affinity_median_nm": "nan"}, "is not a positive number: 'nan'"),
        ({"original_affinity_median_nm": "many"}, "is no number: 'many'"),
        ({"affinity_median": "6180"}, "6180 is no −log10(M)"),
    ],
)
def test_a_row_that_cannot_be_imported_states_the_reason(
    import_text: Importer, change: dict[str, str], reason: str
) -> None:
    row = only_row(import_text, NEW | change)
    assert row.outcome is ImportOutcome.REJECTED
    assert reason in row.reason


def test_a_row_that_a_renamed_target_doubles_is_written_once(import_text: Importer) -> None:
    result = import_text("gtopdb", table(NEW, NEW | {"target": "renamed"}))
    assert [r.outcome for r in result.rows] == [ImportOutcome.ADDED, ImportOutcome.SAME]


def test_rows_of_one_paper_that_differ_are_two_measurements(import_text: Importer) -> None:
    result = import_text("gtopdb", table(NEW, NEW | {"original_affinity_median_nm": "990"}))
    assert [r.outcome for r in result.rows] == [ImportOutcome.ADDED] * 2


def test_a_newer_file_is_read_and_the_folder_passes_the_check_with_its_licence(
    import_text: Importer, tmp_path: Path
) -> None:
    no_paper = NEW | {"pubmed_id": "", "target_id": "456", "target_uniprot": "Q12879"}
    result = import_text("gtopdb", table(NEW, no_paper, title_case=True))
    assert [row.outcome for row in result.rows] == [ImportOutcome.ADDED] * 2
    assert [row.place for row in result.rows] == ["row 3", "row 4"]
    folder = read_folder(SHIPPED, [tmp_path / "review"])
    assert folder.errors == []
    records = [e.draft.model_dump() for e in folder.entries if e.file == "review/affinities.yaml"]
    cited, uncited = [r for r in records if "receptor" in r]
    assert cited["licence"] == "ODbL-1.0 AND CC-BY-SA-4.0"
    assert (cited["source"], uncited["source"]) == ("primary", "database")
    assert (cited["source_database"], cited["source_release"]) == ("GtoPdb", "2025.3")
    assert "CC BY-SA 4.0" in (tmp_path / "review" / "LICENCE").read_text()


@pytest.mark.parametrize("text", ["", "ligand_id,target_id\n1,2\n"])
def test_another_table_is_refused(import_text: Importer, text: str) -> None:
    with pytest.raises(ImportSourceError, match="lacks the columns"):
        import_text("gtopdb", text)


def test_a_whole_release_is_imported_in_20_seconds(import_text: Importer) -> None:
    ligands = ("4233", "4128", "1", "2", "3")
    rows = [
        NEW | {"ligand_id": ligands[n % 5], "pubmed_id": str(10_000_000 + n)} for n in range(20_268)
    ]
    text, started = table(*rows), time.process_time()
    result = import_text("gtopdb", text)
    assert time.process_time() - started < 20
    assert len(result.rows) == 20_268
    assert result.counts()[ImportOutcome.REJECTED] == 20_268 * 3 // 5

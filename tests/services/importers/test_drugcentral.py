"""DrugCentral: values as −log10(M), and only of what DrugCentral read itself."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from app.services.dataset.folder import read_folder
from app.services.importers.import_result import ImportedRow, ImportOutcome, ImportSourceError
from tests.services.importers.conftest import SHIPPED, Importer
from tests.services.importers.tables import DRUGCENTRAL_COLUMNS, table

#: Made up: ketamine at the serotonin transporter.
NEW = {
    "DRUG_NAME": "ketamine",
    "STRUCT_ID": "1523",
    "TARGET_CLASS": "Transporter",
    "ACCESSION": "P31645",
    "GENE": "SLC6A4",
    "ORGANISM": "Homo sapiens",
    "ACT_TYPE": "Ki",
    "RELATION": "=",
    "ACT_VALUE": "4.32",
    "ACT_COMMENT": "Inhibition of uptake",
    "ACT_SOURCE": "SCIENTIFIC LITERATURE",
    "ACT_SOURCE_URL": "http://www.ncbi.nlm.nih.gov/pubmed/99999901",
    "ACTION_TYPE": "INHIBITOR",
}


def only_row(import_text: Importer, row: dict[str, str]) -> ImportedRow:
    text = table(DRUGCENTRAL_COLUMNS, row, delimiter="\t")
    (imported,) = import_text("drugcentral", text).rows
    return imported


def added(import_text: Importer, folder: Path, row: dict[str, str]) -> dict[str, Any]:
    imported = only_row(import_text, row)
    assert imported.outcome is ImportOutcome.ADDED, imported.reason
    text = (folder / "review" / "affinities.yaml").read_text()
    return dict(yaml.safe_load(text)["affinities"][0])


def test_a_row_is_written_and_passes_the_check_with_its_licence(
    import_text: Importer, tmp_path: Path
) -> None:
    record = added(import_text, tmp_path, NEW)
    assert (record["compound"], record["receptor"]) == ("ketamine", "slc6a4")
    assert (record["relation"], record["published_value"]) == ("=", 47900)
    assert record["caveat"] == "The value was computed from −log10(M) 4.32."
    assert (record["reference"], record["source"]) == ("pmid-99999901", "primary")
    assert (record["action"], record["licence"]) == ("inhibitor", "CC-BY-SA-4.0")
    assert read_folder(SHIPPED, [tmp_path / "review"]).errors == []
    assert "CC BY-SA 4.0" in (tmp_path / "review" / "LICENCE").read_text()


@pytest.mark.parametrize(
    ("accessions", "genes", "value", "receptor"),
    [
        ("Q05586|Q12879", "GRIN1|GRIN2A", "5.5", "nmda-receptor-glun1-glun2a"),
        ("P35439|Q00959", "Grin1|Grin2a", "5.5", "nmda-receptor-glun1-glun2a"),
        ("P42261|P42262|P42263|P48058", "", "4", "ampa-receptor"),
        ("P31652", "Slc6a4", "4.32", "slc6a4"),
    ],
    ids=["complex", "complex of a rat", "family", "protein of a rat"],
)
def test_several_accessions_are_a_complex_and_orthologs_have_its_symbols(
    import_text: Importer, tmp_path: Path, accessions: str, genes: str, value: str, receptor: str
) -> None:
    row = NEW | {"ACCESSION": accessions, "GENE": genes, "ACT_VALUE": value}
    record = added(import_text, tmp_path, row | {"ORGANISM": "Rattus norvegicus"})
    assert (record["receptor"], record["species"]) == (receptor, "rat")


def test_ten_micromolar_without_a_sign_is_no_binding_up_to_it(
    import_text: Importer, tmp_path: Path
) -> None:
    record = added(import_text, tmp_path, NEW | {"ACT_VALUE": "5", "RELATION": ""})
    assert (record["relation"], record["state"]) == (">", "none_up_to_bound")
    record = added(import_text, tmp_path, NEW | {"ACT_VALUE": "4.5", "RELATION": ">"})
    assert (record["relation"], record["published_value"]) == (">", 31600)


def test_a_blocker_of_an_ion_channel_is_a_channel_blocker(
    import_text: Importer, tmp_path: Path
) -> None:
    row = NEW | {"ACCESSION": "Q12879", "ACTION_TYPE": "BLOCKER", "TARGET_CLASS": "Ion channel"}
    assert added(import_text, tmp_path, row)["action"] == "channel_blocker"
    assert "action" not in added(import_text, tmp_path, row | {"TARGET_CLASS": "Enzyme"})


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"STRUCT_ID": ""}, "no compound of the dataset has its DrugCentral id"),
        ({"STRUCT_ID": "999999"}, "no compound of the dataset has its DrugCentral id"),
        ({"ACT_VALUE": ""}, "it has no number"),
        ({"ACT_VALUE": "-2"}, "ACT_VALUE is not a positive number: '-2'"),
        ({"ACT_VALUE": "47900"}, "47900 is no −log10(M)"),
        ({"ACT_UNIT": "nM"}, "ACT_VALUE 4.32 nM is no −log10(M)"),
        ({"ACT_TYPE": "Km"}, "Km is not Ki, Kd, IC50 or EC50"),
        ({"RELATION": "?"}, "the relation '?' is not known"),
        ({"ACCESSION": "P00000", "GENE": "X"}, "no receptor of the dataset has its accession"),
        ({"ACCESSION": "Q05586|P31645", "GENE": ""}, "no complex of the dataset has these"),
        ({"ACT_SOURCE": "IUPHAR"}, "copied it from IUPHAR: import it with `kkb import gtopdb`"),
        ({"ACT_SOURCE": "PDSP"}, "copied it from PDSP: import it with `kkb import pdsp`"),
        ({"ACT_SOURCE": "KEGG"}, "copied it from KEGG, without assay and paper"),
        ({"ACT_SOURCE": ""}, "it states no source"),
    ],
)
def test_a_row_that_cannot_be_imported_states_the_reason(
    import_text: Importer, change: dict[str, str], reason: str
) -> None:
    row = only_row(import_text, NEW | change)
    assert row.outcome is ImportOutcome.REJECTED
    assert reason in row.reason


def test_another_table_is_refused(import_text: Importer) -> None:
    with pytest.raises(ImportSourceError, match=r"columns struct_id, .* of drug.target"):
        import_text("drugcentral", "a\tb\n1\t2\n")

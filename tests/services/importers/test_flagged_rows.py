"""Rows of public databases that are known to be wrong or misleading at their source.

Each row that an importer can read is rejected, held, or read in the way that corrects it. Only the
columns that matter are here. Of these sources no importer reads the files, since they are tables
that others compiled, without the papers:

- BindingDB collapsed by compound and gene: sigma-1 of amantadine, which ChEMBL has as well.
- Ballentine 2022: ketamine at sigma-1 and NMDA; its supplement records untested as negative.
- AACT: `candidate_pmid` of its tables. ClinicalTrials.gov's own list of papers is tested below.
- Extractions from abstracts after Bahji 2021: sizes of arms that were computed or assumed.
- A review of TRANSFORM-2 and TRANSFORM-3 in JSON with another interval, paper and means.
- Psychedelics Knowledge Graph: numbers that were taken from PDFs by their pattern.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from app.domain.affinity import to_nm
from app.services.dataset.folder import Folder
from app.services.importers.import_result import ImportOutcome, ImportSourceError
from tests.services.importers import tables
from tests.services.importers.conftest import Importer
from tests.services.importers.test_clinicaltrials import trial

IN_OOCYTES = "Measured vs. exogenously expressed zeta1/epsilon3 subunits"
FORMS: dict[str, Callable[[dict[str, str]], str]] = {
    "gtopdb": lambda row: tables.table(tables.GTOPDB_COLUMNS, row),
    "pdsp": lambda row: tables.table(tables.PDSP_COLUMNS, row),
    "chembl": tables.chembl_table,
    "drugcentral": lambda row: tables.table(tables.DRUGCENTRAL_COLUMNS, row, delimiter="\t"),
}


@dataclass(frozen=True)
class FlaggedRow:
    """A row of a database, and what the import makes of it.

    Args:
        fault: What is wrong with it.
        reason: Words of the reason in the report.
    """

    source: str
    fault: str
    row: dict[str, str]
    outcome: ImportOutcome
    reason: str

    def __str__(self) -> str:
        return f"{self.source}: {self.fault}"


def gtopdb(fault: str, ligand: str, target: str, row: dict[str, str]) -> FlaggedRow:
    ids = {"ligand_id": ligand, "target_id": target, "affinity_units": "-"}
    return FlaggedRow("gtopdb", fault, ids | row, ImportOutcome.REJECTED, "it has no number")


def drugcentral(
    fault: str, row: dict[str, str], reason: str, outcome: ImportOutcome = ImportOutcome.REJECTED
) -> FlaggedRow:
    return FlaggedRow("drugcentral", fault, {"RELATION": "="} | row, outcome, reason)


def chembl(fault: str, row: dict[str, str], outcome: ImportOutcome, reason: str) -> FlaggedRow:
    stated = {"Standard Relation": "'='", "Standard Units": "nM", "Standard Type": "Ki"}
    return FlaggedRow("chembl", fault, stated | row, outcome, reason)


MEMANTINE_2A = {
    "STRUCT_ID": "1679",
    "ACCESSION": "Q05586|Q12879",
    "ACT_TYPE": "IC50",
    "ACT_VALUE": "9.02",
    "ORGANISM": "Homo sapiens",
}
AMANTADINE_SIGMA = {
    "STRUCT_ID": "144",
    "ACCESSION": "Q99720",
    "ACT_TYPE": "Ki",
    "ACT_VALUE": "7.69",
    "ORGANISM": "Homo sapiens",
}
PCP_PRCP = {
    "STRUCT_ID": "2121",
    "ACCESSION": "P42785",
    "GENE": "PRCP",
    "ACT_TYPE": "IC50",
    "ACT_VALUE": "7.04",
    "ACT_COMMENT": "[3H]-TCP binding to the PCP receptor",
}
PCP_NMDA = {
    "STRUCT_ID": "2121",
    "ACCESSION": "O15399|O60391|Q05586|Q12879|Q13224|Q14957|Q8TCU5",
    "ACT_TYPE": "Ki",
    "ACT_VALUE": "7.82",
    "ACT_COMMENT": "[3H]MK-801 as radioligand in pig brain cortex membranes",
    "ORGANISM": "Homo sapiens",
}
DXM_GRIN3A = {
    "STRUCT_ID": "842",
    "ACCESSION": "Q8TCU5",
    "GENE": "GRIN3A",
    "ACT_TYPE": "IC50",
    "ACT_VALUE": "5.699",
    "ACT_SOURCE": "WOMBAT-PK",
}
KETAMINE_AMPA = {
    "STRUCT_ID": "1523",
    "ACCESSION": "P42261|P42262|P42263|P48058",
    "ACT_SOURCE": "SCIENTIFIC LITERATURE",
    "ACT_SOURCE_URL": "http://www.ncbi.nlm.nih.gov/pubmed/27144355",
    "ACTION_TYPE": "OPENER",
}
DXM_SERT = {"STRUCT_ID": "842", "ACCESSION": "P31645", "ACT_TYPE": "Ki", "ACT_VALUE": "8.841637508"}
#: A row that DrugCentral copied is rejected for that; each is tested as a row of its own as well.
COPIED, OWN = {"ACT_SOURCE": "CHEMBL"}, {"ACT_SOURCE": "SCIENTIFIC LITERATURE"}
FROM_CHEMBL = "copied it from CHEMBL: import it with `kkb import chembl`"
HELD, REJECTED = ImportOutcome.HELD, ImportOutcome.REJECTED

FLAGGED = [
    gtopdb("an interaction without a number, GluN2A", "4233", "456", {}),
    gtopdb("an interaction without a number, GluN2B", "4233", "457", {"affinity_units": ""}),
    drugcentral("memantine a thousand times too tight", MEMANTINE_2A | COPIED, FROM_CHEMBL),
    drugcentral(
        "memantine a thousand times too tight, as its own row",
        MEMANTINE_2A | OWN,
        "= 0.955 nM is more than 10 times off the curated median",
        HELD,
    ),
    drugcentral("amantadine in nM for µM", AMANTADINE_SIGMA | COPIED, FROM_CHEMBL),
    drugcentral(
        "amantadine in nM for µM, as its own row",
        AMANTADINE_SIGMA | OWN,
        "suspected to be µM",
        HELD,
    ),
    chembl(
        "amantadine in nM for µM",
        {
            "Molecule ChEMBL ID": "CHEMBL660",
            "Target ChEMBL ID": "CHEMBL287",
            "Standard Value": "20.25",
        },
        HELD,
        "suspected to be µM",
    ),
    drugcentral("PCP taken for the gene PRCP", PCP_PRCP | COPIED, FROM_CHEMBL),
    drugcentral(
        "PCP taken for the gene PRCP, as its own row", PCP_PRCP | OWN, "no receptor of the dataset"
    ),
    drugcentral("human for the brain of a pig", PCP_NMDA | COPIED, FROM_CHEMBL),
    drugcentral(
        "a value of the whole receptor at GluN3A",
        DXM_GRIN3A,
        "copied it from WOMBAT-PK, without assay and paper",
    ),
    drugcentral(
        "methadone at GluN3A without a number",
        DXM_GRIN3A | {"STRUCT_ID": "1728", "ACT_TYPE": "", "ACT_VALUE": ""},
        "without assay and paper",
    ),
    drugcentral("a metabolite's effect on AMPA receptors", KETAMINE_AMPA, "it has no number"),
    drugcentral(
        "a value of DrugMatrix",
        DXM_SERT | {"ACT_SOURCE": "DRUG MATRIX"},
        "import it with `kkb import chembl`",
    ),
    chembl(
        "a value of DrugMatrix that another database contradicts",
        {
            "Molecule ChEMBL ID": "CHEMBL52440",
            "Target ChEMBL ID": "CHEMBL228",
            "Standard Value": "1.44",
        },
        HELD,
        "= 1.44 nM is more than 10 times off the curated median of 23 nM",
    ),
    FlaggedRow(
        "pdsp",
        "enantiomers of methadone pooled under the racemate",
        {
            "Unigene": "SLC6A4",
            " Ligand Name": "Methadone,(S)(+)",
            "CAS": "76-99-3",
            "ki Val": "992",
        },
        HELD,
        "the ligand name states an enantiomer",
    ),
]


@pytest.mark.parametrize("flagged", FLAGGED, ids=str)
def test_a_flagged_row_is_not_imported(import_text: Importer, flagged: FlaggedRow) -> None:
    result = import_text(flagged.source, FORMS[flagged.source](flagged.row))
    (row,) = result.rows
    assert row.outcome is flagged.outcome, row.reason
    assert flagged.reason in row.reason
    assert result.files == {}


def gtopdb_value(ligand: str, target: str, parameter: str, value: str) -> dict[str, str]:
    return {
        "ligand_id": ligand,
        "target_id": target,
        "target_species": "Human",
        "affinity_units": f"p{parameter}",
        "original_affinity_units": parameter,
        "original_affinity_median_nm": value,
        "original_affinity_relation": "=",
        "assay_description": IN_OOCYTES,
        "pubmed_id": "17303642",
    }


CLONED = {"pubmed_id": "10087012", "assay_description": "Sigma receptor cloned from Jurkat cells"}
IN_RATS = {"pubmed_id": "10229619", "assay_description": "", "target_species": "Rat"}


@pytest.mark.parametrize(
    ("row", "slug"),
    [
        (gtopdb_value("4128", "458", "IC50", "22500"), "amantadine-grin2c-ic50-dravid-2007"),
        (gtopdb_value("6953", "458", "IC50", "466"), "dextromethorphan-grin2c-ic50-dravid-2007"),
        (gtopdb_value("9052", "458", "IC50", "114"), "dextrorphan-grin2c-ic50-dravid-2007"),
        (gtopdb_value("4282", "458", "IC50", "77"), "phencyclidine-grin2c-ic50-dravid-2007"),
        (
            gtopdb_value("6953", "2552", "Ki", "521") | CLONED,
            "dextromethorphan-sigmar1-ki-gtopdb-10087012",
        ),
        (
            gtopdb_value("4253", "458", "Ki", "700") | IN_RATS,
            "memantine-nmda-receptor-ki-gtopdb-10229619",
        ),
    ],
)
def test_the_dataset_has_the_value_of_the_paper_and_not_the_rounded_logarithm(
    import_text: Importer, shipped_folder: Folder, row: dict[str, str], slug: str
) -> None:
    """Six values were recomputed from a logarithm; memantine's was at the whole receptor."""
    (imported,) = import_text("gtopdb", FORMS["gtopdb"](row)).rows
    assert imported.slug == slug
    assert imported.outcome is ImportOutcome.SAME or imported.reason.startswith("species is")
    record = next(
        e.draft.model_dump() for e in shipped_folder.entries_of("affinities") if e.slug == slug
    )
    value_nm = to_nm(record["published_value"], record["published_unit"])
    assert value_nm == float(row["original_affinity_median_nm"])


@pytest.mark.parametrize(
    ("ligand", "target", "units", "high", "low"),
    [
        ("17", "8", "pKi", "8.6", "8.2"),
        ("17", "11", "pKi", "8.7", "7.8"),
        ("1639", "318", "pKi", "9.4", "8.4"),
        ("1639", "319", "pKi", "9.7", "9.15"),
    ],
)
def test_high_and_low_of_gtopdb_are_a_range(
    import_text: Importer, tmp_path: Path, ligand: str, target: str, units: str, high: str, low: str
) -> None:
    """LSD at 5-HT2C and 5-HT6, naltrexone at the kappa and mu receptors."""
    row = {"ligand_id": ligand, "target_id": target, "affinity_units": units}
    bounds = {"affinity_high": high, "affinity_low": low, "pubmed_id": "99999901"}
    import_text("gtopdb", FORMS["gtopdb"](row | bounds))
    record = written_affinity(tmp_path)
    assert record["relation"] == "range"
    assert record["published_value"] == pytest.approx(10 ** (9 - float(high)), rel=0.01)
    assert record["published_upper_value"] == pytest.approx(10 ** (9 - float(low)), rel=0.01)


def test_subunits_in_oocytes_are_not_human(import_text: Importer, tmp_path: Path) -> None:
    """Rows of Dravid 2007, whose column of the species says human."""
    row = {
        "ligand_id": "4233",
        "target_id": "458",
        "target_species": "Human",
        "affinity_units": "pIC50",
        "affinity_median": "6.18",
        "assay_description": IN_OOCYTES,
        "pubmed_id": "99999901",
    }
    import_text("gtopdb", FORMS["gtopdb"](row))
    assert written_affinity(tmp_path)["species"] == "recombinant"


def test_the_brain_of_a_pig_is_not_human(import_text: Importer, tmp_path: Path) -> None:
    """The value of the row is changed: its own is too far off the curated median."""
    row = PCP_NMDA | OWN | {"ACT_VALUE": "6.9", "RELATION": "="}
    import_text("drugcentral", FORMS["drugcentral"](row))
    record = written_affinity(tmp_path)
    assert (record["receptor"], record["species"]) == ("nmda-receptor", "other")


def test_ten_thousand_without_its_sign_is_no_binding(import_text: Importer, tmp_path: Path) -> None:
    """PDSP, where 71 of 129 medians of an aggregated table are 10 000."""
    row = {"Unigene": "SLC6A3", "CAS": "77086-21-6", "ki Val": "10,000"}
    import_text("pdsp", FORMS["pdsp"](row))
    record = written_affinity(tmp_path)
    assert (record["relation"], record["state"]) == (">", "none_up_to_bound")


def test_an_aggregated_table_of_pdsp_is_refused(import_text: Importer) -> None:
    """It has no sign, species, radioligand and paper, and pools enantiomers."""
    with pytest.raises(ImportSourceError, match="lacks the columns"):
        import_text("pdsp", "compound,gene,count,median,min,max\nmethadone,SLC6A4,4,503,14.1,992\n")


def test_the_key_of_the_other_enantiomer_is_held(import_text: Importer, tmp_path: Path) -> None:
    """Public code gives esketamine the InChIKey of arketamine; the structure decides."""
    header = "Smiles\tInChI Key\tStandard Type\tStandard Relation\tStandard Value\tStandard Units"
    row = "CN[C@]1(c2ccccc2Cl)CCCCC1=O\tYQEZLKZALYSWHR-CYBMUJFWSA-N\tKi\t=\t900\tnM"
    text = f"Molecule ChEMBL ID\tTarget ChEMBL ID\t{header}\nCHEMBL395091\tCHEMBL2094124\t{row}\n"
    (imported,) = import_text("chembl", text).rows
    assert imported.outcome is ImportOutcome.HELD
    assert "its SMILES has YQEZLKZALYSWHR-ZDUSSCGKSA-N" in imported.reason


def test_background_papers_of_a_trial_are_not_its_results(
    import_text: Importer, tmp_path: Path
) -> None:
    """Papers that tables link to trials are often older than the trial."""
    study = trial()
    study["protocolSection"]["referencesModule"] = {
        "references": [
            {"pmid": "11111111", "type": "BACKGROUND"},
            {"pmid": "22222222", "type": "RESULT"},
        ]
    }
    import_text("clinicaltrials", json.dumps(study))
    text = "".join(path.read_text() for path in (tmp_path / "review").rglob("*.yaml"))
    assert "22222222" in text
    assert "11111111" not in text


def written_affinity(folder: Path) -> dict[str, object]:
    content = yaml.safe_load((folder / "review" / "affinities.yaml").read_text())
    (record,) = content["affinities"]
    return dict(record)

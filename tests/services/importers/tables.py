"""Tables in the forms of the databases, for rows that the tests write."""

import csv
import io
from collections.abc import Mapping, Sequence

GTOPDB_COLUMNS = (
    *("target", "target_id", "target_uniprot", "target_species", "ligand", "ligand_id", "type"),
    *("action", "affinity_units", "affinity_high", "affinity_median", "affinity_low"),
    *("original_affinity_units", "original_affinity_low_nm", "original_affinity_median_nm"),
    *("original_affinity_high_nm", "original_affinity_relation", "assay_description", "pubmed_id"),
)
PDSP_COLUMNS = (
    *("Number", "Name", "Unigene", "Ligand ID", " Ligand Name", "SMILES", "CAS", "NSC"),
    *("Hotligand", "species", "source", "ki Note", "ki Val", "Reference", "Link"),
)
#: Columns of the export of ChEMBL's web interface that the importer reads, in their order.
CHEMBL_COLUMNS = (
    *("Molecule ChEMBL ID", "Molecule Name", "Smiles", "Standard Type", "Standard Relation"),
    *("Standard Value", "Standard Units", "pChEMBL Value", "Data Validity Comment"),
    *("Potential Duplicate", "Assay ChEMBL ID", "Assay Description", "Assay Type"),
    *("Assay Variant Mutation", "Target ChEMBL ID", "Target Name", "Target Organism"),
    *("Document ChEMBL ID", "Document Journal", "Document Year", "Action Type"),
)
DRUGCENTRAL_COLUMNS = (
    *("DRUG_NAME", "STRUCT_ID", "TARGET_NAME", "TARGET_CLASS", "ACCESSION", "GENE", "SWISSPROT"),
    *("ACT_VALUE", "ACT_UNIT", "ACT_TYPE", "ACT_COMMENT", "ACT_SOURCE", "RELATION", "MOA"),
    *("MOA_SOURCE", "ACT_SOURCE_URL", "MOA_SOURCE_URL", "ACTION_TYPE", "TDL", "ORGANISM"),
)


def table(columns: Sequence[str], *rows: Mapping[str, str], delimiter: str = ",") -> str:
    """Return a table; cells that a row does not state are empty."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, delimiter=delimiter, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def chembl_table(*rows: Mapping[str, str], delimiter: str = "\t") -> str:
    """Return rows in the form of the web interface of ChEMBL, which quotes every cell."""
    text = io.StringIO()
    writer = csv.DictWriter(
        text, CHEMBL_COLUMNS, delimiter=delimiter, restval="", quoting=csv.QUOTE_ALL
    )
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()

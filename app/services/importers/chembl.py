"""Import the table of activities that the web interface of ChEMBL exports."""

import re
from collections.abc import Mapping
from pathlib import Path

from app.domain.identifiers import DOI, PMID, normalise_doi
from app.domain.source_databases import CHEMBL
from app.kit.progress import ProgressCallback
from app.services.enrichment.source_record import plain_text
from app.services.importers.citation_files import read_text
from app.services.importers.compound_matching import CompoundMatcher
from app.services.importers.constant_fields import (
    ACTION_TYPES,
    parameter_of,
    positive_number,
    relation_of,
    species_of,
)
from app.services.importers.constant_import import ConstantImport
from app.services.importers.dataset_index import DatasetIndex
from app.services.importers.import_result import ImportResult, RejectedRowError
from app.services.importers.measured_constant import MeasuredConstant
from app.services.importers.tables import read_table

#: Names of the export; the web services and the tables of the database have the same ones.
REQUIRED = (
    *("molecule_chembl_id", "standard_type", "standard_relation", "standard_value"),
    *("standard_units", "target_chembl_id"),
)
OPTIONAL = (
    *("parent_molecule_chembl_id", "smiles", "standard_inchi_key", "data_validity_comment"),
    *("potential_duplicate", "assay_chembl_id", "assay_description", "assay_variant_mutation"),
    *("target_organism", "document_chembl_id", "document_journal", "document_year", "action_type"),
    *("activity_id", "confidence_score", "pubmed_id", "doi"),
)
_RENAMED = {
    "canonical_smiles": "smiles",
    "inchi_key": "standard_inchi_key",
    "standard_inchikey": "standard_inchi_key",
}
#: The other values of `data_validity_comment` state a doubt.
_VALIDATED = "manually validated"
#: The assay was assigned to the protein itself or to a homologue of it.
LOWEST_CONFIDENCE_SCORE = 7
_TRUE = ("true", "1", "t")
_NONE = re.compile(r"^(?:none|null|nan)$", re.IGNORECASE)
Row = Mapping[str, str]


def import_chembl(path: Path, index: DatasetIndex, progress: ProgressCallback) -> ImportResult:
    """Import the constants of compounds and targets that the dataset has.

    Raises:
        ImportSourceError: The file lacks a column of the export.
    """
    rows = read_table(
        read_text(path),
        REQUIRED,
        OPTIONAL,
        file="ChEMBL's export of activities",
        delimiters="\t;,",
        renamed=_RENAMED,
    )
    imported, compounds = ConstantImport(CHEMBL, None, index), CompoundMatcher(index)
    imported.add_rows(rows, 2, lambda place, row: _constant(place, row, index, compounds), progress)
    return imported.finish()


def _constant(
    place: str, row: Row, index: DatasetIndex, compounds: CompoundMatcher
) -> MeasuredConstant:
    row = {name: _NONE.sub("", cell.strip()) for name, cell in row.items()}
    receptor = index.by_curie("receptors", f"chembl.target:{row['target_chembl_id']}")
    if receptor is None:
        raise RejectedRowError("no receptor of the dataset has its ChEMBL target id")
    parameter = parameter_of(row["standard_type"])
    ids = (row["molecule_chembl_id"], row["parent_molecule_chembl_id"])
    compound = compounds.find(
        [f"chembl.compound:{number}" for number in ids if number],
        smiles=row["smiles"],
        inchikey=row["standard_inchi_key"],
    )
    if compound is None:
        raise RejectedRowError("no compound of the dataset has its ChEMBL id or structure")
    _check_quality(row)
    value = positive_number(row["standard_value"], "standard_value")
    if row["standard_units"] != "nM":
        raise RejectedRowError(f"its unit is {row['standard_units'][:20] or 'not stated'}, not nM")
    assay = plain_text(row["assay_description"])
    doi = normalise_doi(row["doi"])
    return MeasuredConstant(
        place=place,
        compound=compound,
        receptor=receptor,
        parameter=parameter,
        relation=relation_of(row["standard_relation"], value),
        value_nm=value,
        species=species_of(row["target_organism"], assay),
        action=ACTION_TYPES.get(row["action_type"].upper()),
        assay=assay,
        pmids=(row["pubmed_id"],) if PMID.fullmatch(row["pubmed_id"]) else (),
        doi=doi if DOI.fullmatch(doi) else None,
        document=row["document_chembl_id"] or None,
        record=row["activity_id"] or row["assay_chembl_id"] or None,
        cited=_citation(row),
    )


def _check_quality(row: Row) -> None:
    """Raise RejectedRowError for a row that ChEMBL itself marks as doubtful."""
    comment = row["data_validity_comment"]
    if comment and comment.lower() != _VALIDATED:
        raise RejectedRowError(f"ChEMBL doubts the value: {comment[:60]}")
    if row["potential_duplicate"].lower() in _TRUE:
        raise RejectedRowError("ChEMBL marks it as a value that another paper reported before")
    if row["assay_variant_mutation"]:
        raise RejectedRowError(f"the target is a mutant: {row['assay_variant_mutation'][:40]}")
    score = row["confidence_score"]
    if score.isdecimal() and int(score) < LOWEST_CONFIDENCE_SCORE:
        raise RejectedRowError(
            f"the confidence score of the target is {score}, below {LOWEST_CONFIDENCE_SCORE}"
        )


def _citation(row: Row) -> str | None:
    """Return the paper as the export names it: `J Med Chem, 1990, CHEMBL1125678`."""
    parts = (row["document_journal"], row["document_year"], row["document_chembl_id"])
    return plain_text(", ".join(part for part in parts if part))

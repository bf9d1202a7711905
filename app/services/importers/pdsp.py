"""Import the CSV download of the PDSP Ki database."""

import re
from collections.abc import Mapping
from pathlib import Path

from app.domain.source_databases import PDSP
from app.domain.vocabulary import AffinityParameter
from app.kit.progress import ProgressCallback
from app.services.enrichment.source_record import plain_text
from app.services.importers.compound_matching import CompoundMatcher
from app.services.importers.constant_fields import (
    positive_number,
    pubmed_ids,
    relation_of,
    species_of,
)
from app.services.importers.constant_import import ConstantImport
from app.services.importers.dataset_index import DatasetIndex
from app.services.importers.import_result import HeldRowError, ImportResult, RejectedRowError
from app.services.importers.measured_constant import MeasuredConstant
from app.services.importers.tables import read_table

REQUIRED = ("unigene", "ligand_name", "smiles", "cas", "hotligand", "species", "ki_note", "ki_val")
OPTIONAL = ("source", "reference", "link")
_ENANTIOMER = re.compile(r"\(\s*(?:\d?[RS]\b|[+-]\s*\))|^[RSDL]-|^\(?[+-]\)?-", re.IGNORECASE)
Row = Mapping[str, str]


def import_pdsp(path: Path, index: DatasetIndex, progress: ProgressCallback) -> ImportResult:
    """Import the constants of compounds and receptors that the dataset has.

    Raises:
        ImportSourceError: The file lacks a column of the download.
    """
    # The download is in Latin-1, and a column name begins with a space.
    text = path.read_text("latin-1")
    rows = read_table(text, REQUIRED, OPTIONAL, file="the download")
    imported, compounds = ConstantImport(PDSP, None, index), CompoundMatcher(index)
    imported.add_rows(rows, 2, lambda place, row: _constant(place, row, index, compounds), progress)
    return imported.finish()


def _constant(
    place: str, row: Row, index: DatasetIndex, compounds: CompoundMatcher
) -> MeasuredConstant:
    compound = compounds.find([f"cas:{row['cas'].strip()}"], smiles=row["smiles"].strip())
    if compound is None:
        raise RejectedRowError("no compound of the dataset has its CAS number or structure")
    receptor = index.by_field("receptors", "hgnc_symbol", row["unigene"].strip())
    if receptor is None:
        raise RejectedRowError("no receptor of the dataset has its gene symbol")
    value = positive_number(row["ki_val"].replace(",", ""), "ki Val")
    structure = index.records["compounds"][compound]["smiles"] or ""
    if _ENANTIOMER.search(row["ligand_name"].strip()) and "@" not in structure:
        raise HeldRowError("the ligand name states an enantiomer, its identifier a racemate")
    return MeasuredConstant(
        place=place,
        compound=compound,
        receptor=receptor,
        parameter=AffinityParameter.KI,
        relation=relation_of(row["ki_note"], value),
        value_nm=value,
        species=species_of(row["species"], None),
        assay=plain_text(", ".join(filter(None, (row["hotligand"], row["source"])))),
        pmids=pubmed_ids(row["link"]),
        cited=plain_text(row["reference"]),
    )

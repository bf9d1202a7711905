"""Import the CSV download of the PDSP Ki database."""

import csv
import re
from collections.abc import Mapping
from pathlib import Path

from app.domain.chemical_structures import structure_forms
from app.domain.vocabulary import AffinityParameter, Relation, Species
from app.kit.progress import ProgressCallback
from app.services.enrichment.source_record import plain_text
from app.services.importers.dataset_index import DatasetIndex
from app.services.importers.import_result import ImportResult, ImportSourceError
from app.services.importers.measured_constant import (
    ConstantImport,
    ConstantSource,
    MeasuredConstant,
)

PDSP = ConstantSource(
    name="PDSP",
    slug="pdsp",
    title="PDSP Ki database",
    url="https://pdsp.unc.edu",
    licence=None,
    notice="Confirm its terms of use at the source before you publish these records.",
)
REQUIRED = ("unigene", "ligand name", "smiles", "cas", "hotligand", "species", "ki note", "ki val")
#: The highest concentration of the screen; without a sign it means no binding up to it.
SCREENING_LIMIT_NM = 10_000.0
_ENANTIOMER = re.compile(r"\(\s*(?:\d?[RS]\b|[+-]\s*\))|^[RSDL]-|^\(?[+-]\)?-", re.IGNORECASE)
_PMID = re.compile(r"(?:pubmed/|pubmed\.ncbi\.nlm\.nih\.gov/|list_uids=)(\d{1,9})")
_SPECIES = {"human": Species.HUMAN, "rat": Species.RAT, "mouse": Species.MOUSE}
Row = Mapping[str, str]


def import_pdsp(path: Path, index: DatasetIndex, progress: ProgressCallback) -> ImportResult:
    """Import the constants of compounds and receptors that the dataset has.

    Raises:
        ImportSourceError: The file lacks a column of the download.
    """
    rows = _read(path)
    imported = ConstantImport(PDSP, None, index)
    smiles = {c["smiles"]: slug for slug, c in index.records["compounds"].items() if c["smiles"]}
    for number, row in enumerate(rows, 1):
        _import_row(f"row {number + 1}", row, imported, smiles)
        if number % 100 == 0 or number == len(rows):
            progress(number, len(rows))
    return imported.finish()


def _read(path: Path) -> list[dict[str, str]]:
    # The download is in Latin-1, and a column name begins with a space.
    reader = csv.reader(path.read_text("latin-1").splitlines(keepends=True))
    try:
        columns = [name.strip().lower() for name in next(reader, [])]
        if missing := [name for name in REQUIRED if name not in columns]:
            raise ImportSourceError(f"it lacks the columns {', '.join(missing)} of the download")
        return [dict(zip(columns, cells, strict=False)) for cells in reader if cells]
    except csv.Error as error:
        raise ImportSourceError(f"it is no CSV: {error}") from error


def _import_row(place: str, row: Row, imported: ConstantImport, smiles: Mapping[str, str]) -> None:
    index, result = imported.index, imported.result
    forms = structure_forms(row["smiles"].strip())
    compound = index.by_curie("compounds", f"cas:{row['cas'].strip()}") or next(
        (smiles[form.smiles] for form in forms if form.smiles and form.smiles in smiles), None
    )
    if compound is None:
        result.reject(place, "no compound of the dataset has its CAS number or structure")
        return
    receptor = index.by_field("receptors", "hgnc_symbol", row["unigene"].strip())
    if receptor is None:
        result.reject(place, "no receptor of the dataset has its gene symbol")
        return
    try:
        value = float(row["ki val"].replace(",", ""))
    except (ValueError, KeyError):
        value = 0.0
    if not 0 < value < 1e12:
        result.reject(place, "it has no number")
        return
    sign = row["ki note"].strip()
    if sign not in ("", "=", ">", "<", "~"):
        result.reject(place, f"the sign {sign[:20]!r} is not known")
        return
    structure = index.records["compounds"][compound]["smiles"] or ""
    if _ENANTIOMER.search(row["ligand name"].strip()) and "@" not in structure:
        result.hold(place, "the ligand name states an enantiomer, its identifier a racemate")
        return
    screened = not sign and value == SCREENING_LIMIT_NM
    link = _PMID.search(row.get("link", ""))
    imported.add(
        MeasuredConstant(
            place=place,
            compound=compound,
            receptor=receptor,
            parameter=AffinityParameter.KI,
            relation=Relation(">" if screened else sign or "="),
            value_nm=value,
            species=_species(row["species"].strip().lower()),
            assay=plain_text(", ".join(filter(None, (row["hotligand"], row.get("source"))))),
            pmids=(link[1],) if link else (),
            cited=plain_text(row.get("reference")),
        )
    )


def _species(stated: str) -> Species:
    return _SPECIES.get(stated, Species.OTHER) if stated else Species.NOT_STATED

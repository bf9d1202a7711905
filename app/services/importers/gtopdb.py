"""Import `interactions.csv` of the Guide to Pharmacology (GtoPdb), of any release."""

import csv
import re
from collections.abc import Mapping
from pathlib import Path

from app.domain.identifiers import PMID
from app.domain.vocabulary import AffinityAction, AffinityParameter, Relation, Species
from app.kit.progress import ProgressCallback
from app.services.enrichment.source_record import plain_text
from app.services.importers.citation_files import read_text
from app.services.importers.dataset_index import DatasetIndex
from app.services.importers.import_result import ImportResult, ImportSourceError
from app.services.importers.measured_constant import (
    LARGEST_FACTOR,
    ConstantImport,
    ConstantSource,
    MeasuredConstant,
)

GTOPDB = ConstantSource(
    name="GtoPdb",
    slug="gtopdb",
    title="IUPHAR/BPS Guide to Pharmacology",
    url="https://www.guidetopharmacology.org",
    licence="ODbL-1.0 AND CC-BY-SA-4.0",
    notice="The database is licensed under ODbL 1.0, its contents under CC BY-SA 4.0: works that"
    " are made from them are shared alike.",
)
REQUIRED = ("ligand_id", "target_id", "affinity_units", "affinity_median", "pubmed_id")
_RELEASE = re.compile(r"GtoPdb Version: ([\w.]+)")
_OTHER_NAMES = {"target_uniprot_id": "target_uniprot"}
_PARAMETERS = {parameter.value: parameter for parameter in AffinityParameter}
_RELATIONS = {"": "=", "≤": "<", "<=": "<", "≥": ">", ">=": ">", "≈": "~"}
_SPECIES = {
    "human": Species.HUMAN,
    "rat": Species.RAT,
    "mouse": Species.MOUSE,
    "": Species.NOT_STATED,
}
#: The assay states it better than the column: GtoPdb has “Human” for subunits in oocytes.
_EXPRESSED = re.compile(
    r"zeta ?1|epsilon ?[1-4]|oocyte|\bexpress|transfect|HEK|\bCHO\b", re.IGNORECASE
)
_ACTIONS = {
    ("channel blocker", ""): AffinityAction.CHANNEL_BLOCKER,
    ("agonist", "partial agonist"): AffinityAction.PARTIAL_AGONIST,
    ("agonist", ""): AffinityAction.AGONIST,
    ("antagonist", ""): AffinityAction.ANTAGONIST,
    ("inhibitor", ""): AffinityAction.INHIBITOR,
    ("allosteric modulator", "positive"): AffinityAction.POTENTIATOR,
    ("allosteric modulator", ""): AffinityAction.ALLOSTERIC_MODULATOR,
}
Row = Mapping[str, str]


class RejectedRowError(ValueError):
    """A row that is not imported; the message says why."""


def import_gtopdb(path: Path, index: DatasetIndex, progress: ProgressCallback) -> ImportResult:
    """Import the measured constants of compounds and receptors that the dataset has.

    Raises:
        ImportSourceError: The file lacks a column of `interactions.csv`.
    """
    rows, release, first_line = read_interactions(path)
    imported = ConstantImport(GTOPDB, release, index)
    for number, row in enumerate(rows, 1):
        place = f"row {number + first_line - 1}"
        try:
            constant = _constant(place, row, index)
        except RejectedRowError as error:
            imported.result.reject(place, str(error))
        else:
            if reason := _disagreement(row):
                imported.result.hold(place, reason)
            else:
                imported.add(constant)
        if number % 100 == 0 or number == len(rows):
            progress(number, len(rows))
    return imported.finish()


def read_interactions(path: Path) -> tuple[list[dict[str, str]], str | None, int]:
    """Return the rows by column name in lower case, the release, and the line of the first row.

    Raises:
        ImportSourceError: The file lacks a column.
    """
    lines = read_text(path).splitlines(keepends=True)
    comments = [line for line in lines[:5] if line.lstrip('"').startswith("#")]
    release = _RELEASE.search("".join(comments))
    reader = csv.reader(lines[len(comments) :])
    try:
        header = [re.sub(r"\W+", "_", name.strip().lower()) for name in next(reader, [])]
        columns = [_OTHER_NAMES.get(name, name) for name in header]
        if missing := [name for name in REQUIRED if name not in columns]:
            raise ImportSourceError(
                f"it lacks the columns {', '.join(missing)} of interactions.csv"
            )
        rows = [dict(zip(columns, cells, strict=False)) for cells in reader if cells]
    except csv.Error as error:
        raise ImportSourceError(f"it is no CSV: {error}") from error
    return rows, release[1] if release else None, len(comments) + 2


def _constant(place: str, row: Row, index: DatasetIndex) -> MeasuredConstant:
    compound = index.by_curie("compounds", f"iuphar.ligand:{row['ligand_id']}")
    if compound is None:
        raise RejectedRowError("no compound of the dataset has its ligand id")
    parameter = _parameter(row)
    relation, value, upper, computed_from = _value(row)
    assay = plain_text(row.get("assay_description"))
    action_type, action = (row.get(n, "").lower() for n in ("type", "action"))
    found = _ACTIONS.get((action_type, action)) or _ACTIONS.get((action_type, ""))
    return MeasuredConstant(
        place=place,
        compound=compound,
        receptor=_receptor(row, index),
        parameter=parameter,
        relation=relation,
        value_nm=value,
        upper_value_nm=upper,
        species=_species(row.get("target_species", ""), assay),
        action=found,
        action_note=None if found else plain_text(row.get("type")),
        assay=assay,
        pmids=tuple(p for p in re.split(r"[|,; ]+", row["pubmed_id"]) if PMID.fullmatch(p)),
        record=f"{row['ligand_id']}/{row['target_id']}",
        computed_from=computed_from,
    )


def _receptor(row: Row, index: DatasetIndex) -> str:
    """Return the receptor: by target id or accession; of several accessions, the complex."""
    accessions = [a for a in re.split(r"[|,; ]+", row.get("target_uniprot", "")) if a]
    if len(accessions) > 1:
        subunits = {index.by_curie("receptors", f"uniprot:{accession}") for accession in accessions}
        if None not in subunits and (slug := index.complex_of({str(s) for s in subunits})):
            return slug
        raise RejectedRowError("no complex of the dataset has these subunits")
    if slug := index.by_curie("receptors", f"iuphar.receptor:{row['target_id']}"):
        return slug
    if accessions and (slug := index.by_curie("receptors", f"uniprot:{accessions[0]}")):
        return slug
    raise RejectedRowError("no receptor of the dataset has its target id or accession")


def _parameter(row: Row) -> AffinityParameter:
    original, logarithm = row.get("original_affinity_units", ""), row["affinity_units"]
    if logarithm in ("", "-") and original in ("", "-"):
        raise RejectedRowError("it has no number")
    if original in _PARAMETERS:
        return _PARAMETERS[original]
    if logarithm.startswith("p") and logarithm[1:] in _PARAMETERS:
        return _PARAMETERS[logarithm[1:]]
    raise RejectedRowError(f"{logarithm} is not Ki, Kd, IC50 or EC50")


def _value(row: Row) -> tuple[Relation, float, float | None, str | None]:
    """Return relation, value and upper value in nM, and the logarithm that they come from."""
    stated = row.get("original_affinity_relation", "").strip()
    try:
        relation = Relation(_RELATIONS.get(stated, stated))
    except ValueError:
        raise RejectedRowError(f"the relation {stated!r} is not known") from None
    if original := _number(row, "original_affinity_median_nm"):
        return relation, original, None, None
    units = row["affinity_units"]
    if median := _number(row, "affinity_median"):
        return relation, _from_logarithm(median), None, f"{units} {median:g}"
    # `high` is the higher affinity, which is the lower concentration.
    originals = [_number(row, f"original_affinity_{end}_nm") for end in ("high", "low")]
    logarithms = [_number(row, f"affinity_{end}") for end in ("high", "low")]
    bounds = [value for value in originals if value]
    computed_from = None
    if len(bounds) < 2:
        bounds = [_from_logarithm(value) for value in logarithms if value]
        computed_from = f"{units} " + " and ".join(f"{value:g}" for value in logarithms if value)
    if not bounds:
        raise RejectedRowError("it has no number")
    if len(bounds) < 2 or bounds[0] == bounds[1]:
        raise RejectedRowError("it has only one bound of a range")
    return Relation.RANGE, min(bounds), max(bounds), computed_from


def _disagreement(row: Row) -> str | None:
    """Return why the number of the paper and its logarithm cannot both be right."""
    original, logarithm = (
        _number(row, "original_affinity_median_nm"),
        _number(row, "affinity_median"),
    )
    if original and logarithm:
        computed = _from_logarithm(logarithm)
        if not 1 / LARGEST_FACTOR <= original / computed <= LARGEST_FACTOR:
            return f"{original:g} nM and {row['affinity_units']} {logarithm:g} disagree"
    return None


def _from_logarithm(value: float) -> float:
    """Return the concentration in nM, with three significant digits."""
    return float(f"{10 ** (9 - value):.3g}")


def _number(row: Row, name: str) -> float | None:
    """Return a positive number of up to six significant digits; GtoPdb stores single precision."""
    text = row.get(name, "").strip()
    if text in ("", "-"):
        return None
    try:
        value = float(f"{float(text):.6g}")
    except ValueError:
        raise RejectedRowError(f"{name} is no number: {text[:40]!r}") from None
    if not 0 < value < 1e12:
        raise RejectedRowError(f"{name} is not a positive number: {text[:40]!r}")
    return value


def _species(column: str, assay: str | None) -> Species:
    if assay and _EXPRESSED.search(assay):
        return Species.RECOMBINANT
    return _SPECIES.get(column.strip().lower(), Species.OTHER)

"""Import `interactions.csv` of the Guide to Pharmacology (GtoPdb), of any release."""

import re
from collections.abc import Mapping
from pathlib import Path

from app.domain.identifiers import PMID
from app.domain.source_databases import GTOPDB
from app.domain.vocabulary import AffinityAction, AffinityParameter, Relation
from app.kit.progress import ProgressCallback
from app.services.enrichment.source_record import plain_text
from app.services.importers.citation_files import read_text
from app.services.importers.constant_fields import (
    PARAMETERS,
    from_logarithm,
    positive_number,
    receptor_of_proteins,
    relation_of,
    species_of,
)
from app.services.importers.constant_import import LARGEST_FACTOR, ConstantImport
from app.services.importers.dataset_index import DatasetIndex
from app.services.importers.import_result import HeldRowError, ImportResult, RejectedRowError
from app.services.importers.measured_constant import MeasuredConstant
from app.services.importers.tables import read_table

REQUIRED = ("ligand_id", "target_id", "affinity_units", "affinity_median", "pubmed_id")
OPTIONAL = (
    *("target_uniprot", "target_species", "type", "action", "affinity_high", "affinity_low"),
    *("original_affinity_units", "original_affinity_low_nm", "original_affinity_median_nm"),
    *("original_affinity_high_nm", "original_affinity_relation", "assay_description"),
)
_RELEASE = re.compile(r"GtoPdb Version: ([\w.]+)")
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


def import_gtopdb(path: Path, index: DatasetIndex, progress: ProgressCallback) -> ImportResult:
    """Import the measured constants of compounds and receptors that the dataset has.

    Raises:
        ImportSourceError: The file lacks a column of `interactions.csv`.
    """
    rows, release, first_line = read_interactions(path)
    imported = ConstantImport(GTOPDB, release, index)
    imported.add_rows(rows, first_line, lambda place, row: _constant(place, row, index), progress)
    return imported.finish()


def read_interactions(path: Path) -> tuple[list[dict[str, str]], str | None, int]:
    """Return the rows by column name in lower case, the release, and the line of the first row.

    Raises:
        ImportSourceError: The file lacks a column.
    """
    lines = read_text(path).splitlines(keepends=True)
    comments = [line for line in lines[:5] if line.lstrip('"').startswith("#")]
    release = _RELEASE.search("".join(comments))
    rows = read_table(
        "".join(lines[len(comments) :]),
        REQUIRED,
        OPTIONAL,
        file="interactions.csv",
        renamed={"target_uniprot_id": "target_uniprot"},
    )
    return rows, release[1] if release else None, len(comments) + 2


def _constant(place: str, row: Row, index: DatasetIndex) -> MeasuredConstant:
    compound = index.by_curie("compounds", f"iuphar.ligand:{row['ligand_id']}")
    if compound is None:
        raise RejectedRowError("no compound of the dataset has its ligand id")
    parameter = _parameter(row)
    relation, value, upper, computed_from = _value(row)
    if reason := _disagreement(row):
        raise HeldRowError(reason)
    assay = plain_text(row["assay_description"])
    action_type, action = row["type"].lower(), row["action"].lower()
    known_action = _ACTIONS.get((action_type, action)) or _ACTIONS.get((action_type, ""))
    return MeasuredConstant(
        place=place,
        compound=compound,
        receptor=_receptor(row, index),
        parameter=parameter,
        relation=relation,
        value_nm=value,
        upper_value_nm=upper,
        species=species_of(row["target_species"], assay),
        action=known_action,
        action_note=None if known_action else plain_text(row["type"]),
        assay=assay,
        pmids=tuple(p for p in re.split(r"[|,; ]+", row["pubmed_id"]) if PMID.fullmatch(p)),
        record=f"{row['ligand_id']}/{row['target_id']}",
        computed_from=computed_from,
    )


def _receptor(row: Row, index: DatasetIndex) -> str:
    """Return the receptor: by target id or accession; of several accessions, the complex."""
    accessions = [a for a in re.split(r"[|,; ]+", row["target_uniprot"]) if a]
    if len(accessions) < 2 and (
        slug := index.by_curie("receptors", f"iuphar.receptor:{row['target_id']}")
    ):
        return slug
    return receptor_of_proteins(accessions, (), index)


def _parameter(row: Row) -> AffinityParameter:
    original, logarithm = row["original_affinity_units"], row["affinity_units"]
    if logarithm in ("", "-") and original in ("", "-"):
        raise RejectedRowError("it has no number")
    if original in PARAMETERS:
        return PARAMETERS[original]
    if logarithm.startswith("p") and logarithm[1:] in PARAMETERS:
        return PARAMETERS[logarithm[1:]]
    raise RejectedRowError(f"{logarithm} is not Ki, Kd, IC50 or EC50")


def _value(row: Row) -> tuple[Relation, float, float | None, str | None]:
    """Return relation, value and upper value in nM, and the logarithm that they come from."""
    # The table always states a relation, so a value without one is no limit of a screen.
    relation = relation_of(row["original_affinity_relation"] or "=", 0)
    if original := _number(row, "original_affinity_median_nm"):
        return relation, original, None, None
    units = row["affinity_units"]
    if median := _number(row, "affinity_median"):
        return relation, from_logarithm(median), None, f"{units} {median:g}"
    # `high` is the higher affinity, which is the lower concentration.
    originals = [_number(row, f"original_affinity_{end}_nm") for end in ("high", "low")]
    logarithms = [_number(row, f"affinity_{end}") for end in ("high", "low")]
    bounds = [value for value in originals if value]
    computed_from = None
    if len(bounds) < 2:
        bounds = [from_logarithm(value) for value in logarithms if value]
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
        computed = from_logarithm(logarithm)
        if not 1 / LARGEST_FACTOR <= original / computed <= LARGEST_FACTOR:
            return f"{original:g} nM and {row['affinity_units']} {logarithm:g} disagree"
    return None


def _number(row: Row, name: str) -> float | None:
    """Return a positive number of up to six significant digits; GtoPdb stores single precision."""
    if row[name].strip() in ("", "-"):
        return None
    return float(f"{positive_number(row[name], name):.6g}")

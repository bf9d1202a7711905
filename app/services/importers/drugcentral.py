"""Import `drug.target.interaction.tsv` of DrugCentral."""

from collections.abc import Mapping
from pathlib import Path

from app.domain.source_databases import DRUGCENTRAL
from app.domain.vocabulary import AffinityAction
from app.kit.progress import ProgressCallback
from app.services.enrichment.source_record import plain_text
from app.services.importers.citation_files import read_text
from app.services.importers.constant_fields import (
    ACTION_TYPES,
    from_logarithm,
    parameter_of,
    positive_number,
    pubmed_ids,
    receptor_of_proteins,
    relation_of,
    species_of,
)
from app.services.importers.constant_import import ConstantImport
from app.services.importers.dataset_index import DatasetIndex
from app.services.importers.import_result import ImportResult, RejectedRowError
from app.services.importers.measured_constant import MeasuredConstant
from app.services.importers.tables import read_table

REQUIRED = ("struct_id", "accession", "act_type", "act_value", "act_source", "relation")
OPTIONAL = (
    *("gene", "organism", "target_class", "act_unit", "act_comment", "act_source_url"),
    "action_type",
)
#: What DrugCentral itself read. The rest it copied from other databases, without the paper.
OWN_SOURCES = ("SCIENTIFIC LITERATURE", "DRUG LABEL")
#: Source → where to import the same values from, with their papers.
_COPIED_FROM = {
    "CHEMBL": "`kkb import chembl`",
    "DRUG MATRIX": "`kkb import chembl`",
    "IUPHAR": "`kkb import gtopdb`",
    "PDSP": "`kkb import pdsp`",
}
Row = Mapping[str, str]


def import_drugcentral(path: Path, index: DatasetIndex, progress: ProgressCallback) -> ImportResult:
    """Import the constants of compounds and receptors that the dataset has.

    Raises:
        ImportSourceError: The file lacks a column of the table.
    """
    rows = read_table(
        read_text(path),
        REQUIRED,
        OPTIONAL,
        file="drug.target.interaction.tsv",
        delimiters="\t",
    )
    imported = ConstantImport(DRUGCENTRAL, None, index)
    imported.add_rows(rows, 2, lambda place, row: _constant(place, row, index), progress)
    return imported.finish()


def _constant(place: str, row: Row, index: DatasetIndex) -> MeasuredConstant:
    compound = index.by_curie("compounds", f"drugcentral:{row['struct_id'].strip()}")
    if compound is None:
        raise RejectedRowError("no compound of the dataset has its DrugCentral id")
    source = row["act_source"].strip().upper()
    if source not in OWN_SOURCES:
        copied = _COPIED_FROM.get(source)
        raise RejectedRowError(
            f"DrugCentral copied it from {source[:40]}"
            + (f": import it with {copied}" if copied else ", without assay and paper")
            if source
            else "it states no source"
        )
    accessions, symbols = (_split(row[name]) for name in ("accession", "gene"))
    receptor = receptor_of_proteins(accessions, symbols, index)
    logarithm = positive_number(row["act_value"], "ACT_VALUE")
    parameter = parameter_of(row["act_type"])
    if unit := row["act_unit"].strip():
        raise RejectedRowError(f"ACT_VALUE {logarithm:g} {unit[:20]} is no −log10(M)")
    value, assay = from_logarithm(logarithm), plain_text(row["act_comment"])
    return MeasuredConstant(
        place=place,
        compound=compound,
        receptor=receptor,
        parameter=parameter,
        relation=relation_of(row["relation"], value),
        value_nm=value,
        species=species_of(row["organism"], assay),
        action=_action(row),
        assay=assay,
        pmids=pubmed_ids(row["act_source_url"]),
        computed_from=f"−log10(M) {logarithm:g}",
    )


def _split(cell: str) -> list[str]:
    return [part.strip() for part in cell.split("|") if part.strip()]


def _action(row: Row) -> AffinityAction | None:
    action = row["action_type"].strip().upper()
    if action == "BLOCKER" and row["target_class"].strip().lower() == "ion channel":
        return AffinityAction.CHANNEL_BLOCKER
    return ACTION_TYPES.get(action)

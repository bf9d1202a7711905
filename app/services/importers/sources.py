"""The sources that `kkb import` reads."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.kit.progress import ProgressCallback
from app.services.importers.chembl import import_chembl
from app.services.importers.clinicaltrials import import_trials
from app.services.importers.dataset_index import DatasetIndex
from app.services.importers.drugcentral import import_drugcentral
from app.services.importers.gtopdb import import_gtopdb
from app.services.importers.import_result import ImportResult
from app.services.importers.pdsp import import_pdsp
from app.services.importers.references import import_bibtex, import_nbib, import_ris


@dataclass(frozen=True)
class ImportSource:
    """A source, and the function that imports one of its files.

    Args:
        description: The file that it reads.
    """

    description: str
    import_file: Callable[[Path, DatasetIndex, ProgressCallback], ImportResult]


SOURCES = {
    "clinicaltrials": ImportSource(
        "JSON of ClinicalTrials.gov, API version 2: a study, a list or a page", import_trials
    ),
    "ris": ImportSource("references in RIS, as reference managers export them", import_ris),
    "bibtex": ImportSource("references in BibTeX", import_bibtex),
    "nbib": ImportSource("references in NBIB, as PubMed exports them", import_nbib),
    "gtopdb": ImportSource("interactions.csv of GtoPdb, of any release", import_gtopdb),
    "pdsp": ImportSource("the CSV download of the PDSP Ki database", import_pdsp),
    "chembl": ImportSource("activities as the web interface of ChEMBL exports them", import_chembl),
    "drugcentral": ImportSource("drug.target.interaction.tsv of DrugCentral", import_drugcentral),
}

"""The functions whose statements may read every row of a growing table, each with the reason."""

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from app.resources import RESOURCES
from tests.performance.measurement import SMALL_TABLES, FullScan

HERE = "tests/performance/full_scans.py"
#: The tables of the collections that grow.
COLLECTIONS = {str(r.key.class_.__tablename__) for r in RESOURCES.values()} - SMALL_TABLES


@dataclass(frozen=True)
class AllowedScans:
    """Tables that a function may read in full."""

    function: str
    tables: AbstractSet[str]
    reason: str


ALLOWED = [
    AllowedScans(
        "app.kit.repository.Repository._total",
        {"statement"},
        "The number of statements of one text, which has no index: there are some dozens.",
    ),
    AllowedScans(
        "app.kit.repository.Repository._read_rows",
        COLLECTIONS,
        "Only lists of a few thousand records: longer ones are read in the order of an index.",
    ),
    AllowedScans(
        "app.kit.repository.Repository.iter_documents",
        COLLECTIONS,
        "Exports and comparisons of releases read whole collections.",
    ),
    AllowedScans(
        "app.kit.facets.facet_counts",
        {"verdict"},
        "Facets of verdicts count all of them, once per revision; there is one for each claim.",
    ),
    AllowedScans(
        "app.services.records.exports.count",
        {"evidence"},
        "The number of references in an export of a whole collection.",
    ),
    AllowedScans(
        "app.services.records.history.changes",
        {"change"},
        "In the order of the primary key: the scan ends with the page.",
    ),
    AllowedScans(
        "app.services.records.history.iter_changes",
        {"change"},
        "The export of the whole audit log.",
    ),
    AllowedScans(
        "app.services.records.history.count",
        {"change"},
        "The total of the audit log, counted in an index, at each request.",
    ),
    AllowedScans(
        "app.services.store.revision.records_per_collection",
        COLLECTIONS,
        "Counts all records in the smallest index of each table, at each request of /v1/meta.",
    ),
    AllowedScans(
        "app.services.graph.loader._nodes",
        {"xref"},
        "The graph is built from all claims, once per revision.",
    ),
    AllowedScans(
        "app.services.graph.loader.load_graph",
        {"claim"},
        "The graph is built from all claims, once per revision.",
    ),
    AllowedScans(
        "app.services.evidence.gaps._read_page",
        {"claim", "study", "verdict"},
        "Gaps are records to which nothing refers: no index lists them. Once per revision.",
    ),
    AllowedScans(
        "app.services.evidence.gaps._numbers_of_unmeasured_receptors",
        {"affinity"},
        "Counts the pairs of a compound and a receptor, once per revision.",
    ),
    AllowedScans(
        "app.services.evidence.matrix_axes._most_frequent",
        {"affinity"},
        "Counts the affinities of all compounds in an index.",
    ),
]


def unexpected_scans(scans: Iterable[FullScan], allowed: Iterable[AllowedScans]) -> Iterator[str]:
    """Yield a line for each full scan that is not allowed, and each allowed one that is gone."""
    permitted = {(entry.function, table) for entry in allowed for table in entry.tables}
    by_key = {(scan.function, scan.table): scan for scan in scans}
    for function, table in sorted(by_key.keys() - permitted):
        scan = by_key[function, table]
        yield (
            f"{function} reads every row of {table} for {len(scan.addresses)} addresses, such as"
            f" {scan.addresses[0]}: {' '.join(scan.sql.split())[:800]};"
            f" use an index, or add it to {HERE} with the reason"
        )
    for function, table in sorted(permitted - by_key.keys()):
        yield f"{function} does not read every row of {table}: remove it from {HERE}"

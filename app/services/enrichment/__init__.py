"""Enrichment: look up a reference by identifier in public sources and reconcile them.

Nothing is written: a curator judges the record input, the conflicts and the differences.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from app.domain.vocabulary import Confidence, ReferenceKind, Retraction
from app.resources import RESOURCES
from app.services.enrichment import clinicaltrials, crossref, europepmc, pubmed, reconciliation
from app.services.enrichment.http_client import (
    Fetcher,
    SourceError,
    SourceNotFoundError,
    SourceRejectedError,
)
from app.services.enrichment.identifier import IdentifierKind, PublicationIdentifier
from app.services.enrichment.source_record import SourceRecord
from app.services.records.input_models import RecordInput, input_model


@dataclass(frozen=True)
class SourceUrls:
    """Base URLs of the sources."""

    ncbi: str
    crossref: str
    europepmc: str
    clinicaltrials: str


@dataclass(frozen=True)
class EnrichedReference:
    """The records found of one publication, and the reference built from them.

    Attributes:
        failed: Source → reason why the request failed.
        absent: Sources that have no such record.
        fields: Field name → reconciled value.
        conflicts: Sentences about differences that question the identity of the publication.
        differences: Sentences about other differences.
        notices: Corrections, concerns and retractions.
        draft: The reference; None if it cannot be built.
        refused: Reason why there is no draft.
    """

    identifier: PublicationIdentifier
    sources: list[SourceRecord]
    failed: dict[str, str]
    absent: list[str]
    fields: dict[str, reconciliation.ReconciledField]
    conflicts: list[str]
    differences: list[str]
    notices: list[str]
    retraction: Retraction
    draft: RecordInput | None
    refused: str | None

    @property
    def confidence(self) -> Confidence:
        """Confidence of the citation, from how many sources confirm it."""
        return reconciliation.confidence(self.fields, self.sources)

    @property
    def papers(self) -> list[str]:
        """PubMed ids of the papers that report a trial."""
        return [pmid for record in self.sources for pmid in record.papers]


class _SourceQueries:
    """Queries all sources about one publication and collects records and failures."""

    def __init__(self, fetcher: Fetcher, where: SourceUrls) -> None:
        self.fetcher, self.where = fetcher, where
        self.records: dict[str, SourceRecord] = {}
        self.failed: dict[str, str] = {}
        self.absent: list[str] = []

    def query(self, source: str, fetch: Callable[[], SourceRecord]) -> None:
        """Fetch the record of one source; a failure is recorded, and the others go on."""
        try:
            self.records[source] = fetch()
        except SourceNotFoundError:
            self.absent.append(source)
        except SourceError as error:
            self.failed[source] = str(error)

    def by_pmid(self, pmid: str) -> None:
        """Query PubMed and Europe PMC, then Crossref with the DOI that they give."""
        fetcher, where = self.fetcher, self.where
        self.query(pubmed.NAME, lambda: pubmed.by_pmid(fetcher, where.ncbi, pmid))
        self.query(europepmc.NAME, lambda: europepmc.by_pmid(fetcher, where.europepmc, pmid))
        self._crossref(next((record.doi for record in self.records.values() if record.doi), None))

    def by_doi(self, doi: str) -> None:
        """Query Crossref, Europe PMC and PubMed."""
        fetcher, where = self.fetcher, self.where
        self._crossref(doi)
        self.query(europepmc.NAME, lambda: europepmc.by_doi(fetcher, where.europepmc, doi))
        self.query(pubmed.NAME, lambda: self._pubmed_of(doi))

    def by_pmcid(self, pmcid: str) -> None:
        """Query Europe PMC, then PubMed and Crossref with the identifiers that it gives."""
        base = self.where.europepmc
        self.query(europepmc.NAME, lambda: europepmc.by_pmcid(self.fetcher, base, pmcid))
        record = self.records.get(europepmc.NAME)
        if record is None:
            return
        if record.pmid and record.pmid.isdecimal():
            pmid, ncbi = record.pmid, self.where.ncbi
            self.query(pubmed.NAME, lambda: pubmed.by_pmid(self.fetcher, ncbi, pmid))
        self._crossref(record.doi)

    def _pubmed_of(self, doi: str) -> SourceRecord:
        """Return the PubMed record of a DOI.

        Raises:
            SourceNotFoundError: There is none.
            SourceRejectedError: The search returned several records, or an invalid id.
        """
        ids = pubmed.ids_of_doi(self.fetcher, self.where.ncbi, doi)
        if not ids:
            raise SourceNotFoundError
        if len(ids) > 1:
            raise SourceRejectedError(f"its search returned {len(ids)} records for one DOI")
        if not ids[0].isdecimal():
            raise SourceRejectedError("its search returned an invalid PubMed id")
        return pubmed.by_pmid(self.fetcher, self.where.ncbi, ids[0])

    def _crossref(self, doi: str | None) -> None:
        if doi is None:
            return
        base = self.where.crossref
        self.query(crossref.NAME, lambda: crossref.by_doi(self.fetcher, base, doi))

    def by_trial(self, number: str) -> None:
        """Query ClinicalTrials.gov."""
        base = self.where.clinicaltrials
        self.query(
            clinicaltrials.NAME, lambda: clinicaltrials.by_number(self.fetcher, base, number)
        )


#: If sources agree in different words, the words of the first one are used.
SOURCE_PRIORITY = (pubmed.NAME, europepmc.NAME, crossref.NAME, clinicaltrials.NAME)


def enrich(
    fetcher: Fetcher,
    where: SourceUrls,
    identifier: PublicationIdentifier,
    *,
    slug: str | None = None,
    kind: ReferenceKind | None = None,
) -> EnrichedReference:
    """Look up a publication in every source that may have it, and reconcile the records.

    Args:
        fetcher: Open HTTP client.
        where: Base URLs of the sources.
        identifier: Identifier of the publication.
        slug: Slug of the reference; author and year by default.
        kind: Kind of publication, if no source states it.
    """
    lookups = _SourceQueries(fetcher, where)
    queries: dict[IdentifierKind, Callable[[str], None]] = {
        IdentifierKind.PMID: lookups.by_pmid,
        IdentifierKind.DOI: lookups.by_doi,
        IdentifierKind.PMCID: lookups.by_pmcid,
        IdentifierKind.TRIAL: lookups.by_trial,
    }
    queries[identifier.kind](identifier.value)
    sources = [lookups.records[source] for source in SOURCE_PRIORITY if source in lookups.records]
    fields = reconciliation.compare(sources)
    doubts = reconciliation.identity_conflicts(fields, sources)
    status = reconciliation.retraction(sources, list(lookups.failed))
    draft, refused = None, None
    if not sources:
        refused = "no source has it"
    elif doubts:
        refused = "the sources may describe different publications"
    else:
        values = reconciliation.reference_values(fields, sources, status, slug)
        draft, refused = _draft(values | ({"kind": kind} if kind else {}))
    return EnrichedReference(
        identifier=identifier,
        sources=sources,
        failed=lookups.failed,
        absent=lookups.absent,
        fields=fields,
        conflicts=doubts,
        differences=reconciliation.differences(fields),
        notices=[f"{f.source}: {notice.words}" for f in sources for notice in f.notices],
        retraction=status,
        draft=draft,
        refused=refused,
    )


def _draft(values: dict[str, Any]) -> tuple[RecordInput | None, str | None]:
    """Validate the values as a reference; return it, or the reason why it is invalid."""
    if "kind" not in values:
        known = ", ".join(kind.value for kind in ReferenceKind)
        return None, f"no source states the kind of publication; set it to one of {known}"
    try:
        return input_model(RESOURCES["references"]).model_validate(values), None
    except ValidationError as error:
        return None, "; ".join(_error_text(detail) for detail in error.errors())


def _error_text(detail: Any) -> str:
    path: Sequence[Any] = detail["loc"]
    return f"{'.'.join(map(str, path))}: {detail['msg']}"

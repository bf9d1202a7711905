"""Enrichment: look up a reference by identifier in public sources and reconcile them.

Nothing is written here: the draft, the doubts and the differences are for a curator to judge.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from app.domain.vocabulary import ReferenceKind, Retraction
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
    """Where the sources answer."""

    ncbi: str
    crossref: str
    europepmc: str
    clinicaltrials: str


@dataclass(frozen=True)
class EnrichedReference:
    """What was found of one publication, and the reference that follows from it."""

    identifier: PublicationIdentifier
    sources: list[SourceRecord]
    failed: dict[str, str]  # source → why it gave nothing
    absent: list[str]  # sources that know no such record
    fields: dict[str, reconciliation.ReconciledField]
    conflicts: list[str]
    differences: list[str]
    notices: list[str]
    retraction: Retraction
    draft: RecordInput | None
    refused: str | None  # why there is no draft

    @property
    def papers(self) -> list[str]:
        """Of a trial: PubMed ids of the papers that report it."""
        return [pmid for found in self.sources for pmid in found.papers]


class _SourceQueries:
    """The questions to all sources about one publication, and what came of each."""

    def __init__(self, fetcher: Fetcher, where: SourceUrls) -> None:
        self.fetcher, self.where = fetcher, where
        self.found: dict[str, SourceRecord] = {}
        self.failed: dict[str, str] = {}
        self.absent: list[str] = []

    def ask(self, source: str, question: Callable[[], SourceRecord]) -> None:
        try:
            self.found[source] = question()
        except SourceNotFoundError:
            self.absent.append(source)
        except SourceError as error:
            self.failed[source] = str(error)

    def of_pmid(self, pmid: str) -> None:
        fetcher, where = self.fetcher, self.where
        self.ask(pubmed.NAME, lambda: pubmed.by_pmid(fetcher, where.ncbi, pmid))
        self.ask(europepmc.NAME, lambda: europepmc.by_pmid(fetcher, where.europepmc, pmid))
        self._crossref(next((f.doi for f in self.found.values() if f.doi), None))

    def of_doi(self, doi: str) -> None:
        fetcher, where = self.fetcher, self.where
        self._crossref(doi)
        self.ask(europepmc.NAME, lambda: europepmc.by_doi(fetcher, where.europepmc, doi))
        self.ask(pubmed.NAME, lambda: self._pubmed_of(doi))

    def _pubmed_of(self, doi: str) -> SourceRecord:
        """The PubMed record that has the DOI: a search may give others, or several."""
        ids = pubmed.ids_of_doi(self.fetcher, self.where.ncbi, doi)
        if not ids:
            raise SourceNotFoundError
        if len(ids) > 1:
            raise SourceRejectedError(f"its search gives {len(ids)} records for one DOI")
        if not ids[0].isdecimal():
            raise SourceRejectedError("its search gives an id that is none")
        return pubmed.by_pmid(self.fetcher, self.where.ncbi, ids[0])

    def _crossref(self, doi: str | None) -> None:
        if doi is None:
            return
        base = self.where.crossref
        self.ask(crossref.NAME, lambda: crossref.by_doi(self.fetcher, base, doi))

    def of_trial(self, number: str) -> None:
        base = self.where.clinicaltrials
        self.ask(clinicaltrials.NAME, lambda: clinicaltrials.by_number(self.fetcher, base, number))


#: In the order in which they are trusted where they agree in other words.
SOURCE_PRIORITY = (pubmed.NAME, europepmc.NAME, crossref.NAME, clinicaltrials.NAME)


def enrich(
    fetcher: Fetcher,
    where: SourceUrls,
    identifier: PublicationIdentifier,
    *,
    slug: str | None = None,
    kind: ReferenceKind | None = None,
) -> EnrichedReference:
    """Ask every source that may know it, and reconcile what they say."""
    asking = _SourceQueries(fetcher, where)
    queries: dict[IdentifierKind, Callable[[str], None]] = {
        IdentifierKind.PMID: asking.of_pmid,
        IdentifierKind.DOI: asking.of_doi,
        IdentifierKind.TRIAL: asking.of_trial,
    }
    queries[identifier.kind](identifier.value)
    sources = [asking.found[source] for source in SOURCE_PRIORITY if source in asking.found]
    fields = reconciliation.compare(sources)
    doubts = reconciliation.identity_conflicts(fields, sources)
    status = reconciliation.retraction(sources, list(asking.failed))
    draft, refused = None, None
    if not sources:
        refused = "no source has it"
    elif doubts:
        refused = "the sources may speak of different publications"
    else:
        values = reconciliation.reference_values(fields, sources, status, slug)
        draft, refused = _draft(values | ({"kind": kind} if kind else {}))
    return EnrichedReference(
        identifier=identifier,
        sources=sources,
        failed=asking.failed,
        absent=asking.absent,
        fields=fields,
        conflicts=doubts,
        differences=reconciliation.differences(fields),
        notices=[f"{f.source}: {notice.words}" for f in sources for notice in f.notices],
        retraction=status,
        draft=draft,
        refused=refused,
    )


def _draft(values: dict[str, Any]) -> tuple[RecordInput | None, str | None]:
    """The draft, held to the rules of every reference; or why it is none."""
    if "kind" not in values:
        known = ", ".join(kind.value for kind in ReferenceKind)
        return None, f"no source says what kind of publication it is; give one of {known}"
    try:
        return input_model(RESOURCES["references"]).model_validate(values), None
    except ValidationError as error:
        return None, "; ".join(_error_text(detail) for detail in error.errors())


def _error_text(detail: Any) -> str:
    path: Sequence[Any] = detail["loc"]
    return f"{'.'.join(map(str, path))}: {detail['msg']}"

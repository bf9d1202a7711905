"""Client for ClinicalTrials.gov (API version 2)."""

from pydantic import Field, ValidationError

from app.domain.identifiers import resolve_curie
from app.domain.vocabulary import ReferenceKind
from app.services.enrichment.http_client import JSON, Fetcher, SourceRejectedError
from app.services.enrichment.source_record import SourceModel, SourceRecord, plain_text

NAME = "ClinicalTrials.gov"
#: Links to papers that report a trial's results, by the sponsor or found by the register.
RESULTS = {"RESULT", "DERIVED"}


class Identification(SourceModel):
    """`identificationModule` of a study."""

    number: str = Field(alias="nctId")
    official: str | None = Field(None, alias="officialTitle")
    brief: str | None = Field(None, alias="briefTitle")


class PostedDate(SourceModel):
    """A date struct; only the date is read."""

    date: str | None = None


class Status(SourceModel):
    """`statusModule` of a study."""

    posted: PostedDate | None = Field(None, alias="studyFirstPostDateStruct")


class Paper(SourceModel):
    """A publication that a study links to."""

    pmid: str | None = None
    type: str | None = None


class Papers(SourceModel):
    """`referencesModule` of a study."""

    references: list[Paper] = []


class Protocol(SourceModel):
    """`protocolSection` of a study."""

    identification: Identification = Field(alias="identificationModule")
    status: Status = Field(Status(), alias="statusModule")
    papers: Papers = Field(Papers(), alias="referencesModule")


class TrialRecord(SourceModel):
    """Response of `/studies/{number}`."""

    protocol: Protocol = Field(alias="protocolSection")


def by_number(fetcher: Fetcher, base: str, number: str) -> SourceRecord:
    """Fetch the record of a trial by its NCT number.

    Raises:
        SourceError: There is no such record, or the response is not accepted.
    """
    body = fetcher.get(f"{base}/studies/{number}", {"format": "json"}, JSON)
    try:
        study = TrialRecord.model_validate_json(body).protocol
    except ValidationError as error:
        raise SourceRejectedError("its response does not have the documented form") from error
    identification = study.identification
    if identification.number != number:
        raise SourceRejectedError(
            f"it returned {plain_text(identification.number)} instead of {number}"
        )
    posted = (study.status.posted.date if study.status.posted else None) or ""
    papers = [p.pmid for p in study.papers.references if p.pmid and p.type in RESULTS]
    return SourceRecord(
        source=NAME,
        title=plain_text(identification.official) or plain_text(identification.brief),
        year=int(posted[:4]) if posted[:4].isdecimal() else None,
        kind=ReferenceKind.DATABASE,
        url=resolve_curie(f"clinicaltrials:{number}"),
        papers=tuple(filter(None, map(plain_text, papers))),
        trials=(number,),
        checks_retractions=False,
    )

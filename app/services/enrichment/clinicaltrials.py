"""ClinicalTrials.gov's API, version 2: the register's own record of a trial."""

from pydantic import Field, ValidationError

from app.domain.identifiers import resolve_curie
from app.domain.vocabulary import ReferenceKind
from app.services.enrichment.http_client import JSON, Fetcher, RefusedError
from app.services.enrichment.source_record import Found, Wire, plain

NAME = "ClinicalTrials.gov"
#: Links to papers that report a trial's results, by the sponsor or found by the register.
RESULTS = {"RESULT", "DERIVED"}


class Identification(Wire):
    number: str = Field(alias="nctId")
    official: str | None = Field(None, alias="officialTitle")
    brief: str | None = Field(None, alias="briefTitle")


class When(Wire):
    date: str | None = None


class Status(Wire):
    posted: When | None = Field(None, alias="studyFirstPostDateStruct")


class Paper(Wire):
    pmid: str | None = None
    type: str | None = None


class Papers(Wire):
    references: list[Paper] = []


class Protocol(Wire):
    identification: Identification = Field(alias="identificationModule")
    status: Status = Field(Status(), alias="statusModule")
    papers: Papers = Field(Papers(), alias="referencesModule")


class Study(Wire):
    protocol: Protocol = Field(alias="protocolSection")


def by_number(fetcher: Fetcher, base: str, number: str) -> Found:
    body = fetcher.get(f"{base}/studies/{number}", {"format": "json"}, JSON)
    try:
        study = Study.model_validate_json(body).protocol
    except ValidationError as error:
        raise RefusedError("its answer is not in the documented form") from error
    told = study.identification
    if told.number != number:
        raise RefusedError(f"it answered with {plain(told.number)} when asked for {number}")
    posted = (study.status.posted.date if study.status.posted else None) or ""
    papers = [p.pmid for p in study.papers.references if p.pmid and p.type in RESULTS]
    return Found(
        source=NAME,
        title=plain(told.official) or plain(told.brief),
        year=int(posted[:4]) if posted[:4].isdecimal() else None,
        kind=ReferenceKind.DATABASE,
        url=resolve_curie(f"clinicaltrials:{number}"),
        papers=tuple(filter(None, map(plain, papers))),
        trials=(number,),
        checks_retractions=False,
    )

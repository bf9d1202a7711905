"""Parse a publication identifier: PubMed id, DOI, PubMed Central id or trial registration."""

import re
from dataclasses import dataclass
from enum import StrEnum

from app.domain import identifiers


class IdentifierKind(StrEnum):
    """Registers of identifiers."""

    PMID = "pmid"
    DOI = "doi"
    PMCID = "pmcid"
    TRIAL = "trial"


@dataclass(frozen=True)
class PublicationIdentifier:
    """An identifier in the form that its register uses."""

    kind: IdentifierKind
    value: str


def parse_identifier(typed: str) -> PublicationIdentifier:
    """Parse `pmid:16894061`, `doi:10.1001/…`, a URL of doi.org, `PMC…` or `NCT…`.

    Raises:
        ValueError: It is none of them; the message shows what is accepted.
    """
    word = typed.strip()
    prefix, colon, rest = word.partition(":")
    scheme = prefix.lower() if colon else ""
    if scheme in {"pmid", "pubmed"} and identifiers.PMID.fullmatch(rest.strip()):
        return PublicationIdentifier(IdentifierKind.PMID, rest.strip())
    doi = identifiers.normalise_doi(word)
    if identifiers.DOI.fullmatch(doi) and doi.isprintable() and '"' not in doi and len(doi) <= 200:
        return PublicationIdentifier(IdentifierKind.DOI, doi)
    pmcid = (rest if scheme in {"pmcid", "pmc"} else word).strip().upper()
    if identifiers.PMCID.fullmatch(pmcid):
        return PublicationIdentifier(IdentifierKind.PMCID, pmcid)
    number = (rest if scheme == "clinicaltrials" else word).strip().upper()
    if re.fullmatch(r"NCT\d{8}", number):
        return PublicationIdentifier(IdentifierKind.TRIAL, number)
    raise ValueError(
        f"{typed[:80]!r} is not an identifier such as pmid:16894061, "
        "doi:10.1001/archpsyc.63.8.856, PMC6395554 or NCT03861988"
    )

"""What the page of a condition shows: bounded reads, each with the number of all records."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.api.deps import ServiceContext
from app.domain.vocabulary import ClaimKind, OutcomeKind, RegulatoryActType
from app.explorer import queries
from app.explorer.outcome_shares import OutcomeShares, outcome_shares
from app.explorer.queries import Record, RecordList
from app.explorer.regulatory_standing import JurisdictionStanding, latest_acts
from app.explorer.short_citations import most_cited, short_citations
from app.kit.sessions import ReadSession
from app.services.evidence.claim_summaries import ClaimSummary, Grouping, claim_summaries

#: Kinds of claims in the order of what readers of a condition ask first.
CLAIM_KINDS = (
    ClaimKind.EFFICACY,
    ClaimKind.COMPARATIVE,
    ClaimKind.SAFETY,
    ClaimKind.REGULATORY,
    ClaimKind.MECHANISM,
    ClaimKind.BACKGROUND,
)
#: Types of acts that say where a treatment stands; the others announce one or explain it.
STANDING_ACTS = (
    RegulatoryActType.MARKETING_AUTHORISATION,
    RegulatoryActType.HEALTH_TECHNOLOGY_APPRAISAL,
    RegulatoryActType.REIMBURSEMENT,
    RegulatoryActType.ADVICE,
    RegulatoryActType.STATUS,
)
CLAIMS_PER_KIND = 10
#: Acts that the standing is derived from, the newest first.
MAX_ACTS = 100
MAX_BENEFITS, MAX_HARMS = 60, 50
SHOWN_REGIMENS, SHOWN_NARROWER, SHOWN_REFERENCES = 12, 20, 12


@dataclass(frozen=True)
class CompoundStanding:
    """A compound, and its latest acts for a condition by jurisdiction."""

    compound: Record
    jurisdictions: Sequence[JurisdictionStanding]


@dataclass(frozen=True)
class ConditionPage:
    """The sections of the page of a condition.

    Args:
        standing: Compounds with their latest acts, those with most jurisdictions first.
        claims: Kind of claim → claims, those that most studies bear on first.
        benefits: Shares of people with an outcome that the treatment is given for, by time.
        harms: Shares of people with an adverse event, those of the largest studies first.
        references: Citations of what the acts, regimens and shares rest on.
    """

    standing: Sequence[CompoundStanding]
    acts: RecordList
    claims: Mapping[str, Sequence[ClaimSummary]]
    benefits: OutcomeShares
    harms: OutcomeShares
    regimens: RecordList
    narrower: RecordList
    references: Sequence[Record]


def read_condition_page(session: ReadSession, service: ServiceContext, slug: str) -> ConditionPage:
    """Return what the page of a condition shows."""

    def records(collection: str, **parameters: Any) -> RecordList:
        return queries.list_records(session, service, collection, **parameters)

    acts = records("regulatory-acts", indication=[slug], sort=["-date"], limit=MAX_ACTS)
    claims = claim_summaries(
        session,
        service.repository,
        Grouping.KIND,
        CLAIMS_PER_KIND,
        entity=[f"indication:{slug}"],
    )
    benefits = outcome_shares(
        session,
        service,
        MAX_BENEFITS,
        indication=[slug],
        outcome_kind=[OutcomeKind.BENEFIT],
    )
    harms = outcome_shares(
        session,
        service,
        MAX_HARMS,
        sort=("-participants",),
        indication=[slug],
        outcome_kind=[OutcomeKind.HARM],
    )
    regimens = records("regimens", indication=[slug], limit=SHOWN_REGIMENS)
    cited = [*acts.records, *regimens.records, *benefits.estimates, *harms.estimates]
    return ConditionPage(
        standing=_standing(acts.records),
        acts=acts,
        claims={
            kind: [_with_finding(claim) for claim in claims[kind]]
            for kind in CLAIM_KINDS
            if kind in claims
        },
        benefits=benefits,
        harms=harms,
        regimens=regimens,
        narrower=records("indications", parent=[slug], limit=SHOWN_NARROWER),
        references=short_citations(session, service, most_cited(cited, SHOWN_REFERENCES)),
    )


def _standing(acts: Sequence[Record]) -> list[CompoundStanding]:
    """Return where each compound stands, from the acts that decide it."""
    by_compound: dict[str, list[Record]] = {}
    for act in acts:
        if act["act"] in STANDING_ACTS:
            by_compound.setdefault(act["compound"]["slug"], []).append(act)
    standing = [
        CompoundStanding(of_one[0]["compound"], latest_acts(of_one))
        for of_one in by_compound.values()
    ]
    return sorted(standing, key=lambda row: -len(row.jurisdictions))


def _with_finding(claim: ClaimSummary) -> ClaimSummary:
    """Return a claim with its result as a sentence, and the number of people on both sides.

    The result is the headline of the verdict without the verdict itself, which stands beside it.
    """
    _, _, finding = (claim["result"] or "").partition(": ")
    return claim | {
        "finding": finding[:1].upper() + finding[1:],
        "people": claim["participants_for"] + claim["participants_against"],
    }

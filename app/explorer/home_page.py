"""What the home page shows: bounded reads, and counts in one statement each."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup

from app.api.deps import ServiceContext
from app.domain.vocabulary import EstimateRegimen, OutcomeDomain, VerdictKind
from app.explorer import queries
from app.explorer.binding import BindingPlot, binding_plot
from app.explorer.common_questions import (
    CANDIDATES_PER_KIND,
    QUESTIONS_PER_KIND,
    common_questions,
)
from app.explorer.outcome_shares import OutcomeShares, outcome_shares
from app.explorer.plasma_concentrations import PlasmaConcentration, plasma_concentrations
from app.explorer.plots.tally import Tally, tally
from app.explorer.queries import Record
from app.kit.sessions import ReadSession
from app.services.evidence.claim_summaries import ClaimSummary, Grouping, claim_summaries

#: The compound that the site is about.
SUBJECT = "ketamine"
WITHOUT_RESULT = (VerdictKind.NOT_ASSESSED, VerdictKind.UNTESTED)
COUNTED_COLLECTIONS = ("claims", "evidence", "studies")
CLAIMS_PER_OUTCOME = 5
SHOWN_TARGETS = 16
SHOWN_STATEMENTS = 30
SHOWN_RESPONSES = 30
#: Filters of the estimates of response to one dose.
RESPONSE_FILTERS: Mapping[str, Any] = {
    "compound": [SUBJECT],
    "outcome_domain": [OutcomeDomain.DEPRESSION_RESPONSE],
    "regimen": [EstimateRegimen.SINGLE],
}


@dataclass(frozen=True)
class CheckedText:
    """A popular text and its statements, with the claims that they make.

    Args:
        total: Number of the statements of all texts.
    """

    text: str
    statements: Sequence[Record]
    total: int


@dataclass(frozen=True)
class HomePage:
    """The sections of the home page; those without data are empty or None.

    Args:
        counts: Collection → number of records.
        verdicts: Verdict and number of claims, in the order of the vocabulary.
        verdict_bar: The same as a stacked bar.
        outcomes: Group of `claim_summaries` → claims.
        responses: Shares of people who responded after one dose; None without the compound.
        usual_dose: Plasma concentrations at the dose of most of those studies.
    """

    counts: Mapping[str, int]
    verdicts: Sequence[tuple[str, int]]
    verdict_bar: Markup
    questions: Sequence[ClaimSummary]
    outcomes: Mapping[str, Sequence[ClaimSummary]]
    checked_text: CheckedText | None
    binding: BindingPlot | None
    responses: OutcomeShares | None
    usual_dose: PlasmaConcentration | None


def read_home_page(session: ReadSession, service: ServiceContext) -> HomePage:
    """Return what the home page shows."""
    compound = queries.get_records(session, service, "compounds", [SUBJECT]).get(SUBJECT)
    candidates = {}
    if compound:
        candidates = claim_summaries(
            session,
            service.repository,
            Grouping.KIND,
            CANDIDATES_PER_KIND,
            compound=[SUBJECT],
            kind=list(QUESTIONS_PER_KIND),
            background=False,
        )
    verdicts = _verdict_tally(session, service)
    binding = _binding(session, service, compound) if compound else None
    responses = _responses(session, service) if compound else None
    return HomePage(
        counts={
            name: queries.count_records(session, service, name) for name in COUNTED_COLLECTIONS
        },
        verdicts=[(part.verdict, part.count) for part in verdicts.parts],
        verdict_bar=verdicts.plot,
        questions=common_questions(candidates),
        outcomes=claim_summaries(session, service.repository, Grouping.OUTCOME, CLAIMS_PER_OUTCOME),
        checked_text=_checked_text(session, service),
        binding=binding,
        responses=responses,
        usual_dose=_usual_dose(binding, responses) if binding and responses else None,
    )


def _verdict_tally(session: ReadSession, service: ServiceContext) -> Tally:
    facets = queries.list_records(session, service, "claims", facets=["verdict"], limit=1).facets
    return tally({facet["value"]: facet["count"] for facet in facets["verdict"]})


def _checked_text(session: ReadSession, service: ServiceContext) -> CheckedText | None:
    """Return the first popular text with its statements."""
    page = queries.list_records(
        session, service, "statements", sort=["text", "position"], limit=SHOWN_STATEMENTS
    )
    if not page.records:
        return None
    text = page.records[0]["text"]
    statements = [statement for statement in page.records if statement["text"] == text]
    claims = [claim for statement in statements for claim in statement["claims"]]
    reasons = _reasons_without_result(session, service, claims)
    for claim in claims:
        claim["absence"] = reasons.get(claim["slug"])
    return CheckedText(text, statements, page.total)


def _reasons_without_result(
    session: ReadSession, service: ServiceContext, claims: Sequence[Record]
) -> dict[str, str | None]:
    """Return why claims have no result, by slug; statements do not state it."""
    slugs = {claim["slug"] for claim in claims if claim["verdict"] in WITHOUT_RESULT}
    if not slugs:
        return {}
    groups = claim_summaries(
        session, service.repository, Grouping.KIND, len(slugs), slug=sorted(slugs)
    )
    return {claim["slug"]: claim["absence"] for group in groups.values() for claim in group}


def _binding(
    session: ReadSession, service: ServiceContext, compound: Mapping[str, Any]
) -> BindingPlot:
    """Return the plot of the targets that are bound most tightly."""
    concentrations = plasma_concentrations(session, service, compound)
    plot = binding_plot(session, service, "compound", SUBJECT, concentrations)
    return replace(plot, table=replace(plot.table, rows=plot.table.rows[:SHOWN_TARGETS]))


def _responses(session: ReadSession, service: ServiceContext) -> OutcomeShares:
    return outcome_shares(session, service, SHOWN_RESPONSES, **RESPONSE_FILTERS)


def _usual_dose(binding: BindingPlot, responses: OutcomeShares) -> PlasmaConcentration | None:
    """Return the plasma concentrations at the dose that most studies of response gave."""
    doses = Counter(_dose(estimate) for estimate in responses.estimates)
    usual = max(doses, key=lambda dose: doses[dose], default=None)
    at_dose = (c for c in binding.concentrations if _dose(c.record) == usual)
    return next(at_dose, None) if usual and usual[0] is not None else None


def _dose(record: Mapping[str, Any]) -> tuple[float | None, str | None, str | None]:
    return record["dose_value"], record["dose_unit"], record["route"]

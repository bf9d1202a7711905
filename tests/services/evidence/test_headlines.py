"""The headline of a verdict is an English sentence with the figures of its effect."""

from dataclasses import replace
from typing import Any

import pytest

from app.domain.synthesis.facts import EstimateFacts
from app.domain.synthesis.questions import QuestionFacts
from app.domain.verdicts.claim_verdict import ClaimVerdict, claim_verdict
from app.domain.verdicts.facts import ClaimEvidence, FindingFacts, RegulatoryActFacts
from app.domain.vocabulary import (
    Absence,
    CausalTest,
    ClaimKind,
    ComparatorKind,
    Derivation,
    Direction,
    EstimateMetric,
    OutcomeDomain,
    QuestionRelation,
    Species,
    StudyDesign,
    VerdictKind,
)
from app.services.evidence.headlines import headline, reasons_of
from app.services.evidence.synthesis.loader import SynthesisFacts
from tests.domain.estimates import estimate, finding, question

M, OD = EstimateMetric, OutcomeDomain


def facts_of(evidence: ClaimEvidence) -> SynthesisFacts:
    return SynthesisFacts(
        slug="claim",
        name="Claim",
        statement="It is so.",
        title_question=None,
        question_fields=None,
        searched_to=None,
        reviewed_on=None,
        evidence=evidence,
        notes=[],
        assessments=[],
        override=None,
    )


def headline_of(evidence: ClaimEvidence) -> str:
    return headline(facts_of(evidence), claim_verdict(evidence))


def of_estimates(
    *estimates: EstimateFacts, asked: QuestionFacts | None = None, **fields: Any
) -> str:
    asked = asked or question(outcomes=(estimates[0].outcome,), **fields)
    return headline_of(
        ClaimEvidence(ClaimKind.EFFICACY, question=asked, estimates=tuple(estimates))
    )


def test_differences_of_means_name_the_side_of_the_claim() -> None:
    madrs: dict[str, Any] = {"metric": M.MD, "instrument": "MADRS"}
    one = of_estimates(estimate("a--m", 4.0, 1.0, **madrs))
    assert one == (
        "Supported (high certainty, small effect): a mean difference of 4.00 MADRS points in"
        " favour of the claim (95% interval 2.04 to 5.96), from 1 trial with 100 participants."
    )
    reverse = of_estimates(estimate("a--m", -1.0, 1.0, **madrs))
    assert "1.00 MADRS points against the claim (95% interval −0.96 to 2.96)" in reverse
    pressure = of_estimates(
        estimate("a--m", 8.0, 1.0, metric=M.MD, instrument="systolic blood pressure")
    )
    assert "8.00 in favour of the claim (systolic blood pressure; 95% interval" in pressure
    two = of_estimates(estimate("a--m", 0.8, 0.1), estimate("b--m", 0.8, 0.1))
    assert "a standardised mean difference of 0.80 in favour of the claim" in two
    assert two.endswith(", pooled from 2 trials with 200 participants.")


def test_a_null_without_a_figure_is_not_reported_as_a_measurement() -> None:
    null = of_estimates(estimate("a--m", 0.0, 0.2, derivation=Derivation.UNREPORTED_NULL))
    assert "no difference, reported without a figure (assumed 95% interval −0.39 to 0.39" in null
    measured = of_estimates(estimate("a--m", -0.001, 0.2))
    assert "no difference (95% interval −0.39 to 0.39, standardised mean difference)" in measured


@pytest.mark.parametrize(
    ("outcome", "metric", "value", "text"),
    [
        (OD.DEPRESSION_RESPONSE, M.LOG_OR, 0.693147, "an odds ratio of 2.00 for response of dep"),
        # Relapse is to be avoided: an effect in favour is a ratio below 1.
        (OD.DEPRESSION_RELAPSE, M.LOG_HR, 0.693147, "a hazard ratio of 0.50 for relapse of dep"),
        # People are counted who responded on the scale, which is wanted.
        (OD.ANXIETY_SEVERITY, M.LOG_OR, 0.693147, "an odds ratio of 2.00 for response ("),
        (OD.OTHER_BENEFIT, M.LOG_RR, 0.693147, "a risk ratio of 2.00 (95% interval"),
        (OD.DELIRIUM, M.RD, 0.02, "a risk difference of −2.0 percentage points for delirium ("),
    ],
)
def test_ratios_and_risk_differences_are_those_of_the_event(
    outcome: OutcomeDomain, metric: EstimateMetric, value: float, text: str
) -> None:
    assert text in of_estimates(estimate("a--m", value, 0.1, outcome=outcome, metric=metric))


def test_a_share_is_in_per_cent() -> None:
    asked = question(
        relation=QuestionRelation.THRESHOLD,
        outcomes=(OD.DEPRESSION_RESPONSE,),
        proportion=0.5,
        worthwhile=None,
    )
    share = estimate(
        "a--m", 0.0, 0.1, outcome=OD.DEPRESSION_RESPONSE, metric=M.LOGIT_PROPORTION,
        comparator_kind=ComparatorKind.NONE,
    )  # fmt: skip
    assert ": response of depression in 50.0% of participants (95% interval 45.1% to 54.9%)" in (
        of_estimates(share, asked=asked)
    )


def of_tests(*directions: Direction) -> tuple[FindingFacts, ...]:
    return tuple(
        finding(f"n{i}", direction, f"group-{i}", causal_test=CausalTest.NECESSITY_GENETIC)
        for i, direction in enumerate(directions)
    )


S, D = Direction.SUPPORTS, Direction.DISPUTES


@pytest.mark.parametrize(
    ("directions", "text"),
    [
        ((S,), "Suggestive (low certainty): 1 laboratory shows it by a causal test; no other"),
        ((S, S), "Supported (moderate certainty): 2 laboratories show it by causal tests; none d"),
        ((S, D), "Contested (low certainty): 1 laboratory shows it by causal tests, and 1 dispu"),
        ((D, D), "Refuted (low certainty): 2 laboratories dispute it by causal tests; none sho"),
        ((D,), "Inconclusive (very low certainty): no laboratory shows it by a causal test; 1 d"),
    ],
)
def test_laboratories_are_counted_in_words(directions: tuple[Direction, ...], text: str) -> None:
    evidence = ClaimEvidence(ClaimKind.MECHANISM, findings=of_tests(*directions))
    assert headline_of(evidence).startswith(text)


def act(jurisdiction: str, direction: Direction) -> RegulatoryActFacts:
    return RegulatoryActFacts(
        jurisdiction.lower(), jurisdiction, "2024-01-01", direction, "approved",
        is_recorded=True,
    )  # fmt: skip


def test_people_who_disagree_decide_over_animals() -> None:
    people: dict[str, Any] = {"species": Species.HUMAN, "design": StudyDesign.RCT_PARALLEL}
    against = finding(
        "p", D, "clinic", causal_test=CausalTest.NECESSITY_BLOCKER, participants=60, **people
    )
    evidence = ClaimEvidence(ClaimKind.MECHANISM, findings=(*of_tests(S, S), against))
    assert headline_of(evidence).startswith("Contested (low certainty): studies in people dispute")


def test_jurisdictions_are_called_by_their_names() -> None:
    both = ClaimEvidence(ClaimKind.REGULATORY, acts=(act("US", S), act("GB", D), act("CA", S)))
    assert headline_of(both) == (
        "Differs by jurisdiction (high certainty): the latest acts of Canada and the United States"
        " say so; those of the United Kingdom do not."
    )
    none = ClaimEvidence(ClaimKind.REGULATORY, acts=(act("US", D),))
    assert headline_of(none).endswith(": the latest acts of the United States say otherwise.")


def test_what_is_not_judged_says_why() -> None:
    background = ClaimEvidence(ClaimKind.BACKGROUND, background=True, findings=of_tests(S))
    assert headline_of(background).startswith("Background knowledge: it is textbook knowledge")
    nobody = ClaimEvidence(
        ClaimKind.EFFICACY, question=question(), absence=Absence.NO_EVIDENCE_FOUND
    )
    assert headline_of(nobody) == (
        "Not assessed here: a search of the literature found no study of it."
    )
    no_question = ClaimEvidence(ClaimKind.EFFICACY)
    assert headline_of(no_question) == (
        "Not testable: it asks no question that studies can answer."
    )
    cohorts = tuple(
        finding(name, S, design=StudyDesign.COHORT, species=Species.HUMAN) for name in "ab"
    )
    assert headline_of(replace(no_question, findings=cohorts)).endswith(
        ": 2 studies support it; none disputes it."
    )


def test_an_override_is_the_reason() -> None:
    evidence = ClaimEvidence(ClaimKind.MECHANISM, findings=of_tests(S))
    verdict = claim_verdict(evidence, override=(VerdictKind.REFUTED, "The paper was withdrawn."))
    assert isinstance(verdict, ClaimVerdict)
    assert "an editor overrides the rule, which says suggestive: The paper was withdrawn." in (
        headline(facts_of(evidence), verdict)
    )
    assert len(reasons_of(verdict)) == 2

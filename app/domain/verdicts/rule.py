"""The verdict rule: from effect estimates, causal tests or acts to verdict and certainty.

docs/verdicts.md says the rule in words. No claim is named in it: a verdict that looks wrong is
mended by evidence, or by a principle that holds for all claims. After a change, raise RULE_VERSION:
the next start then computes all verdicts again.
"""

from dataclasses import replace
from types import MappingProxyType

from app.domain.verdicts.effect_synthesis import RULE_DEFAULTS, EffectOptions, judge_effect
from app.domain.verdicts.facts import ClaimEvidence
from app.domain.verdicts.judgement import Judgement
from app.domain.verdicts.laboratory_ladder import judge_mechanism
from app.domain.verdicts.narrative import judge_narrative
from app.domain.verdicts.regulatory import judge_regulation
from app.domain.verdicts.universal import judge_universal
from app.domain.vocabulary import (
    Absence,
    CausalTest,
    ClaimKind,
    ComparatorKind,
    Direction,
    PoolingMethod,
    Quantifier,
    VerdictBasis,
    VerdictKind,
)

RULE_VERSION = "2027.1"
V = VerdictKind
_ABSENCE_REASONS = MappingProxyType(
    {
        Absence.STUDY_NOT_READ: "A study of the question is on record, but its result is not.",
        Absence.NO_FIGURE: "Studies of it are on record, but none has a figure that answers it.",
        Absence.NO_EVIDENCE_FOUND: "A search of the literature found no study of it.",
        Absence.NOT_SEARCHED: "The literature has not been searched for it yet.",
    }
)
#: Comparators of questions that no trial compares with a treatment.
_NO_COMPARISON = frozenset({ComparatorKind.NONE, ComparatorKind.NO_TREATMENT})
_DECIDED = (Direction.SUPPORTS, Direction.DISPUTES, Direction.MIXED)


def judge_claim(
    claim: ClaimEvidence,
    method: PoolingMethod = PoolingMethod.BAYES,
    excluded: frozenset[str] = frozenset(),
) -> Judgement:
    """Return the judgement on a claim.

    Args:
        claim: The claim with its evidence.
        method: Method that pools two and more units.
        excluded: Slugs of estimates that the reader excludes.
    """
    if claim.background or claim.kind is ClaimKind.BACKGROUND:
        if not claim.findings:  # no textbook, review or study of it is on record
            return _with_absence(claim, Judgement(VerdictBasis.NONE, V.NOT_ASSESSED))
        reason = "It is textbook knowledge on which other claims build; it is not judged."
        return Judgement(VerdictBasis.BACKGROUND, V.BACKGROUND, (reason,))
    if claim.kind is ClaimKind.REGULATORY:
        return _with_absence(claim, judge_regulation(claim.acts, claim.jurisdictions))
    question = claim.question
    if question is None or not question.outcomes:
        return _without_question(claim)
    options = effect_options(claim, method, excluded)
    if claim.quantifier is Quantifier.UNIVERSAL and question.compounds:
        return _with_absence(claim, judge_universal(question, claim.estimates, options))
    judgement = judge_effect(question, claim.estimates, options)
    if judgement.verdict is V.NOT_ASSESSED and not excluded:
        other = None
        if claim.kind is ClaimKind.MECHANISM:
            other = _mechanism(claim)
        elif question.comparators and question.comparators <= _NO_COMPARISON:
            other = judge_narrative(claim.findings)
        if other is not None and other.verdict is not V.NOT_ASSESSED:
            return replace(other, not_chosen=judgement.not_chosen)
    return _with_absence(claim, judgement)


def _without_question(claim: ClaimEvidence) -> Judgement:
    """Return the judgement on a claim that asks trials for nothing."""
    if claim.kind is ClaimKind.MECHANISM:
        return _with_absence(claim, _mechanism(claim))
    narrative = judge_narrative(claim.findings)
    if narrative.verdict is not V.NOT_ASSESSED:
        return narrative
    return Judgement(
        VerdictBasis.NONE, V.NOT_JUDGED, ("It asks no question that studies can answer.",)
    )


def _mechanism(claim: ClaimEvidence) -> Judgement:
    return judge_mechanism(
        claim.findings, about_compound=claim.about_compound, exposure_um=claim.exposure_um
    )


def effect_options(
    claim: ClaimEvidence, method: PoolingMethod, excluded: frozenset[str] = frozenset()
) -> EffectOptions:
    """Return the options with which the effect of a claim is judged."""
    dose_response = any(
        finding.causal_test is CausalTest.DOSE_RESPONSE and finding.direction is Direction.SUPPORTS
        for finding in claim.findings
    )
    return replace(
        RULE_DEFAULTS,
        method=method,
        excluded=excluded,
        expected_studies=claim.expected_studies,
        certainty_of_syntheses=claim.certainty_of_syntheses,
        dose_response=dose_response,
    )


def _with_absence(claim: ClaimEvidence, judgement: Judgement) -> Judgement:
    """Return a judgement with the reason why nothing was assessed, if nothing was."""
    if judgement.verdict is not V.NOT_ASSESSED:
        return judgement
    # Estimates that were left out, or findings in words: a study is entered, without a figure.
    has_result = bool(judgement.not_chosen) or any(f.direction in _DECIDED for f in claim.findings)
    absence = Absence.STUDY_NOT_READ if claim.has_unread_study else claim.absence
    if has_result:
        absence = Absence.NO_FIGURE
    return replace(
        judgement, absence=absence, reasons=(*judgement.reasons, _ABSENCE_REASONS[absence])
    )

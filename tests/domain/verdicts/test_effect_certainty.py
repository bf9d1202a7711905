"""The certainty goes down and up by domains, each step with its reason."""

from dataclasses import replace
from math import log
from typing import Any

import pytest

from app.domain.synthesis.facts import EstimateFacts, NoteDirectness
from app.domain.verdicts.effect_synthesis import EffectOptions, judge_effect
from app.domain.verdicts.judgement import Judgement
from app.domain.vocabulary import (
    BiasJudgement,
    Certainty,
    CertaintyDomain,
    Derivation,
    EstimateMetric,
    Masking,
    OutcomeDirectness,
    OutcomeDomain,
    QuestionRelation,
    StudyDesign,
    VerdictKind,
)
from tests.domain.estimates import QUESTION, estimate, question, study

D = CertaintyDomain


def trials(*values: float, error: float = 0.1, **fields: Any) -> list[EstimateFacts]:
    return [
        estimate(f"t{i}", value, error, **{"participants": 400, **fields})
        for i, value in enumerate(values)
    ]


def changes(judgement: Judgement) -> dict[CertaintyDomain, int]:
    result: dict[CertaintyDomain, int] = {}
    for step in judgement.steps[1:]:
        assert step.reason
        result[step.domain] = result.get(step.domain, 0) + step.change
    return result


def test_large_masked_trials_that_agree_are_certain() -> None:
    result = judge_effect(QUESTION, trials(0.6, 0.6, 0.6))
    assert changes(result) == {}
    assert (result.verdict, result.certainty) == (VerdictKind.ESTABLISHED, Certainty.HIGH)


@pytest.mark.parametrize(
    ("masking", "change"),
    [
        (Masking.FULLY_MASKED, 0),
        (Masking.ACTIVE_PLACEBO, -1),
        (Masking.FUNCTIONAL_UNBLINDING_LIKELY, -1),
        (Masking.UNMASKED, -1),
        (None, -1),
    ],
)
def test_incomplete_masking_is_a_risk_of_bias_of_results_in_favour(
    masking: Masking | None, change: int
) -> None:
    result = judge_effect(QUESTION, trials(0.6, 0.6, masking=masking))
    assert changes(result).get(D.RISK_OF_BIAS, 0) == change


def test_incomplete_masking_is_not_held_against_a_null() -> None:
    felt = Masking.FUNCTIONAL_UNBLINDING_LIKELY
    null = judge_effect(QUESTION, trials(*[0.0] * 6, error=0.05, masking=felt))
    assert null.verdict is VerdictKind.REFUTED
    assert D.RISK_OF_BIAS not in changes(null)
    is_open = judge_effect(QUESTION, trials(*[0.0] * 6, error=0.05, masking=Masking.UNMASKED))
    assert changes(is_open)[D.RISK_OF_BIAS] == -1


def test_masking_is_counted_once_where_the_question_asks_for_it() -> None:
    trial_question = question(masking_wanted=frozenset({Masking.FULLY_MASKED}))
    result = judge_effect(trial_question, trials(0.6, 0.6, masking=Masking.ACTIVE_PLACEBO))
    assert changes(result) == {D.INDIRECTNESS: -1}


def test_harms_that_are_counted_are_not_biased_by_awareness() -> None:
    trial_question = question(relation=QuestionRelation.HARM, outcomes=(OutcomeDomain.SEDATION,))
    rows = trials(
        1.0,
        1.0,
        outcome=OutcomeDomain.SEDATION,
        metric=EstimateMetric.LOG_OR,
        masking=Masking.UNMASKED,
    )
    assert D.RISK_OF_BIAS not in changes(judge_effect(trial_question, rows))


def test_a_published_judgement_of_high_risk_counts_as_open() -> None:
    rows = trials(0.6, 0.6)
    high = [replace(e, study=replace(e.study, bias=BiasJudgement.HIGH)) for e in rows]
    assert changes(judge_effect(QUESTION, high)) == {D.RISK_OF_BIAS: -1}
    low = [replace(e, study=replace(e.study, bias=BiasJudgement.LOW)) for e in rows]
    result = judge_effect(QUESTION, low)
    assert changes(result) == {}
    assert not any("Risk of bias" in limit for limit in result.limits)


def test_trials_that_differ_lower_the_certainty() -> None:
    assert changes(judge_effect(QUESTION, trials(0.3, 0.9)))[D.INCONSISTENCY] == -1
    contested = judge_effect(QUESTION, trials(0.6, -0.6))
    assert contested.verdict is VerdictKind.CONTESTED
    assert changes(contested)[D.INCONSISTENCY] == -2


def test_other_people_and_surrogates_are_indirect() -> None:
    surrogate = NoteDirectness(outcome=OutcomeDirectness.SURROGATE)
    result = judge_effect(QUESTION, trials(0.6, 0.6, directness=surrogate))
    assert changes(result) == {D.INDIRECTNESS: -1}


@pytest.mark.parametrize(
    ("values", "error", "people", "change"),
    [
        ((0.6, 0.6), 0.1, 400, 0),
        ((0.9, 0.9), 0.2, 45, -1),  # clear, but under 100 people
        ((0.6,), 0.1, 380, -1),  # clear, but one trial of under 400
        ((0.9,), 0.2, 80, -2),  # both
        ((0.3, 0.3), 0.12, 150, -1),  # not clear, less than the optimal information
        ((0.5, 0.5), 0.2, 20, -2),  # the same with under 50 people
        ((0.1, 0.1), 0.1, 400, -1),  # inconclusive, half of the information
        ((0.1, 0.1), 0.2, 100, -2),  # inconclusive, less than half
    ],
)
def test_imprecision(values: tuple[float, ...], error: float, people: int, change: int) -> None:
    result = judge_effect(QUESTION, trials(*values, error=error, participants=people))
    assert changes(result).get(D.IMPRECISION, 0) == change


def test_small_trials_only_are_a_suspicion_of_publication_bias() -> None:
    result = judge_effect(QUESTION, trials(0.6, 0.6, 0.6, participants=99))
    assert changes(result) == {D.PUBLICATION_BIAS: -1}


def test_small_study_effects_are_tested_from_ten_trials_on() -> None:
    errors = [0.05 + 0.03 * i for i in range(10)]
    noise = [0.01 * (-1) ** i for i in range(10)]
    rows = [
        estimate(f"t{i}", 0.3 + 2 * se + noise[i], se, participants=300)
        for i, se in enumerate(errors)
    ]
    assert changes(judge_effect(QUESTION, rows))[D.PUBLICATION_BIAS] == -1
    assert D.PUBLICATION_BIAS not in changes(judge_effect(QUESTION, rows[:9]))


def test_unpublished_trials_count_by_their_people() -> None:
    trial_question = question(compounds=frozenset({"drug"}), population=frozenset({"depression"}))
    fields: dict[str, Any] = {
        "compounds": frozenset({"drug"}),
        "indications": frozenset({"depression"}),
    }
    rows = [replace(e, compound="drug", study=study(e.slug, **fields)) for e in trials(0.6, 0.6)]
    hidden = study("hidden", participants=210, results_expected=True, **fields)
    result = judge_effect(trial_question, rows, EffectOptions(expected_studies=(hidden,)))
    assert changes(result) == {D.PUBLICATION_BIAS: -1}
    few = EffectOptions(expected_studies=(replace(hidden, participants=190),))
    assert changes(judge_effect(trial_question, rows, few)) == {}
    pooled = replace(hidden, slug="t0")
    assert (
        changes(judge_effect(trial_question, rows, EffectOptions(expected_studies=(pooled,)))) == {}
    )


def test_trials_without_a_figure_exclude_nothing() -> None:
    null = Derivation.UNREPORTED_NULL
    result = judge_effect(QUESTION, trials(*[0.0] * 6, error=0.05, derivation=null))
    assert result.verdict is VerdictKind.INCONCLUSIVE
    assert changes(result)[D.PUBLICATION_BIAS] == -1


def test_a_trial_without_a_figure_contradicts_no_other() -> None:
    shown, null = trials(0.6, 0.0)
    assert judge_effect(QUESTION, [shown, null]).verdict is VerdictKind.CONTESTED
    assumed = replace(null, derivation=Derivation.UNREPORTED_NULL)
    assert judge_effect(QUESTION, [shown, assumed]).verdict is VerdictKind.INCONCLUSIVE


def test_observations_start_low_and_rise_with_large_effects_and_doses() -> None:
    cohort = [
        replace(
            e,
            study=study(e.slug, StudyDesign.COHORT),
            design=StudyDesign.COHORT,
            metric=EstimateMetric.LOG_OR,
            outcome=OutcomeDomain.OTHER_HARM,
        )
        for e in trials(log(3), log(3))
    ]
    trial_question = question(
        relation=QuestionRelation.HARM, outcomes=(OutcomeDomain.OTHER_HARM,), worthwhile=None
    )
    result = judge_effect(trial_question, cohort)
    assert result.steps[0].change == 1
    assert changes(result) == {D.LARGE_EFFECT: 1}
    with_dose = judge_effect(trial_question, cohort, EffectOptions(dose_response=True))
    assert with_dose.certainty is Certainty.HIGH
    randomised = [replace(e, design=StudyDesign.RCT_PARALLEL) for e in cohort]
    assert D.LARGE_EFFECT not in changes(judge_effect(trial_question, randomised))


def test_very_low_certainty_limits_the_verdict() -> None:
    felt = Masking.FUNCTIONAL_UNBLINDING_LIKELY
    rows = trials(0.9, 0.9, 0.9, error=0.3, participants=15, masking=felt)
    result = judge_effect(QUESTION, rows)
    assert result.certainty is Certainty.VERY_LOW
    assert result.verdict is VerdictKind.SUGGESTIVE

"""The rule agrees with a first implementation of it on 39 sets of estimates.

That one pooled five and more trials by REML with the modified Hartung-Knapp interval; its other
steps are the same. The sets are figures without names.
"""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.domain.synthesis.facts import NoteDirectness
from app.domain.synthesis.questions import EffectBound
from app.domain.verdicts.effect_synthesis import EffectOptions, judge_effect
from app.domain.vocabulary import (
    Certainty,
    Derivation,
    EffectMeasure,
    EstimateMetric,
    Masking,
    OutcomeDirectness,
    OutcomeDomain,
    QuestionRelation,
    StudyDesign,
    ThresholdSide,
)
from tests.domain.estimates import estimate, question, study

SETS = json.loads((Path(__file__).parent / "reference_judgements.json").read_text("utf-8"))
SURROGATE = NoteDirectness(outcome=OutcomeDirectness.SURROGATE)


def bound(inputs: dict[str, Any]) -> EffectBound:
    worthwhile = inputs["worthwhile"]
    metric = inputs["units"][0]["metric"]
    if metric == "RD":
        return EffectBound(EffectMeasure.RISK_DIFFERENCE_POINTS, worthwhile["RD"])
    if "MD:mg" in worthwhile:
        return EffectBound(EffectMeasure.MG_MORPHINE, worthwhile["MD:mg"])
    if "logOR" in worthwhile:
        return EffectBound(EffectMeasure.RISK_RATIO, 1.25)
    return EffectBound(EffectMeasure.SMD, worthwhile["SMD"])


def judged(inputs: dict[str, Any]) -> tuple[str, str | None, str | None]:
    relation = QuestionRelation(inputs["relation"].replace("proportion", "threshold"))
    outcome = OutcomeDomain.DEPRESSION_SEVERITY
    if relation is QuestionRelation.HARM:
        outcome = OutcomeDomain.DISSOCIATION
    elif inputs["objective"]:
        outcome = OutcomeDomain.MORTALITY
    elif "logOR" in inputs["worthwhile"]:
        outcome = OutcomeDomain.DEPRESSION_REMISSION
    trial_question = question(relation=relation, outcomes=(outcome,), worthwhile=bound(inputs))
    if relation is QuestionRelation.NON_INFERIOR:
        trial_question = replace(trial_question, margin=trial_question.worthwhile, worthwhile=None)
    if relation is QuestionRelation.THRESHOLD:
        trial_question = replace(trial_question, proportion=0.5, side=ThresholdSide.ABOVE)
    estimates = []
    for i, unit in enumerate(inputs["units"]):
        design = StudyDesign.RCT_PARALLEL
        if unit["trials"] > 1:
            design = StudyDesign.POOLED_ANALYSIS
        if unit["trials"] > 10:
            design = StudyDesign.META_ANALYSIS
        trials = unit["trials"]
        members = frozenset(f"part-{i}-{n}" for n in range(trials) if trials > 1)
        half = unit["participants"] // 2
        sd = 8.0 if unit["instrument"] == "HDRS" else None
        scale = 0.01 if unit["metric"] == "RD" else 1.0
        scale *= -1 if inputs["objective"] else 1  # deaths: more of the event is positive
        estimates.append(
            estimate(
                f"trial-{i}",
                scale * unit["value"],
                abs(scale) * unit["standard_error"],
                study=study(
                    f"trial-{i}",
                    design,
                    trials_pooled=members if unit["trials"] > 1 else frozenset(),
                ),
                design=design,
                outcome=outcome,
                metric=EstimateMetric(unit["metric"]),
                instrument=unit["instrument"],
                participants=unit["participants"],
                n_intervention=half,
                n_comparator=half,
                sd_intervention=sd,
                sd_comparator=sd,
                masking=Masking(unit["masking"]),
                derivation=Derivation(unit["derivation"]),
                directness=SURROGATE if unit["indirect"] else NoteDirectness(),
            )
        )
    options = EffectOptions(certainty_of_syntheses=(("trial-0", Certainty.HIGH),))
    result = judge_effect(trial_question, estimates, options)
    return result.verdict, result.certainty, result.size


#: Where this rule differs, and why.
DIFFERENCES = {
    12: "six trials: the Bayesian estimate is 2.04 worthwhile effects, that by REML 1.96",
    13: "two trials of one laboratory: pooled claims count trials, not laboratories",
}


@pytest.mark.parametrize("inputs", SETS, ids=lambda inputs: str(inputs["set"]))
def test_the_verdict_is_that_of_the_first_implementation(inputs: dict[str, Any]) -> None:
    same = judged(inputs) == (inputs["verdict"], inputs["certainty"], inputs["size"])
    assert same is (inputs["set"] not in DIFFERENCES)

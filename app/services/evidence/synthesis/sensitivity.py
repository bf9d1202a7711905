"""The verdict on other choices of estimates: without some, and year by year."""

from dataclasses import replace
from itertools import groupby
from typing import Any, NamedTuple

from app.domain.verdicts.effect_pooling import pool_units
from app.domain.verdicts.effect_synthesis import judge_units
from app.domain.verdicts.facts import ClaimEvidence
from app.domain.verdicts.judgement import EffectSynthesis, Judgement
from app.domain.verdicts.rule import effect_options
from app.domain.vocabulary import Derivation, Masking, PoolingMethod, StudyDesign
from app.services.evidence.synthesis.judging import SynthesisOptions, judge

#: Methods that are served beside the one that decides, for comparison with other software.
OTHER_METHODS = (PoolingMethod.REML_HKSJ, PoolingMethod.COCHRANE, PoolingMethod.DL)
#: Derivations of standard errors that rest on an assumption.
INFERRED = frozenset({Derivation.P_BOUND, Derivation.SD_BORROWED, Derivation.UNREPORTED_NULL})
_CROSSOVER = frozenset(StudyDesign) - {StudyDesign.RCT_CROSSOVER}
_MASKED = frozenset({Masking.FULLY_MASKED, Masking.ACTIVE_PLACEBO})


def variant(judgement: Judgement) -> dict[str, Any]:
    """Return the verdict of other units, with what was pooled."""
    effect = judgement.effect
    return {
        "estimate": effect and effect.pooled.estimate,
        "lower": effect and effect.pooled.lower,
        "upper": effect and effect.pooled.upper,
        "k": effect.pooled.k if effect else 0,
        "verdict": judgement.verdict,
        "certainty": judgement.certainty,
    }


class SensitivityRow(NamedTuple):
    """A judgement without some estimates: its name, what is left out, and the result."""

    name: str
    description: str
    judgement: Judgement


def sensitivity_analyses(
    claim: ClaimEvidence, request: SynthesisOptions, judgement: Judgement
) -> list[SensitivityRow]:
    """Return the judgements without some estimates, where any of them is a unit.

    Args:
        claim: The claim as it was judged: its question has the threshold that the reader wants.
            It is not taken from the request again, since fewer estimates may be on another metric.
    """
    if judgement.effect is None:
        return []
    used = [e for unit in judgement.effect.units for e in unit.estimates]
    include = request.include
    analyses = (
        (
            "without_inferred",
            "Without standard errors from a bound of a p-value, a borrowed standard deviation or"
            " the statement that there was no difference.",
            any(e.derivation in INFERRED for e in used),
            replace(include, without=include.without | INFERRED),
        ),
        (
            "without_unreported_null",
            "Without trials that state no difference and give no figure.",
            any(e.derivation is Derivation.UNREPORTED_NULL for e in used),
            replace(include, without=include.without | {Derivation.UNREPORTED_NULL}),
        ),
        (
            "masked_only",
            "Only trials with full masking or an active placebo.",
            any(e.masking not in _MASKED for e in used) and not include.masking,
            replace(include, masking=_MASKED),
        ),
        (
            "without_crossover",
            "Without crossover trials.",
            any(e.design is StudyDesign.RCT_CROSSOVER for e in used) and not include.design,
            replace(include, design=_CROSSOVER),
        ),
    )
    return [
        SensitivityRow(
            name,
            description,
            judge(claim, replace(request, include=other, worthwhile=None)).judgement,
        )
        for name, description, applies, other in analyses
        if applies
    ]


def other_methods(
    claim: ClaimEvidence, method_used: PoolingMethod, effect: EffectSynthesis
) -> list[dict[str, Any]]:
    """Return the verdict by other methods; none for a single unit, which has its own interval."""
    if effect.method is None or claim.question is None:
        return []
    results = []
    for method in OTHER_METHODS:
        if method is method_used:
            continue
        options = effect_options(claim, method)
        other = judge_units(claim.question, effect.scale, effect.units, options)
        prediction = other.effect and other.effect.pooled.prediction
        fields = variant(other) | {"method": method, "method_text": method.label}
        fields["prediction"] = prediction and prediction._asdict()
        del fields["k"]
        results.append(fields)
    return results


def cumulative_effects(effect: EffectSynthesis) -> list[dict[str, Any]]:
    """Return the pooled effect of the units up to each year; units without a year come first."""
    method = effect.method or PoolingMethod.BAYES
    units = sorted(effect.units, key=lambda unit: unit.study.year or 0)
    effects: list[dict[str, Any]] = []
    for year, added in groupby(units, key=lambda unit: unit.study.year):
        names = [unit.study.slug for unit in added]
        k = (effects[-1]["k"] if effects else 0) + len(names)
        pooled = pool_units(effect.scale, units[:k], effect.null, method)
        effects.append(
            {
                "year": year,
                "added": names,
                "k": k,
                "estimate": pooled.estimate,
                "lower": pooled.lower,
                "upper": pooled.upper,
            }
        )
    return effects

"""The synthesis of a claim as the API shows it."""

from collections.abc import Callable, Collection, Mapping
from enum import StrEnum
from typing import Any

from app.domain.synthesis.heterogeneity import q_profile_interval
from app.domain.synthesis.trial_units import TrialUnit
from app.domain.verdicts.effect_influence import (
    WithoutUnit,
    changing_trials,
    decisive_trials,
    judgements_without_one,
)
from app.domain.verdicts.facts import ClaimEvidence
from app.domain.verdicts.judgement import EffectSynthesis
from app.domain.verdicts.rule import RULE_VERSION, effect_options
from app.services.evidence.synthesis.judging import ClaimJudgement, SynthesisOptions
from app.services.evidence.synthesis.loader import StoredVerdict, SynthesisFacts
from app.services.evidence.synthesis.other_conclusions import other_conclusions
from app.services.evidence.synthesis.plot_scale import SCALES
from app.services.evidence.synthesis.readable_effects import readable, reading_sign, unit_of
from app.services.evidence.synthesis.reproduction import prior_scale_of, reproduction
from app.services.evidence.synthesis.sensitivity import (
    SensitivityRow,
    cumulative_effects,
    other_methods,
    sensitivity_analyses,
    variant,
)

Z_95 = 1.959964
Fields = dict[str, Any]


class SynthesisPart(StrEnum):
    """Part of a synthesis that a request may leave out."""

    LEAVE_ONE_OUT = "leave_one_out"
    CUMULATIVE = "cumulative"
    SENSITIVITY = "sensitivity"
    NOT_CHOSEN = "not_chosen"
    OTHERS_SAY = "others_say"


def synthesis_document(
    facts: SynthesisFacts,
    request: SynthesisOptions,
    judged: ClaimJudgement,
    parts: Collection[SynthesisPart],
    links: Mapping[str, str | None],
    stored: StoredVerdict,
) -> Fields:
    """Return the synthesis of a claim.

    Args:
        judged: The result of `judging.judge` on the same facts and request.
        parts: Parts to include; the others are None.
        links: Paths by name, as in `SynthesisLinks`.
        stored: Verdict of the record.
    """
    claim, judgement = judged.claim, judged.judgement
    effect = judgement.effect
    without: list[WithoutUnit] | None = None
    options = effect_options(claim, request.method)
    if SynthesisPart.LEAVE_ONE_OUT in parts and claim.question is not None:
        without = judgements_without_one(claim.question, judgement, options)

    def part(name: SynthesisPart, build: Callable[[], Any]) -> Any:
        return build() if name in parts else None

    return {
        "claim": facts.slug,
        "statement": facts.statement,
        "rule_version": RULE_VERSION,
        "basis": judgement.basis,
        "verdict": judgement.verdict,
        "size": judgement.size,
        "certainty": judgement.certainty,
        "reasons": list(judgement.reasons),
        "steps": [vars(step) for step in judgement.steps],
        "limits": list(judgement.limits),
        "absence": judgement.absence,
        "searched_to": facts.searched_to,
        "reviewed_on": facts.reviewed_on,
        "question": facts.question_fields,
        **effect_fields(claim, request, effect, without),
        "decisive": None if without is None else decisive_trials(judgement, without),
        "would_change_if": []
        if claim.question is None
        else [vars(trial) for trial in changing_trials(claim.question, judgement, options)],
        "not_chosen": part(
            SynthesisPart.NOT_CHOSEN,
            lambda: [
                {
                    "estimate": entry.estimate.slug,
                    "evidence": entry.estimate.evidence,
                    "study": entry.estimate.study.slug,
                    "reason": entry.reason,
                    "detail": entry.detail,
                }
                for entry in judgement.not_chosen
            ],
        ),
        "cumulative": part(
            SynthesisPart.CUMULATIVE,
            lambda: [] if effect is None else cumulative_effects(effect),
        ),
        "sensitivity": part(
            SynthesisPart.SENSITIVITY,
            lambda: [
                _sensitivity(analysis)
                for analysis in sensitivity_analyses(claim, request, judgement)
            ],
        ),
        "others_say": part(SynthesisPart.OTHERS_SAY, lambda: other_conclusions(facts, judgement)),
        "jurisdictions": [vars(answer) for answer in judgement.jurisdictions],
        "groups": [vars(group) | {"evidence": list(group.evidence)} for group in judgement.groups],
        "groups_checked": judgement.groups_checked,
        "by_compound": [
            {"compound": compound, "verdict": other.verdict, "certainty": other.certainty}
            for compound, other in sorted(judgement.by_compound.items())
        ],
        "stored_verdict": vars(stored) | {"url": f"/v1/verdicts/{facts.slug}"},
        "reproduce": [] if effect is None else reproduction(effect, links["csv"] or ""),
        "links": dict(links),
    }


def _sensitivity(analysis: SensitivityRow) -> Fields:
    effect = analysis.judgement.effect
    return {
        "name": analysis.name,
        "description": analysis.description,
        # With fewer trials the common metric may be another.
        "metric": effect and effect.scale.metric,
        "unit": effect and unit_of(effect.scale),
    } | variant(analysis.judgement)


def effect_fields(
    claim: ClaimEvidence,
    request: SynthesisOptions,
    effect: EffectSynthesis | None,
    without: list[WithoutUnit] | None = None,
) -> Fields:
    """Return the fields of the effect that decided; they are None or empty without one.

    Args:
        without: Judgements without each unit; None if they were not computed.
    """
    if effect is None:
        names = (
            "metric",
            "unit",
            "sign",
            "prior_scale",
            "null",
            "worthwhile",
            "pooled",
            "absolute",
        )
        return dict.fromkeys(names) | {"other_methods": [], "single_sponsor": False, "units": []}
    sign = reading_sign(claim.question, effect)
    left_out = {other.unit.trial: other for other in without or ()}
    return {
        "metric": effect.scale.metric,
        "unit": unit_of(effect.scale),
        "sign": effect.sign,
        "prior_scale": prior_scale_of(effect),
        "null": effect.null,
        "worthwhile": _worthwhile(effect, sign),
        "pooled": _pooled(effect, request, sign),
        "other_methods": other_methods(claim, request.method, effect),
        "absolute": effect.absolute and vars(effect.absolute),
        "single_sponsor": effect.single_sponsor,
        "units": [
            unit_fields(effect, unit, weight, sign)
            | {"leave_one_out": _without(left_out.get(unit.trial))}
            for unit, weight in zip(effect.units, effect.pooled.weights, strict=True)
        ],
    }


def _without(other: WithoutUnit | None) -> Fields | None:
    return None if other is None else variant(other.judgement)


def _worthwhile(effect: EffectSynthesis, sign: int) -> Fields | None:
    bound, value = effect.worthwhile_bound, effect.worthwhile
    if value is None or bound is None:
        return None
    return {
        "value": value,
        "readable": SCALES[effect.scale.metric].shown(sign * value),
        "measure": bound.measure,
        "source_value": bound.value,
        "source": bound.source,
    }


def _pooled(effect: EffectSynthesis, request: SynthesisOptions, sign: int) -> Fields:
    pooled, spread = effect.pooled, effect.pooled.heterogeneity
    numbers = [unit.participants for unit in effect.units]
    known = [n for n in numbers if n is not None]
    tau2_interval = None
    if pooled.k > 1:
        values = [unit.value for unit in effect.units]
        variances = [unit.standard_error**2 for unit in effect.units]
        lower, upper = q_profile_interval(values, variances)
        tau2_interval = {"lower": lower, "upper": upper}
    return {
        "method": request.method,
        "method_text": method_text(effect),
        "estimate": pooled.estimate,
        "standard_error": pooled.standard_error,
        "lower": pooled.lower,
        "upper": pooled.upper,
        "prediction": pooled.prediction._asdict() if pooled.prediction and pooled.k > 1 else None,
        "readable": readable(effect.scale, sign, pooled.estimate, pooled.lower, pooled.upper),
        "k": pooled.k,
        "participants": sum(known) if len(known) == len(numbers) else None,
        "tau": pooled.tau if pooled.k > 1 else 0.0,
        "tau2": spread.tau2,
        "tau2_interval": tau2_interval,
        "i2": spread.i2,
        "h2": spread.h2,
        "q": spread.q,
        "q_df": spread.q_df,
        "q_p": spread.q_p,
    }


def method_text(effect: EffectSynthesis) -> str:
    """Return the method in words; a single unit has its own interval, whatever the method."""
    return "The trial's own estimate" if effect.method is None else effect.method.label


def unit_fields(effect: EffectSynthesis, unit: TrialUnit, weight: float, sign: int) -> Fields:
    """Return the fields of one unit."""
    estimate, half = unit.estimate, Z_95 * unit.standard_error
    lower, upper = unit.value - half, unit.value + half
    return {
        "trial": unit.trial,
        "study": unit.study.slug,
        "year": unit.study.year,
        "estimates": [e.slug for e in unit.estimates],
        "evidence": list(dict.fromkeys(e.evidence for e in unit.estimates)),
        "value": unit.value,
        "standard_error": unit.standard_error,
        "lower": lower,
        "upper": upper,
        "readable": readable(effect.scale, sign, unit.value, lower, upper),
        "weight": weight,
        "participants": unit.participants,
        "outcome": unit.outcome,
        "instrument": estimate.instrument,
        "derivation": estimate.derivation,
        "masking": unit.masking,
        "comparator_kind": estimate.comparator_kind,
        "intervention": estimate.intervention,
        "comparator": estimate.comparator,
        "time_hours": estimate.time_hours,
        "flags": sorted(unit.flags),
        "covers": sorted(unit.covers),
    }

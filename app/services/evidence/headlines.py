"""Verdicts in sentences: the headline, and the trials that would change a verdict."""

from app.domain.synthesis.claim_side import SCALES_OF_SYMPTOMS
from app.domain.verdicts.claim_verdict import ClaimVerdict
from app.domain.verdicts.effect_influence import ChangingTrial
from app.domain.verdicts.judgement import EffectSynthesis, Judgement
from app.domain.vocabulary import EstimateMetric, OutcomeDomain, UnitFlag, VerdictBasis
from app.domain.wording import as_clause, counted
from app.services.evidence.synthesis.loader import SynthesisFacts
from app.services.evidence.synthesis.plot_scale import SCALES
from app.services.evidence.synthesis.readable_effects import reading_sign, unit_of

#: Outcomes without a name of their own.
_UNNAMED = frozenset({OutcomeDomain.OTHER_BENEFIT, OutcomeDomain.OTHER_HARM})


def headline(facts: SynthesisFacts, verdict: ClaimVerdict) -> str:
    """Return the verdict in one sentence, with the effect if one was estimated."""
    judgement = verdict.judgement
    grades = []
    if judgement.certainty is not None:
        grades.append(f"{judgement.certainty.label.lower()} certainty")
    if judgement.size is not None:
        grades.append(f"{judgement.size.label.lower()} effect")
    begin = verdict.kind.label + (f" ({', '.join(grades)})" if grades else "")
    if judgement.effect is not None and verdict.override is None:
        return f"{begin}: {effect_with_source(facts, judgement, judgement.effect)}."
    reasons = reasons_of(verdict)
    if not reasons:
        return f"{begin}."
    return f"{begin}: {as_clause(reasons[-1 if verdict.override else 0])}"


def reasons_of(verdict: ClaimVerdict) -> list[str]:
    """Return the reasons for a verdict as sentences; the first one decided, or an override."""
    reasons = list(verdict.judgement.reasons)
    if verdict.override is not None:
        computed = verdict.judgement.verdict.value
        reasons.append(
            f"An editor overrides the rule, which says {computed}: {verdict.override[1]}"
        )
    return reasons


def effect_with_source(facts: SynthesisFacts, judgement: Judgement, effect: EffectSynthesis) -> str:
    """Return an effect with its interval, and how many trials and participants it is from."""
    return f"{effect_text(facts, effect)}, {_source(judgement, effect)}"


def effect_text(facts: SynthesisFacts, effect: EffectSynthesis) -> str:
    """Return an effect with its interval, such as `an odds ratio of 1.73 for … (95% interval …)`.

    Differences of means are stated in the direction of the estimate, for or against the claim.
    """
    metric, pooled = effect.scale.metric, effect.pooled
    if metric in (EstimateMetric.MD, EstimateMetric.SMD):
        return _difference_text(effect)
    sign, text = reading_sign(facts.evidence.question, effect), SCALES[metric].text
    estimate = text(sign * pooled.estimate)
    lower, upper = (text(value) for value in sorted((sign * pooled.lower, sign * pooled.upper)))
    event = _event(effect)
    if metric is EstimateMetric.LOGIT_PROPORTION:
        return f"{event} in {estimate}% of participants (95% interval {lower}% to {upper}%)"
    of_event = f" for {event}" if event else ""
    return f"{_amount(effect, estimate)}{of_event} (95% interval {lower} to {upper})"


def _difference_text(effect: EffectSynthesis) -> str:
    """Return a difference of means with its interval, in the direction of the estimate."""
    text, pooled = SCALES[effect.scale.metric].text, effect.pooled
    sign = -1 if pooled.estimate < 0 else 1
    lower, upper = sorted((sign * pooled.lower, sign * pooled.upper))
    amount = text(abs(pooled.estimate))
    interval = f"95% interval {text(lower)} to {text(upper)}"
    if all(UnitFlag.UNREPORTED_NULL in unit.flags for unit in effect.units):
        return f"no difference, reported without a figure (assumed {interval}, {_name(effect)})"
    if not float(amount):
        return f"no difference ({interval}, {_name(effect)})"
    side = "in favour of" if sign > 0 else "against"
    return f"{_amount(effect, amount)} {side} the claim ({_instrument(effect)}{interval})"


def change_text(facts: SynthesisFacts, effect: EffectSynthesis, trial: ChangingTrial) -> str:
    """Return a trial that would change the verdict, as a sentence."""
    size = "no effect"
    if trial.effect:
        sign = reading_sign(facts.evidence.question, effect)
        size = _amount(effect, SCALES[effect.scale.metric].text(sign * trial.effect))
    return (
        f"One further trial with two equal arms, {trial.people:,} participants and {size}"
        f" would make it {trial.verdict.label.lower()}."
    )


def participants_of(effect: EffectSynthesis) -> int | None:
    """Return the participants of the trials of an effect, as far as known; None if none is."""
    known = [unit.participants for unit in effect.units if unit.participants is not None]
    return sum(known) if known else None


def _source(judgement: Judgement, effect: EffectSynthesis) -> str:
    people = participants_of(effect)
    with_people = f" with {people:,} participants" if people else ""
    if judgement.basis is VerdictBasis.ADOPTED:
        return f"from a published meta-analysis{with_people}"
    if effect.pooled.k == 1:
        return f"from 1 trial{with_people}"
    return f"pooled from {counted(effect.pooled.k, 'trial')}{with_people}"


def _name(effect: EffectSynthesis) -> str:
    """Return what the effect is, such as `odds ratio` or `MADRS points`."""
    metric = effect.scale.metric
    return "risk difference" if metric is EstimateMetric.RD else unit_of(effect.scale)


def _amount(effect: EffectSynthesis, amount: str) -> str:
    """Return an amount of the effect, such as `an odds ratio of 1.73`."""
    metric = effect.scale.metric
    if metric is EstimateMetric.MD:
        unit = "" if _instrument(effect) else f" {unit_of(effect.scale)}"
        return f"a mean difference of {amount}{unit}"
    if metric is EstimateMetric.RD:
        amount += " percentage points"
    return f"{_article(_name(effect))} of {amount}"


def _instrument(effect: EffectSynthesis) -> str:
    """Return what a mean difference is of, if it has no points, to begin a bracket with."""
    is_mean = effect.scale.metric is EstimateMetric.MD
    unit = unit_of(effect.scale)
    return "" if not is_mean or unit.endswith("points") else f"{unit}; "


def _event(effect: EffectSynthesis) -> str:
    """Return the event that a ratio or a share counts, in lower case; empty without a name."""
    outcome = effect.units[0].outcome
    if outcome in SCALES_OF_SYMPTOMS:
        return "response"
    return "" if outcome in _UNNAMED else as_clause(outcome.label)


def _article(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"

"""A judgement on a claim: verdict, size and certainty, with everything that led to them."""

from dataclasses import dataclass, field

from app.domain.synthesis.choice import NotChosen
from app.domain.synthesis.common_metric import MetricScale
from app.domain.synthesis.pooled_effect import PooledEffect
from app.domain.synthesis.questions import EffectBound
from app.domain.synthesis.trial_units import TrialUnit
from app.domain.vocabulary import (
    Absence,
    Certainty,
    CertaintyDomain,
    EffectMagnitude,
    PoolingMethod,
    VerdictBasis,
    VerdictKind,
)


@dataclass(frozen=True)
class CertaintyChange:
    """One step of the certainty: its domain, the change in levels, and the reason.

    The first step is the level at which certainty starts, from 0 (very low) to 3 (high).
    """

    domain: CertaintyDomain
    change: int
    reason: str


@dataclass(frozen=True)
class AbsoluteDifference:
    """Of 100 people, how many more have the event with the intervention; fewer if negative.

    Args:
        baseline_per_100: People of 100 with the event without the intervention.
        difference_per_100: Difference with the intervention.
        lower_per_100: Lower bound of the difference.
        upper_per_100: Upper bound of the difference.
        event: The event, in words.
        baseline_source: Where the baseline comes from.
    """

    baseline_per_100: float
    difference_per_100: float
    lower_per_100: float
    upper_per_100: float
    event: str
    baseline_source: str


@dataclass(frozen=True)
class EffectSynthesis:
    """The effect that decides a verdict, on the claim's side: positive if the claim is right.

    Args:
        scale: Metric of the effect.
        pooled: Pooled effect, or that of the only unit.
        null: What it is held against: 0, minus the margin of non-inferiority, or the logit of the
            proportion that the claim names.
        worthwhile: Smallest worthwhile effect on the metric, as a distance from no effect; None if
            no source gives one.
        worthwhile_bound: The same as its source gives it.
        units: Units of the pool, on its metric, signed by the claim.
        method: How they were pooled; None for a single unit.
        sign: 1 if a positive estimate of the outcome is on the claim's side, else -1.
        comparator_risk: Share with the event in the comparator arms; None if unknown.
        absolute: Absolute effect; None without a baseline.
        single_sponsor: Whether one sponsor paid for all trials, of two or more.
    """

    scale: MetricScale
    pooled: PooledEffect
    null: float
    worthwhile: float | None
    worthwhile_bound: EffectBound | None
    units: tuple[TrialUnit, ...]
    method: PoolingMethod | None
    sign: int
    comparator_risk: float | None
    absolute: AbsoluteDifference | None
    single_sponsor: bool = False


@dataclass(frozen=True)
class JurisdictionAnswer:
    """Position of the latest act of a jurisdiction on a claim; `agrees` is None without an act."""

    jurisdiction: str
    agrees: bool | None
    status: str | None = None
    act: str | None = None
    date: str | None = None
    reference: str | None = None
    is_opinion: bool = False


@dataclass(frozen=True)
class GroupFinding:
    """Position of one laboratory or trial: its side, its best rung there, and its notes.

    Args:
        group: Laboratory or, for narrative claims, trial.
        supports: Whether it supports the claim; None if its notes cancel out.
        rung: Rung of its best note on that side, from 0 to 3.
        evidence: Slugs of its notes on that side.
    """

    group: str
    supports: bool | None
    rung: int
    evidence: tuple[str, ...]


@dataclass(frozen=True)
class Judgement:
    """Verdict on a claim with basis, size, certainty and reasons; what does not apply is empty.

    Args:
        basis: What it is computed from.
        verdict: The verdict.
        reasons: Why, in sentences.
        certainty: Certainty; None where nothing is judged.
        steps: Steps of the certainty, from its start.
        limits: What the certainty could not take into account, in sentences.
        size: Size of the effect; None without a smallest worthwhile effect.
        absence: Why nothing was assessed.
        effect: The effect that decided.
        not_chosen: Estimates that were left out.
        jurisdictions: Answers by jurisdiction.
        groups: Findings by laboratory or trial.
        groups_checked: Whether the laboratories of all notes are on record.
        by_compound: Judgements of a universal claim by compound.
    """

    basis: VerdictBasis
    verdict: VerdictKind
    reasons: tuple[str, ...] = ()
    certainty: Certainty | None = None
    steps: tuple[CertaintyChange, ...] = ()
    limits: tuple[str, ...] = ()
    size: EffectMagnitude | None = None
    absence: Absence | None = None
    effect: EffectSynthesis | None = None
    not_chosen: tuple[NotChosen, ...] = ()
    jurisdictions: tuple[JurisdictionAnswer, ...] = ()
    groups: tuple[GroupFinding, ...] = ()
    groups_checked: bool = True
    by_compound: dict[str, "Judgement"] = field(default_factory=dict)

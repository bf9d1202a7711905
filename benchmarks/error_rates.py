"""Error rates of verdicts by simulation: `python -m benchmarks.error_rates --runs 10000`.

Trials of the sizes in the dataset are drawn on the scale of standard deviations, with a true mean
effect and a standard deviation tau of the effects between trials. All are randomised and fully
masked, so that nothing but the figures lowers a verdict. A false positive is a verdict of
supported or established, or an interval above 0, at a true mean effect of 0 (nominally 2.5%,
one-sided); power is the same at 0.4. Each share is given with its Monte Carlo standard error.
"""

import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Annotated

import typer

from app.domain.synthesis.common_metric import MetricScale
from app.domain.synthesis.distributions import small_sample_correction
from app.domain.synthesis.effect_sizes import smd_standard_error
from app.domain.synthesis.facts import EstimateFacts, StudyFacts
from app.domain.synthesis.questions import QuestionFacts
from app.domain.synthesis.random_effects import pool
from app.domain.synthesis.trial_units import TrialUnit
from app.domain.verdicts.effect_synthesis import judge_units
from app.domain.vocabulary import (
    ComparatorKind,
    Derivation,
    EstimateMetric,
    EstimateRegimen,
    Masking,
    OutcomeDomain,
    PoolingMethod,
    QuestionRelation,
    StudyDesign,
    VerdictKind,
)

SEED = 20261130
#: People in the randomised trials of the dataset with an estimate of severity or response of
#: depression, on 2026-11-30.
TRIAL_SIZES = (
    7, 10, 14, 15, 16, 17, 18, 18, 18, 20, 20, 22, 24, 27, 29, 30, 30, 32, 34, 40, 41, 42, 42, 54,
    58, 62, 63, 67, 68, 71, 73, 80, 80, 81, 84, 99, 102, 138, 152, 168, 202, 226, 227, 227, 227,
    252, 302, 327, 346, 365, 378, 1510,
)  # fmt: skip
NUMBERS_OF_TRIALS = tuple(range(1, 11))
TAUS = (0.0, 0.15, 0.3)
NO_EFFECT, EFFECT = 0.0, 0.4
CLASSICAL_METHODS = {
    "REML, modified Hartung-Knapp": PoolingMethod.REML_HKSJ,
    "REML, Wald": PoolingMethod.WALD,
}
QUESTION = QuestionFacts(QuestionRelation.SUPERIOR, (OutcomeDomain.DEPRESSION_SEVERITY,))
STANDARDISED = MetricScale(EstimateMetric.SMD, None, 1.0)
SUPPORTED = {VerdictKind.SUPPORTED, VerdictKind.ESTABLISHED}


@dataclass(frozen=True)
class SimulatedTrial:
    """Hedges' g of a trial of two equal arms, its standard error, and its people."""

    value: float
    standard_error: float
    people: int


Decide = Callable[[Sequence[SimulatedTrial]], dict[str, bool]]


def draw_trial(random_: random.Random, effect: float, tau: float) -> SimulatedTrial:
    """Draw a trial: its true effect, the difference of its means, and its standard deviation."""
    people = random_.choice(TRIAL_SIZES)
    n_1, df = people // 2, people - 2
    n_2 = people - n_1
    difference = random_.gauss(random_.gauss(effect, tau), sqrt(1 / n_1 + 1 / n_2))
    sd = sqrt(random_.gammavariate(df / 2, 2) / df)
    g = small_sample_correction(df) * difference / sd
    return SimulatedTrial(g, smd_standard_error(g, n_1, n_2), people)


def bayesian_decisions(trials: Sequence[SimulatedTrial]) -> dict[str, bool]:
    """Decide by the whole rule, and by the bare interval that it rests on."""
    judgement = judge_units(
        QUESTION, STANDARDISED, [trial_unit(t, i) for i, t in enumerate(trials)]
    )
    assert judgement.effect is not None
    return {
        "Whole rule": judgement.verdict in SUPPORTED,
        "Bayesian interval": judgement.effect.pooled.lower > 0,
    }


def classical_decisions(trials: Sequence[SimulatedTrial]) -> dict[str, bool]:
    """Decide by the bare intervals of other methods."""
    values, errors = [t.value for t in trials], [t.standard_error for t in trials]
    return {
        name: pool(values, errors, method).lower > 0 for name, method in CLASSICAL_METHODS.items()
    }


def all_decisions(trials: Sequence[SimulatedTrial]) -> dict[str, bool]:
    """Decide by the whole rule and by all intervals."""
    return bayesian_decisions(trials) | classical_decisions(trials)


def decisions_by_prior(scales: Sequence[float]) -> Decide:
    """Return a function that decides by bare Bayesian intervals, one for each scale."""

    def decide(trials: Sequence[SimulatedTrial]) -> dict[str, bool]:
        values, errors = [t.value for t in trials], [t.standard_error for t in trials]
        return {
            f"scale {scale:g}": pool(values, errors, prior_scale=scale).lower > 0
            for scale in scales
        }

    return decide


def trial_unit(trial: SimulatedTrial, number: int) -> TrialUnit:
    """Return a fully masked, randomised trial as the rule sees it."""
    slug = f"trial-{number}"
    estimate = EstimateFacts(
        slug=slug,
        evidence=slug,
        study=StudyFacts(slug, StudyDesign.RCT_PARALLEL, participants=trial.people),
        outcome=OutcomeDomain.DEPRESSION_SEVERITY,
        metric=EstimateMetric.SMD,
        value=trial.value,
        standard_error=trial.standard_error,
        comparator_kind=ComparatorKind.INACTIVE,
        regimen=EstimateRegimen.SINGLE,
        design=StudyDesign.RCT_PARALLEL,
        derivation=Derivation.SD,
        participants=trial.people,
        masking=Masking.FULLY_MASKED,
    )
    return TrialUnit(
        slug,
        (estimate,),
        EstimateMetric.SMD,
        trial.value,
        trial.standard_error,
        trial.people,
        covers=frozenset({slug}),
    )


def positive_shares(
    k: int, tau: float, effect: float, runs: int, decide: Decide = all_decisions
) -> dict[str, float]:
    """Return the share of runs in which each decider is in favour; a cell has its own seed."""
    random_ = random.Random(f"{SEED} {k} {tau}")  # the same trials with and without an effect
    positive = Counter[str]()
    for _ in range(runs):
        trials = [draw_trial(random_, effect, tau) for _ in range(k)]
        positive.update(decide(trials))
    return {name: count / runs for name, count in positive.items()}


def percentage(share: float, runs: int) -> str:
    """Return a share in per cent, with its Monte Carlo standard error."""
    return f"{100 * share:.1f} ± {100 * sqrt(share * (1 - share) / runs):.1f}"


def main(
    runs: Annotated[int, typer.Option(help="Runs of each cell.")] = 10_000,
    trials: Annotated[str, typer.Option(help="Numbers of trials.")] = ",".join(
        map(str, NUMBERS_OF_TRIALS)
    ),
    prior_scales: Annotated[
        str, typer.Option(help="Scales of the prior of tau to compare, instead of methods.")
    ] = "",
) -> None:
    """Print a table of false positives and power, in Markdown."""
    start = time.monotonic()
    scales = [float(scale) for scale in prior_scales.split(",") if scale]
    decide = decisions_by_prior(scales) if scales else all_decisions
    trial = SimulatedTrial(1.0, 1.0, 100)
    names = list(decide([trial]))
    typer.echo(f"Seed {SEED}, {runs:,} runs of each cell; per cent ± Monte Carlo error.\n")
    heads = [f"{name}: {what}" for what in ("false", "power") for name in names]
    typer.echo("| k | tau | " + " | ".join(heads) + " |")
    typer.echo("|---" * (2 + len(heads)) + "|")
    for k in map(int, trials.split(",")):
        for tau in TAUS:
            shares = [positive_shares(k, tau, e, runs, decide) for e in (NO_EFFECT, EFFECT)]
            cells = [percentage(share[name], runs) for share in shares for name in names]
            typer.echo(f"| {k} | {tau:g} | " + " | ".join(cells) + " |")
    typer.echo(f"\n{time.monotonic() - start:.0f} s")


if __name__ == "__main__":
    typer.run(main)

"""Calls of R that pool the same rows: metafor and, for the interval that decides, bayesmeta."""

from typing import Any

from app.domain.synthesis.prior_scales import prior_scale
from app.domain.verdicts.effect_pooling import OBJECTIVE_OUTCOMES
from app.domain.verdicts.judgement import EffectSynthesis
from app.domain.vocabulary import PoolingMethod


def prior_scale_of(effect: EffectSynthesis) -> float:
    """Return the scale of the half-normal prior of tau, on the metric of the pool."""
    objective = all(unit.outcome in OBJECTIVE_OUTCOMES for unit in effect.units)
    return prior_scale(effect.scale.metric, effect.scale.sd, objective=objective)


def reproduction(effect: EffectSynthesis, csv_address: str) -> list[dict[str, Any]]:
    """Return the calls of R by method; `csv_address` is that of the table of the units."""
    read = f'rows <- read.csv("{csv_address}")'
    if effect.method is None:
        single = f'library(metafor)\n{read}\nrma(yi, vi, data = rows, method = "EE")'
        return [{"method": PoolingMethod.FIXED, "r": single}]
    prior = prior_scale_of(effect)
    shift = "" if effect.null == 0 else f"rows$yi <- rows$yi - ({effect.null!r})\n"
    bayesian = (
        f"library(bayesmeta)\n{read}\n{shift}"
        "bayesmeta(y = rows$yi, sigma = sqrt(rows$vi),"
        f" tau.prior = function(t) dhalfnormal(t, scale = {prior!r}),"
        ' interval.type = "central")'
    )
    calls = {
        PoolingMethod.BAYES: bayesian,
        PoolingMethod.REML_HKSJ: 'method = "REML", test = "adhoc"',
        PoolingMethod.DL: 'method = "DL", test = "z"',
    }
    return [
        {
            "method": method,
            "r": call
            if method is PoolingMethod.BAYES
            else f"library(metafor)\n{read}\nrma(yi, vi, data = rows, {call})",
        }
        for method, call in calls.items()
    ]

"""Comparisons of one trial that are not independent become one."""

from collections.abc import Sequence
from math import sqrt

from app.domain.synthesis.effect_sizes import EffectSize


def combine_arms(
    effects: Sequence[EffectSize], arm_sizes: Sequence[float], control_size: float
) -> EffectSize:
    """Return the effect of several arms of a trial, together, against their common control.

    The mean of the effects, weighted by the sizes of the arms, as if the arms were one group
    (Cochrane Handbook, section 23.3.4). Two effects are correlated by √(ρᵢ·ρⱼ), ρ being the part of
    the control in the variance, n/(n + n of the control); with one variance of the outcome in all
    arms this is the generalised least squares estimate (Gleser and Olkin 2009).

    Args:
        effects: Of each arm against the control, on one scale.
        arm_sizes: People in each arm. If they are unknown, give 1 for each and for the control:
            the correlation is 0.5 then.
        control_size: People in the control arm.

    Raises:
        ValueError: If there is no arm, or a size is not above 0.
    """
    if not effects or len(effects) != len(arm_sizes) or min(*arm_sizes, control_size) <= 0:
        raise ValueError("needs one or more arms, each with its size, all above 0")
    total = sum(arm_sizes)
    independent = shared = value = 0.0
    for effect, size in zip(effects, arm_sizes, strict=True):
        weight, part = size / total, size / (size + control_size)
        value += weight * effect.value
        independent += weight**2 * effect.standard_error**2 * (1 - part)
        shared += weight * effect.standard_error * sqrt(part)
    return EffectSize(value, sqrt(independent + shared**2))


def combine_strata(effects: Sequence[EffectSize]) -> EffectSize:
    """Return the effect over disjoint groups of people of one trial, by inverse variance.

    Raises:
        ValueError: If there is none.
    """
    if not effects:
        raise ValueError("needs one or more strata")
    weights = [1 / effect.standard_error**2 for effect in effects]
    value = sum(w * effect.value for w, effect in zip(weights, effects, strict=True))
    return EffectSize(value / sum(weights), 1 / sqrt(sum(weights)))

"""Comparisons of two doses of one trial, from their comparisons with one shared control.

A trial of two doses and a control seldom prints the difference between the doses. It is that of the
two effects, whose common control drops out: Var = s₁² + s₂² - 2·ρ·s₁·s₂ with the correlation ρ that
the control gives them (Gleser and Olkin 2009).
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from math import sqrt

from app.domain.synthesis.facts import EstimateFacts
from app.domain.synthesis.questions import QuestionFacts
from app.domain.vocabulary import ComparatorKind

#: A dose in words: limit, figure and unit, such as "less than 0.5 mg/kg" or "84 mg".
_DOSE = re.compile(r"(less than)?\s*(\d+(?:\.\d+)?)\s*(mg/kg|mg)\b\s*(or more)?")


def dose_contrasts(
    question: QuestionFacts, estimates: Iterable[EstimateFacts]
) -> list[EstimateFacts]:
    """Return the comparisons of the question's two doses that estimates imply; none without doses.

    Args:
        estimates: Comparisons of doses with a control; others are ignored.
    """
    if question.dose_higher is None or question.dose_lower is None:
        return []
    by_control: dict[tuple[object, ...], list[EstimateFacts]] = defaultdict(list)
    for e in estimates:
        if e.shared_control is not None and e.standard_error and e.subgroup is None:
            measured = (e.outcome, e.instrument, e.metric, e.time_hours, e.analysis, e.role)
            by_control[(e.study.slug, e.shared_control, *measured)].append(e)
    return [
        _contrast(higher, lower)
        for arms in by_control.values()
        for higher in arms
        if is_dose(question.dose_higher, higher.intervention)
        for lower in arms
        if lower is not higher and is_dose(question.dose_lower, lower.intervention)
    ]


def is_dose(dose_text: str, arm: str | None) -> bool:
    """Return whether the name of an arm has a dose that a question asks for, in the same unit."""
    dose, arm_dose = _DOSE.search(dose_text), _DOSE.search(arm or "")
    if dose is None or arm_dose is None or dose[3] != arm_dose[3]:
        return False
    limit, value = float(dose[2]), float(arm_dose[2])
    if dose[1]:
        return value < limit
    return value >= limit if dose[4] else value == limit


def _contrast(higher: EstimateFacts, lower: EstimateFacts) -> EstimateFacts:
    s_1, s_2 = higher.standard_error or 0.0, lower.standard_error or 0.0
    variance = s_1**2 + s_2**2 - 2 * _correlation(higher, lower) * s_1 * s_2
    sizes = (higher.n_intervention, lower.n_intervention)
    return replace(
        higher,
        slug=f"{higher.slug}-against-{lower.slug}",
        value=higher.value - lower.value,
        standard_error=sqrt(variance),
        comparator_kind=ComparatorKind.SAME_DRUG_OTHER_DOSE,
        comparator=lower.intervention,
        n_comparator=lower.n_intervention,
        events_comparator=lower.events_intervention,
        sd_comparator=lower.sd_intervention,
        participants=sum(n for n in sizes if n) if all(sizes) else None,
        shared_control=None,
        bears_on_claim=False,
    )


def _correlation(first: EstimateFacts, second: EstimateFacts) -> float:
    """Return the correlation of two comparisons with one control; 0.5 without the sizes."""
    n_1, n_2 = first.n_intervention, second.n_intervention
    n_0 = first.n_comparator or second.n_comparator
    if not n_1 or not n_2 or not n_0:
        return 0.5
    return sqrt(n_1 * n_2 / ((n_1 + n_0) * (n_2 + n_0)))

"""Choice of estimates: one for each independent trial, and none for the same people twice.

Trials come first. A pooled analysis of named trials is one unit where none of them has an estimate
of its own. A meta-analysis is never a unit beside trials: it is adopted where fewer than two trials
can be pooled.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from app.domain.synthesis.dose_contrasts import dose_contrasts
from app.domain.synthesis.effect_sizes import logit_proportion
from app.domain.synthesis.eligibility import (
    OTHER_TOPIC,
    RANDOMISED_DESIGNS,
    exclusion_of,
    is_synthesis,
)
from app.domain.synthesis.estimate_ranking import combined_with, rank_of
from app.domain.synthesis.facts import EstimateFacts
from app.domain.synthesis.questions import QuestionFacts
from app.domain.synthesis.trial_units import TrialUnit, trial_unit
from app.domain.vocabulary import (
    Derivation,
    EstimateMetric,
    QuestionRelation,
    StudyDesign,
    UnitFlag,
)
from app.domain.vocabulary import ExclusionReason as Reason

#: Fewer poolable trials than this, and a published meta-analysis is adopted instead.
MIN_TRIALS_TO_POOL = 2


@dataclass(frozen=True)
class NotChosen:
    """An estimate that a verdict does not use, with the reason and its detail."""

    estimate: EstimateFacts
    reason: Reason
    detail: str


@dataclass(frozen=True)
class Choice:
    """The units of a question, one for each trial, and the estimates that were not chosen.

    `adopted` is true if the only unit is a published meta-analysis.
    """

    units: tuple[TrialUnit, ...]
    not_chosen: tuple[NotChosen, ...]
    adopted: bool = False


def choose_estimates(
    question: QuestionFacts,
    estimates: Iterable[EstimateFacts],
    excluded: frozenset[str] = frozenset(),
) -> Choice:
    """Return one unit for each independent trial that answers a question.

    Args:
        question: The question.
        estimates: Estimates of the store; those of another topic are not listed in the result.
        excluded: Slugs of estimates that the reader excludes.
    """
    estimates = list({estimate.slug: estimate for estimate in estimates}.values())
    # A difference of two doses needs both comparisons: without one of them it is not derived.
    contrasts = dose_contrasts(question, [e for e in estimates if e.slug not in excluded])
    eligible, left_out = _eligible(question, [*estimates, *contrasts], excluded)
    trials = [e for e in eligible if not is_synthesis(e)]
    if question.relation is not QuestionRelation.THRESHOLD:
        trials = _randomised_first(trials, left_out)
    units = _units_of_trials(question, trials, left_out)
    syntheses = [e for e in eligible if is_synthesis(e)]
    pooled_analyses = [e for e in syntheses if e.design is StudyDesign.POOLED_ANALYSIS]
    units += _units_of_pooled_analyses(question, pooled_analyses, units, left_out)
    others = [e for e in syntheses if e.design is not StudyDesign.POOLED_ANALYSIS]
    adopted = _adopted(question, others, units)
    if adopted is not None:
        detail = f"`{adopted.study.slug}` is adopted"
        left_out += [
            NotChosen(e, Reason.SYNTHESIS, detail) for unit in units for e in unit.estimates
        ]
        units = [adopted]
    used = {e.slug for unit in units for e in unit.estimates}
    left_out += [
        NotChosen(e, Reason.SYNTHESIS, "pools trials, and is not pooled beside them")
        for e in others
        if e.slug not in used
    ]
    return Choice(
        tuple(sorted(units, key=lambda unit: (unit.study.year or 0, unit.trial))),
        tuple(sorted(left_out, key=lambda entry: entry.estimate.slug)),
        adopted is not None,
    )


def _eligible(
    question: QuestionFacts, estimates: Iterable[EstimateFacts], excluded: frozenset[str]
) -> tuple[list[EstimateFacts], list[NotChosen]]:
    eligible, left_out = [], []
    for estimate in estimates:
        exclusion = exclusion_of(question, estimate)
        if exclusion is None and estimate.slug in excluded:
            left_out.append(NotChosen(estimate, Reason.READER, "excluded by the request"))
        elif exclusion is None:
            eligible.append(_share_of_arm(question, estimate))
        elif estimate.bears_on_claim or exclusion.reason not in OTHER_TOPIC:
            left_out.append(NotChosen(estimate, exclusion.reason, exclusion.detail))
    return sorted(eligible, key=lambda e: e.slug), left_out


def _share_of_arm(question: QuestionFacts, estimate: EstimateFacts) -> EstimateFacts:
    """Return the share of the intervention arm in place of a comparison, for a threshold."""
    events, n = estimate.events_intervention, estimate.n_intervention
    if question.relation is not QuestionRelation.THRESHOLD or events is None or not n:
        return estimate
    size = logit_proportion(events, n)
    return replace(
        estimate,
        metric=EstimateMetric.LOGIT_PROPORTION,
        value=size.value,
        standard_error=size.standard_error,
        derivation=Derivation.EVENTS,
        participants=n,
    )


def _randomised_first(
    trials: list[EstimateFacts], left_out: list[NotChosen]
) -> list[EstimateFacts]:
    """Return the randomised comparisons or, if there are none, all of them."""
    randomised = [e for e in trials if e.design in RANDOMISED_DESIGNS or _reports_a_trial(e)]
    if not randomised:
        return trials
    slugs = {e.slug for e in randomised}
    left_out += [
        NotChosen(e, Reason.DESIGN, f"design: {e.design.label.lower()}")
        for e in trials
        if e.slug not in slugs
    ]
    return randomised


def _reports_a_trial(estimate: EstimateFacts) -> bool:
    is_report = estimate.design is StudyDesign.REANALYSIS
    return is_report and bool(estimate.study.unit_of or estimate.study.trial_group)


def _units_of_trials(
    question: QuestionFacts, trials: Sequence[EstimateFacts], left_out: list[NotChosen]
) -> list[TrialUnit]:
    by_trial: dict[str, list[EstimateFacts]] = defaultdict(list)
    for estimate in trials:
        by_trial[estimate.study.trial].append(estimate)
    units = []
    for trial, of_trial in sorted(by_trial.items()):
        ranked = sorted(of_trial, key=lambda estimate: rank_of(question, estimate))
        chosen = combined_with(ranked[0], ranked)
        units.append(trial_unit(question, chosen, trial))
        left_out += [_not_best(question, e, ranked[0]) for e in ranked if e not in chosen]
    return units


def _not_best(question: QuestionFacts, estimate: EstimateFacts, best: EstimateFacts) -> NotChosen:
    if estimate.subgroup is not None and best.subgroup is None:
        return NotChosen(estimate, Reason.SUBGROUP, f"part of the people: {estimate.subgroup}")
    if rank_of(question, estimate)[:-1] == rank_of(question, best)[:-1]:
        detail = f"`{best.slug}` fits as well, and is first in alphabetical order"
        return NotChosen(estimate, Reason.OTHER_ESTIMATE, detail)
    return NotChosen(estimate, Reason.OTHER_ESTIMATE, f"`{best.slug}` fits better")


def _units_of_pooled_analyses(
    question: QuestionFacts,
    pooled: Sequence[EstimateFacts],
    trials: Sequence[TrialUnit],
    left_out: list[NotChosen],
) -> list[TrialUnit]:
    """Return pooled analyses of trials that have no estimate themselves, the largest first."""
    taken = {name for unit in trials for name in _names_of(unit)}
    units: list[TrialUnit] = []
    by_study: dict[str, list[EstimateFacts]] = defaultdict(list)
    for estimate in pooled:
        by_study[estimate.study.slug].append(estimate)
    ordered = sorted(
        (sorted(rows, key=lambda e: rank_of(question, e)) for rows in by_study.values()),
        key=lambda rows: (-(rows[0].participants or 0), rows[0].slug),
    )
    for ranked in ordered:
        best = ranked[0]
        members = best.study.trials_pooled
        overlaps = members & taken
        if overlaps or (not members and (trials or units)):
            named = ", ".join(sorted(overlaps))
            detail = f"pools {named}" if overlaps else "which trials it pools is not on record"
            left_out += [NotChosen(e, Reason.SYNTHESIS, detail) for e in ranked]
            continue
        chosen = combined_with(best, ranked)
        units.append(trial_unit(question, chosen, best.study.trial))
        taken |= members
        left_out += [_not_best(question, e, best) for e in ranked if e not in chosen]
    return units


def _names_of(unit: TrialUnit) -> set[str]:
    """Return the names by which a synthesis may call a trial."""
    study = unit.study
    return {unit.trial, study.slug, *study.unit_of, *unit.covers}


def _adopted(
    question: QuestionFacts, syntheses: Sequence[EstimateFacts], units: Sequence[TrialUnit]
) -> TrialUnit | None:
    """Return the newest published meta-analysis, if fewer than two trials can be pooled."""
    if len(units) >= MIN_TRIALS_TO_POOL or question.relation is QuestionRelation.THRESHOLD:
        return None
    whole = [e for e in syntheses if e.subgroup is None and _is_larger(e, units)]
    if not whole:
        return None
    newest = max(
        whole,
        key=lambda e: (
            e.study.year or 0,
            e.participants or 0,
            [-question.outcomes.index(e.outcome)],
            e.slug,
        ),
    )
    unit = trial_unit(question, [newest], newest.study.slug)
    return replace(unit, flags=unit.flags | {UnitFlag.SYNTHESIS})


def _is_larger(synthesis: EstimateFacts, units: Sequence[TrialUnit]) -> bool:
    """Return whether a synthesis has more people than the trials that it would replace."""
    participants = sum(unit.participants or 0 for unit in units)
    return not units or (synthesis.participants or 0) > participants

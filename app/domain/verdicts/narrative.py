"""Verdicts where no comparison is possible: the directions of independent studies.

A narrative never refutes: that some people had an effect is not undone by others who had none.
"""

from collections import defaultdict
from collections.abc import Sequence

from app.domain.synthesis.eligibility import RANDOMISED_DESIGNS
from app.domain.verdicts.effect_certainty import LEVELS
from app.domain.verdicts.facts import FindingFacts
from app.domain.verdicts.judgement import CertaintyChange, GroupFinding, Judgement
from app.domain.vocabulary import (
    CausalTest,
    Certainty,
    CertaintyDomain,
    Direction,
    PopulationDirectness,
    StudyDesign,
    VerdictBasis,
    VerdictKind,
)
from app.domain.wording import counted, number_that

V, D = VerdictKind, StudyDesign
#: Levels at which the best design of the studies starts; cases alone start lower.
_START = {D.CASE_SERIES: 0}


def judge_narrative(findings: Sequence[FindingFacts]) -> Judgement:
    """Return the judgement on a claim from the directions of independent studies in people."""
    people = [f for f in findings if _is_people(f)]
    groups = _groups(people)
    for_ = sum(group.supports is True for group in groups)
    against = sum(group.supports is False for group in groups)
    if not for_ and not against:
        return Judgement(VerdictBasis.NONE, V.NOT_ASSESSED)
    reason = _reason(for_, against)
    verdict = V.INCONCLUSIVE
    if for_ >= 2 and for_ >= 2 * against:
        verdict = V.SUPPORTED
    elif for_ and against:
        verdict = V.CONTESTED
    elif for_:
        verdict = V.SUGGESTIVE
    certainty, steps = _certainty(people, against)
    if verdict is V.SUPPORTED and certainty is Certainty.VERY_LOW:
        verdict = V.SUGGESTIVE
    elif verdict is V.SUPPORTED and certainty is Certainty.HIGH:
        verdict = V.ESTABLISHED
    return Judgement(
        VerdictBasis.NARRATIVE,
        verdict,
        (reason,),
        certainty,
        steps,
        ("No comparison is possible: no effect is estimated, and size is open.",),
        groups=groups,
    )


def _reason(supporting: int, disputing: int) -> str:
    if not supporting:
        return f"{_studies(disputing, 'dispute')} it; none supports it."
    return f"{_studies(supporting, 'support')} it; {number_that(disputing, 'dispute')} it."


def _studies(number: int, verb: str) -> str:
    """Return a number of studies with a verb, such as `1 study supports`."""
    return f"{counted(number, 'study', 'studies')} {verb}{'s' * (number == 1)}"


def _is_people(finding: FindingFacts) -> bool:
    of_people = (PopulationDirectness.SAME, PopulationDirectness.OTHER_HUMAN)
    reviews = (D.NARRATIVE_REVIEW, D.GUIDELINE, D.REGULATORY_ACT)
    return finding.directness.population in of_people and finding.design not in reviews


def _groups(findings: Sequence[FindingFacts]) -> tuple[GroupFinding, ...]:
    """Return independent studies with their direction; mixed or both directions cancel out."""
    by_trial: dict[str, list[FindingFacts]] = defaultdict(list)
    for finding in findings:
        if finding.direction is not Direction.NEUTRAL:
            by_trial[finding.study.trial].append(finding)
    groups = []
    for trial, notes in sorted(by_trial.items()):
        directions = {note.direction for note in notes}
        clear = len(directions) == 1 and Direction.MIXED not in directions
        supports = Direction.SUPPORTS in directions if clear else None
        groups.append(GroupFinding(trial, supports, 0, tuple(sorted(n.evidence for n in notes))))
    return tuple(groups)


def _certainty(
    findings: Sequence[FindingFacts], against: int
) -> tuple[Certainty, tuple[CertaintyChange, ...]]:
    supporting = [f for f in findings if f.direction is Direction.SUPPORTS]
    start = max((_START.get(f.design, 1) for f in supporting), default=1)
    why = "observations without a comparison" if start else "single cases"
    if any(f.design in RANDOMISED_DESIGNS for f in supporting):
        why = "arms of trials, without a comparison that answers it"
    steps = [CertaintyChange(CertaintyDomain.DESIGN, start, why)]
    if against:
        steps.append(
            CertaintyChange(CertaintyDomain.INCONSISTENCY, -1, f"{_studies(against, 'dispute')} it")
        )
    elif any(f.causal_test is CausalTest.DOSE_RESPONSE for f in supporting):
        steps.append(
            CertaintyChange(CertaintyDomain.DOSE_RESPONSE, 1, "the effect rises with the dose")
        )
    level = max(0, min(3, sum(step.change for step in steps)))
    return LEVELS[level], tuple(steps)

"""Verdicts on mechanism claims: a ladder of causal tests, with laboratories as units.

Each laboratory counts once, on its best rung. Two papers of one laboratory are no replication.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from app.domain.synthesis.eligibility import RANDOMISED_DESIGNS
from app.domain.verdicts.facts import FindingFacts, is_human
from app.domain.verdicts.finding_selection import usable_findings
from app.domain.verdicts.judgement import CertaintyChange, GroupFinding, Judgement
from app.domain.vocabulary import (
    CausalTest,
    Certainty,
    CertaintyDomain,
    CompoundDirectness,
    Direction,
    OutcomeDirectness,
    StudyDesign,
    VerdictBasis,
    VerdictKind,
)
from app.domain.wording import counted, number_that

V, T, D = VerdictKind, CausalTest, StudyDesign
#: Rungs of causal tests: how directly a test shows the mechanism. A choice of the editors.
RUNGS = MappingProxyType(
    {
        T.DIRECT_BINDING: 3,
        T.NECESSITY_GENETIC: 3,
        T.RESCUE: 3,
        T.NECESSITY_BLOCKER: 2,
        T.OCCLUSION: 2,
        T.SUFFICIENCY: 2,
        T.DOSE_RESPONSE: 1,
        T.TEMPORAL_ORDER: 1,
        T.CORRELATION: 1,
    }
)
#: Rung from which a test is causal, and rung of the strongest tests.
CAUSAL_RUNG, TOP_RUNG = 2, 3
#: A human trial of a mechanism with fewer people is one rung lower.
FEW_PEOPLE = 25
_OTHER_COMPOUND = frozenset({CompoundDirectness.METABOLITE, CompoundDirectness.OTHER_DRUG})


@dataclass(frozen=True)
class LadderCount:
    """Laboratories on causal rungs for and against, and the verdict that follows."""

    verdict: VerdictKind
    reason: str
    supporting: int
    disputing: int
    groups: tuple[GroupFinding, ...]


def rung_of(finding: FindingFacts, *, about_compound: bool) -> int:
    """Return the rung of a finding, from 0 to 3.

    One rung lower: a surrogate; another drug or a metabolite, where the claim is about a compound;
    a randomised trial in people with fewer than 25 of them.
    """
    rung = RUNGS[finding.causal_test] if finding.causal_test else 0
    people = finding.participants
    rung -= finding.directness.outcome is OutcomeDirectness.SURROGATE
    rung -= about_compound and finding.directness.compound in _OTHER_COMPOUND
    rung -= (
        is_human(finding)
        and finding.design in RANDOMISED_DESIGNS
        and people is not None
        and 0 < people < FEW_PEOPLE
    )
    return max(0, rung)


def ladder_count(findings: Iterable[FindingFacts], *, about_compound: bool) -> LadderCount:
    """Return the verdict of findings by their laboratories: the first row that applies."""
    groups = _groups(findings, about_compound=about_compound)
    for_, against = (
        [g.rung for g in groups if g.supports is side and g.rung >= CAUSAL_RUNG]
        for side in (True, False)
    )
    f, a = len(for_), len(against)
    associations = sum(g.supports is True and g.rung == 1 for g in groups)
    any_against = any(g.supports is False for g in groups)
    rows: tuple[tuple[bool, VerdictKind, str], ...] = (
        (
            not any(g.supports is not None for g in groups),
            V.NOT_ASSESSED,
            "No laboratory tested it with a result on one side.",
        ),
        (
            f >= 3 and TOP_RUNG in for_ and a == 0,
            V.ESTABLISHED,
            f"{f} laboratories show it by causal tests, one by the strongest; none disputes it.",
        ),
        (
            a >= 2 and a >= 3 * f,
            V.REFUTED,
            f"{a} laboratories dispute it by causal tests; {number_that(f, 'show')} it.",
        ),
        (
            f >= 2 and f >= 2 * a,
            V.SUPPORTED,
            f"{f} laboratories show it by causal tests; {number_that(a, 'dispute')} it.",
        ),
        (
            f > 0 and a > 0,
            V.CONTESTED,
            f"{_laboratories(f, 'show')} it by causal tests, and {number_that(a, 'dispute')} it.",
        ),
        (
            f == 1 and a == 0,
            V.SUGGESTIVE,
            "1 laboratory shows it by a causal test; no other has replicated it.",
        ),
        (
            f == 0 and associations >= 2 and not any_against,
            V.SUGGESTIVE,
            f"{associations} laboratories report associations; none made a causal test.",
        ),
    )
    for applies, verdict, reason in rows:
        if applies:
            return LadderCount(verdict, reason, f, a, groups)
    reason = "No laboratory shows it by a causal test"
    reason += f"; {number_that(a, 'dispute')} it." if a else "."
    return LadderCount(V.INCONCLUSIVE, reason, f, a, groups)


def _laboratories(number: int, verb: str) -> str:
    """Return a number of laboratories with a verb, such as `1 laboratory shows`."""
    return f"{counted(number, 'laboratory', 'laboratories')} {verb}{'s' * (number == 1)}"


def _groups(findings: Iterable[FindingFacts], *, about_compound: bool) -> tuple[GroupFinding, ...]:
    """Return laboratories with their best rung; those that are equal on both sides cancel out."""
    rungs: dict[str, dict[bool, list[tuple[int, str]]]] = defaultdict(lambda: defaultdict(list))
    for finding in findings:
        rung = rung_of(finding, about_compound=about_compound)
        group = finding.study.group or finding.study.slug
        if finding.direction is Direction.MIXED:
            for side in (True, False):
                rungs[group][side].append((max(0, rung - 1), finding.evidence))
        elif finding.direction in (Direction.SUPPORTS, Direction.DISPUTES):
            side = finding.direction is Direction.SUPPORTS
            rungs[group][side].append((rung, finding.evidence))
    positions = []
    for group, sides in sorted(rungs.items()):
        best = {side: max(rung for rung, _ in notes) for side, notes in sides.items()}
        if best.get(True) == best.get(False):
            notes = sorted({slug for entries in sides.values() for _, slug in entries})
            positions.append(GroupFinding(group, None, best[True], tuple(notes)))
            continue
        side = best.get(True, -1) > best.get(False, -1)
        notes = sorted({slug for _, slug in sides[side]})
        positions.append(GroupFinding(group, side, best[side], tuple(notes)))
    return tuple(positions)


def judge_mechanism(
    findings: Sequence[FindingFacts], *, about_compound: bool, exposure_um: float | None = None
) -> Judgement:
    """Return the judgement on a mechanism claim.

    Args:
        findings: Findings on the claim.
        about_compound: Whether its subject is a compound.
        exposure_um: Free peak concentration of the compound in treatment, in µmol/L, if the claim
            is about concentrations reached in treatment.
    """
    used, limits = usable_findings(findings, exposure_um)
    count = ladder_count(used, about_compound=about_compound)
    verdict, reasons = count.verdict, [count.reason]
    capped = _capped_by_people(used, verdict, about_compound=about_compound)
    if capped is not None:
        verdict, reason = capped
        reasons.insert(0, reason)  # it decides
    certainty, steps = _certainty(verdict, count)
    checked = all(finding.study.group for finding in used)
    if not checked:
        limits.append("Laboratories are not on record for all studies: each of those counts alone.")
    return Judgement(
        VerdictBasis.NONE if verdict is V.NOT_ASSESSED else VerdictBasis.LADDER,
        verdict,
        tuple(reasons),
        certainty,
        steps,
        tuple(limits),
        groups=count.groups,
        groups_checked=checked,
    )


_RANK = (
    V.REFUTED,
    V.CONTESTED,
    V.INCONCLUSIVE,
    V.NOT_ASSESSED,
    V.SUGGESTIVE,
    V.SUPPORTED,
    V.ESTABLISHED,
)


def _capped_by_people(
    findings: Sequence[FindingFacts], verdict: VerdictKind, *, about_compound: bool
) -> tuple[VerdictKind, str] | None:
    """Return the verdict that people leave, where animals alone would say more.

    Findings in people that are no causal tests count here as well: what an animal shows by a causal
    test and people do not follow is not shown for people.
    """
    people = [f for f in findings if is_human(f)]
    animals = [f for f in findings if not is_human(f)]
    if not people or not animals:
        return None
    in_people = ladder_count(people, about_compound=about_compound)
    in_animals = ladder_count(animals, about_compound=about_compound)
    if in_animals.verdict is V.NOT_ASSESSED or _RANK.index(verdict) < _RANK.index(V.SUGGESTIVE):
        return None
    supporting, disputing = (
        sum(group.supports is side and group.rung > 0 for group in in_people.groups)
        for side in (True, False)
    )
    if disputing > supporting:
        return (
            V.CONTESTED,
            "Studies in people dispute it; those in animals alone cannot decide.",
        )
    if disputing == supporting > 0 and verdict in (V.SUPPORTED, V.ESTABLISHED):
        return (
            V.CONTESTED,
            "Studies in people disagree; those in animals alone cannot decide.",
        )
    return None


@dataclass(frozen=True)
class SpeciesVerdicts:
    """Verdicts of people's findings alone, and of those of animals and cells alone."""

    people: VerdictKind
    animals: VerdictKind


def verdicts_by_species(
    findings: Iterable[FindingFacts], *, about_compound: bool
) -> SpeciesVerdicts | None:
    """Return the verdicts of both; None unless both were studied."""
    by_human: dict[bool, list[FindingFacts]] = {True: [], False: []}
    for finding in findings:
        by_human[is_human(finding)].append(finding)
    if not by_human[True] or not by_human[False]:
        return None
    people, animals = (
        ladder_count(by_human[human], about_compound=about_compound).verdict
        for human in (True, False)
    )
    return SpeciesVerdicts(people, animals)


def _certainty(
    verdict: VerdictKind, count: LadderCount
) -> tuple[Certainty | None, tuple[CertaintyChange, ...]]:
    """Return the certainty that replication gives; docs/verdicts.md has the table."""
    if verdict is V.NOT_ASSESSED:
        return None, ()
    many = max(count.supporting, count.disputing) >= 3
    level, why = {
        V.ESTABLISHED: (3, "three or more laboratories agree, one by the strongest test"),
        V.SUPPORTED: (
            2 if count.disputing == 0 else 1,
            "replicated" if count.disputing == 0 else "replicated, with one laboratory against it",
        ),
        V.REFUTED: (2 if many else 1, f"{count.disputing} laboratories dispute it"),
        V.CONTESTED: (1, "laboratories disagree"),
        V.SUGGESTIVE: (
            1 if count.supporting else 0,
            "one laboratory" if count.supporting else "associations only",
        ),
        V.INCONCLUSIVE: (0, "no replicated causal test"),
    }[verdict]
    levels = (Certainty.VERY_LOW, Certainty.LOW, Certainty.MODERATE, Certainty.HIGH)
    return levels[level], (CertaintyChange(CertaintyDomain.DESIGN, level, why),)

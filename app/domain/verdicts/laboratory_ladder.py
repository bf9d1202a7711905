"""Verdicts on mechanism claims: a ladder of causal tests, with laboratories as units.

Each laboratory counts once, on its best rung. Two papers of one laboratory are no replication.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from app.domain.synthesis.eligibility import RANDOMISED_DESIGNS
from app.domain.verdicts.facts import FindingFacts
from app.domain.verdicts.finding_selection import MATERIAL_DESIGNS, usable_findings
from app.domain.verdicts.judgement import CertaintyStep, GroupFinding, Judgement
from app.domain.vocabulary import (
    CausalTest,
    Certainty,
    CertaintyDomain,
    CompoundDirectness,
    Direction,
    OutcomeDirectness,
    Species,
    StudyDesign,
    SynthesisVerdict,
    VerdictBasis,
)

V, T, D = SynthesisVerdict, CausalTest, StudyDesign
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

    verdict: SynthesisVerdict
    reason: str
    supporting: int
    disputing: int
    groups: tuple[GroupFinding, ...]


def is_human(finding: FindingFacts) -> bool:
    """Return whether people were studied, rather than human cells or molecules."""
    return finding.species is Species.HUMAN and finding.design not in MATERIAL_DESIGNS


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
    rows: tuple[tuple[bool, SynthesisVerdict, str], ...] = (
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
            f"{a} laboratories dispute it by causal tests, {f} support it.",
        ),
        (
            f >= 2 and f >= 2 * a,
            V.SUPPORTED,
            f"{f} laboratories show it by causal tests, {a} dispute it.",
        ),
        (
            f > 0 and a > 0,
            V.CONTESTED,
            f"Causal tests disagree: {f} laboratories for it, {a} against it.",
        ),
        (
            f == 1 and a == 0,
            V.SUGGESTIVE,
            "One laboratory shows it by a causal test; none has replicated it.",
        ),
        (
            f == 0 and associations >= 2 and not any_against,
            V.SUGGESTIVE,
            f"{associations} laboratories report associations, none made a causal test.",
        ),
    )
    for applies, verdict, reason in rows:
        if applies:
            return LadderCount(verdict, reason, f, a, groups)
    return LadderCount(V.INCONCLUSIVE, "Too few laboratories made a causal test.", f, a, groups)


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
        reasons.append(reason)
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
    findings: Sequence[FindingFacts], verdict: SynthesisVerdict, *, about_compound: bool
) -> tuple[SynthesisVerdict, str] | None:
    """Return the verdict that people leave, where animals alone would say more."""
    people = [f for f in findings if is_human(f)]
    animals = [f for f in findings if not is_human(f)]
    if not people or not animals:
        return None
    in_people = ladder_count(people, about_compound=about_compound)
    in_animals = ladder_count(animals, about_compound=about_compound)
    if in_animals.verdict is V.NOT_ASSESSED or _RANK.index(verdict) < _RANK.index(V.SUGGESTIVE):
        return None
    if in_people.disputing > in_people.supporting:
        return V.CONTESTED, "People's studies dispute it: animals cannot lift it above contested."
    tie = in_people.disputing and in_people.supporting
    if tie and verdict in (V.SUPPORTED, V.ESTABLISHED):
        return V.CONTESTED, "People's studies disagree: animals cannot lift it above contested."
    return None


def _certainty(
    verdict: SynthesisVerdict, count: LadderCount
) -> tuple[Certainty | None, tuple[CertaintyStep, ...]]:
    """Return the certainty that replication gives; docs/synthesis.md has the table."""
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
    return levels[level], (CertaintyStep(CertaintyDomain.DESIGN, level, why),)

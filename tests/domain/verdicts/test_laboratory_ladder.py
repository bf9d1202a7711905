"""Laboratories, not papers, count on mechanism claims, each on its best causal test."""

from typing import Any

import pytest

from app.domain.synthesis.facts import NoteDirectness
from app.domain.verdicts.facts import FindingFacts
from app.domain.verdicts.laboratory_ladder import judge_mechanism, ladder_count, rung_of
from app.domain.vocabulary import (
    CausalTest,
    Certainty,
    CompoundDirectness,
    Direction,
    OutcomeDirectness,
    Species,
    StudyDesign,
    VerdictKind,
)
from tests.domain.estimates import finding

V, T = VerdictKind, CausalTest
FOR, AGAINST, MIXED = Direction.SUPPORTS, Direction.DISPUTES, Direction.MIXED


def lab(name: str, test: CausalTest | None, side: Direction = FOR) -> FindingFacts:
    return finding(f"{name}-{side}-{test}", side, name, causal_test=test)


@pytest.mark.parametrize(
    ("findings", "verdict"),
    [
        ([], V.NOT_ASSESSED),
        ([lab("a", T.RESCUE), lab("b", T.OCCLUSION), lab("c", T.OCCLUSION)], V.ESTABLISHED),
        ([lab("a", T.OCCLUSION), lab("b", T.OCCLUSION), lab("c", T.OCCLUSION)], V.SUPPORTED),
        ([lab("a", T.RESCUE), lab("b", T.RESCUE)], V.SUPPORTED),
        ([lab("a", T.RESCUE), lab("b", T.RESCUE), lab("c", T.RESCUE, AGAINST)], V.SUPPORTED),
        ([lab("a", T.RESCUE), lab("b", T.RESCUE, AGAINST)], V.CONTESTED),
        ([lab("a", T.RESCUE, AGAINST), lab("b", T.RESCUE, AGAINST)], V.REFUTED),
        (
            [lab("a", T.RESCUE), *(lab(x, T.RESCUE, AGAINST) for x in "bcd")],
            V.REFUTED,
        ),
        (
            [*(lab(x, T.RESCUE) for x in "abc"), *(lab(x, T.RESCUE, AGAINST) for x in "de")],
            V.CONTESTED,
        ),
        ([lab("a", T.RESCUE, AGAINST)], V.INCONCLUSIVE),
        ([lab("a", T.RESCUE)], V.SUGGESTIVE),
        ([lab("a", T.RESCUE), lab("a", T.OCCLUSION), lab("a", T.SUFFICIENCY)], V.SUGGESTIVE),
        ([lab("a", T.CORRELATION), lab("b", T.DOSE_RESPONSE)], V.SUGGESTIVE),
        ([lab("a", T.CORRELATION)], V.INCONCLUSIVE),
        ([lab("a", T.RESCUE), lab("a", T.RESCUE, AGAINST)], V.NOT_ASSESSED),
        ([lab("a", T.RESCUE), lab("a", T.OCCLUSION, AGAINST)], V.SUGGESTIVE),
    ],
)
def test_the_verdict_counts_laboratories(
    findings: list[FindingFacts], verdict: VerdictKind
) -> None:
    assert ladder_count(findings, about_compound=True).verdict is verdict


def test_a_mixed_note_is_one_rung_lower_on_both_sides_and_cancels_out() -> None:
    count = ladder_count([lab("a", T.RESCUE, MIXED)], about_compound=True)
    assert [(g.supports, g.rung) for g in count.groups] == [(None, 2)]


def test_a_study_without_a_laboratory_on_record_counts_alone_and_is_named() -> None:
    unknown = [finding("x", causal_test=T.RESCUE), finding("y", causal_test=T.RESCUE)]
    result = judge_mechanism(unknown, about_compound=True)
    assert result.verdict is V.SUPPORTED
    assert not result.groups_checked
    assert any("Laboratories" in limit for limit in result.limits)


def test_what_lowers_a_rung() -> None:
    surrogate = NoteDirectness(outcome=OutcomeDirectness.SURROGATE)
    metabolite = NoteDirectness(compound=CompoundDirectness.METABOLITE)
    people: dict[str, Any] = {"species": Species.HUMAN, "design": StudyDesign.RCT_PARALLEL}
    rescue: dict[str, Any] = {"causal_test": T.RESCUE}
    assert rung_of(finding("a", **rescue), about_compound=True) == 3
    assert rung_of(finding("a", directness=surrogate, **rescue), about_compound=True) == 2
    assert rung_of(finding("a", directness=metabolite, **rescue), about_compound=True) == 2
    assert rung_of(finding("a", directness=metabolite, **rescue), about_compound=False) == 3
    assert rung_of(finding("a", participants=24, **people, **rescue), about_compound=True) == 2
    assert rung_of(finding("a", participants=25, **people, **rescue), about_compound=True) == 3
    assert rung_of(finding("a", participants=8, **rescue), about_compound=True) == 3
    assert rung_of(finding("a"), about_compound=True) == 0


def test_animals_cannot_lift_a_mechanism_above_what_people_show() -> None:
    animals = [lab("a", T.RESCUE), lab("b", T.RESCUE)]
    people: dict[str, Any] = {
        "species": Species.HUMAN,
        "design": StudyDesign.RCT_PARALLEL,
        "participants": 60,
    }
    against = finding("p", AGAINST, "clinic", causal_test=T.NECESSITY_BLOCKER, **people)
    assert judge_mechanism(animals, about_compound=True).verdict is V.SUPPORTED
    both = judge_mechanism([*animals, against], about_compound=True)
    assert both.verdict is V.CONTESTED
    assert any("in people dispute it" in reason for reason in both.reasons)


def test_human_cells_are_not_people() -> None:
    animals = [lab("a", T.RESCUE), lab("b", T.RESCUE)]
    cells = finding(
        "c", AGAINST, "cells", Species.HUMAN, StudyDesign.IN_VITRO_EXPERIMENT, causal_test=T.RESCUE
    )
    assert judge_mechanism([*animals, cells], about_compound=True).verdict is V.SUPPORTED


def binding(name: str, side: Direction, um: float | None) -> FindingFacts:
    in_vitro = StudyDesign.IN_VITRO_EXPERIMENT
    return finding(
        name,
        side,
        name,
        Species.RAT,
        in_vitro,
        causal_test=T.DIRECT_BINDING,
        tested_um=um,
    )


@pytest.mark.parametrize(
    ("side", "um", "counts"),
    [
        (FOR, 0.5, True),
        (FOR, 5.0, True),
        (FOR, 50.0, False),
        (FOR, None, False),
        (AGAINST, 50.0, True),
        (AGAINST, 0.1, False),
    ],
)
def test_a_binding_counts_at_concentrations_of_treatment(
    side: Direction, um: float | None, *, counts: bool
) -> None:
    result = judge_mechanism([binding("a", side, um)], about_compound=True, exposure_um=0.5)
    assert bool(result.groups) is counts
    assert any("concentration" in limit for limit in result.limits) is not counts
    assert judge_mechanism([binding("a", side, um)], about_compound=True).groups


def test_a_review_does_not_count_beside_studies() -> None:
    review = finding("r", FOR, "r", design=StudyDesign.NARRATIVE_REVIEW, causal_test=T.RESCUE)
    result = judge_mechanism([lab("a", T.RESCUE), review], about_compound=True)
    assert [group.group for group in result.groups] == ["a"]


@pytest.mark.parametrize(
    ("findings", "certainty"),
    [
        ([lab(x, T.DIRECT_BINDING) for x in "abc"], Certainty.HIGH),
        ([lab(x, T.OCCLUSION) for x in "ab"], Certainty.MODERATE),
        ([lab("a", T.OCCLUSION)], Certainty.LOW),
        ([lab("a", T.CORRELATION)], Certainty.VERY_LOW),
    ],
)
def test_certainty_grows_with_replication(
    findings: list[FindingFacts], certainty: Certainty
) -> None:
    assert judge_mechanism(findings, about_compound=True).certainty is certainty

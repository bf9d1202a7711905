"""The ladder of a claim: rungs by what was studied, and what the notes on each show."""

import pytest

from app.domain.verdicts.ladder import Rung, RungState, findings_by_rung, rung_of, state_of
from app.domain.vocabulary import CausalTest, Direction, OutcomeDirectness, Species, StudyDesign
from tests.domain.estimates import finding

D, S, OD = StudyDesign, Species, OutcomeDirectness
FOR, AGAINST, NEUTRAL, MIXED = (
    Direction.SUPPORTS,
    Direction.DISPUTES,
    Direction.NEUTRAL,
    Direction.MIXED,
)


@pytest.mark.parametrize(
    ("design", "species", "outcome", "rung"),
    [
        (D.IN_VITRO_EXPERIMENT, S.HUMAN, OD.SAME, Rung.IN_VITRO),
        (D.STRUCTURAL, S.RECOMBINANT, OD.SAME, Rung.IN_VITRO),
        (D.EX_VIVO_EXPERIMENT, S.HUMAN, OD.SAME, Rung.SLICE),
        (D.ANIMAL_EXPERIMENT, S.MOUSE, OD.SAME, Rung.RODENT),
        (D.ANIMAL_EXPERIMENT, S.NON_HUMAN_PRIMATE, OD.SAME, Rung.PRIMATE),
        (D.HUMAN_EXPERIMENT, S.HUMAN, OD.SAME, Rung.HUMAN_BIOMARKER),
        (D.RCT_PARALLEL, S.HUMAN, OD.SURROGATE, Rung.HUMAN_BIOMARKER),
        (D.RCT_CROSSOVER, S.HUMAN, OD.SURROGATE, Rung.HUMAN_BIOMARKER),
        (D.RCT_PARALLEL, S.HUMAN, OD.SAME, Rung.HUMAN_TRIAL),
        (D.COHORT, S.HUMAN, OD.SURROGATE, Rung.HUMAN_TRIAL),
        (D.META_ANALYSIS, S.HUMAN, OD.SAME, Rung.HUMAN_TRIAL),
        (D.REGULATORY_ACT, S.HUMAN, OD.SAME, None),
        (D.GUIDELINE, S.HUMAN, OD.SAME, None),
        (D.NARRATIVE_REVIEW, S.MOUSE, OD.SAME, None),
    ],
)
def test_what_was_studied_decides_the_rung(
    design: StudyDesign, species: Species, outcome: OutcomeDirectness, rung: Rung | None
) -> None:
    assert rung_of(design, species, outcome) is rung


def test_every_design_but_reviews_and_acts_has_a_rung() -> None:
    without = {d for d in D if rung_of(d, S.HUMAN, OD.SAME) is None}
    assert without == {D.REGULATORY_ACT, D.GUIDELINE, D.NARRATIVE_REVIEW}


@pytest.mark.parametrize(
    ("directions", "state"),
    [
        ((), RungState.UNTESTED),
        ((NEUTRAL,), RungState.OPEN),
        ((FOR, NEUTRAL), RungState.SUPPORTED),
        ((AGAINST, AGAINST), RungState.CONTRADICTED),
        ((FOR, AGAINST), RungState.MIXED),
        ((MIXED,), RungState.MIXED),
        ((MIXED, FOR), RungState.MIXED),
    ],
)
def test_the_directions_on_a_rung_give_its_state(
    directions: tuple[Direction, ...], state: RungState
) -> None:
    assert state_of([finding(str(n), one) for n, one in enumerate(directions)]) is state


def test_the_findings_of_a_rung_are_in_order_of_importance_from_the_lowest_rung() -> None:
    ordered = findings_by_rung(
        [
            finding("c"),
            finding("review", design=D.NARRATIVE_REVIEW),
            finding("b", causal_test=CausalTest.NECESSITY_GENETIC),
            finding("a"),
            finding("cells", design=D.IN_VITRO_EXPERIMENT),
        ]
    )
    assert list(ordered) == list(Rung)
    assert [f.evidence for f in ordered[Rung.RODENT]] == ["b", "a", "c"]
    assert [f.evidence for f in ordered[Rung.IN_VITRO]] == ["cells"]
    assert sum(map(len, ordered.values())) == 4, "a review is on no rung"

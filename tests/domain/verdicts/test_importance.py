"""The order of the findings on a claim in lists."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.synthesis.facts import NoteDirectness
from app.domain.verdicts.importance import POOLED, importance
from app.domain.vocabulary import (
    CausalTest,
    CompoundDirectness,
    OutcomeDirectness,
    PopulationDirectness,
    Species,
    StudyDesign,
)
from tests.domain.estimates import finding

D = StudyDesign
people = st.one_of(st.none(), st.integers(0, 10**7))


def of_design(design: StudyDesign) -> float:
    return importance(finding("a", species=Species.HUMAN, design=design))


def test_designs_are_in_their_order() -> None:
    order = (
        D.RCT_PARALLEL,
        D.REGULATORY_ACT,
        D.COHORT,
        D.CASE_SERIES,
        D.NARRATIVE_REVIEW,
    )
    places = [of_design(design) for design in order]
    assert all(above > below for above, below in pairwise(places))
    assert of_design(D.META_ANALYSIS) == of_design(D.RCT_CROSSOVER)


def test_causal_tests_are_in_the_order_of_their_rungs() -> None:
    tests = (CausalTest.RESCUE, CausalTest.OCCLUSION, CausalTest.CORRELATION, None)
    places = [importance(finding("a", causal_test=test)) for test in tests]
    assert all(above > below for above, below in pairwise(places))


def test_each_respect_in_which_a_finding_is_indirect_lowers_its_place() -> None:
    respects = (
        NoteDirectness(),
        NoteDirectness(PopulationDirectness.OTHER_HUMAN),
        NoteDirectness(PopulationDirectness.OTHER_HUMAN, CompoundDirectness.ENANTIOMER),
        NoteDirectness(
            PopulationDirectness.OTHER_HUMAN,
            CompoundDirectness.ENANTIOMER,
            OutcomeDirectness.SURROGATE,
        ),
    )
    places = [importance(finding("a", design=D.COHORT, directness=one)) for one in respects]
    assert all(above > below for above, below in pairwise(places))


@settings(deadline=None)
@given(
    st.sampled_from(D),
    st.sampled_from([None, *CausalTest]),
    people,
    st.floats(0, 1),
    st.floats(0, 1),
)
def test_a_pooled_finding_comes_before_all_others_by_its_weight(
    design: StudyDesign, test: CausalTest | None, n: int | None, weight: float, more: float
) -> None:
    found = finding("a", design=design, causal_test=test, participants=n)
    assert 0 <= importance(found) < POOLED <= importance(found, weight)
    assert (importance(found, weight) < importance(found, more)) == (
        POOLED + weight < POOLED + more
    )


@settings(deadline=None)
@given(st.sampled_from(D), people, people)
def test_more_people_never_lower_the_place_nor_outweigh_a_design(
    design: StudyDesign, few: int | None, many: int | None
) -> None:
    few, many = sorted((few or 0, many or 0))
    lower, higher = (importance(finding("a", design=design, participants=n)) for n in (few, many))
    assert lower <= higher < lower + 0.5

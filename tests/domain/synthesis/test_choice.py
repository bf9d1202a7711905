"""One estimate answers for each independent trial, and every other one has a reason."""

from dataclasses import replace
from math import log
from typing import Any

import pytest

from app.domain.synthesis.choice import Choice, choose_estimates
from app.domain.synthesis.facts import EstimateFacts, NoteDirectness
from app.domain.synthesis.questions import QuestionFacts, TimeWindow
from app.domain.vocabulary import (
    ComparatorKind,
    CompoundDirectness,
    Derivation,
    EstimateMetric,
    EstimateRegimen,
    EstimateRole,
    Masking,
    OutcomeDomain,
    QuestionRelation,
    Route,
    StudyDesign,
    ThresholdSide,
    UnitFlag,
)
from app.domain.vocabulary import ExclusionReason as Reason
from tests.domain.estimates import QUESTION, estimate, question, study

D = OutcomeDomain


def reasons(choice: Choice) -> dict[str, Reason]:
    return {entry.estimate.slug: entry.reason for entry in choice.not_chosen}


def chosen(choice: Choice) -> list[list[str]]:
    return [[e.slug for e in unit.estimates] for unit in choice.units]


@pytest.mark.parametrize(
    ("trial_question", "inputs", "reason"),
    [
        (QUESTION, {"outcome": D.PAIN}, Reason.OUTCOME),
        ({"compounds": {"ketamine"}}, {"compound": "esketamine"}, Reason.COMPOUND),
        (
            {"comparators": {ComparatorKind.INACTIVE}},
            {"comparator_kind": ComparatorKind.ACTIVE_TREATMENT},
            Reason.COMPARATOR,
        ),
        ({"routes": {Route.ORAL}}, {"route": Route.INTRANASAL}, Reason.ROUTE),
        (
            {"regimens": {EstimateRegimen.SINGLE}},
            {"regimen": EstimateRegimen.REPEATED},
            Reason.REGIMEN,
        ),
        (
            {"masking_accepted": {Masking.FULLY_MASKED}},
            {"masking": Masking.UNMASKED},
            Reason.MASKING,
        ),
        ({"window": TimeWindow(24, 4, 72)}, {"time_hours": 168.0}, Reason.WINDOW),
        ({"window": TimeWindow(24, 4, 72)}, {"time_hours": None}, Reason.NO_TIME),
        (QUESTION, {"standard_error": None}, Reason.NO_STANDARD_ERROR),
    ],
)
def test_what_does_not_fit_the_question_is_left_out_with_the_reason(
    trial_question: QuestionFacts | dict[str, Any], inputs: dict[str, Any], reason: Reason
) -> None:
    if isinstance(trial_question, dict):
        sets = {k: frozenset(v) if isinstance(v, set) else v for k, v in trial_question.items()}
        trial_question = question(**sets)
    result = choose_estimates(trial_question, [estimate("trial--one", **inputs)])
    assert result.units == ()
    assert reasons(result) == {"trial--one": reason}


def test_other_people_are_indirect_if_a_curator_linked_the_note_and_else_left_out() -> None:
    trial_question = question(population=frozenset({"depression"}))
    linked = estimate("a", study=study("a", indications=frozenset({"bipolar"})))
    unlinked = replace(linked, slug="b", directness=None, bears_on_claim=False)
    assert choose_estimates(trial_question, [linked]).units[0].flags == {UnitFlag.OTHER_POPULATION}
    assert choose_estimates(trial_question, [unlinked]).units == ()


def test_a_compound_that_the_question_names_is_direct() -> None:
    enantiomer = NoteDirectness(compound=CompoundDirectness.ENANTIOMER)
    spray = estimate("a", compound="esketamine", directness=enantiomer)
    both = question(compounds=frozenset({"ketamine", "esketamine"}))
    assert choose_estimates(both, [spray]).units[0].flags == set()
    assert choose_estimates(QUESTION, [spray]).units[0].flags == {UnitFlag.OTHER_COMPOUND}


def test_an_unspecific_outcome_answers_only_claims_that_its_curator_named() -> None:
    trial_question = question(outcomes=(D.OTHER_HARM,), relation=QuestionRelation.HARM)
    named = estimate("a", outcome=D.OTHER_HARM)
    assert len(choose_estimates(trial_question, [named]).units) == 1
    assert choose_estimates(trial_question, [replace(named, bears_on_claim=False)]).units == ()


def test_estimates_of_another_topic_are_not_listed() -> None:
    other = estimate("a", outcome=D.PAIN, bears_on_claim=False)
    assert choose_estimates(QUESTION, [other]) == Choice((), ())


RANKED: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("preferred outcome", {}, {"outcome": D.DEPRESSION_RESPONSE}),
    ("all people", {}, {"subgroup": "women"}),
    ("nearest time", {"time_hours": 48.0}, {"time_hours": 4.0}),
    ("primary", {"role": EstimateRole.PRIMARY}, {"role": EstimateRole.POST_HOC}),
    ("trust", {"derivation": Derivation.CI}, {"derivation": Derivation.SD_BORROWED}),
]


@pytest.mark.parametrize(("why", "better", "worse"), RANKED, ids=[row[0] for row in RANKED])
def test_the_estimate_that_fits_best_answers_for_its_trial(
    why: str, better: dict[str, Any], worse: dict[str, Any]
) -> None:
    trial_question = question(
        outcomes=(D.DEPRESSION_SEVERITY, D.DEPRESSION_RESPONSE), window=TimeWindow(24, 1, 168)
    )
    one = study("trial")
    # The worse one comes first by its slug, so that nothing else decides.
    inputs = [
        estimate("trial--a", **{"study": one, "time_hours": 24.0, **worse}),
        estimate("trial--b", **{"study": one, "time_hours": 24.0, **better}),
    ]
    result = choose_estimates(trial_question, inputs)
    assert chosen(result) == [["trial--b"]], why
    assert reasons(result)["trial--a"] in (Reason.OTHER_ESTIMATE, Reason.SUBGROUP)


def test_times_are_compared_by_their_ratio() -> None:
    trial_question = question(window=TimeWindow(24, 0.5, 72))
    early, late = estimate("t--a", time_hours=0.667), estimate("t--b", time_hours=48.0)
    assert chosen(choose_estimates(trial_question, [early, late])) == [["t--b"]]


def test_reports_of_one_trial_are_one_unit() -> None:
    first = estimate("a", study=study("a", trial_group="trial"))
    second = estimate("b", study=study("b", trial_group="trial"))
    third = estimate("c", study=study("c", unit_of=frozenset({"trial"})))
    assert len(choose_estimates(QUESTION, [first, second, third]).units) == 1


def arm(dose: int, value: float, n: int, **fields: Any) -> EstimateFacts:
    return estimate(
        f"t--{dose}",
        value,
        (4 / n) ** 0.5 * 1.0,
        study=study("t"),
        intervention=f"drug {dose} mg",
        shared_control="placebo",
        n_intervention=n,
        n_comparator=n,
        participants=2 * n,
        **fields,
    )


def test_arms_with_one_control_are_combined_and_counted_once() -> None:
    result = choose_estimates(QUESTION, [arm(56, 0.4, 100), arm(84, 0.6, 100)])
    unit = result.units[0]
    assert unit.value == pytest.approx(0.5)
    # Two arms of 100 against one control of 100: between one comparison and two independent ones.
    assert 0.2 / 2**0.5 < unit.standard_error < 0.2
    assert unit.flags == {UnitFlag.ARMS_COMBINED}
    assert unit.participants == 300


def test_another_analysis_of_the_same_arms_is_not_combined_with_them() -> None:
    again = replace(arm(84, 0.7, 100), slug="t--84-observed", intervention="drug 84 mg, observed")
    primary = [replace(arm(d, 0.5, 100), role=EstimateRole.PRIMARY) for d in (56, 84)]
    result = choose_estimates(QUESTION, [*primary, again])
    assert chosen(result) == [["t--56", "t--84"]]
    assert reasons(result) == {"t--84-observed": Reason.OTHER_ESTIMATE}


def test_disjoint_strata_are_combined_and_overlapping_ones_are_not() -> None:
    def stratum(name: str, people: int) -> EstimateFacts:
        trial = study("t", participants=200)
        return estimate(f"t--{name}", study=trial, subgroup=name, participants=people)

    parts = choose_estimates(QUESTION, [stratum("women", 120), stratum("men", 80)]).units[0]
    assert parts.flags == {UnitFlag.STRATA_COMBINED}
    assert parts.participants == 200
    assert parts.standard_error == pytest.approx(0.2 / 2**0.5)
    overlap = choose_estimates(QUESTION, [stratum("women", 120), stratum("old", 130)]).units[0]
    assert len(overlap.estimates) == 1


def synthesis(name: str, design: StudyDesign, *trials: str, people: int = 500) -> EstimateFacts:
    return estimate(
        name,
        study=study(name, design, year=2020, trials_pooled=frozenset(trials)),
        participants=people,
    )


def test_a_pooled_analysis_counts_only_for_trials_without_an_estimate() -> None:
    pooled = synthesis("pool", StudyDesign.POOLED_ANALYSIS, "a", "b")
    alone = choose_estimates(QUESTION, [pooled, estimate("c")])
    assert chosen(alone) == [["c"], ["pool"]]
    beside = choose_estimates(QUESTION, [pooled, estimate("a")])
    assert chosen(beside) == [["a"]]
    assert reasons(beside) == {"pool": Reason.SYNTHESIS}


def test_a_meta_analysis_is_adopted_only_where_fewer_than_two_trials_can_be_pooled() -> None:
    review = synthesis("review", StudyDesign.META_ANALYSIS)
    one = choose_estimates(QUESTION, [review, estimate("a")])
    assert one.adopted
    assert chosen(one) == [["review"]]
    assert reasons(one) == {"a": Reason.SYNTHESIS}
    two = choose_estimates(QUESTION, [review, estimate("a"), estimate("b")])
    assert not two.adopted
    assert chosen(two) == [["a"], ["b"]]


def test_comparisons_without_randomisation_count_only_without_randomised_ones() -> None:
    cohort = estimate("cohort", study=study("cohort", StudyDesign.COHORT))
    assert chosen(choose_estimates(QUESTION, [cohort])) == [["cohort"]]
    both = choose_estimates(QUESTION, [cohort, estimate("trial")])
    assert reasons(both) == {"cohort": Reason.DESIGN}


def test_a_threshold_asks_for_the_share_of_the_arm() -> None:
    trial_question = question(
        relation=QuestionRelation.THRESHOLD,
        outcomes=(D.DEPRESSION_RESPONSE,),
        proportion=0.5,
        side=ThresholdSide.ABOVE,
    )
    inputs = estimate(
        outcome=D.DEPRESSION_RESPONSE,
        metric=EstimateMetric.LOG_OR,
        n_intervention=40,
        events_intervention=30,
        comparator_kind=ComparatorKind.ACTIVE_TREATMENT,
    )
    unit = choose_estimates(trial_question, [inputs]).units[0]
    assert unit.metric is EstimateMetric.LOGIT_PROPORTION
    assert unit.value == pytest.approx(log(3))
    assert unit.participants == 40


def test_an_estimate_that_the_reader_excludes_is_named_as_such() -> None:
    result = choose_estimates(QUESTION, [estimate("a")], excluded=frozenset({"a"}))
    assert reasons(result) == {"a": Reason.READER}


def test_an_estimate_that_is_listed_twice_counts_once() -> None:
    one, two = (
        estimate(f"t--{name}", study=study("t"), subgroup=name, shared_control=None)
        for name in ("men", "women")
    )
    once = choose_estimates(QUESTION, [one, two])
    assert chosen(once) == [["t--men", "t--women"]]
    assert choose_estimates(QUESTION, [one, two, two, one]) == once


def test_the_reason_says_that_two_estimates_fit_alike() -> None:
    result = choose_estimates(QUESTION, [estimate("t--b"), estimate("t--a")])
    assert chosen(result) == [["t--a"]]
    (entry,) = result.not_chosen
    assert entry.detail == "`t--a` fits as well, and is first in alphabetical order"

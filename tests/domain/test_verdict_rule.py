"""Invariants of the verdict rule, whatever the evidence."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.verdicts import sensitivity
from app.domain.verdicts.points import ClaimFacts, NoteFacts, score_note
from app.domain.verdicts.rule import judge, override
from app.domain.verdicts.totals import VERDICT_RANK
from app.domain.vocabulary import (
    CausalTest,
    Certainty,
    ClaimKind,
    CompoundDirectness,
    Confidence,
    Direction,
    Masking,
    OutcomeDirectness,
    PopulationDirectness,
    Predicate,
    Quantifier,
    Species,
    StudyDesign,
    VerdictKind,
)

V, D = VerdictKind, Direction
TRIAL = NoteFacts(
    slug="trial-1-outcome",
    study="trial-1",
    direction=D.SUPPORTS,
    design=StudyDesign.RCT_PARALLEL,
    species=Species.HUMAN,
    masking=Masking.ACTIVE_PLACEBO,
    population=PopulationDirectness.SAME,
    compound=CompoundDirectness.SAME,
    outcome=OutcomeDirectness.SAME,
    participants=150,
)
EFFICACY = ClaimFacts(ClaimKind.EFFICACY)

claims = st.builds(
    ClaimFacts,
    kind=st.sampled_from(ClaimKind),
    predicate=st.sampled_from([None, Predicate.BLOCKS, Predicate.REQUIRED_FOR]),
    quantifier=st.just(Quantifier.GENERAL),
)
studies = st.sampled_from([f"study-{n}" for n in range(6)])
any_note = st.builds(
    NoteFacts,
    slug=st.integers(0, 9999).map(lambda n: f"note-{n}"),
    study=studies,
    direction=st.sampled_from(Direction),
    design=st.sampled_from(StudyDesign),
    species=st.sampled_from([Species.HUMAN, Species.MOUSE, Species.RECOMBINANT]),
    masking=st.sampled_from(Masking),
    population=st.sampled_from(PopulationDirectness),
    compound=st.sampled_from(CompoundDirectness),
    outcome=st.sampled_from(OutcomeDirectness),
    causal_test=st.sampled_from([None, *CausalTest]),
    participants=st.one_of(st.none(), st.integers(1, 500)),
    confidence=st.sampled_from(Confidence),
    draws_on=st.one_of(st.just(frozenset[str]()), st.frozensets(studies, max_size=3)),
)


def of_one_study_each(notes: list[NoteFacts]) -> list[NoteFacts]:
    """Notes whose study has one design, species and sources, as in a store."""
    first: dict[str, NoteFacts] = {}
    out = []
    for index, note in enumerate(notes):
        kept = first.setdefault(note.study, note)
        out.append(
            replace(
                note,
                slug=f"note-{index}",
                design=kept.design,
                species=kept.species,
                masking=kept.masking,
                participants=kept.participants,
                draws_on=kept.draws_on - {note.study},
            )
        )
    return out


any_notes = st.lists(any_note, max_size=8).map(of_one_study_each)


def trials(number: int, **changes: object) -> list[NoteFacts]:
    return [
        replace(TRIAL, slug=f"trial-{n}-outcome", study=f"trial-{n}", **changes)  # type: ignore[arg-type]
        for n in range(number)
    ]


@settings(max_examples=300, deadline=None)
@given(claims, any_notes, any_note)
def test_a_further_supporting_note_never_lowers_support(
    claim: ClaimFacts, notes: list[NoteFacts], more: NoteFacts
) -> None:
    before = judge(claim, notes)
    added = of_one_study_each([*notes, replace(more, direction=D.SUPPORTS)])
    after = judge(claim, added)
    assert VERDICT_RANK[after.kind] >= VERDICT_RANK[before.kind]
    assert after.supporting.points >= before.supporting.points


@settings(max_examples=300, deadline=None)
@given(claims, any_notes)
def test_flipping_all_directions_flips_the_verdict(
    claim: ClaimFacts, notes: list[NoteFacts]
) -> None:
    turned = {D.SUPPORTS: D.DISPUTES, D.DISPUTES: D.SUPPORTS}
    flipped = [replace(n, direction=turned.get(n.direction, n.direction)) for n in notes]
    before, after = judge(claim, notes).kind, judge(claim, flipped).kind
    positive = {V.ESTABLISHED, V.SUPPORTED}
    assert (before in positive) == (after is V.REFUTED)
    assert (before is V.UNTESTED) == (after is V.UNTESTED)
    assert {before, after} & {V.CONTESTED, V.WEAK} == set() or before is after


@settings(max_examples=200, deadline=None)
@given(claims, any_notes, st.randoms())
def test_order_and_duplicates_of_notes_make_no_difference(
    claim: ClaimFacts, notes: list[NoteFacts], chance: object
) -> None:
    shuffled = [*notes, *notes[:3]]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert judge(claim, shuffled) == judge(claim, notes)


@settings(max_examples=200, deadline=None)
@given(claims, any_notes)
def test_totals_follow_from_the_ledger(claim: ClaimFacts, notes: list[NoteFacts]) -> None:
    verdict = judge(claim, notes)
    for side, direction in ((verdict.supporting, D.SUPPORTS), (verdict.disputing, D.DISPUTES)):
        best: dict[str, float] = {}
        for line in verdict.ledger:
            half = 0.5 if line.note.direction is D.MIXED else 1.0
            if line.note.direction in {direction, D.MIXED}:
                points = line.points * half
                best[line.note.study] = max(best.get(line.note.study, 0.0), points)
        assert side.points <= sum(best.values()) + 1e-6
    total = verdict.supporting.points + verdict.disputing.points
    assert (verdict.share is None) == (total == 0)


@settings(max_examples=200, deadline=None)
@given(claims, any_notes)
def test_a_study_is_decisive_if_the_verdict_differs_without_it(
    claim: ClaimFacts, notes: list[NoteFacts]
) -> None:
    verdict = judge(claim, notes)
    for study in {note.study for note in notes if note.direction is not D.NEUTRAL}:
        rest = judge(claim, [note for note in notes if note.study != study])
        assert (study in verdict.decisive) == (rest.kind is not verdict.kind)


@settings(deadline=None)
@given(claims, any_notes)
def test_the_studies_named_in_would_change_if_change_the_verdict(
    claim: ClaimFacts, notes: list[NoteFacts]
) -> None:
    verdict = judge(claim, notes)
    for sentence in verdict.would_change_if:
        words = sentence.split()
        number, for_it = int(words[words.index("if") + 1]), "supported" in words
        direction = D.SUPPORTS if for_it else D.DISPUTES
        more = [
            replace(sensitivity.hypothetical_study(direction, claim), slug=f"~{n}", study=f"~{n}")
            for n in range(number)
        ]
        assert judge(claim, [*notes, *more]).kind.value == words[3]
        assert judge(claim, [*notes, *more[1:]]).kind is verdict.kind


def test_several_papers_of_one_study_count_once() -> None:
    papers = [replace(TRIAL, slug=f"trial-1-paper-{n}") for n in range(5)]
    single, five = judge(EFFICACY, papers[:1]), judge(EFFICACY, papers)
    assert five.supporting.points == single.supporting.points
    assert (single.supporting.studies, five.supporting.studies) == (1, 1)
    assert five.kind is single.kind


def test_a_reanalysis_adds_nothing_to_the_trial_it_draws_on() -> None:
    again = replace(
        TRIAL,
        slug="again",
        study="again",
        design=StudyDesign.REANALYSIS,
        draws_on=frozenset({"trial-1"}),
    )
    assert judge(EFFICACY, [TRIAL, again]).supporting.points == 4.0
    assert judge(EFFICACY, [TRIAL, again]).supporting.studies == 1


def test_an_animal_study_cannot_establish_a_treatment_claim() -> None:
    mice = trials(
        20,
        design=StudyDesign.ANIMAL_EXPERIMENT,
        species=Species.MOUSE,
        population=PopulationDirectness.ANIMAL,
        participants=None,
    )
    assert judge(EFFICACY, mice).kind in {V.WEAK, V.SUPPORTED}
    assert judge(EFFICACY, mice).certainty == "very_low"


def test_three_sound_trials_establish_and_an_equal_number_against_contests() -> None:
    assert judge(EFFICACY, trials(3)).kind is V.ESTABLISHED
    against = [replace(n, slug=f"{n.slug}-x", study=f"{n.study}-x") for n in trials(3)]
    against = [replace(n, direction=D.DISPUTES) for n in against]
    assert judge(EFFICACY, [*trials(3), *against]).kind is V.CONTESTED
    assert judge(EFFICACY, against).kind is V.REFUTED


def test_two_sound_counter_examples_refute_a_universal_claim() -> None:
    universal = ClaimFacts(ClaimKind.COMPARATIVE, quantifier=Quantifier.UNIVERSAL)
    against = [replace(n, study=f"{n.study}-x", direction=D.DISPUTES) for n in trials(2)]
    assert judge(universal, [*trials(9), *against]).kind is V.REFUTED
    assert judge(universal, [*trials(9), *against[:1]]).kind is V.ESTABLISHED


def test_a_mechanism_that_fails_in_people_is_contested_and_says_so() -> None:
    claim = ClaimFacts(ClaimKind.MECHANISM, Predicate.REQUIRED_FOR)
    mice = trials(
        4,
        design=StudyDesign.ANIMAL_EXPERIMENT,
        species=Species.MOUSE,
        population=PopulationDirectness.ANIMAL,
        causal_test=CausalTest.NECESSITY_BLOCKER,
        participants=None,
    )
    person = replace(
        TRIAL, study="person", direction=D.DISPUTES, causal_test=CausalTest.NECESSITY_BLOCKER
    )
    verdict = judge(claim, [*mice, person])
    assert verdict.kind is V.CONTESTED
    assert (verdict.animals, verdict.people) == (V.SUPPORTED, V.WEAK)
    assert any("splits by species" in rule for rule in verdict.rules_fired)


def test_a_claim_without_notes_is_untested_without_certainty() -> None:
    verdict = judge(EFFICACY, [])
    assert (verdict.kind, verdict.certainty, verdict.share) == (V.UNTESTED, None, None)
    assert judge(EFFICACY, [replace(TRIAL, direction=D.NEUTRAL)]).kind is V.UNTESTED


@pytest.mark.parametrize(
    ("change", "points"),
    [
        ({"masking": Masking.UNMASKED}, 3.0),
        ({"masking": Masking.FUNCTIONAL_UNBLINDING_LIKELY}, 3.5),
        ({"participants": None}, 3.0),
        ({"participants": 20}, 2.5),
        ({"participants": 40}, 3.0),
        ({"participants": 80}, 3.5),
        ({"participants": 300}, 5.0),
        ({"population": PopulationDirectness.OTHER_HUMAN}, 3.0),
        ({"compound": CompoundDirectness.ENANTIOMER}, 3.5),
        ({"outcome": OutcomeDirectness.SURROGATE}, 3.0),
        ({"confidence": Confidence.MEDIUM}, 3.5),
    ],
)
def test_adjustments_of_a_trial(change: dict[str, object], points: float) -> None:
    note = replace(TRIAL, **change)  # type: ignore[arg-type]
    assert judge(EFFICACY, [note]).supporting.points == points


def test_a_synthesis_of_uncontrolled_studies_is_not_randomised_evidence() -> None:
    pooled = replace(TRIAL, design=StudyDesign.POOLED_ANALYSIS)
    uncontrolled = replace(pooled, masking=Masking.UNMASKED)
    assert judge(EFFICACY, [pooled]).supporting.points == 4
    assert any("starts high" in rule for rule in judge(EFFICACY, [pooled]).rules_fired)
    assert judge(EFFICACY, [uncontrolled]).supporting.points == 2
    assert any("starts low" in rule for rule in judge(EFFICACY, [uncontrolled]).rules_fired)


def test_the_ledger_has_the_points_that_a_synthesis_adds_to_its_side() -> None:
    pooled = replace(TRIAL, slug="pooled-1", study="pooled", design=StudyDesign.META_ANALYSIS)
    mixed = replace(pooled, slug="mixed-1", study="mixed", direction=D.MIXED)
    verdict = judge(EFFICACY, [pooled, mixed])
    assert (verdict.supporting.points, verdict.disputing.points) == (4, 2)
    assert {line.note.study: line.study_points for line in verdict.ledger} == {
        "pooled": 4,
        "mixed": 2,
    }


def test_a_sound_study_is_one_of_four_points() -> None:
    for kind in ClaimKind:
        claim = ClaimFacts(kind, Predicate.BLOCKS if kind is ClaimKind.MECHANISM else None)
        assert score_note(sensitivity.hypothetical_study(D.SUPPORTS, claim), claim).points == 4


def test_the_verdict_names_decisive_studies_and_what_would_change_it() -> None:
    verdict = judge(EFFICACY, trials(3))
    assert verdict.decisive == ("trial-0", "trial-1", "trial-2")
    assert any("found the opposite" in sentence for sentence in verdict.would_change_if)
    assert judge(EFFICACY, trials(4)).decisive == (), "none of them is decisive alone"


def test_an_override_needs_a_reason_and_is_stated() -> None:
    verdict = judge(EFFICACY, [TRIAL])
    assert override(verdict, None, None) == verdict
    overridden = override(verdict, V.CONTESTED, "The trial is under inquiry.")
    assert (overridden.kind, overridden.rule_kind) == (V.CONTESTED, verdict.kind)
    assert overridden.rules_fired[:-1] == verdict.rules_fired
    assert "overrides the rule, which says" in overridden.rules_fired[-1]
    assert "under inquiry" in overridden.rules_fired[-1]


def test_trials_whose_masking_was_never_complete_are_not_high_certainty() -> None:
    trials = [replace(TRIAL, slug=f"n-{n}", study=f"s-{n}") for n in range(4)]
    felt = judge(EFFICACY, trials)
    assert felt.certainty is Certainty.MODERATE
    assert "in none of them was masking complete" in felt.rules_fired[-1]
    hidden = replace(trials[0], masking=Masking.FULLY_MASKED)
    assert judge(EFFICACY, [hidden, *trials[1:]]).certainty is Certainty.HIGH
    harm = ClaimFacts(ClaimKind.SAFETY)
    assert judge(harm, trials).certainty is Certainty.HIGH
    null = [replace(note, direction=D.DISPUTES) for note in trials]
    assert judge(EFFICACY, null).certainty is Certainty.HIGH


def test_less_than_one_sound_study_is_never_more_than_low_certainty() -> None:
    warning = replace(TRIAL, design=StudyDesign.REGULATORY_ACT, participants=None)
    survey = replace(
        TRIAL,
        slug="survey",
        study="survey",
        design=StudyDesign.CROSS_SECTIONAL,
        population=PopulationDirectness.OTHER_HUMAN,
        participants=None,
    )
    verdict = judge(ClaimFacts(ClaimKind.SAFETY), [warning, survey])
    assert (verdict.kind, verdict.certainty) == (V.WEAK, Certainty.LOW)
    assert "low at most" in verdict.rules_fired[-1]

"""The verdict on a claim: an editor's override, decisive trials and what would change it."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.synthesis.facts import EstimateFacts
from app.domain.verdicts.claim_verdict import claim_verdict
from app.domain.verdicts.facts import ClaimEvidence, FindingFacts
from app.domain.verdicts.rule import judge_claim
from app.domain.vocabulary import (
    CausalTest,
    ClaimKind,
    Direction,
    Species,
    StudyDesign,
    VerdictBasis,
    VerdictKind,
)
from tests.domain.estimates import QUESTION, estimate, finding

V = VerdictKind
FOR, AGAINST = Direction.SUPPORTS, Direction.DISPUTES


def trials(*values: float, se: float = 0.2) -> tuple[EstimateFacts, ...]:
    return tuple(estimate(f"trial-{n}--a", value, se) for n, value in enumerate(values))


def efficacy(*estimates: EstimateFacts, **fields: object) -> ClaimEvidence:
    return ClaimEvidence(
        ClaimKind.EFFICACY,
        question=QUESTION,
        estimates=estimates,
        **fields,  # type: ignore[arg-type]
    )


def test_an_override_takes_precedence_and_leaves_the_judgement_as_it_is() -> None:
    claim = efficacy(*trials(0.5, 0.6, 0.5))
    by_rule = claim_verdict(claim)
    assert by_rule.kind is by_rule.judgement.verdict
    overridden = claim_verdict(claim, override=(V.CONTESTED, "The trials are under inquiry."))
    assert overridden.kind is V.CONTESTED
    assert overridden.judgement == by_rule.judgement
    assert overridden.decisive == by_rule.decisive
    assert overridden.changing == by_rule.changing


def test_a_judgement_of_the_reader_is_served_in_place_of_that_of_the_rule() -> None:
    claim = efficacy(*trials(0.5, 0.6, 0.5))
    chosen = judge_claim(claim, excluded=frozenset({"trial-0--a", "trial-1--a", "trial-2--a"}))
    assert chosen.verdict is V.NOT_ASSESSED
    assert claim_verdict(claim, chosen).kind is V.NOT_ASSESSED
    assert claim_verdict(claim, chosen).decisive == ()


def test_a_trial_is_decisive_if_the_verdict_differs_without_it() -> None:
    claim = efficacy(*trials(0.45, 0.45, se=0.18))
    verdict = claim_verdict(claim)
    assert verdict.kind in (V.SUPPORTED, V.ESTABLISHED)
    assert verdict.decisive == ("trial-0", "trial-1"), "one trial alone is not enough"
    many = claim_verdict(efficacy(*trials(*[0.5] * 6, se=0.1)))
    assert (many.kind, many.decisive) == (V.ESTABLISHED, ())


@pytest.mark.parametrize("values", [(0.3, 0.32, 0.28), (0.1, 0.15, 0.05)])
def test_a_trial_that_would_change_the_verdict_does_so_with_the_people_it_names(
    values: tuple[float, ...],
) -> None:
    estimates = trials(*values, se=0.12)
    verdict = claim_verdict(efficacy(*estimates))
    assert verdict.changing
    for further in verdict.changing:
        assert further.verdict is not verdict.kind
        assert further.people > 1
        # A trial far smaller than that does not suffice.
        few = estimate("more--a", further.effect, (4 / (0.1 * further.people)) ** 0.5)
        assert judge_claim(efficacy(*estimates, few)).verdict is verdict.kind


def test_no_trial_is_named_for_claims_without_an_effect() -> None:
    found = finding("a", FOR, "one", causal_test=CausalTest.RESCUE)
    mechanism = claim_verdict(ClaimEvidence(ClaimKind.MECHANISM, findings=(found,)))
    assert mechanism.judgement.basis is VerdictBasis.LADDER
    assert (mechanism.decisive, mechanism.changing) == ((), ())


def of_laboratories(*names: str, **fields: object) -> list[FindingFacts]:
    return [finding(f"{name}-note", group=name, **fields) for name in names]  # type: ignore[arg-type]


def test_people_and_animals_are_judged_alone_where_both_were_studied() -> None:
    animals = of_laboratories("a", "b", "c", causal_test=CausalTest.NECESSITY_BLOCKER)
    people = of_laboratories(
        "d",
        "e",
        direction=AGAINST,
        species=Species.HUMAN,
        design=StudyDesign.RCT_PARALLEL,
        causal_test=CausalTest.NECESSITY_BLOCKER,
        participants=60,
    )
    both = claim_verdict(ClaimEvidence(ClaimKind.MECHANISM, findings=(*animals, *people)))
    assert both.by_species is not None
    assert (both.by_species.people, both.by_species.animals) == (V.REFUTED, V.SUPPORTED)
    assert both.kind is V.CONTESTED, "animals do not lift it above what people show"
    alone = claim_verdict(ClaimEvidence(ClaimKind.MECHANISM, findings=tuple(animals)))
    assert alone.kind is V.SUPPORTED
    assert alone.by_species is None or alone.by_species.people is None


any_finding = st.builds(
    lambda n, direction, test, species, group: finding(
        f"note-{n}", direction, group, species, causal_test=test
    ),
    st.integers(0, 9999),
    st.sampled_from(Direction),
    st.sampled_from([None, *CausalTest]),
    st.sampled_from([Species.HUMAN, Species.MOUSE, Species.RECOMBINANT]),
    st.sampled_from([None, "one", "two", "three"]),
)
any_findings = st.lists(any_finding, max_size=8, unique_by=lambda f: f.evidence)
kinds = st.sampled_from([k for k in ClaimKind if k is not ClaimKind.REGULATORY])


@settings(deadline=None)
@given(kinds, any_findings, st.randoms(use_true_random=False))
def test_order_and_duplicates_of_findings_make_no_difference(
    kind: ClaimKind, findings: list[FindingFacts], random: Random
) -> None:
    shuffled = [*findings, *findings[:3]]
    random.shuffle(shuffled)
    before = claim_verdict(ClaimEvidence(kind, findings=tuple(findings)))
    after = claim_verdict(ClaimEvidence(kind, findings=tuple(shuffled)))
    assert (after.kind, after.judgement.certainty) == (before.kind, before.judgement.certainty)


@settings(deadline=None)
@given(any_findings)
def test_flipping_all_directions_never_leaves_a_mechanism_on_the_same_side(
    findings: list[FindingFacts],
) -> None:
    turned = {FOR: AGAINST, AGAINST: FOR}
    flipped = [replace(f, direction=turned.get(f.direction, f.direction)) for f in findings]
    before, after = (
        claim_verdict(ClaimEvidence(ClaimKind.MECHANISM, findings=tuple(notes))).kind
        for notes in (findings, flipped)
    )
    positive = {V.ESTABLISHED, V.SUPPORTED, V.SUGGESTIVE}
    assert not {before, after} <= positive
    assert {before, after} != {V.REFUTED}
    assert (before is V.NOT_ASSESSED) == (after is V.NOT_ASSESSED)


def test_several_papers_of_one_laboratory_count_once() -> None:
    papers = tuple(
        finding(f"paper-{n}", FOR, "one", causal_test=CausalTest.NECESSITY_GENETIC)
        for n in range(5)
    )
    first, all_ = (
        claim_verdict(ClaimEvidence(ClaimKind.MECHANISM, findings=notes))
        for notes in (papers[:1], papers)
    )
    assert first.kind is all_.kind is V.SUGGESTIVE
    assert first.judgement.certainty is all_.judgement.certainty


def test_several_papers_of_one_trial_count_once() -> None:
    (one,) = trials(0.5)
    again = replace(one, slug="trial-0--b", evidence="second-paper")
    single, both = (claim_verdict(efficacy(*found)) for found in ((one,), (one, again)))
    assert single.judgement.effect is not None
    assert both.judgement.effect is not None
    assert both.judgement.effect.pooled == single.judgement.effect.pooled
    assert both.kind is single.kind


def test_animal_studies_support_no_treatment() -> None:
    mice = tuple(of_laboratories(*"abcdefgh"))
    verdict = claim_verdict(efficacy(findings=mice))
    assert verdict.kind is V.NOT_ASSESSED

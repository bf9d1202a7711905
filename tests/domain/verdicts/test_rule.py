"""The rule takes the way that fits the claim, and names no claim."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.domain.synthesis.facts import EstimateFacts
from app.domain.verdicts.facts import ClaimEvidence, RegulatoryActFacts
from app.domain.verdicts.narrative import judge_narrative
from app.domain.verdicts.regulatory import judge_regulation
from app.domain.verdicts.rule import judge_claim
from app.domain.vocabulary import (
    Absence,
    CausalTest,
    Certainty,
    ClaimKind,
    ComparatorKind,
    Direction,
    Quantifier,
    Species,
    StudyDesign,
    VerdictBasis,
    VerdictKind,
)
from tests.domain.estimates import QUESTION, estimate, finding, question, study

V, B = VerdictKind, VerdictBasis
FOR, AGAINST = Direction.SUPPORTS, Direction.DISPUTES
APP = Path(__file__).parents[3] / "app"


def test_no_claim_is_named_in_the_rule() -> None:
    folder = APP / "dataset" / "claims"
    read = [yaml.safe_load(file.read_text("utf-8")) for file in folder.rglob("*.yaml")]
    slugs = [claim["slug"] for content in read for claim in content.get("claims", [])]
    assert len(slugs) > 100
    # The catalogue of problems shows the address of a claim as an example, and judges nothing.
    files = [p for p in (APP / "domain").rglob("*.py") if p.name != "problem_types.py"]
    sources = {p.name: p.read_text("utf-8") for p in files}
    assert [(n, slug) for n, text in sources.items() for slug in slugs if slug in text] == []


@pytest.mark.parametrize(
    ("claim", "basis", "verdict"),
    [
        (
            ClaimEvidence(ClaimKind.MECHANISM, background=True, findings=(finding("textbook"),)),
            B.BACKGROUND,
            V.BACKGROUND,
        ),
        (
            ClaimEvidence(ClaimKind.BACKGROUND, findings=(finding("textbook"),)),
            B.BACKGROUND,
            V.BACKGROUND,
        ),
        (ClaimEvidence(ClaimKind.BACKGROUND), B.NONE, V.NOT_ASSESSED),
        (ClaimEvidence(ClaimKind.REGULATORY), B.NONE, V.NOT_ASSESSED),
        (ClaimEvidence(ClaimKind.MECHANISM), B.NONE, V.NOT_ASSESSED),
        (ClaimEvidence(ClaimKind.EFFICACY), B.NONE, V.NOT_JUDGED),
        (ClaimEvidence(ClaimKind.EFFICACY, question=QUESTION), B.NONE, V.NOT_ASSESSED),
        (
            ClaimEvidence(ClaimKind.EFFICACY, question=QUESTION, estimates=(estimate(),)),
            B.SINGLE,
            V.SUGGESTIVE,
        ),
    ],
)
def test_the_kind_of_claim_decides_the_way(
    claim: ClaimEvidence, basis: VerdictBasis, verdict: VerdictKind
) -> None:
    result = judge_claim(claim)
    assert (result.basis, result.verdict) == (basis, verdict)


def test_the_absence_says_what_is_missing() -> None:
    trial_question = ClaimEvidence(ClaimKind.EFFICACY, question=QUESTION)
    assert judge_claim(trial_question).absence is Absence.NOT_SEARCHED
    unread = replace(trial_question, has_unread_study=True)
    assert judge_claim(unread).absence is Absence.STUDY_NOT_READ
    in_words = replace(trial_question, findings=(finding("note"),))
    assert judge_claim(in_words).absence is Absence.NO_FIGURE
    without_error = replace(trial_question, estimates=(estimate(standard_error=None),))
    assert judge_claim(without_error).absence is Absence.NO_FIGURE


def act(place: str, date: str | None, side: Direction = FOR, **fields: Any) -> RegulatoryActFacts:
    return RegulatoryActFacts(
        slug=f"{place}-{date}-{side}",
        jurisdiction=place,
        date=date,
        direction=side,
        status="Approved",
        **fields,
    )


@pytest.mark.parametrize(
    ("acts", "named", "verdict", "certainty"),
    [
        ([act("US", "2019")], [], V.ESTABLISHED, Certainty.HIGH),
        ([act("US", "2019"), act("US", "2021", AGAINST)], [], V.REFUTED, Certainty.HIGH),
        ([act("US", "2019"), act("US", None, AGAINST)], [], V.ESTABLISHED, Certainty.HIGH),
        (
            [act("GB-SCT", "2020"), act("GB-ENG", "2022", AGAINST)],
            [],
            V.MIXED_BY_JURISDICTION,
            Certainty.HIGH,
        ),
        ([act("US", "2019", primary_source=False)], [], V.ESTABLISHED, Certainty.MODERATE),
        ([act("CA", "2021", is_act=False)], [], V.ESTABLISHED, Certainty.MODERATE),
        ([act("US", "2019"), act("CA", "2021", AGAINST, is_act=False)], [], V.ESTABLISHED, None),
        ([act("US", "2019", AGAINST, is_recorded=True), act("US", "2022")], [], V.REFUTED, None),
        ([act("US", "2019"), act("CN", "2020", AGAINST)], ["US"], V.ESTABLISHED, None),
        ([act("US", "2019")], ["EU"], V.NOT_ASSESSED, None),
    ],
)
def test_the_latest_act_of_each_jurisdiction_decides(
    acts: list[RegulatoryActFacts],
    named: list[str],
    verdict: VerdictKind,
    certainty: Certainty | None,
) -> None:
    result = judge_regulation(acts, named)
    assert result.verdict is verdict
    assert certainty in (None, result.certainty)


@pytest.mark.parametrize(
    ("sides", "verdict"),
    [
        ([], V.NOT_ASSESSED),
        ([FOR], V.SUGGESTIVE),
        ([FOR, FOR], V.SUPPORTED),
        ([FOR, FOR, AGAINST], V.SUGGESTIVE),  # one study against it: certainty is very low
        ([FOR, AGAINST], V.CONTESTED),
        ([FOR, FOR, AGAINST, AGAINST], V.CONTESTED),
        ([AGAINST, AGAINST, AGAINST], V.INCONCLUSIVE),
    ],
)
def test_a_narrative_supports_and_never_refutes(
    sides: list[Direction], verdict: VerdictKind
) -> None:
    notes = [
        finding(f"n{i}", side, None, Species.HUMAN, StudyDesign.COHORT)
        for i, side in enumerate(sides)
    ]
    assert judge_narrative(notes).verdict is verdict


def test_a_narrative_of_cases_hints_and_a_dose_response_raises_its_certainty() -> None:
    cases = [finding(f"n{i}", FOR, None, Species.HUMAN, StudyDesign.CASE_SERIES) for i in range(3)]
    assert judge_narrative(cases).verdict is V.SUGGESTIVE
    dose: dict[str, Any] = {"causal_test": CausalTest.DOSE_RESPONSE}
    cohorts = [
        finding(f"n{i}", FOR, None, Species.HUMAN, StudyDesign.COHORT, **dose) for i in range(2)
    ]
    assert judge_narrative(cohorts).certainty is Certainty.MODERATE


def test_a_narrative_is_used_where_nothing_can_be_compared_and_not_where_figures_are_missing() -> (
    None
):
    notes = tuple(finding(f"n{i}", FOR, None, Species.HUMAN, StudyDesign.COHORT) for i in range(2))
    alone = question(comparators=frozenset({ComparatorKind.NONE}))
    compared = question(comparators=frozenset({ComparatorKind.INACTIVE}))
    claim = ClaimEvidence(ClaimKind.SAFETY, question=alone, findings=notes)
    assert judge_claim(claim).basis is B.NARRATIVE
    assert judge_claim(replace(claim, question=None)).basis is B.NARRATIVE
    assert judge_claim(replace(claim, question=compared)).absence is Absence.NO_FIGURE


def universal(**values: tuple[float, float]) -> ClaimEvidence:
    """A universal claim over compounds; each has two trials of one estimate and error."""
    estimates = tuple(
        estimate(f"{name}-{i}", value, error, compound=name, participants=400)
        for name, (value, error) in values.items()
        for i in range(6)
    )
    trial_question = question(compounds=frozenset(values))
    return ClaimEvidence(
        ClaimKind.COMPARATIVE,
        quantifier=Quantifier.UNIVERSAL,
        question=trial_question,
        estimates=estimates,
    )


def test_one_counter_example_refutes_a_universal_claim() -> None:
    result = judge_claim(universal(a=(0.6, 0.1), b=(0.0, 0.05)))
    assert (result.verdict, result.basis) == (V.REFUTED, B.UNIVERSAL)
    assert result.by_compound["a"].verdict is V.ESTABLISHED


def test_hints_contest_or_refute_and_only_exclusion_of_all_supports() -> None:
    def hint(name: str) -> EstimateFacts:
        return estimate(name, 0.5, 0.2, compound=name)

    trial_question = question(compounds=frozenset({"a", "b"}))
    claim = ClaimEvidence(
        ClaimKind.COMPARATIVE, quantifier=Quantifier.UNIVERSAL, question=trial_question
    )
    one = replace(claim, estimates=(hint("a"),))
    assert judge_claim(one).verdict is V.CONTESTED
    two = replace(claim, estimates=(hint("a"), hint("b")))
    assert judge_claim(two).verdict is V.REFUTED
    assert judge_claim(universal(a=(0.0, 0.05), b=(0.0, 0.05))).verdict is V.SUPPORTED
    assert judge_claim(universal(a=(0.0, 0.05), b=(0.1, 0.3))).verdict is V.INCONCLUSIVE


def test_an_adopted_synthesis_is_as_certain_as_its_authors_say() -> None:
    review = study("review", StudyDesign.META_ANALYSIS, year=2018)
    inputs = estimate("review", 0.6, 0.05, study=review, participants=4000)
    claim = ClaimEvidence(ClaimKind.EFFICACY, question=QUESTION, estimates=(inputs,))
    assert judge_claim(claim).basis is B.ADOPTED
    for certainty, verdict in (
        (Certainty.HIGH, V.ESTABLISHED),
        (Certainty.LOW, V.SUPPORTED),
        (Certainty.VERY_LOW, V.SUGGESTIVE),
    ):
        of_authors = replace(claim, certainty_of_syntheses=(("review", certainty),))
        result = judge_claim(of_authors)
        assert (result.verdict, result.certainty) == (verdict, certainty)

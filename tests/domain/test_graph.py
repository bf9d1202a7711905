"""Chains of claims: their sign, their weakest step, and sentences about steps."""

import pytest

from app.domain.graph import EdgeNote, chain_sign, verdict_sentence, weakest_step
from app.domain.readings import sentences
from app.domain.vocabulary import Certainty, Direction, Species
from tests.services.graph.builders import edge


def note(slug: str, direction: str, importance: float) -> EdgeNote:
    return EdgeNote(slug, "s", "r", "R 2000", Direction(direction), Species.RAT, importance)


@pytest.mark.parametrize(
    ("signs", "product"), [([1], 1), ([-1, -1], 1), ([-1, 1, 1], -1), ([1, 0, -1], 0)]
)
def test_the_sign_of_a_chain_is_the_product_of_its_signs(signs: list[int], product: int) -> None:
    chain = [edge(f"c{n}", "a", "b", sign=sign) for n, sign in enumerate(signs)]
    assert chain_sign(chain) == product


def test_the_weakest_step_has_the_lowest_verdict_then_certainty() -> None:
    order = [
        "established", "supported", "suggestive", "contested", "inconclusive", "not_assessed",
        "refuted",
    ]  # fmt: skip
    chain = [edge(verdict, "a", "b", verdict) for verdict in order]
    for last in range(1, len(order) + 1):
        assert weakest_step(chain[:last]).claim == order[last - 1]
    sure = edge("sure", "a", "b", certainty=Certainty.HIGH)
    unsure = edge("unsure", "a", "b", certainty=Certainty.VERY_LOW)
    assert weakest_step([sure, unsure]) is unsure


def test_the_weight_of_an_edge_falls_from_1_to_0_with_its_rank() -> None:
    order = [
        "established", "supported", "suggestive", "contested", "inconclusive", "not_assessed",
        "refuted",
    ]  # fmt: skip
    weights = [edge("c", "a", "b", verdict, certainty=Certainty.HIGH).weight for verdict in order]
    assert weights == sorted(set(weights), reverse=True)
    assert (weights[0], weights[-1]) == (1, 0)
    less_sure = edge("c", "a", "b", "established", certainty=Certainty.MODERATE).weight
    assert weights[1] < less_sure < 1


def test_a_refuted_step_is_weaker_with_higher_certainty() -> None:
    sure = edge("sure", "a", "b", "refuted", certainty=Certainty.HIGH)
    hardly = edge("hardly", "a", "b", "refuted", certainty=Certainty.VERY_LOW)
    assert weakest_step([hardly, sure]) is sure


def test_a_verdict_sentence_cites_the_most_important_notes_of_both_sides() -> None:
    notes = (
        note("light", "supports", 0.5),
        note("heavy", "supports", 4.0),
        note("middle", "supports", 2.0),
        note("contrary", "disputes", 1.0),
        note("open", "neutral", 9.0),
    )
    step = edge("c", "a", "b", notes=notes, studies_for=3, studies_against=1)
    (sentence,) = sentences(verdict_sentence(step))
    assert sentence.evidence == ("heavy", "middle", "contrary")
    assert sentence.text == "c holds: supported with low certainty (3 studies for, 1 against)."


def test_a_step_that_was_not_assessed_is_described_as_such() -> None:
    step = edge("c", "a", "b", "not_assessed", certainty=None)
    assert verdict_sentence(step) == "c holds: not assessed here."
    known = edge("c", "a", "b", "background", certainty=None, studies_for=1)
    assert verdict_sentence(known) == "c holds: background knowledge (1 study for, 0 against)."

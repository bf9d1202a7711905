"""Words and choices of the page of a claim, without a store."""

from typing import Any

import pytest

from app.domain.verdicts.judgement import AbsoluteDifference
from app.explorer.claim_effect import absolute_text, heterogeneity_text
from app.explorer.claim_page import ClaimPage, EvidenceGroup


def page(verdict: dict[str, Any], claim: dict[str, Any], *items: dict[str, Any]) -> ClaimPage:
    group = EvidenceGroup("supports", items, len(items), "/v1/evidence")
    return ClaimPage(claim, verdict, {}, None, [group], None, None, [], [], [], [])


def test_an_effect_without_a_side_is_listed_and_not_drawn() -> None:
    def item(favours: str | None, weight: float | None) -> dict[str, Any]:
        return {"effect": {"favours": favours}, "weight": weight}

    open_side, pooled = item(None, None), item(None, 0.4)
    shown = page({}, {}, item("intervention", None), open_side, pooled, {"effect": None})
    assert shown.undirected == [open_side]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("No: it is an anaesthetic.", "It is an anaesthetic."),
        ("No trial was found.", "No trial was found."),
        ("In short: it is not.", "In short: it is not."),
        ("No: ", "No: "),
    ],
)
@pytest.mark.parametrize(("certainty", "word"), [("high", "No"), ("low", "Maybe not")])
def test_the_answer_word_replaces_that_of_the_sentence(
    sentence: str, expected: str, certainty: str, word: str
) -> None:
    verdict = {"verdict": "refuted", "certainty": certainty, "absence": None}
    shown = page(verdict, {"short_answer": sentence, "summary": None})
    assert shown.answer == (word, expected)


def test_what_an_effect_means_for_100_people() -> None:
    more = AbsoluteDifference(22.9, 30.2, 21.1, 39.4, "response of depression", "arms")
    assert absolute_text(more, "ketamine") == (
        "Response of depression: about 23 of 100 people in the comparison groups, about 53 of 100"
        " with ketamine (44 to 62)."
    )
    fewer = AbsoluteDifference(10.0, -6.0, -12.0, 1.0, "relapse", "arms")
    assert absolute_text(fewer, "it").endswith("about 4 of 100 with it (0 to 11).")


@pytest.mark.parametrize(
    ("trials", "i2", "words"),
    [(2, 0.0, "little or not at all"), (3, 40.1, "clearly"), (9, 84.2, "a lot")],
)
def test_differences_between_trials_in_words(trials: int, i2: float, words: str) -> None:
    assert heterogeneity_text(trials, i2) == (
        f"Beyond chance, the trials differ {words} (I² {i2:.0f}%)."
    )


def test_a_single_trial_differs_from_none() -> None:
    assert heterogeneity_text(1, 0.0) is None

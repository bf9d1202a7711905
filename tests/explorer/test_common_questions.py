"""The questions on the home page are chosen by kind, number of studies and condition."""

from typing import Any

import pytest

from app.explorer.common_questions import common_questions
from app.explorer.labels import answer_text


def claim(name: str, condition: int | None = None, question: str | None = "Really?") -> Any:
    return {
        "slug": name,
        "name": name,
        "indication_id": condition,
        "title_question": question,
        "short_answer": f"No: {name}.",
    }


def chosen(**candidates: list[Any]) -> list[str]:
    return [found["slug"] for found in common_questions(candidates)]


def test_the_most_studied_claims_of_each_kind_come_in_the_order_of_kinds() -> None:
    found = chosen(
        safety=[claim("harm"), claim("harm-2")],
        efficacy=[claim(f"works-{n}", n) for n in range(6)],
        regulatory=[claim("approved"), claim("scheduled")],
    )
    assert found == ["approved", "works-0", "works-1", "works-2", "works-3", "harm"]


def test_one_condition_has_three_questions_at_most_and_they_are_together() -> None:
    claims = [claim("a1", 1), claim("a2", 1), claim("b1", 2), claim("a3", 1), claim("a4", 1)]
    assert chosen(efficacy=claims) == ["a1", "a2", "a3", "b1"]


def test_other_kinds_of_claims_are_no_common_questions() -> None:
    assert chosen(mechanism=[claim("binds")]) == []


@pytest.mark.parametrize(
    ("short_answer", "text"),
    [
        ("No: it was approved as an anaesthetic.", "It was approved as an anaesthetic."),
        ("Yes, in two trials.", "In two trials."),
        ("Nobody knows.", "Nobody knows."),
        ("It does.", "It does."),
        (None, ""),
    ],
)
def test_a_short_answer_does_not_repeat_the_answer_word(
    short_answer: str | None, text: str
) -> None:
    assert answer_text(short_answer) == text


def test_a_claim_of_an_old_release_asks_by_its_name() -> None:
    (found,) = common_questions({"efficacy": [claim("works", question=None)]})
    assert found["title_question"] == "works"

"""Readings: parsing of sentences and figures."""

import pytest

from app.domain.readings import all_figures, figures, sentences


def test_each_line_is_a_sentence_with_the_notes_it_cites() -> None:
    first, second = sentences("It fell by 5.8 points [lii-2023-madrs, a-b].\n\nWhy is not known.\n")
    assert (first.text, first.evidence) == ("It fell by 5.8 points.", ("lii-2023-madrs", "a-b"))
    assert (second.text, second.evidence) == ("Why is not known.", ())


@pytest.mark.parametrize(
    "line", ["[a] It fell.", "It [a] fell.", "It fell [A b].", "It fell [a]. So"]
)
def test_a_citation_anywhere_but_at_the_end_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="end a sentence with the notes"):
        sentences(line)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("fell by 3.2 points (-5.8 to 1,200) at 24 hours", {3.2, 5.8, 1200, 24}),
        ("5-HT2A, GluN2B, IL-6, (2R,6R)-HNK, mTORC1 and α7 are names", set()),
        ("0.5 mg/kg in a 6-week trial, 72%.", {0.5, 6, 72}),
        ("p < 0.001; 4 of 10", {0.001, 4, 10}),
    ],
)
def test_digits_in_names_are_not_figures(text: str, expected: set[float]) -> None:
    assert figures(text) == expected


def test_figures_are_collected_at_any_depth_without_sign() -> None:
    assert all_figures({"a": [-4.0, {"b": "at 24 hours", "c": True}], "d": None}) == {4, 24}

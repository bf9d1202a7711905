"""Words and numbers for readers."""

from itertools import product

import pytest

from app.domain.jurisdictions import JURISDICTIONS
from app.domain.verdicts.ladder import Rung
from app.domain.vocabulary import Absence, Certainty, Direction, StudyDesign, VerdictKind
from app.explorer import labels, quantities

YES = ["Yes", "Probably", "Maybe", "Very uncertain"]
NO = ["No", "Probably not", "Maybe not", "Very uncertain"]
#: Answers by certainty, the highest first, and without one.
ANSWERS = {
    "established": [*YES, "Very uncertain"],
    "supported": [*YES, "Very uncertain"],
    "refuted": [*NO, "Very uncertain"],
    "suggestive": ["Some hints, not enough"] * 5,
    "inconclusive": ["Not known yet"] * 5,
    "contested": ["Disputed"] * 5,
    "opposite": ["No: the reverse was found"] * 5,
    "mixed_by_jurisdiction": ["It depends on the country"] * 5,
    "not_assessed": ["Not assessed here"] * 5,
    "not_judged": ["Cannot be tested as worded"] * 5,
    "background": ["Known before"] * 5,
    "weak": ["Too little evidence"] * 5,
    "untested": ["Undecided"] * 5,
}


def test_every_verdict_has_an_answer_for_every_certainty() -> None:
    pairs = list(product(VerdictKind, [*Certainty, None]))
    answers = {pair: labels.answer_word(*pair) for pair in pairs}
    expected = {
        (VerdictKind(verdict), certainty): word
        for verdict, words in ANSWERS.items()
        for certainty, word in zip([*Certainty, None], words, strict=True)
    }
    assert answers == expected


@pytest.mark.parametrize("verdict", ["not_assessed", "untested"])
def test_a_claim_without_a_result_says_why(verdict: str) -> None:
    words = [labels.answer_word(verdict, None, absence) for absence in Absence]
    assert words == [
        "Studied, but not read yet",
        "Studied, but without a usable figure",
        "No evidence found",
        "Not looked for yet",
    ]
    assert [labels.verdict_label(verdict, absence) for absence in Absence] == [
        "Study not read",
        "No figure",
        "No evidence found",
        "Not searched",
    ]


def test_an_absence_does_not_replace_a_result() -> None:
    assert labels.answer_word("supported", "low", "no_figure") == "Maybe"
    assert labels.verdict_label("supported", "no_figure") == "Supported"


def test_words_and_definitions_are_those_of_the_vocabularies() -> None:
    for verdict in VerdictKind:
        assert labels.verdict_label(verdict.value) == verdict.label
        assert labels.verdict_definition(verdict.value) == verdict.definition
    assert labels.verdict_definition("not_assessed", "no_figure") == Absence.NO_FIGURE.definition
    assert labels.vocabulary_label("rct_parallel", "StudyDesign") == StudyDesign.RCT_PARALLEL.label
    assert labels.vocabulary_label("in_vitro", "Rung") == Rung.IN_VITRO.label
    assert labels.vocabulary_label("of_a_later_version", "StudyDesign") == "of a later version"
    assert labels.vocabulary_label(None, "StudyDesign") == "–"


def test_certainties_have_one_to_four_dots_and_none_has_no_dots() -> None:
    dots = [labels.certainty_dots(certainty) for certainty in [*Certainty, None]]
    assert dots == [4, 3, 2, 1, 0]
    assert labels.certainty_label("very_low") == "Very low certainty"
    assert labels.certainty_label(None) == "Certainty not rated"


def test_findings_are_for_against_both_or_neither() -> None:
    sides = {direction.value: labels.side_word(direction) for direction in Direction}
    assert sides == {
        "supports": "for",
        "disputes": "against",
        "mixed": "both",
        "neutral": "neither",
    }


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("value_nm", "Value (nM)"),
        ("dose_mg_per_kg", "Dose (mg/kg)"),
        ("follow_up_days", "Follow up (days)"),
        ("title_question", "Title question"),
        ("doi", "DOI"),
        ("nct_id", "NCT ID"),
        ("xrefs", "Identifiers elsewhere"),
    ],
)
def test_fields_have_names_in_words_with_the_unit(name: str, label: str) -> None:
    assert labels.field_label(name) == label


def test_jurisdictions_have_the_name_that_stands_alone() -> None:
    names = {code: labels.jurisdiction_label(code) for code in JURISDICTIONS}
    assert names["US"] == "United States"
    assert names["INT"] == "International bodies"
    assert not [name for name in names.values() if name.startswith("the ")]
    assert labels.jurisdiction_label("XX") == "XX"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (0, "0"),
        (-0.0, "0"),
        (3, "3"),
        (4481, "4,481"),
        (-12.7, "−12.7"),
        (0.737196092, "0.737"),
        (0.5, "0.5"),
        (0.9996, "1"),
        (9.996, "10"),
        (99.96, "100"),
        (1234.6, "1,235"),
        (0.00012345, "0.000123"),
        (0.0000000012, "1.2 × 10⁻⁹"),
        (1e300, "1 × 10³⁰⁰"),
        (float("inf"), "–"),
    ],
)
def test_numbers_have_three_significant_figures(value: float | None, text: str) -> None:
    assert quantities.number(value) == text


@pytest.mark.parametrize(
    ("value_nm", "text"),
    [
        (None, "–"),
        (0.3, "300 pM"),
        (1, "1 nM"),
        (999.6, "1 µM"),
        (250, "250 nM"),
        (1410, "1.41 µM"),
        (96_900, "96.9 µM"),
        (2_400_000, "2.4 mM"),
        (0, "0 pM"),
    ],
)
def test_concentrations_have_the_unit_that_suits_them(value_nm: float | None, text: str) -> None:
    assert quantities.concentration(value_nm) == text


@pytest.mark.parametrize(
    ("hours", "text"),
    [
        (None, "–"),
        (2 / 60, "2 min"),
        (40 / 60, "40 min"),
        (0.666667, "40 min"),
        (1, "1 h"),
        (24, "24 h"),
        (48, "2 days"),
        (168, "7 days"),
        (13.2 * 24, "13.2 days"),
        (336, "2 weeks"),
        (672, "4 weeks"),
        (2016, "12 weeks"),
        (730.5 * 6, "6 months"),
        (26 * 168, "6 months"),
        (8766, "12 months"),
        (5 * 8766, "5 years"),
    ],
)
def test_durations_have_the_unit_that_suits_them(hours: float | None, text: str) -> None:
    assert quantities.duration(hours) == text


def test_times_doses_and_dates_are_as_exact_as_the_source() -> None:
    assert quantities.timepoint(1, "day") == "1 day"
    assert quantities.timepoint(2.0, "week") == "2 weeks"
    assert quantities.timepoint(40, "minute") == "40 min"
    assert quantities.timepoint(None, "minute") == "–"
    assert quantities.dose(0.5, "mg/kg") == "0.5 mg/kg"
    assert quantities.dose(0.5, "mg/kg", 1.0) == "0.5 to 1 mg/kg"
    assert quantities.dose(50, "%") == "50%"
    assert quantities.dose(10, "uM") == "10 µM"
    assert quantities.date_text("2019-03-05") == "5 March 2019"
    assert quantities.date_text("2019-03-05", "month") == "March 2019"
    assert quantities.date_text("2019-03-05T10:00:00Z", "year") == "2019"
    assert quantities.date_text("2026-09") == "September 2026"
    assert quantities.date_text(None) == "–"


def test_p_values_intervals_and_shares() -> None:
    assert quantities.p_value(0.04) == "p = 0.04"
    assert quantities.p_value(0.0363, "=") == "p = 0.0363"
    assert quantities.p_value(0.05, ">") == "p > 0.05"
    assert quantities.p_value(0.00002, "<") == "p < 0.001"
    assert quantities.p_value(None) == "–"
    assert quantities.interval(-0.536355, 0.9462751) == "−0.536 to 0.946"
    assert quantities.interval(None, 1) == "–"
    assert quantities.percentage(0.1526132) == "15.3%"
    assert quantities.percentage(None) == "–"

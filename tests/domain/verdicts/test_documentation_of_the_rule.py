"""docs/verdicts.md says what the rule does: its examples, its thresholds and its words."""

import re
from pathlib import Path

import pytest

from app.domain.synthesis import choice, worthwhile
from app.domain.synthesis.questions import EffectBound, QuestionFacts
from app.domain.verdicts import effect_certainty as certainty
from app.domain.verdicts import effect_verdict as table
from app.domain.verdicts import laboratory_ladder as ladder
from app.domain.verdicts.effect_certainty import SOME_I2
from app.domain.verdicts.effect_synthesis import judge_effect
from app.domain.verdicts.finding_selection import EXPOSURE_MULTIPLE
from app.domain.verdicts.judgement import Judgement
from app.domain.verdicts.rule import RULE_VERSION
from app.domain.vocabulary import (
    Absence,
    Certainty,
    EffectMagnitude,
    EffectMeasure,
    EstimateMetric,
    Masking,
    OutcomeDomain,
    QuestionRelation,
    VerdictKind,
)
from tests.domain.estimates import estimate, question

TEXT = (Path(__file__).parents[3] / "docs" / "verdicts.md").read_text("utf-8")
WORDS = re.sub(r"\s+", " ", TEXT)


def rows(heading: str) -> list[list[str]]:
    """The rows of the first table under a heading, without its head."""
    section = TEXT.partition(f"### {heading}\n")[2]
    table_rows = re.findall(r"(?m)^\|(.+)\|$", section.partition("\n### ")[0].partition("\n## ")[0])
    return [[cell.strip() for cell in row.split("|")] for row in table_rows[2:]]


def judged(
    heading: str, trial_question: QuestionFacts, metric: EstimateMetric, masking: Masking
) -> Judgement:
    return judge_effect(
        trial_question,
        [
            estimate(
                f"t{i}", float(value), float(error), participants=int(people), metric=metric,
                masking=masking, instrument="MADRS", outcome=trial_question.outcomes[0],
            )
            for i, (_, value, error, people) in enumerate(rows(heading))
        ],
    )  # fmt: skip


def test_the_example_of_five_trials_is_what_the_rule_gives() -> None:
    felt = Masking.FUNCTIONAL_UNBLINDING_LIKELY
    trial_question = question(worthwhile=None)
    result = judged("Five trials that agree", trial_question, EstimateMetric.MD, felt)
    assert result.effect is not None
    pooled = result.effect.pooled
    inputs = f"Pooled: {pooled.estimate:.2f} points ({pooled.lower:.2f} to {pooled.upper:.2f})"
    assert f"{inputs}, I² {pooled.heterogeneity.i2:.0f}%" in WORDS
    assert result.effect.worthwhile == pytest.approx(3.0)
    assert f"The estimate is {pooled.estimate / 3:.2f} worthwhile effects: **small**" in WORDS
    assert result.verdict is VerdictKind.SUPPORTED
    assert result.size is EffectMagnitude.SMALL
    assert result.certainty is Certainty.MODERATE
    weight = sum(1 / float(row[2]) ** 2 for row in rows("Five trials that agree"))
    share = (3.0 / certainty.POWER_Z) ** 2 * weight
    assert f"The information is {share:.0%} of the optimal one" in WORDS


def test_the_example_of_two_trials_is_what_the_rule_gives() -> None:
    margin = EffectBound(EffectMeasure.RISK_DIFFERENCE_POINTS, 10)
    trial_question = question(
        relation=QuestionRelation.NON_INFERIOR,
        outcomes=(OutcomeDomain.DEPRESSION_RESPONSE,),
        margin=margin,
        worthwhile=None,
    )
    heading = "Two trials that contradict each other"
    result = judged(heading, trial_question, EstimateMetric.RD, Masking.UNMASKED)
    assert result.effect is not None
    pooled = result.effect.pooled
    inputs = f"Pooled: {pooled.estimate:.2f} ({pooled.lower:.2f} to {pooled.upper:.2f})"
    assert f"{inputs}, I² {pooled.heterogeneity.i2:.0f}%" in WORDS
    assert result.verdict is VerdictKind.CONTESTED
    assert result.certainty is Certainty.VERY_LOW
    assert [step.change for step in result.steps] == [3, -2, -1]
    assert result.steps[2].reason.startswith("72% of the optimal information")


@pytest.mark.parametrize(
    "passage",
    [
        f"(rule {RULE_VERSION})",
        f"p below {table.ALONE_P}",
        f"Q has p below {table.HETEROGENEITY_P:.2f}",
        f"*small* (below {table.SMALL_BELOW:g} of them)",
        f"*moderate* (below {table.MODERATE_BELOW:g})",
        f"{worthwhile.OF_DEPRESSION.value:g} SD",
        f"risk ratio {worthwhile.OF_EVENTS.value:g}, or {2 - worthwhile.OF_EVENTS.value:g}",
        f"with fewer than {choice.MIN_TRIALS_TO_POOL} of them",
        f"-1 if {certainty.MOST_WEIGHT:.0%} of the weight is from open trials",
        f"if {certainty.EXPOSED_WEIGHT:.0%} of the weight is exposed",
        f"I² is {certainty.SUBSTANTIAL_I2:.0f}% or more, or {SOME_I2:.0f}%",
        f"From {certainty.CONSIDERABLE_I2:.0f}% and across the null",
        f"from {certainty.PREDICTION_K} trials on the prediction interval",
        f"from {certainty.FUNNEL_K} trials on -1",
        f"-1 under {certainty.FEW_PEOPLE} people, -1 for one trial under {certainty.ENOUGH_ALONE}",
        f"-2 under {certainty.VERY_FEW_PEOPLE} people",
        f"people / {certainty.ENOUGH_PEOPLE}",
        f"(m / ({certainty.POWER_Z:.2f} · SE))²",
        f"{certainty.UNPUBLISHED_SHARE:.0%} of the people are in completed trials",
        f"ratio above {certainty.LARGE_RATIO:g}, +2 above {certainty.VERY_LARGE_RATIO:g}",
        f"a randomised trial under {ladder.FEW_PEOPLE} people",
        "up to ten times the free peak concentration",
    ],
)
def test_each_threshold_is_in_the_documentation(passage: str) -> None:
    assert EXPOSURE_MULTIPLE == 10
    assert passage in WORDS


def test_each_word_of_the_vocabularies_is_in_the_documentation() -> None:
    for value in (*VerdictKind, *EffectMagnitude, *Absence):
        assert value.superseded or value.value in TEXT, value


def test_each_causal_test_is_on_the_rung_of_the_documentation() -> None:
    of_rungs = dict(re.findall(r"(?m)^\| ([123]) \| (.+) \|$", TEXT))
    for test, rung in ladder.RUNGS.items():
        name = (
            test.label.lower()
            .replace("by genetics", "by gene")
            .replace("by a blocker", "by blocker")
        )
        assert name.replace(", ", " ") in of_rungs[str(rung)], test


def test_each_column_of_the_old_rule_is_described_as_that_of_releases() -> None:
    section = TEXT.partition("## 9. Releases before 2027\n")[2].partition("\n## ")[0]
    superseded = [value.value for value in VerdictKind if value.superseded]
    assert superseded == ["weak", "untested"]
    for word in (*superseded, "points_for", "points_against", "share_for"):
        assert f"`{word}`" in section, word

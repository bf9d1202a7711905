"""The effect behind the verdict on a claim, as its pages show it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from app.api.deps import ServiceContext
from app.domain.verdicts.judgement import AbsoluteDifference, Judgement
from app.domain.wording import as_clause
from app.explorer import labels, quantities, queries
from app.explorer.plots.forest import ForestRow, ForestTable, forest_table
from app.explorer.plots.forest_data import ForestData, ForestEstimate
from app.explorer.plots.marks import Side
from app.kit.sessions import ReadSession
from app.services.evidence.headlines import effect_with_source
from app.services.evidence.synthesis.document import effect_fields
from app.services.evidence.synthesis.judging import SynthesisOptions
from app.services.evidence.synthesis.loader import SynthesisFacts
from app.services.evidence.synthesis.sensitivity import sensitivity_analyses

#: I² in percent up to which trials differ little, and up to which they differ clearly: middles of
#: the overlapping ranges of the Cochrane Handbook, section 10.10.2.
LITTLE_I2, CLEAR_I2 = 40.0, 75.0

Record = dict[str, Any]


@dataclass(frozen=True)
class EffectView:
    """The effect behind a verdict.

    Args:
        sentence: The effect with its interval and its source.
        null: What the line of the forest plot stands for.
        absolute: What it means for 100 people; None if that is not computed.
        forest: The forest plot.
        notes: Slug of a note → its record, of the notes in the plot.
        heterogeneity: How far the trials differ; None for a single one.
        prediction: Prediction interval as readers see it; None without one.
        analyses: Sensitivity analyses, each with its result in words.
        single_sponsor: Whether one sponsor paid for all trials.
    """

    sentence: str
    null: str
    absolute: str | None
    forest: ForestTable
    notes: Mapping[str, Record]
    heterogeneity: str | None
    prediction: str | None
    analyses: Sequence[Record]
    single_sponsor: bool

    def rows(self, page_url: Callable[[str], str]) -> list[Record]:
        """Return the rows of the trials, as the component `plot_table` takes them.

        Args:
            page_url: Returns the address of a page by its path.
        """
        return [
            {
                "name": self._name(row.estimate),
                "href": page_url(f"/evidence/{_unit(row.estimate)['evidence'][0]}"),
                "detail": _detail(_unit(row.estimate)),
                "plot": row.plot,
                "value": self._value(row),
                "hidden": self.side_text(row.side),
            }
            for row in self.forest.rows
        ]

    def side_text(self, side: Side) -> str:
        """Return the side of a mark in words."""
        return "neither side" if side is Side.NEITHER else f"{side.value} the claim"

    def _value(self, row: ForestRow) -> Markup:
        """Return the estimate of a trial and, if there are several, its weight."""
        weight = _unit(row.estimate)["weight"]
        if weight is None or len(self.forest.rows) < 2:
            return escape(row.text)
        percentage = quantities.percentage(round(weight, 3))
        return Markup("{} <small>weight {}</small>").format(row.text, percentage)

    def _name(self, estimate: ForestEstimate) -> str:
        note = self.notes.get(_unit(estimate)["evidence"][0])
        return str(note["reference"]["name"]) if note else estimate.study


def _unit(estimate: ForestEstimate) -> Mapping[str, Any]:
    assert estimate.fields is not None, "estimates of a synthesis have their fields"
    return estimate.fields


def _detail(unit: Mapping[str, Any]) -> str:
    """Return comparator, time and participants of a trial, as far as they are known."""
    parts = []
    if unit["comparator_kind"]:
        kind = labels.vocabulary_label(unit["comparator_kind"], "ComparatorKind")
        parts.append(f"against {as_clause(kind)}")
    if unit["time_hours"] is not None:
        parts.append(f"at {quantities.duration(unit['time_hours'])}")
    if unit["participants"] is not None:
        parts.append(f"n\N{NO-BREAK SPACE}{quantities.number(unit['participants'])}")
    return ", ".join(parts)


def effect_view(
    session: ReadSession,
    service: ServiceContext,
    facts: SynthesisFacts,
    judgement: Judgement,
    intervention: str,
) -> EffectView | None:
    """Return the effect behind the judgement by the rule; None if it rests on something else.

    Args:
        intervention: Name of what was compared with something else.
    """
    effect = judgement.effect
    if effect is None:
        return None
    options = SynthesisOptions()
    fields = effect_fields(facts.evidence, options, effect)
    forest = forest_table(ForestData.from_synthesis(fields))
    slugs = [unit["evidence"][0] for unit in fields["units"]]
    analyses = sensitivity_analyses(facts.evidence, options, judgement)
    return EffectView(
        sentence=effect_sentence(facts, judgement),
        null="no effect" if effect.null == 0 else "the limit that the claim names",
        absolute=absolute_text(effect.absolute, intervention) if effect.absolute else None,
        forest=forest,
        notes=queries.get_records(session, service, "evidence", slugs),
        heterogeneity=heterogeneity_text(effect.pooled.k, effect.pooled.heterogeneity.i2),
        prediction=forest.summary.prediction_text if forest.summary else None,
        analyses=[
            {
                "description": analysis.description,
                "result": as_clause(effect_sentence(facts, analysis.judgement))
                if analysis.judgement.effect
                else "no estimate is left.",
                "verdict": analysis.judgement.verdict,
                "certainty": analysis.judgement.certainty,
            }
            for analysis in analyses
        ],
        single_sponsor=effect.single_sponsor,
    )


def effect_sentence(facts: SynthesisFacts, judgement: Judgement) -> str:
    """Return the effect as a sentence, or the first reason where there is no effect."""
    if judgement.effect is None:
        return judgement.reasons[0] if judgement.reasons else ""
    text = effect_with_source(facts, judgement, judgement.effect)
    return f"{text[0].upper()}{text[1:]}."


def absolute_text(absolute: AbsoluteDifference, intervention: str) -> str:
    """Return what an effect means for 100 people.

    Args:
        intervention: Name of what was compared with something else.
    """
    base = absolute.baseline_per_100
    ends = (base + absolute.lower_per_100, base + absolute.upper_per_100)
    lower, upper = (round(min(max(end, 0), 100)) for end in ends)
    changed = base + absolute.difference_per_100
    event = f"{absolute.event[0].upper()}{absolute.event[1:]}"
    return (
        f"{event}: about {base:.0f} of 100 people in the comparison groups, about {changed:.0f}"
        f" of 100 with {intervention} ({quantities.interval(lower, upper)})."
    )


def heterogeneity_text(trials: int, i2: float | None) -> str | None:
    """Return how far trials differ beyond chance; None for a single trial."""
    if trials < 2 or i2 is None:
        return None
    words = "little or not at all"
    if i2 > LITTLE_I2:
        words = "clearly" if i2 <= CLEAR_I2 else "a lot"
    return f"Beyond chance, the trials differ {words} (I² {i2:.0f}%)."

"""How an effect estimate follows from the figures that a note lists, the note and its study."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from app.domain.synthesis.comparison import ArmFigures, PairwiseComparison, PrintedEffect
from app.domain.synthesis.derivation import DerivedEstimate, derive_estimate
from app.domain.vocabulary import (
    ComparatorKind,
    EstimateMetric,
    Favours,
    LargerIs,
    Metric,
    OutcomeDomain,
    OutcomeKind,
    PRelation,
    StudyDesign,
)

Fields = Mapping[str, Any]
NO_FIELDS: Fields = {}
_NUMBERS = ("value", "lower", "upper", "interval_percent", "standard_error", "p_value")
_METRICS_OF_MEANS = (EstimateMetric.MD, EstimateMetric.SMD)
_PRINTED_FIELDS = ("metric", *_NUMBERS, "p_relation", "p_sides", "unit", "larger_is")


def estimate_context(note: Fields, estimate: Fields, study: Fields) -> dict[str, Any]:
    """Return the fields of an estimate that follow from its note and the note's study.

    An arm may be named for its number of people alone, and have the events of another outcome:
    differences of means are given no events, and ratios and risk differences no means.

    Args:
        note: The input of the note; its effects and arms are found by their keys.
        estimate: The estimate as a curator writes it.
        study: The input of the study; empty if it is not known.
    """
    effect = row_of(note["effects"], estimate["effect"])
    arms = {
        side: row_of(note["arms"], estimate[f"{side}_arm"])
        for side in ("intervention", "comparator")
    }
    fields = {f"printed_{name}": effect.get(name) for name in _PRINTED_FIELDS}
    change = all(arm.get("mean_change") is not None for arm in arms.values())
    of_means = EstimateMetric(estimate["metric"]) in _METRICS_OF_MEANS
    for side, arm in arms.items():
        figures = _figures(arm, change=change)
        fields |= {
            f"n_{side}": figures.n,
            f"events_{side}": None if of_means else figures.event_count,
            f"mean_{side}": figures.mean if of_means else None,
            f"sd_{side}": figures.standard_deviation if of_means else None,
            f"se_{side}": figures.standard_error if of_means else None,
        }
    sizes = [n for n in (fields["n_intervention"], fields["n_comparator"]) if n is not None]
    # In a crossover trial the same people received both treatments.
    count = max if _design(note, study) == StudyDesign.RCT_CROSSOVER else sum
    counted = count(sizes) if len(sizes) == len(arms) else None
    of_study = study.get("n_analysed") or study.get("n_randomised")
    return (
        fields
        | {
            "intervention": arms["intervention"].get("name") or effect.get("label"),
            "comparator": arms["comparator"].get("name"),
            "place": effect.get("place") or arms["intervention"].get("place"),
            "participants": counted or note["participants"] or of_study,
            "year": study.get("year"),
            "design": _design(note, study),
            "masking": note["masking"] or study.get("masking"),
            "indications": study.get("indications") or [],
        }
        | {name: note[name] for name in _OF_NOTE}
    )


_OF_NOTE = (
    "study",
    "reference",
    "compound",
    "dose_value",
    "dose_upper_value",
    "dose_unit",
    "route",
)


def row_of(rows: Iterable[Fields], key: str | None) -> Fields:
    """Return the row of a list with a key; empty if there is none."""
    return next((row for row in rows if key is not None and row["key"] == key), NO_FIELDS)


def _design(note: Fields, study: Fields) -> Any:
    return note["design"] or study.get("design")


def _figures(arm: Fields, *, change: bool) -> ArmFigures:
    return ArmFigures(
        n=arm.get("n"),
        events=arm.get("events"),
        percent=arm.get("percent"),
        mean=arm.get("mean_change" if change else "mean_value"),
        standard_deviation=arm.get("standard_deviation"),
        standard_error=arm.get("standard_error"),
    )


def comparison_of(estimate: Fields) -> PairwiseComparison:
    """Return the comparison of an estimate with the fields of its context."""
    domain, effect = OutcomeDomain(estimate["outcome_domain"]), None
    if estimate["printed_metric"] is not None:
        relation = estimate["printed_p_relation"]
        effect = PrintedEffect(
            Metric(estimate["printed_metric"]),
            **{name: estimate[f"printed_{name}"] for name in _NUMBERS},
            p_relation=PRelation(relation) if relation else None,
            p_sides=estimate["printed_p_sides"] or 2,
            unit=estimate["printed_unit"] or "",
        )
    larger_is = estimate["larger_is"] or domain.larger_is
    return PairwiseComparison(
        metric=EstimateMetric(estimate["metric"]),
        sign=_sign(estimate["printed_larger_is"] or larger_is, domain.kind),
        arm_sign=_sign(larger_is, domain.kind),
        effect=effect,
        intervention=_side(estimate, "intervention"),
        comparator=_side(estimate, "comparator"),
        crossover=estimate["design"] == StudyDesign.RCT_CROSSOVER,
        null_result=estimate["null_result"],
        instrument=estimate["instrument"],
        p_value_is_used=estimate["discrepancy"] is None,
    )


def _side(estimate: Fields, side: str) -> ArmFigures:
    return ArmFigures(
        n=estimate[f"n_{side}"],
        events=estimate[f"events_{side}"],
        mean=estimate[f"mean_{side}"],
        standard_deviation=estimate[f"sd_{side}"],
        standard_error=estimate[f"se_{side}"],
    )


def _sign(larger_is: str | None, kind: OutcomeKind) -> int:
    """Return 1 if a larger figure is a positive estimate, else -1."""
    positive = LargerIs.BETTER if kind is OutcomeKind.BENEFIT else LargerIs.WORSE
    return 1 if larger_is == positive else -1


def _fields_of(estimate: Fields, size: DerivedEstimate) -> dict[str, Any]:
    kind = OutcomeDomain(estimate["outcome_domain"]).kind
    lower, upper = size.interval or (None, None)
    better = size.value if kind is OutcomeKind.BENEFIT else -size.value
    favours = Favours.INTERVENTION if better > 0 else Favours.COMPARATOR
    if estimate["comparator_kind"] == ComparatorKind.NONE:
        favours = Favours.NOT_APPLICABLE
    return {
        "outcome_kind": kind,
        "value": size.value,
        "standard_error": size.standard_error,
        "lower": lower,
        "upper": upper,
        "derivation": size.derivation,
        "crossover_floor_applied": size.crossover_floor_applied,
        "favours": favours if better else Favours.NEITHER,
    }


class DerivedFields:
    """Computes the derived fields of an estimate once for all of its columns.

    They are requested one after the other, so that those of the last estimate are stored.
    """

    def __init__(self) -> None:
        self._last: tuple[Fields, dict[str, Any]] = (NO_FIELDS, {})

    def of(self, estimate: Fields) -> dict[str, Any]:
        """Return the derived fields of an estimate."""
        last, fields = self._last
        if last is not estimate:
            fields = _fields_of(estimate, derive_estimate(comparison_of(estimate)))
            self._last = estimate, fields
        return fields


_DERIVED = DerivedFields()


def derived(name: str) -> Callable[[Fields], Any]:
    """Return the function that computes a field of an estimate from its other fields."""
    return lambda estimate: _DERIVED.of(estimate)[name]

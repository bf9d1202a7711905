"""The verdict that follows from an effect: tables whose first row that applies decides.

The interval of the pooled effect is held against no effect and against the smallest worthwhile one.
p-values are never counted: "one trial alone" asks that its 99.5% interval excludes the null, which
is as much as two independent trials have to show together.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.domain.vocabulary import EffectMagnitude, QuestionRelation, VerdictKind

V = VerdictKind
#: p-value that corresponds to the interval which one trial alone must keep off the null: 99.5%.
#: Source: Benjamin et al. 2018, Nature Human Behaviour 2:6-10, doi 10.1038/s41562-017-0189-z.
ALONE_P = 0.005
#: p-value of Cochran's Q below which trials differ; 0.10, since the test has little power.
#: Source: Cochrane Handbook 5.1, section 9.5.2.
HETEROGENEITY_P = 0.10
#: Multiples of the smallest worthwhile effect: below the first an effect is small, below the second
#: moderate. A choice of the editors.
SMALL_BELOW, MODERATE_BELOW = 2.0, 3.5
#: Differences below this are rounding: a change of unit must not change a verdict.
TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class EffectEvidence:
    """What the table sees of an effect: distances from the null, on the claim's side.

    Args:
        estimate: Pooled estimate.
        lower: Lower bound of its 95% interval.
        upper: Upper bound of its 95% interval.
        p_value: Two-sided p-value of the deciding interval.
        groups: Number of independent trials.
        units: 95% intervals of the units that give a figure.
        q_p: p-value of Cochran's Q.
        worthwhile: Smallest worthwhile effect; None if no source gives one.
        margin: Margin of non-inferiority or equivalence; 0 for other relations.
    """

    estimate: float
    lower: float
    upper: float
    p_value: float
    groups: int
    units: Sequence[tuple[float, float]]
    q_p: float
    worthwhile: float | None = None
    margin: float = 0.0

    @property
    def firm(self) -> bool:
        """Whether two or more groups show it, or one alone as strongly."""
        return self.groups >= 2 or self.p_value < ALONE_P

    def contradiction(self, below: float) -> bool:
        """Return whether a unit is above the null and another below a bound, beyond chance."""
        above = any(low > TOLERANCE for low, _ in self.units)
        under = any(high < below - TOLERANCE for _, high in self.units)
        return above and under and self.q_p < HETEROGENEITY_P


@dataclass(frozen=True)
class VerdictRow:
    """A row of a table: the verdict, when it applies, and the reason in words."""

    verdict: VerdictKind
    applies: Callable[[EffectEvidence], bool]
    reason: str


def _spans_null(e: EffectEvidence) -> bool:
    return e.lower <= TOLERANCE and e.upper >= -TOLERANCE


_ALONE = "One trial shows it, but its 99.5% interval does not exclude the null; one alone must."
_IN_FAVOUR = (
    VerdictRow(
        V.SUPPORTED,
        lambda e: e.lower > TOLERANCE and e.firm,
        "The whole interval is on the claim's side of the null.",
    ),
    VerdictRow(V.SUGGESTIVE, lambda e: e.lower > TOLERANCE, _ALONE),
)
_INCONCLUSIVE = VerdictRow(
    V.INCONCLUSIVE,
    lambda _: True,
    "The interval includes the null, and no bound excludes a worthwhile effect.",
)
_SUPERIORITY = (
    *_IN_FAVOUR,
    VerdictRow(
        V.CONTESTED,
        lambda e: _spans_null(e) and e.contradiction(e.worthwhile or 0.0),
        "The interval of one trial excludes the null, that of another a worthwhile effect.",
    ),
    VerdictRow(
        V.OPPOSITE,
        lambda e: (
            e.upper < -TOLERANCE
            and e.worthwhile is not None
            and e.estimate <= -e.worthwhile + TOLERANCE
            and e.firm
        ),
        "The whole interval is on the other side of the null, and the effect is worthwhile.",
    ),
    VerdictRow(
        V.REFUTED,
        lambda e: e.upper < (e.worthwhile or 0.0) - TOLERANCE,
        "The interval excludes a worthwhile effect.",
    ),
    _INCONCLUSIVE,
)
_NON_INFERIORITY = (
    *_IN_FAVOUR,
    VerdictRow(
        V.CONTESTED,
        # The null is the margin: equality is a margin above it.
        lambda e: _spans_null(e) and e.contradiction(e.margin),
        "One trial excludes a loss beyond the margin, another shows a loss.",
    ),
    VerdictRow(
        V.REFUTED, lambda e: e.upper < -TOLERANCE, "The interval is wholly beyond the margin."
    ),
    _INCONCLUSIVE,
)
_THRESHOLD = (
    *_IN_FAVOUR,
    VerdictRow(
        V.CONTESTED,
        lambda e: _spans_null(e) and e.contradiction(0.0),
        "Some studies are above the proportion, others below it.",
    ),
    VerdictRow(
        V.OPPOSITE,
        lambda e: e.upper < -TOLERANCE and e.firm,
        "The whole interval is on the other side of the proportion.",
    ),
    _INCONCLUSIVE,
)
# The null of equivalence is the middle, and both bounds must be within the margin.
_EQUIVALENCE = (
    VerdictRow(
        V.SUPPORTED,
        lambda e: e.lower > -e.margin + TOLERANCE and e.upper < e.margin - TOLERANCE,
        "The whole interval is within the margin.",
    ),
    VerdictRow(
        V.REFUTED,
        lambda e: e.lower > e.margin + TOLERANCE or e.upper < -e.margin - TOLERANCE,
        "The whole interval is beyond the margin.",
    ),
    _INCONCLUSIVE,
)
_TABLES = {
    QuestionRelation.NON_INFERIOR: _NON_INFERIORITY,
    QuestionRelation.THRESHOLD: _THRESHOLD,
    QuestionRelation.EQUIVALENT: _EQUIVALENCE,
}


def verdict_table(relation: QuestionRelation) -> tuple[VerdictRow, ...]:
    """Return the rows that decide the verdict of a question, the first that applies first."""
    return _TABLES.get(relation, _SUPERIORITY)


def effect_verdict(relation: QuestionRelation, evidence: EffectEvidence) -> tuple[VerdictKind, str]:
    """Return the verdict of an effect and its reason: the first row that applies."""
    for row in verdict_table(relation):
        if row.applies(evidence):
            return row.verdict, row.reason
    raise AssertionError("the last row always applies")


def magnitude(evidence: EffectEvidence) -> EffectMagnitude | None:
    """Return the size of an effect; None without a smallest worthwhile effect.

    Trivial: the better end of the interval is below it; else by the estimate.
    """
    if not evidence.worthwhile:
        return None
    if evidence.upper < evidence.worthwhile - TOLERANCE:
        return EffectMagnitude.TRIVIAL
    ratio = abs(evidence.estimate) / evidence.worthwhile
    if ratio < SMALL_BELOW - TOLERANCE:
        return EffectMagnitude.SMALL
    return EffectMagnitude.MODERATE if ratio < MODERATE_BELOW - TOLERANCE else EffectMagnitude.LARGE

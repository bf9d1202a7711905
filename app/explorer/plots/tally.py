"""Stacked bar of the verdicts of many claims, with their counts.

result = tally({"established": 8, "supported": 20, "refuted": 3})   # facets of /v1/claims
result.plot, result.total
for part in result.parts:                          # the legend, in the order of the bar
part.verdict, part.count, part.percent
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from app.domain.vocabulary import VerdictKind
from app.explorer.plots.cells import BAR_HEIGHT, bar, svg

#: Room between two parts, and the least width of a part, in per cent of the width.
GAP, LEAST_WIDTH = 0.4, 0.8
#: Verdicts against the claim are hatched, as everywhere.
HATCHED = {VerdictKind.REFUTED, VerdictKind.OPPOSITE}


@dataclass(frozen=True)
class TallyPart:
    """The claims with one verdict.

    Args:
        percent: Share of all claims.
        is_known: Whether the word is in the vocabulary `VerdictKind`.
    """

    verdict: str
    count: int
    percent: float
    is_known: bool


@dataclass(frozen=True)
class Tally:
    """A stacked bar; parts are in the order of the vocabulary, and none is empty."""

    parts: Sequence[TallyPart]
    total: int
    plot: Markup


def tally(counts: Mapping[str, int | None]) -> Tally:
    """Return the stacked bar of counts by verdict.

    Words of older rules are in the vocabulary; one that is not is drawn at the end.
    """
    order = [str(verdict) for verdict in VerdictKind]
    words = [*order, *sorted(word for word in counts if word not in order)]
    known = [(word, counts.get(word) or 0) for word in words]
    known = [(word, count) for word, count in known if count > 0]
    total = sum(count for _, count in known)
    parts = [TallyPart(word, count, 100 * count / total, word in order) for word, count in known]
    bars = _bars(parts) or [bar(0, 100, "empty")]
    return Tally(parts, total, svg(*bars, height=BAR_HEIGHT, classes="plot tally"))


def _bars(parts: Sequence[TallyPart]) -> list[Markup]:
    """Return the parts next to each other; small ones have a width that can be seen."""
    widths = [max(part.percent, LEAST_WIDTH) for part in parts]
    room = 100 - GAP * (len(parts) - 1)
    x, bars = 0.0, []
    for part, width in zip(parts, widths, strict=True):
        drawn = room * width / sum(widths)
        # A word that is not in the vocabulary is no class of the style sheet.
        name = f"verdict-{part.verdict.replace('_', '-')}" if part.is_known else "verdict-other"
        bars.append(bar(x, drawn, name, hatched=part.verdict in HATCHED))
        x += drawn + GAP
    return bars

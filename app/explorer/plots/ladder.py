"""The ladder of a claim: six rungs from in vitro to human trial, each with what its notes show.

    table = ladder_table(response["data"])             # GET /v1/claims/{slug}/ladder
    for rung in table.rungs:                           # from the lowest; reverse for a table
        rung.rung, rung.state, rung.notes, rung.plot
    table.strip                                        # all rungs in one row, from left to right

Marks: square supported, diamond contradicted, both mixed, ring open; a short line: no note.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from app.domain.verdicts.ladder import Rung, RungState
from app.explorer.plots.cells import joined, line, mark, svg, vertical_line
from app.explorer.plots.marks import SIDE_SHAPES, Side

#: Marks of a state, from left to right.
SIDES = {
    RungState.SUPPORTED: (Side.FOR,),
    RungState.CONTRADICTED: (Side.AGAINST,),
    RungState.MIXED: (Side.FOR, Side.AGAINST),
    RungState.OPEN: (Side.NEITHER,),
    RungState.UNTESTED: (),
}


@dataclass(frozen=True)
class LadderRung:
    """One rung, as drawn.

    Args:
        rung: Value of the vocabulary `Rung`.
        state: Value of the vocabulary `RungState`.
        notes: Slugs of the notes, the most important first.
    """

    rung: Rung
    state: RungState
    notes: Sequence[str]
    plot: Markup


@dataclass(frozen=True)
class LadderTable:
    """All six rungs from the lowest, and a drawing of them in one row.

    Args:
        highest: The highest rung with a note; None without notes.
    """

    rungs: Sequence[LadderRung]
    highest: Rung | None
    strip: Markup


def ladder_table(rungs: Iterable[Mapping[str, Any]]) -> LadderTable:
    """Return the cells of a ladder; a rung that is missing has no note."""
    by_rung = {entry.get("rung"): entry for entry in rungs}
    drawn = []
    for rung in Rung:
        entry = by_rung.get(rung) or {}
        state = entry.get("state")
        state = RungState(state) if state in set(RungState) else RungState.UNTESTED
        plot = svg(vertical_line(50, "rail"), _marks(state, 50, apart=8))
        drawn.append(LadderRung(rung, state, list(entry.get("notes") or ()), plot))
    tested = [rung.rung for rung in drawn if rung.state is not RungState.UNTESTED]
    width = 100 / len(drawn)
    strip = [
        _marks(rung.state, width * (position + 0.5), apart=width / 3)
        for position, rung in enumerate(drawn)
    ]
    return LadderTable(
        rungs=drawn,
        highest=tested[-1] if tested else None,
        strip=svg(line(width / 2, 100 - width / 2, "rail"), *strip),
    )


def _marks(state: RungState, x: float, apart: float) -> Markup:
    """Return the marks of a state around `x`, `apart` per cent from each other."""
    sides = SIDES[state]
    if not sides:
        return line(x - apart / 4, x + apart / 4, "untested")
    first = x - apart * (len(sides) - 1) / 2
    return joined(
        mark(first + apart * position, SIDE_SHAPES[side], side.value)
        for position, side in enumerate(sides)
    )

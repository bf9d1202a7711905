"""The ladder of a claim: six rungs, each with the marks of its state."""

from typing import Any

import pytest

from app.domain.verdicts.ladder import Rung, RungState
from app.explorer.plots.ladder import SIDES, ladder_table
from tests.explorer.plots.svg_cells import of_class, percent

RUNGS = [
    {"rung": "rodent", "state": "supported", "notes": ["li-2010", "maeng-2008"]},
    {"rung": "human_biomarker", "state": "mixed", "notes": ["hashimoto-2020"]},
    {"rung": "in_vitro", "state": "untested", "notes": []},
]


def test_all_six_rungs_are_there_from_the_lowest() -> None:
    table = ladder_table(RUNGS)
    assert [rung.rung for rung in table.rungs] == [*Rung]
    assert [rung.state.value for rung in table.rungs] == [
        "untested",
        "untested",
        "supported",
        "untested",
        "mixed",
        "untested",
    ]
    assert table.rungs[2].notes == ["li-2010", "maeng-2008"]
    assert table.highest is Rung.HUMAN_BIOMARKER


@pytest.mark.parametrize(
    ("state", "shapes"),
    [
        ("supported", ["square"]),
        ("contradicted", ["diamond"]),
        ("mixed", ["square", "diamond"]),
        ("open", ["ring"]),
        ("untested", []),
    ],
)
def test_each_state_has_marks_of_its_own(state: str, shapes: list[str]) -> None:
    rung = ladder_table([{"rung": "in_vitro", "state": state}]).rungs[0]
    marks = of_class(rung.plot, "mark")
    assert [mark.attrib["class"].split()[1] for mark in marks] == shapes
    assert len(of_class(rung.plot, "untested")) == (state == "untested")
    assert set(SIDES) == set(RungState)


def test_the_strip_has_the_rungs_from_left_to_right() -> None:
    table = ladder_table([{"rung": rung.value, "state": "supported"} for rung in reversed(Rung)])
    places = [percent(mark) for mark in of_class(table.strip, "mark")]
    assert places == [8.33, 25, 41.67, 58.33, 75, 91.67]


@pytest.mark.parametrize(
    "rungs", [[], [{}], [{"rung": "moon", "state": None}], [{"rung": "slice", "state": "?"}]]
)
def test_rungs_without_a_known_state_have_no_note(rungs: list[dict[str, Any]]) -> None:
    table = ladder_table(rungs)
    assert {rung.state for rung in table.rungs} == {RungState.UNTESTED}
    assert table.highest is None
    assert len(of_class(table.strip, "untested")) == 6

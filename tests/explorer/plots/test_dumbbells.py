"""Dumbbell plots: panels by kind, order by hours, roles, and what is not drawn."""

from math import inf, nan
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.vocabulary import ArmRole, LargerIs, OutcomeKind
from app.explorer.plots.dumbbells import (
    ShareArm,
    ShareKind,
    ShareTable,
    arms_of_estimate,
    outcome_kinds,
    share_table,
)
from app.explorer.plots.marks import UndrawnReason
from tests.explorer.plots.svg_cells import labels, of_class, parse, percent

numbers = st.floats() | st.none() | st.floats(0, 100)


def arm(role: str | None, share: float | None, **fields: Any) -> ShareArm:
    values: dict[str, Any] = {
        "group": "murrough-2013",
        "study": "murrough-2013",
        "outcome": "response",
        "hours": 24.0,
        "outcome_kind": "benefit",
        "larger_is": "better",
    }
    return ShareArm(role=role, percent=share, **values | fields)


def reasons(table: ShareTable) -> list[UndrawnReason]:
    return [out.reason for out in table.undrawn]


def test_drug_and_comparator_are_joined_and_differ_in_shape() -> None:
    table = share_table([arm("comparator", 28), arm("drug", 64)])
    [row] = table.panels[0].rows
    assert ([a.percent for a in row.drug], [a.percent for a in row.comparator]) == ([64], [28])
    [drug], [control] = of_class(row.plot, "drug"), of_class(row.plot, "comparator")
    [joint] = of_class(row.plot, "difference")
    assert percent(control) == percent(joint, "x1") < percent(drug) == percent(joint, "x2")
    assert "dot" in drug.attrib["class"].split()
    assert {"ring", "hollow"} <= set(control.attrib["class"].split())


def test_positions_follow_the_axis() -> None:
    [panel] = share_table([arm("drug", 100), arm("comparator", 50)]).panels
    assert labels(panel.axis) == ["0%", "20%", "40%", "60%", "80%", "100%"]
    [drug] = of_class(panel.rows[0].plot, "drug")
    [control] = of_class(panel.rows[0].plot, "comparator")
    assert (percent(drug), percent(control)) == (97, 50)


def test_a_drug_without_a_comparator_is_a_mark_alone() -> None:
    [row] = share_table([arm("drug", 65)]).panels[0].rows
    assert not of_class(row.plot, "difference")
    assert len(of_class(row.plot, "mark")) == 1


def test_several_doses_and_a_group_that_is_no_arm_are_in_one_row() -> None:
    arms = [arm("drug", 20), arm("drug", 60), arm("comparator", 40), arm("neither", 90)]
    [row] = share_table(arms).panels[0].rows
    [joint] = of_class(row.plot, "difference")
    places = [percent(mark) for mark in of_class(row.plot, "drug")]
    assert [percent(joint, "x1"), percent(joint, "x2")] == places
    assert "hollow" in of_class(row.plot, "no-arm")[0].attrib["class"].split()


def test_rows_are_by_hours_after_the_dose() -> None:
    arms = [arm("drug", 1, hours=hours, group=str(hours)) for hours in (504.0, 4.0, 24.0)]
    assert [row.hours for row in share_table(arms).panels[0].rows] == [4, 24, 504]


def test_benefits_preventable_events_and_harms_are_never_in_one_panel() -> None:
    table = share_table(
        [
            arm("drug", 12, outcome="nausea", outcome_kind="harm", larger_is=None),
            arm("drug", 64),
            arm("drug", 26, outcome="relapse", larger_is="worse"),
        ]
    )
    assert [(p.kind, p.rows[0].outcome) for p in table.panels] == [
        (ShareKind.BENEFIT, "response"),
        (ShareKind.PREVENTED, "relapse"),
        (ShareKind.HARM, "nausea"),
    ]


def test_rare_harms_are_on_an_axis_of_ten_per_cent() -> None:
    rare = [arm(role, 1, outcome_kind="harm") for role in ("drug", "comparator")]
    assert labels(share_table(rare).panels[0].axis)[-1] == "10%"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"outcome_kind": None}, UndrawnReason.NO_KIND),
        ({"outcome_kind": "other"}, UndrawnReason.NO_KIND),
        ({"larger_is": None}, UndrawnReason.NO_DIRECTION),
        ({"larger_is": "neither"}, UndrawnReason.NO_DIRECTION),
        ({"role": None}, UndrawnReason.NO_DIRECTION),
        ({"hours": None}, UndrawnReason.NO_TIME),
        ({"hours": nan}, UndrawnReason.NO_TIME),
        ({"hours": -1.0}, UndrawnReason.NO_TIME),
        ({"share": None}, UndrawnReason.NO_VALUE),
        ({"share": nan}, UndrawnReason.NO_VALUE),
        ({"share": inf}, UndrawnReason.NO_VALUE),
        ({"share": 100.1}, UndrawnReason.OUT_OF_RANGE),
        ({"share": -1}, UndrawnReason.OUT_OF_RANGE),
    ],
)
def test_what_is_not_on_record_is_listed_and_not_drawn(
    fields: dict[str, Any], reason: UndrawnReason
) -> None:
    values: dict[str, Any] = {"role": "drug", "share": 50.0}
    table = share_table([arm(**values | fields)])
    assert not table.panels
    assert reasons(table) == [reason]
    assert reason.text


def test_without_arms_there_are_no_panels() -> None:
    assert share_table([]) == ShareTable([], [])


def estimate(**fields: Any) -> dict[str, Any]:
    return {
        "slug": "daly-2019--relapse",
        "study": {"slug": "daly-2019"},
        "evidence": {"slug": "daly-2019-relapse"},
        "instrument": "relapse",
        "outcome_domain": "depression_relapse",
        "outcome_kind": "benefit",
        "larger_is": None,
        "metric": "logRR",
        "time_hours": 2000.0,
        "intervention_arm": "esketamine",
        "comparator_arm": "placebo",
        "events_intervention": 24,
        "n_intervention": 90,
        "events_comparator": 39,
        "n_comparator": 86,
    } | fields


def test_the_arms_of_an_estimate_are_shares_of_its_events() -> None:
    drug, control = arms_of_estimate(estimate())
    assert (drug.percent, control.percent) == pytest.approx((26.667, 45.349), abs=0.001)
    assert (drug.role, control.role) == ("drug", "comparator")
    assert drug.kind is ShareKind.PREVENTED


@pytest.mark.parametrize(
    "fields",
    [{"events_intervention": None, "events_comparator": None}, {"n_intervention": 0}],
)
def test_an_estimate_without_events_has_no_arms_of_them(fields: dict[str, Any]) -> None:
    assert "drug" not in [one.role for one in arms_of_estimate(estimate(**fields))]
    assert arms_of_estimate({}) == []


def record(key: str = "esketamine") -> dict[str, Any]:
    return {
        "evidence": {"slug": "daly-2019-relapse"},
        "study": {"slug": "daly-2019"},
        "key": key,
        "outcome": "relapse",
        "time_hours": 2000.0,
        "percent": 26.7,
        "role": "drug",
    }


def test_arms_have_the_kind_of_the_estimates_of_their_events() -> None:
    kinds = outcome_kinds([estimate()])
    assert ShareArm.from_record(record(), kinds).kind is ShareKind.PREVENTED
    assert ShareArm.from_record(record("other"), kinds).kind is None
    assert ShareArm.from_record({}, kinds).kind is None


@pytest.mark.parametrize(
    "fields",
    [
        # A difference of scores: the same arms can have a share of responders.
        {"metric": "SMD", "outcome_domain": "depression_severity", "larger_is": "worse"},
        # The hazard of a relapse, with the share of those abstinent.
        {"metric": "logHR", "outcome_domain": "other_benefit", "larger_is": "worse"},
        {"outcome_domain": None},
    ],
)
def test_other_estimates_give_arms_no_kind(fields: dict[str, Any]) -> None:
    assert outcome_kinds([estimate(**fields)]) == {}
    assert arms_of_estimate(estimate(**fields)) == []


def test_an_arm_whose_estimates_differ_in_kind_has_none() -> None:
    estimates = [estimate(), estimate(outcome_kind="harm", outcome_domain="sedation")]
    assert outcome_kinds(estimates) == {}


@given(
    st.lists(
        st.builds(
            ShareArm,
            group=st.sampled_from("ab"),
            study=st.just("x"),
            outcome=st.none() | st.just("response"),
            hours=numbers,
            percent=numbers,
            role=st.none() | st.sampled_from([*ArmRole]) | st.just("?"),
            outcome_kind=st.none() | st.sampled_from([*OutcomeKind]),
            larger_is=st.none() | st.sampled_from([*LargerIs]),
        ),
        max_size=8,
    )
)
def test_every_arm_is_drawn_within_the_cell_or_listed(arms: list[ShareArm]) -> None:
    table = share_table(arms)
    drawn = 0
    for panel in table.panels:
        parse(panel.axis)
        assert [row.hours for row in panel.rows] == sorted(row.hours for row in panel.rows)
        for row in panel.rows:
            drawn += len(of_class(row.plot, "mark"))
            assert {a.kind for a in (*row.drug, *row.comparator, *row.neither)} == {panel.kind}
    assert drawn + len(table.undrawn) == len(arms)

"""Dumbbell plots: shares of people with an outcome, drug against comparator, by hours.

    arms = [arm for record in estimates for arm in arms_of_estimate(record)]    # /v1/effects
    table = share_table(arms)
    for panel in table.panels:                         # more is better, fewer is better, harms
        panel.kind, panel.axis
        for row in panel.rows:
            row.hours, row.outcome, row.drug, row.comparator, row.plot

Or from all arms on record, with those of no estimate, which are not drawn but listed:

    kinds = outcome_kinds(estimates)                   # /v1/effects of the same studies
    arms = [ShareArm.from_record(record, kinds) for record in records]          # /v1/arms

Marks: dot drug, ring comparator, hollow square a group that is neither; the line joins the two
sides. A dot alone has no comparator on record.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite
from typing import Any

from markupsafe import Markup

from app.domain.vocabulary import ArmRole, EstimateMetric, LargerIs, OutcomeDomain, OutcomeKind
from app.explorer.plots.cells import Shape, axis, grid, line, mark, svg
from app.explorer.plots.marks import Undrawn, UndrawnReason
from app.explorer.plots.scale import AxisScale, AxisTick
from app.explorer.quantities import number
from app.services.evidence.synthesis.plot_scale import linear_ticks

#: The shortest axis, in per cent of people, so that two rare harms do not look like a difference.
SHORTEST_AXIS = 10.0


class ShareKind(StrEnum):
    """What a larger share means; outcomes of different kinds are never in one panel."""

    BENEFIT = "benefit"  # more is better, such as response
    PREVENTED = "prevented"  # fewer is better, such as relapse
    HARM = "harm"


KINDS_OF_BENEFITS: Mapping[str, ShareKind] = {
    LargerIs.BETTER: ShareKind.BENEFIT,
    LargerIs.WORSE: ShareKind.PREVENTED,
}
METRICS_OF_EVENTS = {
    EstimateMetric.LOG_OR,
    EstimateMetric.LOG_RR,
    EstimateMetric.LOG_HR,
    EstimateMetric.RD,
    EstimateMetric.LOGIT_PROPORTION,
}
#: Outcome kind and `larger_is` of an arm, by slug of the note and key of the arm.
OutcomeKinds = Mapping[tuple[str, str], tuple[str | None, str | None]]


@dataclass(frozen=True)
class ShareArm:
    """The share of people with an outcome in one arm.

    Args:
        group: Slug of the note or estimate; arms of one group, outcome and time are one row.
        study: Slug of the study.
        hours: Time after the dose.
        percent: Share of people, from 0 to 100.
        role: Value of the vocabulary `ArmRole`.
        outcome_kind: Value of the vocabulary `OutcomeKind`.
        larger_is: Value of the vocabulary `LargerIs`; matters for benefits only.
        fields: The whole record, for the text around the plot.
    """

    group: str
    study: str
    outcome: str | None
    hours: float | None
    percent: float | None
    role: str | None
    outcome_kind: str | None
    larger_is: str | None = None
    fields: Mapping[str, Any] | None = None

    @classmethod
    def from_record(cls, record: Mapping[str, Any], kinds: OutcomeKinds) -> "ShareArm":
        """Return the arm of a record of `/v1/arms`.

        Args:
            kinds: Result of `outcome_kinds`: arms do not state the kind of their outcome.
        """
        note = (record.get("evidence") or {}).get("slug") or ""
        kind, larger_is = kinds.get((note, record.get("key") or ""), (None, None))
        return cls(
            group=note,
            study=(record.get("study") or {}).get("slug") or "",
            outcome=record.get("outcome"),
            hours=record.get("time_hours"),
            percent=record.get("percent"),
            role=record.get("role"),
            outcome_kind=kind,
            larger_is=larger_is,
            fields=record,
        )

    @property
    def kind(self) -> ShareKind | None:
        """What a larger share means; None if it is not on record."""
        if self.outcome_kind == OutcomeKind.HARM:
            return ShareKind.HARM
        if self.outcome_kind != OutcomeKind.BENEFIT:
            return None
        return KINDS_OF_BENEFITS.get(self.larger_is or "")


@dataclass(frozen=True)
class ShareRow:
    """The arms of one group with the same outcome and time, as drawn."""

    group: str
    study: str
    outcome: str | None
    hours: float
    drug: Sequence[ShareArm]
    comparator: Sequence[ShareArm]
    neither: Sequence[ShareArm]
    plot: Markup


@dataclass(frozen=True)
class SharePanel:
    """Rows of one kind, by hours; `axis` is the head of the plot's column."""

    kind: ShareKind
    rows: Sequence[ShareRow]
    axis: Markup


@dataclass(frozen=True)
class ShareTable:
    """Panels in the order of `ShareKind`, without empty ones, and what is not drawn."""

    panels: Sequence[SharePanel]
    undrawn: Sequence[Undrawn[ShareArm]]


def outcome_kinds(estimates: Iterable[Mapping[str, Any]]) -> OutcomeKinds:
    """Return the kind of outcome of the arms that estimates of effects compare.

    Only estimates of events are used: a difference of scores can have the same arms. Whether more
    is better is that of the estimate, else of its domain.

    Args:
        estimates: Records of `/v1/effects`. An arm whose estimates differ in kind has none.
    """
    kinds: dict[tuple[str, str], set[tuple[str | None, str | None]]] = {}
    for estimate in estimates:
        kind = _kind_of_event(estimate)
        note = (estimate.get("evidence") or {}).get("slug")
        for arm in (estimate.get("intervention_arm"), estimate.get("comparator_arm")):
            if kind is not None and note and arm:
                kinds.setdefault((note, arm), set()).add(kind)
    return {key: next(iter(of_key)) for key, of_key in kinds.items() if len(of_key) == 1}


def arms_of_estimate(record: Mapping[str, Any]) -> list[ShareArm]:
    """Return the arms whose events an estimate of an effect is computed from.

    Args:
        record: Record of `/v1/effects`. One of no event, or without numbers, has no arms.
    """
    kind = _kind_of_event(record)
    if kind is None:
        return []
    arms = []
    for side, role in (("intervention", ArmRole.DRUG), ("comparator", ArmRole.COMPARATOR)):
        events, people = record.get(f"events_{side}"), record.get(f"n_{side}")
        if events is not None and people:
            arms.append(
                ShareArm(
                    group=record.get("slug") or "",
                    study=(record.get("study") or {}).get("slug") or "",
                    outcome=record.get("instrument") or record.get("outcome_domain"),
                    hours=record.get("time_hours"),
                    percent=100 * events / people,
                    role=role,
                    outcome_kind=kind[0],
                    larger_is=kind[1],
                    fields=record,
                )
            )
    return arms


def _kind_of_event(estimate: Mapping[str, Any]) -> tuple[str | None, str | None] | None:
    """Return the outcome kind of the event of an estimate, and whether more of it is better.

    None if it is an estimate of scores, or a hazard of an event that its domain does not name: the
    numbers of events can be those of the opposite, such as abstinence for a hazard of relapse.
    """
    metric, domain = estimate.get("metric"), estimate.get("outcome_domain")
    if metric not in METRICS_OF_EVENTS or domain not in set(OutcomeDomain):
        return None
    of_domain = OutcomeDomain(domain).larger_is
    if metric == EstimateMetric.LOG_HR and of_domain is None:
        return None
    return estimate.get("outcome_kind"), estimate.get("larger_is") or of_domain


def share_table(arms: Iterable[ShareArm]) -> ShareTable:
    """Return the panels of a dumbbell plot."""
    groups: dict[ShareKind, dict[tuple[float, str, str], list[ShareArm]]] = {}
    undrawn: list[Undrawn[ShareArm]] = []
    for arm in arms:
        reason = _reason_to_leave_out(arm)
        if reason is not None or arm.kind is None or arm.hours is None:
            undrawn.append(Undrawn(arm, reason or UndrawnReason.NO_KIND))
        else:
            row = (arm.hours, arm.group, arm.outcome or "")
            groups.setdefault(arm.kind, {}).setdefault(row, []).append(arm)
    panels = [_panel(kind, groups[kind]) for kind in ShareKind if kind in groups]
    return ShareTable(panels, undrawn)


def _reason_to_leave_out(arm: ShareArm) -> UndrawnReason | None:
    if arm.percent is None or not isfinite(arm.percent):
        return UndrawnReason.NO_VALUE
    if not 0 <= arm.percent <= 100:
        return UndrawnReason.OUT_OF_RANGE
    if arm.outcome_kind not in set(OutcomeKind):
        return UndrawnReason.NO_KIND
    if arm.kind is None or arm.role not in set(ArmRole):
        return UndrawnReason.NO_DIRECTION
    if arm.hours is None or not isfinite(arm.hours) or arm.hours < 0:
        return UndrawnReason.NO_TIME
    return None


def _panel(
    kind: ShareKind, groups: Mapping[tuple[float, str, str], Sequence[ShareArm]]
) -> SharePanel:
    largest = max(_percent(arm) for group in groups.values() for arm in group)
    ticks = [
        AxisTick(value, f"{number(value)}%")
        for value in linear_ticks(0, max(largest, SHORTEST_AXIS))
    ]
    scale = AxisScale(0, ticks[-1].value)
    ground = grid(scale, ticks)
    rows = [_row(group, scale, ground) for _, group in sorted(groups.items())]
    return SharePanel(kind, rows, axis(scale, ticks))


def _row(group: Sequence[ShareArm], scale: AxisScale, ground: Markup) -> ShareRow:
    drug, comparator, neither = (
        [arm for arm in group if arm.role == role]
        for role in (ArmRole.DRUG, ArmRole.COMPARATOR, ArmRole.NEITHER)
    )
    parts = [ground]
    if drug and comparator:
        places = [scale.at(_percent(arm)) for arm in (*drug, *comparator)]
        parts.append(line(min(places), max(places), "difference"))
    # The drug is on top, so that it is seen where the shares are equal.
    parts += [
        mark(scale.at(_percent(a)), Shape.SQUARE, "no-arm", size=7, hollow=True) for a in neither
    ]
    parts += [mark(scale.at(_percent(a)), Shape.RING, "comparator", size=10) for a in comparator]
    parts += [mark(scale.at(_percent(a)), Shape.DOT, "drug", size=8) for a in drug]
    first = group[0]
    return ShareRow(
        group=first.group,
        study=first.study,
        outcome=first.outcome,
        hours=first.hours or 0.0,
        drug=drug,
        comparator=comparator,
        neither=neither,
        plot=svg(*parts),
    )


def _percent(arm: ShareArm) -> float:
    assert arm.percent is not None
    return arm.percent

"""Shares of people with an outcome after a treatment and after its control, as dumbbell plots.

They come from effect estimates, whose arms have roles and whose outcome is a benefit or a harm: an
arm whose role is not known has no estimate, and is not shown.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from app.api.deps import ServiceContext
from app.domain.vocabulary import ComparatorKind, EstimateMetric, OutcomeDomain
from app.explorer import queries
from app.explorer.plots.cells import Shape, mark
from app.explorer.plots.dumbbells import (
    ShareArm,
    ShareKind,
    SharePanel,
    ShareRow,
    arms_of_estimate,
    share_table,
)
from app.explorer.plots.marks import Undrawn
from app.explorer.queries import Record
from app.kit.sessions import ReadSession

#: Comparators without an effect of their own, and studies without a control.
CONTROLS = (
    ComparatorKind.INACTIVE,
    ComparatorKind.ACTIVE_PLACEBO,
    ComparatorKind.ADD_ON_INACTIVE,
    ComparatorKind.NONE,
)
#: Metrics of estimates that are derived from numbers of people with the outcome.
METRICS = (
    EstimateMetric.LOG_OR,
    EstimateMetric.LOG_RR,
    EstimateMetric.RD,
    EstimateMetric.LOGIT_PROPORTION,
)


@dataclass(frozen=True)
class OutcomePanel:
    """Shares on one axis, of outcomes of which more is better, fewer is better, or harms.

    Args:
        rows: Outcome domain → rows, the earliest first.
    """

    kind: ShareKind
    axis: Markup
    rows: Mapping[OutcomeDomain, Sequence[ShareRow]]


@dataclass(frozen=True)
class OutcomeShares:
    """Shares of the estimates that match some filters.

    Args:
        estimates: The records of the estimates that the panels are drawn of.
        undrawn: Arms that are not drawn, with the reason.
        total: Number of estimates that match.
        is_complete: Whether all of them were read.
    """

    panels: Sequence[OutcomePanel]
    estimates: Sequence[Record]
    undrawn: Sequence[Undrawn[ShareArm]]
    total: int
    is_complete: bool

    @property
    def legend(self) -> Sequence[tuple[Markup, str]]:
        """The marks as drawings of their own, and what they mean."""
        return (
            (_symbol(mark(50, Shape.DOT, "drug")), "treated"),
            (_symbol(mark(50, Shape.RING, "comparator")), "placebo or another control"),
        )


def outcome_shares(
    session: ReadSession,
    service: ServiceContext,
    limit: int,
    sort: Sequence[str] = ("time_hours",),
    **filters: Any,
) -> OutcomeShares:
    """Return the shares of the controlled estimates that match filters of the list of effects.

    A study with several doses, or several analyses, is shown with the one of most people for each
    outcome and time.

    Args:
        session: The transaction to read in.
        service: The service that reads the list.
        limit: Maximum number of estimates that are read.
        sort: Which estimates are read first.
        filters: Filters of `/v1/effects` by name.
    """
    parameters = {
        **filters,
        "comparator_kind": list(CONTROLS),
        "metric": list(METRICS),
        "has_subgroup": False,
    }
    pages: list[queries.RecordList] = []

    def read() -> list[Any]:
        pages.append(
            queries.list_records(
                session, service, "effects", **parameters, sort=list(sort), limit=limit
            )
        )
        return [pages[0].total, *(record["slug"] for record in pages[0].records)]

    # All estimates that match are sorted: once per state of the store, if that takes long.
    key = ("outcome shares", service.repository.release, limit, repr((sort, filters)))
    total, *slugs = service.repository.counts.get_or_compute_rows(session, key, read)
    if pages:
        records = pages[0].records
    else:
        by_slug = queries.get_records(session, service, "effects", slugs)
        records = [by_slug[slug] for slug in slugs]
    estimates = _largest(records)
    table = share_table(arm for estimate in estimates for arm in arms_of_estimate(estimate))
    panels = [_panel(panel) for panel in table.panels]
    return OutcomeShares(panels, estimates, table.undrawn, total, total == len(records))


def _largest(estimates: Iterable[Record]) -> list[Record]:
    """Return the estimate of most people for each study, outcome and time."""
    largest: dict[tuple[object, ...], Record] = {}
    for estimate in estimates:
        outcome = (estimate["outcome_domain"], estimate["time_hours"])
        key = (estimate["study"]["slug"], *outcome, *_event(estimate))
        others = largest.setdefault(key, estimate)
        if (estimate["n_intervention"] or 0) > (others["n_intervention"] or 0):
            largest[key] = estimate
    return list(largest.values())


def _event(estimate: Record) -> tuple[str | None, ...]:
    """Return the event that the instrument names where the domain does not."""
    domain = OutcomeDomain(estimate["outcome_domain"])
    unnamed = (OutcomeDomain.OTHER_BENEFIT, OutcomeDomain.OTHER_HARM)
    return (estimate["instrument"],) if domain in unnamed else ()


def _panel(panel: SharePanel) -> OutcomePanel:
    """Return a panel with its rows by outcome domain, in the order of the vocabulary."""
    rows: dict[str, list[ShareRow]] = {}
    for row in panel.rows:
        arm = (*row.drug, *row.comparator)[0]
        rows.setdefault((arm.fields or {})["outcome_domain"], []).append(row)
    ordered = {domain: rows[domain] for domain in OutcomeDomain if domain in rows}
    return OutcomePanel(panel.kind, panel.axis, ordered)


def _symbol(symbol: Markup) -> Markup:
    return Markup(
        '<svg class="plot" width="14" height="14" aria-hidden="true" focusable="false">{}</svg>'
    ).format(symbol)

"""The affinities of a compound, or at a receptor, as a plot."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.api.deps import ServiceContext
from app.explorer import queries
from app.explorer.plasma_concentrations import PlasmaConcentration, dose_bands
from app.explorer.plots.affinities import AffinityPoint, AffinityTable, affinity_table
from app.kit.sessions import ReadSession

#: Measurements that the plot is drawn of, the tightest first.
MAX_MEASUREMENTS = 200


@dataclass(frozen=True)
class BindingPlot:
    """The affinities of a compound or at a receptor, as a plot.

    Args:
        total: Number of all measurements; more than are drawn if `is_complete` is false.
        concentrations: The ranges that the bands of the plot are drawn of.
    """

    table: AffinityTable
    total: int
    is_complete: bool
    concentrations: Sequence[PlasmaConcentration] = ()

    @property
    def drawn(self) -> int:
        """Number of measurements in the plot."""
        return sum(len(row.points) for row in self.table.rows)

    @property
    def measured(self) -> int:
        """Number of rows with a constant."""
        return sum(row.tightest is not None for row in self.table.rows)


def binding_plot(
    session: ReadSession,
    service: ServiceContext,
    side: str,
    slug: str,
    concentrations: Sequence[PlasmaConcentration] = (),
) -> BindingPlot:
    """Return the plot of what a compound binds, or of what binds a receptor.

    Args:
        side: What `slug` is of: `compound` or `receptor`.
    """
    affinities = queries.list_records(
        session, service, "affinities", **{side: [slug]}, sort=["value_nm"], limit=MAX_MEASUREMENTS
    )
    partner = "receptor" if side == "compound" else "compound"
    points = [AffinityPoint.from_record(record, partner) for record in affinities.records]
    return BindingPlot(
        affinity_table(points, dose_bands(concentrations)),
        affinities.total,
        affinities.next is None,
        concentrations,
    )

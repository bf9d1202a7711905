"""Total plasma concentrations of a compound in use, which affinities are compared with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.api.deps import ServiceContext
from app.domain.pharmacokinetics import ng_per_ml_to_nm
from app.domain.vocabulary import (
    PharmacokineticParameter,
    PharmacokineticUnit,
    SampleMatrix,
    Species,
)
from app.explorer import queries
from app.explorer.plots.affinities import DoseBand
from app.kit.sessions import ReadSession

#: Values that are read; a compound with more of them is drawn with the first.
MAX_VALUES = 50
#: Ranges that are drawn and listed; more would cover the plot.
MAX_RANGES = 6


@dataclass(frozen=True)
class PlasmaConcentration:
    """A range of total plasma concentrations of a compound in people, under one condition.

    Args:
        record: The record of `/v1/pharmacokinetics` that states it.
        condition: What the people were given it for, or what they experienced.
    """

    record: Mapping[str, Any]
    condition: str
    lower_nm: float
    upper_nm: float


def plasma_concentrations(
    session: ReadSession, service: ServiceContext, compound: Mapping[str, Any]
) -> list[PlasmaConcentration]:
    """Return the ranges of plasma concentrations of a compound on record, the lowest first.

    A single value is no range, and without a molecular mass there is no molar concentration. A
    range without a condition says nothing about a use of the compound.
    """
    mass = compound.get("molecular_mass_g_per_mol")
    if not mass:
        return []
    values = queries.list_records(
        session,
        service,
        "pharmacokinetics",
        compound=[compound["slug"]],
        parameter=[PharmacokineticParameter.CONCENTRATION],
        standard_unit=[PharmacokineticUnit.NG_PER_ML],
        species=[Species.HUMAN],
        matrix=[SampleMatrix.PLASMA],
        limit=MAX_VALUES,
    ).records
    ranges = [
        PlasmaConcentration(
            record,
            record["condition"].rstrip("."),
            ng_per_ml_to_nm(record["standard_value"], mass),
            ng_per_ml_to_nm(record["standard_upper_value"], mass),
        )
        for record in values
        if record["standard_value"] and record["standard_upper_value"] and record["condition"]
    ]
    return sorted(
        ranges, key=lambda concentration: (concentration.lower_nm, concentration.upper_nm)
    )[:MAX_RANGES]


def dose_bands(concentrations: Sequence[PlasmaConcentration]) -> list[DoseBand]:
    """Return the bands of a plot; ranges that overlap are one band.

    The bands are named `concentration-1`, `concentration-2` and so on, from the lowest.
    """
    merged: list[tuple[float, float]] = []
    for concentration in sorted(concentrations, key=lambda concentration: concentration.lower_nm):
        if merged and concentration.lower_nm <= merged[-1][1]:
            lower, upper = merged.pop()
            merged.append((lower, max(upper, concentration.upper_nm)))
        else:
            merged.append((concentration.lower_nm, concentration.upper_nm))
    return [
        DoseBand(lower, upper, f"concentration-{number}")
        for number, (lower, upper) in enumerate(merged, start=1)
    ]

"""Affinity arithmetic: the one place that converts units of concentration."""

import math

from app.domain.vocabulary import ConcentrationUnit

NM_PER_UNIT = {
    ConcentrationUnit.PM: 1e-3,
    ConcentrationUnit.NM: 1.0,
    ConcentrationUnit.UM: 1e3,
    ConcentrationUnit.MM: 1e6,
}


def to_nm(value: float | None, unit: str | None) -> float | None:
    """Return a published concentration in nanomolar: 0.659 µM → 659.0.

    Rounded to twelve significant digits, since 0.659 * 1000 is not 659 in binary.
    """
    if value is None or unit is None:
        return None
    return float(f"{value * NM_PER_UNIT[ConcentrationUnit(unit)]:.12g}")


def p_affinity(value_nm: float | None) -> float | None:
    """Return −log10 of the molar value, rounded to two places: 1000 nM → 6.0 (pKi, pIC50, …)."""
    return None if value_nm is None else round(9 - math.log10(value_nm), 2)

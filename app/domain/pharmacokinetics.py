"""Standard units of pharmacokinetic values, so that values of different sources can be compared."""

from app.domain.vocabulary import PharmacokineticUnit as Unit

#: Published unit → standard unit of its dimension, and the factor to it. Molar concentrations are
#: not converted to mass concentrations: the factor depends on the compound. Values scaled to 70 kg
#: are those of an adult of 70 kg; values per kilogram stay as they are.
STANDARD_UNITS: dict[Unit, tuple[Unit, float]] = {
    Unit.SECOND: (Unit.HOUR, 1 / 3600),
    Unit.MINUTE: (Unit.HOUR, 1 / 60),
    Unit.UG_PER_ML: (Unit.NG_PER_ML, 1000),
    Unit.LITRE_PER_70_KG: (Unit.LITRE, 1),
    Unit.ML_PER_MINUTE: (Unit.LITRE_PER_HOUR, 0.06),
    Unit.ML_PER_MINUTE_PER_KG: (Unit.LITRE_PER_HOUR_PER_KG, 0.06),
    Unit.LITRE_PER_HOUR_PER_70_KG: (Unit.LITRE_PER_HOUR, 1),
}


def standard_unit(unit: str | None) -> Unit | None:
    """Return the standard unit of the dimension of a unit; None for None."""
    if unit is None:
        return None
    published = Unit(unit)
    return STANDARD_UNITS.get(published, (published, 1))[0]


def standard_value(value: float | None, unit: str | None) -> float | None:
    """Return a value in the standard unit, to 6 significant digits; None for None."""
    if value is None or unit is None:
        return None
    published = Unit(unit)
    factor = STANDARD_UNITS.get(published, (published, 1))[1]
    return float(f"{value * factor:.6g}")


def ng_per_ml_to_nm(concentration: float, molecular_mass: float) -> float:
    """Return a mass concentration as a molar one.

    Args:
        concentration: Concentration in ng/mL, which is µg/L.
        molecular_mass: Molecular mass in g/mol.

    Returns:
        The concentration in nmol/L, to 3 significant digits.
    """
    return float(f"{concentration / molecular_mass * 1000:.3g}")

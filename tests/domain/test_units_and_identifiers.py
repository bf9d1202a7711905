"""Units, identifiers, text folding, and names in citations."""

import pytest

from app.domain import affinity, identifiers
from app.domain.durations import HOURS, in_hours
from app.domain.text_folding import fold
from app.domain.vocabulary import ConcentrationUnit, TimeUnit


@pytest.mark.parametrize(
    ("value", "unit", "nm", "p"),
    [
        (0.659, "uM", 659.0, 6.18),
        (28.2, "uM", 28_200.0, 4.55),
        (1.8, "nM", 1.8, 8.74),
        (1, "mM", 1e6, 3.0),
        (250, "pM", 0.25, 9.6),
        (10, "uM", 10_000.0, 5.0),
    ],
)
def test_published_concentrations_convert_to_nanomolar(
    value: float, unit: str, nm: float, p: float
) -> None:
    assert affinity.to_nm(value, unit) == nm
    assert affinity.p_affinity(nm) == p


def test_every_unit_converts() -> None:
    assert set(affinity.NM_PER_UNIT) == set(ConcentrationUnit)
    assert affinity.to_nm(None, "nM") is None
    assert affinity.p_affinity(None) is None


def test_twelve_months_are_one_year() -> None:
    assert in_hours(12, "month") == in_hours(1, "year") == 365.25 * 24
    assert set(HOURS) == set(TimeUnit)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("κ opioid receptor", "kappa opioid receptor"),
        ("α7", "alpha7"),
        ("Café–au  lait", "cafe-au lait"),
        ("(2R,6R)-HNK", "(2r,6r)-hnk"),
        ("5‑HT2A", "5-ht2a"),
        ("ΜΟΡ", "muomicronrho"),
    ],
)
def test_text_folds_to_plain_lower_case(written: str, folded: str) -> None:
    assert fold(written) == folded


@pytest.mark.parametrize(
    "curie",
    ["chembl.compound:CHEMBL742", "reactome:R-HSA-9006115", "mondo:0002009", "cas:6740-88-1"],
)
def test_curies_with_known_prefixes_are_accepted(curie: str) -> None:
    assert identifiers.check_curie(curie) == curie


@pytest.mark.parametrize("curie", ["CHEMBL742", "chembl:1", "mondo:MONDO:0002009", "mondo:", ":1"])
def test_invalid_curies_raise_value_error(curie: str) -> None:
    with pytest.raises(ValueError, match=r"prefix|CURIE"):
        identifiers.check_curie(curie)

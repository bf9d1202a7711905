"""Effect sizes, standard errors and t quantiles equal those of metafor and of R."""

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.synthesis import effect_sizes, standard_errors
from app.domain.synthesis.distributions import t_cdf, t_quantile

ORACLE: dict[str, Any] = json.loads(Path(__file__).with_name("metafor.json").read_text("utf-8"))
OF_TABLES = {
    "OR": effect_sizes.log_odds_ratio,
    "RR": effect_sizes.log_risk_ratio,
    "RD": effect_sizes.risk_difference,
}


def is_size(size: effect_sizes.EffectSize, expected: dict[str, float]) -> bool:
    close = pytest.approx((expected["yi"], expected["vi"]), rel=1e-9, abs=1e-12)
    return bool((size.value, size.standard_error**2) == close)


@pytest.mark.parametrize("measure", OF_TABLES)
@pytest.mark.parametrize("row", ORACLE["two_by_two"], ids=lambda row: str(row["table"]))
def test_effect_sizes_of_2x2_tables(row: dict[str, Any], measure: str) -> None:
    a, b, c, d = row["table"]
    table = effect_sizes.cells(a, a + b, c, c + d)
    assert is_size(OF_TABLES[measure](table), row[measure])


@pytest.mark.parametrize("row", ORACLE["continuous"])
def test_effect_sizes_of_means(row: dict[str, Any]) -> None:
    groups = [effect_sizes.Group(row[f"m{i}"], row[f"sd{i}"], row[f"n{i}"]) for i in (1, 2)]
    assert is_size(effect_sizes.mean_difference(*groups), row["MD"])
    assert is_size(effect_sizes.standardised_mean_difference(*groups), row["SMD"])


@pytest.mark.parametrize("row", ORACLE["proportion"])
def test_logits_of_proportions(row: dict[str, Any]) -> None:
    assert is_size(effect_sizes.logit_proportion(row["x"], row["n"]), row["PLO"])


def test_t_quantiles() -> None:
    for row in ORACLE["qt"]:
        expected = pytest.approx(row["q"], rel=1e-7, abs=1e-9)
        assert t_quantile(row["p"], row["df"]) == expected, row


def test_standard_errors_of_intervals_and_p_values() -> None:
    for row in ORACLE["ci_to_se"]:
        error = standard_errors.from_interval(row["lo"], row["hi"], row["level"])
        assert error == pytest.approx(row["se"], rel=1e-9)
    for row in ORACLE["p_to_se"]:
        error = standard_errors.from_p_value(row["est"], row["p"])
        assert error == pytest.approx(row["se_z"], rel=1e-9)


def test_the_floor_of_crossover_trials_is_that_of_the_handbook() -> None:
    """Worked by hand: d = 0.5, n = 16, r = 0.5 gives sqrt(1/16 + 0.25/32)."""
    assert standard_errors.crossover_floor(0.5, 16) == pytest.approx(0.2651650429)
    assert standard_errors.crossover_floor(0.5, 16, sd=10) == pytest.approx(2.651650429)
    # Worked example of the Cochrane Handbook 5.1, section 16.4.6.4: n 10, means 7.0 and 6.5
    assert standard_errors.paired_standard_error(2.38, 2.21, 10, 0.68) == pytest.approx(
        0.583, abs=5e-4
    )
    assert standard_errors.crossover_floor(0.218, 10, correlation=0.68) == pytest.approx(
        0.256, abs=5e-4
    )


counts = st.integers(1, 400)


@given(counts, counts, st.data())
def test_exchanged_groups_exchange_the_sign_alone(n_1: int, n_2: int, data: st.DataObject) -> None:
    a, c = data.draw(st.integers(0, n_1)), data.draw(st.integers(0, n_2))
    for size in OF_TABLES.values():
        one = size(effect_sizes.cells(a, n_1, c, n_2))
        other = size(effect_sizes.cells(c, n_2, a, n_1))
        assert one.value == pytest.approx(-other.value, abs=1e-9)
        assert one.standard_error == pytest.approx(other.standard_error)
        assert one.standard_error > 0


@given(st.floats(-50, 50), st.floats(0.01, 20), st.sampled_from([80.0, 90.0, 95.0, 99.0]))
def test_an_interval_returns_the_standard_error_it_was_made_from(
    value: float, error: float, level: float
) -> None:
    half = error * t_quantile(0.5 + level / 200, math.inf)
    assert standard_errors.from_interval(value - half, value + half, level) == pytest.approx(error)


@given(st.floats(0.001, 0.999), st.floats(0.5, 300))
def test_a_quantile_is_the_inverse_of_the_distribution(p: float, df: float) -> None:
    assert t_cdf(t_quantile(p, df), df) == pytest.approx(p, abs=1e-9)

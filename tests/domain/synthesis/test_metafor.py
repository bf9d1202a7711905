"""Pooling equals metafor on 22 public data sets, and the Bayesian method R's `integrate`."""

import json
import math
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from app.domain.synthesis.distributions import chi_squared_quantile, chi_squared_upper_tail
from app.domain.synthesis.heterogeneity import q_profile_interval, typical_variance
from app.domain.synthesis.inverse_variance import hts_prediction_interval, pool_by_estimator
from app.domain.synthesis.random_effects import pool
from app.domain.vocabulary import IntervalMethod, PoolingMethod, Tau2Estimator


@cache
def oracle() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(Path(__file__).with_name("metafor.json").read_text("utf-8"))
    return data


DATASETS = list(oracle()["datasets"])
CLOSED_FORMS = {"EE", "DL", "HE", "SJ"}
INTERVALS = {
    "hksj": IntervalMethod.HARTUNG_KNAPP,
    "adhoc": IntervalMethod.MODIFIED_HARTUNG_KNAPP,
}


class Study:
    """A data set with what metafor makes of it."""

    def __init__(self, name: str) -> None:
        data = oracle()["datasets"][name]
        self.values: list[float] = data["yi"]
        self.variances: list[float] = data["vi"]
        self.errors = [math.sqrt(v) for v in self.variances]
        self.results: dict[str, Any] = data["results"]
        self.cumulative: dict[str, Any] | None = data.get("cumulative")


def about(expected: Any, estimator: str) -> Any:
    closed = estimator in CLOSED_FORMS
    return pytest.approx(expected, rel=1e-6 if closed else 1e-5, abs=1e-8 if closed else 1e-7)


@pytest.mark.parametrize("estimator", list(Tau2Estimator), ids=lambda e: str(e.value))
@pytest.mark.parametrize("name", DATASETS)
def test_pooled_effects_are_those_of_metafor(name: str, estimator: Tau2Estimator) -> None:
    study, code = Study(name), estimator.value
    expected = study.results[code]
    pooled = pool_by_estimator(study.values, study.errors, estimator, IntervalMethod.WALD)
    spread = pooled.heterogeneity
    assert [pooled.estimate, pooled.standard_error] == about(
        [expected["est"], expected["se"]], code
    )
    assert [pooled.lower, pooled.upper] == about(expected["ci"], code)
    assert pooled.p_value == pytest.approx(expected["p"], rel=1e-4, abs=1e-12)
    assert [spread.tau2, spread.i2] == about([expected["tau2"], expected["I2"]], code)
    assert spread.h2 == about(expected["H2"], code)
    assert [spread.q, spread.q_p] == about([expected["Q"], expected["Qp"]], "EE")
    if estimator is Tau2Estimator.FIXED:
        assert pooled.prediction is None
    else:
        assert pooled.prediction == about(tuple(expected["pi_z"]), code)
    hts = hts_prediction_interval(pooled)
    if "pi_hts" in expected:
        assert hts == about(tuple(expected["pi_hts"]), code)
    for key, interval in INTERVALS.items():
        other = pool_by_estimator(study.values, study.errors, estimator, interval)
        assert other.standard_error == about(expected[key]["se"], code)
        assert [other.lower, other.upper] == about(expected[key]["ci"], code)
        if "p" in expected[key]:
            assert other.p_value == pytest.approx(expected[key]["p"], rel=1e-4, abs=1e-12)
        if "pi_knha" in expected[key]:
            assert other.prediction == about(tuple(expected[key]["pi_knha"]), code)


@pytest.mark.parametrize("name", DATASETS)
def test_the_interval_of_tau2_is_that_of_metafor(name: str) -> None:
    study = Study(name)
    bounds = q_profile_interval(study.values, study.variances)
    assert bounds == about(tuple(study.results["qprofile_tau2"]), "REML")
    typical = typical_variance(study.variances)
    shares = [100 * tau2 / (tau2 + typical) for tau2 in bounds]
    assert shares == about(study.results["qprofile_I2"], "REML")


@pytest.mark.parametrize("case", oracle()["bayes_half_normal"]["cases"], ids=lambda c: str(c["yi"]))
def test_the_bayesian_method_equals_integration_in_r(case: dict[str, Any]) -> None:
    errors = [math.sqrt(v) for v in case["vi"]]
    pooled = pool(case["yi"], errors, PoolingMethod.BAYES, prior_scale=case["scale"])
    assert pooled.prediction is not None
    found = [pooled.estimate, pooled.lower, pooled.upper, pooled.tau, *pooled.prediction]
    keys = ("estimate", "lower", "upper", "tau", "pi_lower", "pi_upper")
    assert found == pytest.approx([case[key] for key in keys], rel=1e-6, abs=1e-7)


def test_chi_squared_tails_and_quantiles_are_those_of_r() -> None:
    for row in oracle()["pchisq"]:
        tail = chi_squared_upper_tail(row["x"], row["df"])
        assert tail == pytest.approx(row["sf"], rel=1e-9, abs=1e-300), row
        if 1e-12 < tail < 1 - 1e-6:
            assert chi_squared_quantile(tail, row["df"]) == pytest.approx(row["x"], rel=1e-7)

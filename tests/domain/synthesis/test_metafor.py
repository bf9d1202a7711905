"""Pooling equals metafor on 22 public data sets, and the Bayesian method R's `integrate`."""

import json
import math
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from app.domain.synthesis.distributions import chi_squared_quantile, chi_squared_upper_tail
from app.domain.synthesis.heterogeneity import q_profile_interval, typical_variance
from app.domain.synthesis.influence import cumulative, leave_one_out
from app.domain.synthesis.inverse_variance import hts_prediction_interval, pool_by_estimator
from app.domain.synthesis.random_effects import pool
from app.domain.synthesis.rank_correlation import begg_test
from app.domain.synthesis.small_study_effects import egger_mixed_test, egger_test
from app.domain.synthesis.trim_and_fill import MissingStudyEstimator, trim_and_fill
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


LARGER = [name for name in DATASETS if len(oracle()["datasets"][name]["yi"]) > 2]


@pytest.mark.parametrize("name", LARGER)
def test_leaving_studies_out_is_as_in_metafor(name: str) -> None:
    study = Study(name)
    expected = study.results["leave1out"]
    pooled = leave_one_out(study.values, study.errors, PoolingMethod.WALD)
    assert [p.estimate for p in pooled] == about(expected["est"], "REML")
    assert [p.standard_error for p in pooled] == about(expected["se"], "REML")
    assert [p.heterogeneity.tau2 for p in pooled] == about(expected["tau2"], "REML")
    assert [p.heterogeneity.i2 for p in pooled] == about(expected["I2"], "REML")


@pytest.mark.parametrize("name", [n for n in DATASETS if "cumulative" in oracle()["datasets"][n]])
def test_adding_study_after_study_is_as_in_metafor(name: str) -> None:
    study = Study(name)
    assert study.cumulative is not None
    order = study.cumulative["order"]  # years, in the order of the studies
    turn = sorted(range(len(order)), key=lambda i: order[i])
    pooled = cumulative(
        [study.values[i] for i in turn], [study.errors[i] for i in turn], PoolingMethod.WALD
    )
    assert [p.estimate for p in pooled] == about(study.cumulative["est"], "REML")
    assert [p.standard_error for p in pooled] == about(study.cumulative["se"], "REML")
    assert [p.heterogeneity.tau2 for p in pooled] == about(study.cumulative["tau2"], "REML")


@pytest.mark.parametrize("name", LARGER)
def test_tests_of_small_study_effects_are_those_of_metafor(name: str) -> None:
    study = Study(name)
    lm, rma, begg = (study.results[key] for key in ("egger_lm", "egger_rma", "begg"))
    found = egger_test(study.values, study.errors)
    assert found is not None
    assert found == about((lm["t"], lm["df"], lm["p"], lm["limit"]), "EE")
    mixed = egger_mixed_test(study.values, study.errors)
    assert mixed is not None
    assert mixed == about((rma["z"], math.inf, rma["p"], rma["limit"]), "REML")
    ranks = begg_test(study.values, study.errors)
    assert ranks == about((begg["tau"], begg["p"]), "EE")


@pytest.mark.parametrize("estimator", list(MissingStudyEstimator))
@pytest.mark.parametrize("name", LARGER)
def test_trim_and_fill_is_that_of_metafor(name: str, estimator: MissingStudyEstimator) -> None:
    study = Study(name)
    expected = study.results[f"trimfill_{estimator.value}"]
    filled = trim_and_fill(study.values, study.errors, estimator)
    assert filled is not None
    assert (filled.missing, filled.side) == (expected["k0"], expected["side"])
    found = [filled.pooled.estimate, filled.pooled.standard_error]
    assert found == pytest.approx([expected["est"], expected["se"]], rel=1e-4, abs=1e-6)
    # metafor fits the filled studies at its own, wider threshold: its tau² is off in the 4th digit.
    tau2 = filled.pooled.heterogeneity.tau2
    assert tau2 == pytest.approx(expected["tau2"], rel=5e-4, abs=1e-6)

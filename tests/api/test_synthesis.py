"""`POST /v1/synthesis`: a reader's own rows are pooled, and what cannot be pooled is explained."""

import json
import math
from pathlib import Path
from typing import Any

import httpx
import jsonschema_rs
import pytest

from app.api.schemas.synthesis import MAX_ROWS, SYNTHESIS_EXAMPLE
from app.domain.vocabulary import EstimateMetric, PoolingMethod
from tests.params import ONE_STORE

pytestmark = ONE_STORE

METAFOR = json.loads(
    (Path(__file__).parents[1] / "domain" / "synthesis" / "metafor.json").read_text("utf-8")
)
ROW = {"value": 0.4, "standard_error": 0.2}


def pooled(client: httpx.Client, **body: Any) -> dict[str, Any]:
    response = client.post("/v1/synthesis", json={"metric": "SMD", **body})
    assert response.status_code == 200, response.text
    assert response.headers["cache-control"] == "no-store"
    data: dict[str, Any] = response.json()["data"]
    return data


def refusal(client: httpx.Client, **body: Any) -> dict[str, Any]:
    """The first error of a 422."""
    response = client.post("/v1/synthesis", json={"metric": "SMD", **body})
    assert response.status_code == 422, response.text
    assert response.headers["content-type"] == "application/problem+json"
    error: dict[str, Any] = response.json()["errors"][0]
    return error


@pytest.mark.parametrize("name", ["bcg_rr", "two_studies", "raudenbush1985"])
def test_estimates_are_pooled_as_by_metafor(client: httpx.Client, name: str) -> None:
    study = METAFOR["datasets"][name]
    rows = [
        {"value": y, "standard_error": math.sqrt(v)}
        for y, v in zip(study["yi"], study["vi"], strict=True)
    ]
    data = pooled(client, rows=rows, method="reml_hksj")
    expected = study["results"]["REML"]
    assert data["pooled"]["estimate"] == pytest.approx(expected["est"], rel=1e-5)
    bounds = [data["pooled"]["lower"], data["pooled"]["upper"]]
    assert bounds == pytest.approx(expected["adhoc"]["ci"], rel=1e-5)
    assert [m["method"] for m in data["methods"]] == [m.value for m in PoolingMethod]
    by_method = {m["method"]: m for m in data["methods"]}
    assert by_method["reml_hksj"] == data["pooled"]
    assert by_method["fixed"]["estimate"] == pytest.approx(study["results"]["EE"]["est"])
    interval = data["heterogeneity"]["tau2_interval"]
    assert [interval["lower"], interval["upper"]] == pytest.approx(
        study["results"]["qprofile_tau2"], rel=1e-5, abs=1e-8
    )
    assert [len(data["rows"]), len(data["cumulative"])] == [len(rows)] * 2
    assert sum(row["weight"] for row in data["rows"]) == pytest.approx(1)
    tests = data["small_study_effects"]
    if name == "two_studies":
        assert set(tests.values()) == {None}
    else:
        assert tests["egger"]["p_value"] == pytest.approx(study["results"]["egger_lm"]["p"])
        assert tests["egger_mixed"]["df"] is None
        assert tests["trim_and_fill"]["missing"] == study["results"]["trimfill_L0"]["k0"]


@pytest.mark.parametrize("metric", ["OR", "RR", "RD"])
def test_2x2_tables_become_effect_sizes_and_absolute_effects(
    client: httpx.Client, metric: str
) -> None:
    tables = METAFOR["two_by_two"]
    rows = [
        {
            "intervention": {"events": a, "n": a + b},
            "comparator": {"events": c, "n": c + d},
        }
        for a, b, c, d in (row["table"] for row in tables)
    ]
    name = metric if metric == "RD" else f"log{metric}"
    data = pooled(client, metric=name, rows=rows, baseline_risk=0.25)
    assert [row["value"] for row in data["rows"]] == pytest.approx(
        [r[metric]["yi"] for r in tables]
    )
    assert (data["pooled"]["ratio"] is None) is (metric == "RD")
    absolute = data["absolute_effects"]
    assert (absolute["baseline_per_100"], absolute["baseline_source"]) == (25, "request")
    with_it = absolute["intervention_per_100"]
    assert with_it["lower"] <= with_it["estimate"] <= with_it["upper"]
    risk = pooled(client, metric=name, rows=rows)["absolute_effects"]
    comparators = [row["comparator"] for row in rows]
    expected = sum(c["events"] for c in comparators) / sum(c["n"] for c in comparators)
    assert (risk["baseline_risk"], risk["baseline_source"]) == (pytest.approx(expected), "rows")


def test_means_become_differences_and_their_sds_the_prior(client: httpx.Client) -> None:
    keys = ("mean", "sd", "n")
    rows = [
        {
            arm: {key: row[f"{'m' if key == 'mean' else key}{i}"] for key in keys}
            for i, arm in ((1, "intervention"), (2, "comparator"))
        }
        for row in METAFOR["continuous"][:2]
    ]
    for metric in ("MD", "SMD"):
        data = pooled(client, metric=metric, rows=rows)
        expected = [row[metric]["yi"] for row in METAFOR["continuous"][:2]]
        assert [row["value"] for row in data["rows"]] == pytest.approx(expected)
        assert data["absolute_effects"] is None
    scale = pooled(client, metric="MD", rows=rows)["prior_scale"]
    assert scale == pytest.approx(0.25 * 12.4, abs=0.2)  # of SDs from 11.5 to 13.9


def test_the_interval_is_compared_with_no_effect_and_the_worthwhile_one(
    client: httpx.Client,
) -> None:
    positions = {
        (0.4, 0.05, 0.24): ("above", "above"),
        (0.4, 0.1, 0.24): ("above", "includes"),
        (0.1, 0.03, 0.24): ("above", "below"),
        (0.0, 0.05, 0.24): ("includes", "below"),
        (-0.4, 0.05, 0.24): ("below", "below"),
        (0.4, 0.05, None): ("above", None),
    }
    for (value, error, worthwhile), expected in positions.items():
        row = {"value": value, "standard_error": error}
        position = pooled(client, rows=[row], worthwhile=worthwhile)["position"]
        assert (position["no_effect"], position["worthwhile"]) == expected


def test_a_single_row_is_its_own_result(client: httpx.Client) -> None:
    data = pooled(client, rows=[ROW | {"label": "Trial A"}])
    (row,) = data["rows"]
    assert (row["label"], row["leave_one_out"]) == ("Trial A", None)
    assert row["weight"] == pytest.approx(1)
    assert (data["pooled"]["lower"], data["pooled"]["upper"]) == (row["lower"], row["upper"])
    assert data["pooled"]["prediction"]["lower"] < row["lower"]
    assert data["heterogeneity"]["tau2_interval"] is None


ARM = {"events": 3, "n": 10}


@pytest.mark.parametrize(
    ("body", "name", "message"),
    [
        ({"rows": []}, "rows", "must have 1 or more items"),
        ({"rows": [ROW] * 201}, "rows", "must have 200 or fewer items, not 201"),
        ({"rows": [ROW | {"standard_error": 0}]}, "rows.0.standard_error", "must be above 0"),
        ({"rows": [ROW | {"standard_error": -1}]}, "rows.0.standard_error", "must be above 0"),
        ({"rows": [ROW | {"value": "0.4"}]}, "rows.0.value", "must be a number"),
        ({"rows": [ROW | {"value": True}]}, "rows.0.value", "must be a number"),
        ({"rows": [{"value": 0.4}]}, "rows.0.standard_error", "is required"),
        ({"rows": [ROW | {"se": 1}]}, "rows.0.se", "`allowed` lists the fields"),
        ({"rows": [{}]}, "rows.0", "give `value` and `standard_error`; or `intervention`"),
        ({"rows": [3]}, "rows.0", "give `value` and `standard_error`; or `intervention`"),
        (
            {"rows": [ROW, {"intervention": ARM, "comparator": ARM}]},
            "rows.1",
            "events have no SMD; set `metric` to logOR or logRR or RD",
        ),
        (
            {"rows": [{"intervention": ARM | {"events": 11}, "comparator": ARM}]},
            "rows.0.intervention",
            "11 events in 10 people; events must be at most n",
        ),
        ({"rows": [ROW, ROW | {"standard_error": 1e-9}]}, "rows", "all rows are in the same unit"),
        ({"metric": "MD", "rows": [ROW]}, "prior_scale", "required for MD if no row has means"),
        ({"metric": "MD", "rows": [ROW], "prior_scale": 3, "baseline_risk": 0.2}, "baseline_risk",
         "MD has no absolute effect"),
        ({"rows": [ROW], "baseline_risk": 20}, "baseline_risk", "must be below 1"),
        ({"rows": [ROW], "method": "bayesian"}, "method", "Did you mean"),
        ({"metric": "OR", "rows": [ROW]}, "metric", "Did you mean"),
        ({"rows": [ROW], "weights": [1]}, "weights", "`allowed` lists the fields"),
    ],
)  # fmt: skip
def test_what_cannot_be_pooled_is_a_422_that_says_what_would_work(
    client: httpx.Client, body: dict[str, Any], name: str, message: str
) -> None:
    error = refusal(client, **body)
    assert error["name"] == name
    assert message in error["message"]


@pytest.mark.parametrize("label", ["\\u0000", "\\ud800"])
def test_labels_that_are_no_text_are_refused(client: httpx.Client, label: str) -> None:
    body = f'{{"metric": "SMD", "rows": [{{"value": 1, "standard_error": 1, "label": "{label}"}}]}}'
    response = client.post(
        "/v1/synthesis", content=body, headers={"Content-Type": "application/json"}
    )
    assert response.status_code == 422


@pytest.mark.parametrize("text", ["NaN", "Infinity", "1e999"])
def test_figures_that_are_no_numbers_are_refused(client: httpx.Client, text: str) -> None:
    body = f'{{"metric": "SMD", "rows": [{{"value": {text}, "standard_error": 1}}]}}'
    response = client.post(
        "/v1/synthesis", content=body, headers={"Content-Type": "application/json"}
    )
    assert response.status_code == 422


def test_extreme_rows_get_finite_results_or_a_422(client: httpx.Client) -> None:
    extremes = [
        ("logOR", [{"value": 1e40, "standard_error": 1e39}]),
        ("logOR", [ROW | {"standard_error": 1e-300}]),
        ("logOR", [{"value": v, "standard_error": 1e-40} for v in (1e-40, 0)]),
        ("RD", [{"intervention": {"events": 0, "n": 1}, "comparator": {"events": 1, "n": 1}}] * 3),
        ("SMD", [{"intervention": {"mean": 1e15, "sd": 1e-15, "n": 2},
                  "comparator": {"mean": -1e15, "sd": 1e-15, "n": 2}}]),
        ("logRR", [{"intervention": {"events": 10**7, "n": 10**7},
                    "comparator": {"events": 10**7, "n": 10**7}}] * 2),
    ]  # fmt: skip
    for metric, rows in extremes:
        response = client.post("/v1/synthesis", json={"metric": metric, "rows": rows})
        assert response.status_code in (200, 422), response.text
        assert "NaN" not in response.text
        assert "Infinity" not in response.text


def test_the_largest_request_is_answered_and_fits_its_schema(client: httpx.Client) -> None:
    rows = [
        {"value": 0.3 + 0.5 * math.sin(i), "standard_error": 0.1 + 0.3 * (i % 7)}
        for i in range(MAX_ROWS)
    ]
    for body in (
        {"metric": "SMD", "rows": rows},
        SYNTHESIS_EXAMPLE,
        *({"metric": metric, "rows": [ROW], "prior_scale": 1} for metric in EstimateMetric),
    ):
        response = client.post("/v1/synthesis", json=body)
        assert response.status_code == 200
        validator().validate(response.json())


def validator() -> Any:
    path = Path(__file__).parents[2] / "app" / "api" / "openapi.json"
    components = json.loads(path.read_text("utf-8"))["components"]
    schema = {"$ref": "#/components/schemas/SynthesisResponse", "components": components}
    return jsonschema_rs.Draft202012Validator(schema)


def test_query_parameters_are_refused(client: httpx.Client) -> None:
    response = client.post("/v1/synthesis?release=1", json=SYNTHESIS_EXAMPLE)
    assert response.status_code == 422

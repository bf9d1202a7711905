"""Overviews over HTTP: the grid is dense, the gaps are true."""

import csv
import io

import httpx
import pytest

from tests import helpers


def test_a_grid_is_dense_and_never_bare(shipped_client: httpx.Client) -> None:
    data = shipped_client.get(
        "/v1/matrix", params={"rows": "ketamine,esketamine,memantine"}
    ).json()["data"]
    assert len(data["cells"]) == 3 * len(data["columns"])
    cells = {(c["compound"], c["receptor"]): c for c in data["cells"]}
    nmda = cells["ketamine", "nmda-receptor"]
    assert (nmda["state"], nmda["min_nm"], nmda["max_nm"]) == ("measured", 100, 46_000)
    assert nmda["count"] == len(nmda["affinities"]) >= 5
    transporter = cells["ketamine", "slc6a4"]
    assert (transporter["state"], transporter["none_up_to_nm"]) == ("none_up_to_bound", 10_000)
    assert cells["memantine", "drd2"]["state"] == "not_tested"
    for cell in data["cells"]:
        assert (cell["state"] == "not_tested") == (cell["count"] == 0)
        assert (cell["state"] == "measured") == (cell["min_nm"] is not None)


@pytest.mark.parametrize("columns", ["receptor", "outcome"])
def test_the_pages_of_a_grid_are_the_grid(shipped_client: httpx.Client, columns: str) -> None:
    query = {"rows": "ketamine,memantine", "columns": columns}
    whole = shipped_client.get("/v1/matrix", params=query).json()
    expected = whole["data"]
    total = len(expected["columns"])
    assert whole["page"] == {"limit": 200, "total": total, "next": None}
    answer = shipped_client.get("/v1/matrix", params={**query, "limit": 9})
    bodies = [answer.json()]
    while "next" in answer.links:
        answer = shipped_client.get(answer.links["next"]["url"])
        bodies.append(answer.json())
    assert len(bodies) == -(-total // 9) > 1
    assert [name for body in bodies for name in body["data"]["columns"]] == expected["columns"]
    assert {body["page"]["total"] for body in bodies} == {total}
    cells = [cell for body in bodies for cell in body["data"]["cells"]]
    assert sorted(cells, key=str) == sorted(expected["cells"], key=str)
    token = bodies[0]["page"]["next"]
    for other in ({"rows": "ketamine"}, {"column": expected["columns"][0]}, {"cursor": "x"}):
        wrong = {**query, "cursor": token, **other}
        assert shipped_client.get("/v1/matrix", params=wrong).status_code == 422
    assert shipped_client.get("/v1/matrix.csv", params={**query, "limit": 9}).status_code == 422


def test_two_laboratories_that_disagree_share_a_cell(shipped_client: httpx.Client) -> None:
    query = {"rows": "ketamine", "column": "drd2"}
    (cell,) = shipped_client.get("/v1/matrix", params=query).json()["data"]["cells"]
    assert (cell["state"], cell["min_nm"], cell["max_nm"]) == ("measured", 55, 500)
    assert cell["none_up_to_nm"] == 10_000


def test_the_grid_has_a_twin_in_csv(shipped_client: httpx.Client) -> None:
    data = shipped_client.get("/v1/matrix").json()["data"]
    rows = list(csv.DictReader(io.StringIO(shipped_client.get("/v1/matrix.csv").text)))
    assert [(r["compound"], r["receptor"], r["state"]) for r in rows] == [
        (c["compound"], c["receptor"], c["state"]) for c in data["cells"]
    ]


def test_outcomes_tell_an_effect_from_none_and_from_nobody_looked(
    shipped_client: httpx.Client,
) -> None:
    query = {"rows": "ketamine,arketamine,memantine", "columns": "outcome"}
    data = shipped_client.get("/v1/matrix", params=query).json()["data"]
    assert len(data["cells"]) == 3 * len(data["columns"])
    cells = {(c["compound"], c["outcome"]): c for c in data["cells"]}
    ptsd = cells["ketamine", "indication:post-traumatic-stress-disorder"]
    assert ptsd["state"] == "mixed"
    assert {"abdallah-2022-pcl5", "feder-2021-caps5"} <= set(ptsd["notes"])
    assert {r["metric"] for r in ptsd["ranges"]} >= {"mean_difference"}
    pressure = [
        r for r in cells["ketamine", "process:dissociation"]["ranges"] if r["unit"] == "mmHg"
    ]
    assert {r["measured"] for r in pressure} == {"blood pressure"}, "which a note tells beside"
    assert cells["arketamine", "process:dissociation"]["state"] == "not_tested"
    for cell in data["cells"]:
        assert (cell["state"] == "not_tested") == (cell["count"] == 0) == (cell["notes"] == [])


def test_outcomes_come_in_the_order_asked_and_as_a_table(shipped_client: httpx.Client) -> None:
    asked = "dissociation,indication:bipolar-depression"
    query = {"rows": "ketamine", "columns": "outcome", "column": asked}
    data = shipped_client.get("/v1/matrix", params=query).json()["data"]
    assert data["columns"] == ["process:dissociation", "indication:bipolar-depression"]
    rows = list(
        csv.DictReader(io.StringIO(shipped_client.get("/v1/matrix.csv", params=query).text))
    )
    assert [r["outcome"] for r in rows] == data["columns"]
    assert rows[0]["notes"].split("|") == data["cells"][0]["notes"]
    refused = shipped_client.get("/v1/matrix", params={"columns": "outcome", "column": "drd2"})
    assert refused.status_code == 422
    assert "no indication or process has" in refused.json()["detail"]


def test_an_unknown_row_or_column_is_refused_with_the_nearest(shipped_client: httpx.Client) -> None:
    answer = shipped_client.get("/v1/matrix", params={"rows": "ketamin"})
    assert answer.status_code == 422
    assert "Did you mean ketamine" in answer.json()["detail"]
    assert shipped_client.get("/v1/matrix", params={"column": "nope"}).status_code == 422
    assert shipped_client.get("/v1/matrix", params={"columns": "nope"}).status_code == 422


def test_the_gaps_are_what_was_not_assessed(shipped_client: httpx.Client) -> None:
    data = shipped_client.get("/v1/gaps").json()["data"]
    unassessed = {c["slug"]: c["absence"] for c in data["unassessed_claims"]}
    verdicts = shipped_client.get(
        "/v1/verdicts", params={"verdict": "not_assessed", "limit": 500}
    ).json()["data"]
    unread = {claim["slug"]: claim["studies"] for claim in data["claims_with_unread_studies"]}
    assert "zaki-2023" in unread["esketamine-spares-cognition"]
    assert all(unread.values())
    assert unassessed.keys().isdisjoint(unread)
    absences = unassessed | dict.fromkeys(unread, "study_not_read")
    assert absences == {v["slug"]: v["absence"] for v in verdicts}
    assert {"no_figure", "no_evidence_found"} <= set(absences.values())
    for slug, absence in unassessed.items():
        # Notes without a figure that answers the question decide nothing.
        noted = shipped_client.get("/v1/evidence", params={"claim": slug}).json()["data"]
        assert (absence == "no_figure") == bool(noted)
    listed = shipped_client.get("/v1/studies?has_evidence=false&limit=500").json()["data"]
    assert [s["slug"] for s in data["studies_without_result"]] == [s["slug"] for s in listed]
    noted = shipped_client.get("/v1/evidence?limit=500").json()["data"]
    assert {s["slug"] for s in listed}.isdisjoint(note["study"]["slug"] for note in noted)
    lacking = {c["slug"]: c["highest_rung"] for c in data["claims_without_human_test"]}
    assert lacking["ampa-receptors-needed-for-ketamine-effect"] == "rodent"
    assert "ketamine-rapidly-relieves-depression" not in lacking
    assert {"compound": "arketamine", "receptor": "chrm1"} in data["unmeasured_cells"]
    assert any(q["slug"] == "mtor" for q in data["open_questions"])


def test_the_pages_of_each_kind_of_gap_are_its_list(shipped_client: httpx.Client) -> None:
    whole = shipped_client.get("/v1/gaps").json()
    first = shipped_client.get("/v1/gaps", params={"limit": 10})
    assert whole["meta"]["filters"] == first.json()["meta"]["filters"] == {}
    rest = {link.split('title="')[1][:-1] for link in first.headers["Link"].split(", ")}
    for kind, expected in whole["data"].items():
        assert whole["pages"][kind] == {"limit": 500, "total": len(expected), "next": None}
        body, gaps = first.json(), list[object]()
        while True:
            page = body["pages"][kind]
            assert (page["limit"], page["total"]) == (10, len(expected))
            assert len(body["data"][kind]) <= 10
            gaps += body["data"][kind]
            if page["next"] is None:
                break
            assert kind in rest
            query = {"kind": kind, "limit": 10, "cursor": page["next"]}
            answer = shipped_client.get("/v1/gaps", params=query)
            body = answer.json()
            assert {name for name, of in body["pages"].items() if of} == {kind}
            assert all(name == kind or not items for name, items in body["data"].items())
            if body["pages"][kind]["next"]:
                linked = shipped_client.get(answer.links["next"]["url"]).json()
                assert linked["data"][kind] == expected[len(gaps) + 10 :][:10]
        assert gaps == expected


def test_a_cursor_of_gaps_fits_its_kind_only(shipped_client: httpx.Client) -> None:
    page = shipped_client.get("/v1/gaps?limit=2").json()["pages"]
    token = page["unmeasured_cells"]["next"]
    for kinds in ("", "open_questions", "open_questions,unmeasured_cells"):
        answer = shipped_client.get("/v1/gaps", params={"kind": kinds or None, "cursor": token})
        assert answer.status_code == 422, kinds
    assert "this `kind` alone" in shipped_client.get(f"/v1/gaps?cursor={token}").json()["detail"]
    (error,) = shipped_client.get("/v1/gaps?kind=cells").json()["errors"]
    assert "unmeasured_cells" in error["allowed"]


def test_a_timeline_runs_from_minutes_to_months(shipped_client: httpx.Client) -> None:
    query = {"compound": "ketamine", "indication": "treatment-resistant-depression"}
    data = shipped_client.get("/v1/timeline", params=query).json()["data"]
    assert [p["hours"] for p in data] == sorted(p["hours"] for p in data)
    assert {p["kind"] for p in data} == {"effect", "proportion", "mechanism"}
    day = next(p for p in data if p["note"] == "zarate-2006-trd-hdrs" and p["value"] == 71)
    assert (day["hours"], day["unit"], day["label"]) == (24, "%", "ketamine")
    trapping = next(p for p in data if p["note"] == "ma-2023-trapping")
    assert (trapping["kind"], trapping["hours"]) == ("mechanism", 24)
    assert shipped_client.get("/v1/timeline", params={"compound": "ketamin"}).status_code == 422


@pytest.mark.parametrize(
    "filters", [{}, {"compound": "esketamine", "indication": "treatment-resistant-depression"}]
)
def test_the_pages_of_the_timeline_are_the_timeline(
    shipped_client: httpx.Client, filters: dict[str, str]
) -> None:
    whole = shipped_client.get("/v1/timeline", params={**filters, "limit": 500}).json()
    assert whole["page"] == {"limit": 500, "total": len(whole["data"]), "next": None}
    assert len(whole["data"]) > 20
    assert helpers.walk(shipped_client, "/v1/timeline", **filters, limit=7) == whole["data"]
    keys = [(point["hours"], point["kind"], point["note"]) for point in whole["data"]]
    assert keys == sorted(keys)
    kinds = {point["kind"] for point in whole["data"]}
    assert kinds >= {"effect", "proportion"} | (set() if filters else {"mechanism"})


def test_a_cursor_of_the_timeline_fits_its_filters_only(shipped_client: httpx.Client) -> None:
    first = shipped_client.get("/v1/timeline", params={"limit": 5})
    token = first.json()["page"]["next"]
    assert first.links["next"]["url"].endswith(f"limit=5&cursor={token}")
    for wrong in ({"cursor": token, "compound": "esketamine"}, {"cursor": "x"}, {"limit": 501}):
        assert shipped_client.get("/v1/timeline", params=wrong).status_code == 422

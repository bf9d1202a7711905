"""Effect estimates and study arms: rows of notes, and records of their own."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.kit.sessions import Store
from app.resources import RESOURCES
from app.services.records import commit, history, lookup
from app.services.records.audit_log import ChangeAuthor
from app.services.records.record_edit import RecordEdit
from app.services.records.validation import RulesViolatedError
from tests import factories
from tests.helpers import fill_store
from tests.params import ONE_STORE

ANNA = ChangeAuthor("anna")
EFFECTS, ARMS, EVIDENCE, STUDIES = (
    RESOURCES[name] for name in ("effects", "arms", "evidence", "studies")
)


def rows(client: httpx.Client, path: str, **query: Any) -> list[dict[str, Any]]:
    query, data = {"limit": 500, **query}, []
    while True:
        response = client.get(path, params=query)
        assert response.status_code == 200, response.text
        data += response.json()["data"]
        if (query := {**query, "cursor": response.json()["page"]["next"]})["cursor"] is None:
            return data


@ONE_STORE
def test_every_estimate_and_arm_of_a_note_is_a_record(shipped_client: httpx.Client) -> None:
    notes = rows(shipped_client, "/v1/evidence")
    for field, path in (("estimates", "/v1/effects"), ("arms", "/v1/arms")):
        records = {record["slug"]: record for record in rows(shipped_client, path)}
        listed = {f"{n['slug']}--{row['key']}": row for n in notes for row in n[field]}
        assert listed.keys() == records.keys()
        assert len(listed) > 100
        for slug, row in listed.items():
            shared = row.keys() - {"name", "outcome", "claims"}
            assert {name: records[slug][name] for name in shared} == {n: row[n] for n in shared}


@ONE_STORE
def test_an_estimate_has_the_figures_of_its_source_study_and_note(
    shipped_client: httpx.Client,
) -> None:
    slug = "popova-2019-madrs--madrs-day-28"
    effect = shipped_client.get(f"/v1/effects/{slug}").json()["data"]
    assert (effect["value"], effect["standard_error"]) == (4.0, 1.69)
    assert (effect["derivation"], effect["favours"]) == ("reported_se", "intervention")
    printed = {name: effect[f"printed_{name}"] for name in ("metric", "value", "lower", "upper")}
    assert printed == {
        "metric": "mean_difference", "value": -4.0, "lower": -7.31, "upper": -0.64
    }  # fmt: skip
    assert (effect["year"], effect["design"]) == (2019, "rct_parallel")
    assert (effect["compound"]["slug"], effect["dose_value"]) == ("esketamine", 56.0)
    assert [i["slug"] for i in effect["indications"]] == ["treatment-resistant-depression"]
    claim = "esketamine-relieves-treatment-resistant-depression"
    of_claim = {e["slug"] for e in rows(shipped_client, "/v1/effects", claim=claim)}
    assert slug in of_claim
    day_28 = rows(shipped_client, "/v1/effects", claim=claim, min_hours=504, max_hours=1008)
    assert slug in {e["slug"] for e in day_28} < of_claim


@ONE_STORE
def test_an_estimate_has_only_the_figures_of_arms_that_fit_its_metric(
    shipped_client: httpx.Client,
) -> None:
    def figures(slug: str) -> tuple[Any, ...]:
        effect = shipped_client.get(f"/v1/effects/{slug}").json()["data"]
        return effect["n_intervention"], effect["events_intervention"], effect["mean_intervention"]

    # Both name the arm in which 15 of 32 people responded.
    assert figures("jelovac-2025-madrs--madrs-week-4") == (32, None, None)
    assert figures("jelovac-2025-madrs--response-week-4") == (32, 15, None)
    assert figures("popova-2019-madrs--madrs-day-28-observed")[1:] == (None, -21.4)


@ONE_STORE
def test_the_share_of_one_arm_favours_no_side(shipped_client: httpx.Client) -> None:
    shares = rows(shipped_client, "/v1/effects", metric="logit_proportion")
    assert "mathew-2010-open--response-share-hour-24" in {share["slug"] for share in shares}
    for share in shares:
        assert share["comparator_arm"] is None
        assert (share["comparator_kind"], share["favours"]) == ("none", "not_applicable")


@ONE_STORE
def test_every_effect_and_arm_of_the_dataset_has_a_direction_or_role(
    shipped_client: httpx.Client,
) -> None:
    for note in rows(shipped_client, "/v1/evidence", fields="effects,arms"):
        for effect in note["effects"]:
            assert {effect["favours"], effect["larger_is"]}.isdisjoint({None}), note["slug"]
        for arm in note["arms"]:
            assert arm["role"], (note["slug"], arm["key"])


@pytest.fixture
def store(make_empty_store: Callable[[str, Path], str], database: str, tmp_path: Path) -> Store:
    folder = factories.write_folder(tmp_path / "data", factories.dataset(3))
    return fill_store(make_empty_store(database, tmp_path), folder)


def changed(store: Store, collection: str, slug: str, **values: Any) -> None:
    """Commit a change of one record."""
    resource = RESOURCES[collection]
    with store.write() as session:
        draft = lookup.record_inputs(session, resource, [slug])[slug]
        new = type(draft).model_validate({**draft.model_dump(by_alias=True), **values})
        commit.commit_edits(session, [RecordEdit(resource, slug, new, "Why.")], ANNA)


def stored(store: Store, slug: str = "evidence-1--a") -> dict[str, Any]:
    with store.read() as session:
        return lookup.record_inputs(session, EFFECTS, [slug])[slug].model_dump(mode="json")


def test_a_change_of_a_study_changes_its_estimates_and_is_their_cause(store: Store) -> None:
    assert stored(store)["year"] != 1999
    changed(store, "studies", "study-1", year=1999)
    assert stored(store)["year"] == 1999
    with store.read() as session:
        entry = history.changes(session, history.for_record(EFFECTS, "evidence-1--a"), 9)[-1]
        assert "studies/study-1" in entry["causes"]
        assert {field["field"] for field in entry["fields"]} == {"year"}


def test_an_estimate_that_is_removed_is_withdrawn(store: Store) -> None:
    changed(store, "evidence", "evidence-1", estimates=[])
    with store.read() as session:
        assert lookup.record_inputs(session, EFFECTS, ["evidence-1--a"]) == {}


CONTRADICTIONS = [
    ({"favours": "comparator"}, {}, "but `favours` is `comparator`"),
    ({"value": -8.0}, {}, "is not within its interval"),
    ({"p_value": 0.5, "p_relation": "="}, {}, "implies p = 0.009, but the p-value is = 0.5"),
    ({}, {"effect": "no-such"}, "no row of `effects` has the key 'no-such'"),
    ({}, {"claims": ["claim-9"]}, "'claim-9' is no claim of this note"),
    ({"lower": None, "upper": None, "interval_percent": None}, {}, "no standard error can be"),
    ({"larger_is": None}, {}, "needs `larger_is`"),
]


@pytest.mark.parametrize(("effect", "estimate", "message"), CONTRADICTIONS)
def test_an_estimate_that_contradicts_itself_is_refused(
    store: Store, effect: dict[str, Any], estimate: dict[str, Any], message: str
) -> None:
    with store.read() as session:
        note = lookup.record_inputs(session, EVIDENCE, ["evidence-1"])["evidence-1"]
    values = note.model_dump(mode="json", by_alias=True)
    effects = [{**values["effects"][0], **effect}]
    estimates = [{**values["estimates"][0], **estimate}]
    with pytest.raises(RulesViolatedError) as refused:
        changed(store, "evidence", "evidence-1", effects=effects, estimates=estimates)
    (violation,) = refused.value.violations
    assert message in violation.message
    assert violation.path[:2] == ("estimates", 0)


def test_a_discrepancy_keeps_the_figures_as_printed(store: Store) -> None:
    with store.read() as session:
        note = lookup.record_inputs(session, EVIDENCE, ["evidence-1"])["evidence-1"]
    values = note.model_dump(mode="json", by_alias=True)
    effects = [{**values["effects"][0], "p_value": 0.5, "p_relation": "="}]
    estimates = [{**values["estimates"][0], "discrepancy": "It prints p = 0.5."}]
    changed(store, "evidence", "evidence-1", effects=effects, estimates=estimates)
    assert stored(store)["discrepancy"] == "It prints p = 0.5."
    assert stored(store)["printed_p_value"] == 0.5


@ONE_STORE
def test_the_data_dictionary_describes_each_column(shipped_client: httpx.Client) -> None:
    for meta in shipped_client.get("/v1/meta").json()["collections"]:
        described = {column["name"]: column for column in meta["data_dictionary"]}
        assert list(described) == meta["columns"]
        assert all(column["description"] for column in described.values())
    effects = shipped_client.get("/v1/effects.csv").text.partition("\n")[0]
    columns = {
        column["name"]: column
        for meta in shipped_client.get("/v1/meta").json()["collections"]
        if meta["name"] == "effects"
        for column in meta["data_dictionary"]
    }
    assert set(effects.strip().split(",")) == columns.keys()
    assert columns["study"]["description"] == "Study (slug)."
    assert columns["reference_doi"]["description"].endswith("(doi).")
    assert columns["derivation"]["vocabulary"] == "Derivation"

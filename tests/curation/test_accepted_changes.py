"""Effects of an accepted change: every public address serves the new state immediately."""

import httpx

from tests import factories
from tests.curation.conftest import Curator, accepted_revision


def slugs(client: httpx.Client, path: str, **query: str) -> list[str]:
    return [row["slug"] for row in client.get(path, params=query).json()["data"]]


def test_search_graph_and_pages_show_an_accepted_change(
    own_client: httpx.Client, anna: Curator, ben: Curator
) -> None:
    page, name = "/v1/pages/claim/claim-5", "Zebrafish forget what they feared"
    before = own_client.get(page)
    assert slugs(own_client, "/v1/search", q="zebrafish") == []
    accepted_revision(ben, anna.change("claims/claim-5", {"name": name}))
    assert slugs(own_client, "/v1/search", q="zebrafish")[0] == "claim-5"
    assert set(slugs(own_client, "/v1/suggest", q="zebraf")) == {"claim-5"}
    assert "/v1/claims/claim-5" in own_client.get(f"/v1/resolve/{name}").text
    after = own_client.get(page)
    assert name in after.text
    assert name not in before.text
    assert name in own_client.get("/v1/graph").text
    assert name in own_client.get("/v1/claims.csv").text
    assert slugs(own_client, "/v1/claims", q="zebrafish") == ["claim-5"]


def test_a_withdrawn_record_is_in_no_search_list_or_export(
    own_client: httpx.Client, anna: Curator, ben: Curator
) -> None:
    accepted_revision(ben, anna.change("regions/region-6", {"synonyms": ["quasar field"]}))
    assert slugs(own_client, "/v1/search", q="quasar field")[0] == "region-6"
    total = own_client.get("/v1/regions").json()["page"]["total"]
    unlinked = anna.change("processes/process-6", {"regions": []})
    if unlinked.status_code == 202:
        accepted_revision(ben, unlinked)
    accepted_revision(ben, anna.withdraw("regions/region-6"))
    assert slugs(own_client, "/v1/search", q="quasar field") == []
    assert "region-6" not in own_client.get("/v1/regions.ndjson").text
    assert own_client.get("/v1/regions").json()["page"]["total"] == total - 1
    assert own_client.get("/v1/regions/region-6").status_code == 410


def test_a_claim_without_evidence_is_study_not_read_while_a_matching_study_has_no_note(
    own_client: httpx.Client, anna: Curator, ben: Curator
) -> None:
    """The study has the compound and the population of the question of a claim without a note."""
    claim, history = "/v1/claims/undecided", "/v1/verdicts/undecided/history"
    question = {
        "relation": "superior",
        "population": ["indication-0"],
        "intervention": {"compounds": ["compound-0"]},
        "comparators": ["inactive"],
        "outcomes": ["delirium"],
    }
    fields = {"kind": "efficacy", "question": question, "absence": "not_searched"}
    new = {**factories.record_input("claims", 60, name="Undecided", **fields), "slug": "undecided"}
    accepted_revision(ben, anna.create("claims", new))
    assert own_client.get(claim).json()["data"]["absence"] == "not_searched"
    matching = {"compounds": ["compound-0"], "indications": ["indication-0"]}
    trial = {**factories.record_input("studies"), "slug": "unread", "name": "Unread", **matching}
    accepted_revision(ben, anna.create("studies", trial))
    assert own_client.get(claim).json()["data"]["absence"] == "study_not_read"
    assert slugs(own_client, "/v1/verdicts", absence="study_not_read") == ["undecided"]
    assert "may answer its question" in own_client.get(history).json()["data"][-1]["why"]
    assert slugs(own_client, "/v1/studies", has_evidence="false") == ["unread"]
    note = factories.record_input("evidence", study="unread", name="Read")
    note["slug"] = "read"
    accepted_revision(ben, anna.create("evidence", note))
    assert own_client.get(claim).json()["data"]["absence"] == "not_searched"
    assert slugs(own_client, "/v1/studies", has_evidence="false") == []
    refused = anna.change("claims/undecided", {"absence": "study_not_read"})
    assert refused.status_code == 422
    assert "no_evidence_found" in refused.json()["errors"][0]["message"]
    for field in ("verdict", "certainty", "studies_for"):
        assert anna.change("claims/undecided", {field: None}).status_code == 422


def test_acts_of_an_indication_are_changed_added_and_withdrawn_with_it(
    own_client: httpx.Client, anna: Curator, ben: Curator
) -> None:
    name, acts = "indications/indication-5", "/v1/regulatory-acts"
    (act,) = own_client.get(f"/v1/{name}").json()["data"]["regulatory_status"]
    act |= {field: act[field]["slug"] for field in ("compound", "reference")}
    changed, new = {**act, "status": "pending"}, {**act, "slug": "new-act", "jurisdiction": "EU"}
    accepted_revision(ben, anna.change(name, {"regulatory_status": [new, changed]}))
    changed_act = own_client.get(f"{acts}/{act['slug']}").json()["data"]
    assert (changed_act["status"], changed_act["position"]) == ("pending", 1)
    assert changed_act["name"].endswith("pending")
    assert own_client.get(f"{acts}/new-act").json()["data"]["indication"]["slug"] == "indication-5"
    assert slugs(own_client, acts, jurisdiction="EU") == ["new-act"]
    accepted_revision(ben, anna.change(name, {"regulatory_status": [changed]}))
    assert own_client.get(f"{acts}/new-act").status_code == 410
    assert slugs(own_client, acts, jurisdiction="EU") == []
    history = own_client.get(f"{acts}/new-act/history").json()["data"]
    assert {entry["action"] for entry in history} == {"create", "withdraw"}
    assert history[0]["causes"] == [name]
    undated = {**changed, "date": "2019", "date_precision": "day"}
    refused = anna.change(name, {"regulatory_status": [undated]})
    assert refused.status_code == 422, refused.text
    assert "regulatory_status" in refused.json()["errors"][0]["name"]


def test_the_next_link_of_a_section_is_refused_after_a_change(
    own_client: httpx.Client, anna: Curator, ben: Curator
) -> None:
    """Positions may have changed: an item could be missed or repeated."""
    path = "/v1/pages/compound/compound-0/sections/claims?limit=2"
    next_section = own_client.get(path).json()["data"]["next"]
    assert own_client.get(next_section).json()["data"]["shown"] == 2
    accepted_revision(ben, anna.change("regions/region-3", {"summary": "Y."}))
    refused = own_client.get(next_section)
    assert refused.status_code == 422
    assert "data changed" in refused.json()["detail"]
    assert own_client.get(path).json()["data"]["next"] != next_section

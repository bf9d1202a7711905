"""Pages: one answer holds what a front-end's page needs; what it cuts is counted and linked."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import httpx
import jsonschema_rs
import pytest

from app.models.claim import ENTITY_TYPES
from app.resources import RESOURCES
from tests import factories
from tests.params import SOME_STORE, sample

LIMIT_BYTES = 60_000
#: Pages of a type that are held against the schema: records of a type have one builder.
MOST_PAGES = 40
#: Sections whose address is the list of notes with these figures.
FIGURES = {"estimates", "effects", "arms", "tally"}
EACH = pytest.mark.parametrize("kind", list(RESOURCES.by_record_type))
#: Records with more around them than the examples of the API document.
RICH = {
    "process": "antidepressant-effect",
    "region": "medial-prefrontal-cortex",
    "affinity": "ketamine-drd2-ki-seeman-2005",
    "claim": "mtorc1-needed-for-ketamine-effect",
    "verdict": "mtorc1-needed-for-ketamine-effect",
    "evidence": "zarate-2006-trd-hdrs",
    "adverse_effect": "esketamine-dissociation-us-spravato-label",
    "statement": "how-ketamine-works-16",
}


def slugs(client: httpx.Client, kind: str) -> list[str]:
    name = RESOURCES.by_record_type[kind].name
    rows = client.get(f"/v1/{name}?limit=500&fields=slug").json()["data"]
    return [row["slug"] for row in rows]


def rich(client: httpx.Client, kind: str) -> str:
    """The slug of a record with much around it."""
    known = [RICH.get(kind), RESOURCES.by_record_type[kind].example, *slugs(client, kind)]
    slug = next((slug for slug in known if slug), None)
    return slug or pytest.skip("The shipped dataset has no such record.")


def page(client: httpx.Client, kind: str, slug: str) -> dict[str, Any]:
    answer = client.get(f"/v1/pages/{kind}/{slug}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["data"])


def sections(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    by_key = {section["key"]: section for section in found["sections"]}
    assert len(by_key) == len(found["sections"]), "a key stands once"
    return by_key


@pytest.fixture(scope="module")
def validator(shipped_client: httpx.Client) -> jsonschema_rs.Draft202012Validator:
    answer = shipped_client.get("/v1/pages/schema.json")
    assert answer.headers["content-type"] == "application/schema+json"
    schema = answer.json()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == f"{shipped_client.base_url}/v1/pages/schema.json".replace(
        "1//v1", "1/v1"
    )
    jsonschema_rs.meta.validate(schema)
    return jsonschema_rs.Draft202012Validator(schema)


@SOME_STORE
@EACH
def test_every_page_keeps_the_schema_and_the_limit(
    shipped_client: httpx.Client,
    validator: jsonschema_rs.Draft202012Validator,
    kind: str,
) -> None:
    some = sample(slugs(shipped_client, kind), MOST_PAGES, kind)
    for slug in dict.fromkeys([rich(shipped_client, kind), *some]):
        answer = shipped_client.get(
            f"/v1/pages/{kind}/{slug}", headers={"Accept-Encoding": "identity"}
        )
        assert answer.status_code == 200, (slug, answer.text)
        assert "content-encoding" not in answer.headers
        assert len(answer.content) < LIMIT_BYTES, (slug, len(answer.content))
        body = answer.json()
        validator.validate(body)
        assert all(x["url"].startswith("https://") for x in body["data"]["identity"]["xrefs"])
        for section in sections(body["data"]).values():
            assert section["shown"] == len(section["items"]) <= section["total"]


def test_a_page_that_breaks_the_schema_would_be_seen(
    shipped_client: httpx.Client, validator: jsonschema_rs.Draft202012Validator
) -> None:
    body = shipped_client.get("/v1/pages/compound/ketamine").json()
    assert validator.is_valid(body)
    body["data"]["sections"][0]["items"][0]["surprise"] = 1
    assert not validator.is_valid(body)
    body["data"]["sections"][0] = {"kind": "unheard-of"}
    assert not validator.is_valid(body)


@SOME_STORE
@EACH
def test_what_a_section_counts_is_what_its_address_lists(
    shipped_client: httpx.Client, kind: str
) -> None:
    for slug in dict.fromkeys([rich(shipped_client, kind), *slugs(shipped_client, kind)[:2]]):
        for section in page(shipped_client, kind, slug)["sections"]:
            answer = shipped_client.get(section["url"])
            assert answer.status_code == 200, section["url"]
            found = answer.json()
            if section["kind"] == "citations":
                assert len(found) == section["total"], section["url"]
                assert (
                    shipped_client.get(section["alternates"]["bib"]).text.count("@")
                    == section["total"]
                )
                assert (
                    shipped_client.get(section["alternates"]["ris"]).text.count("ER  - ")
                    == section["total"]
                )
            elif "page" in found and section["kind"] not in FIGURES:
                assert found["page"]["total"] == section["total"], section["url"]
            for item in section["items"]:
                if section["kind"] in {"counts", "tally"}:
                    listed = shipped_client.get(item["url"]).json()["page"]["total"]
                    assert listed == item["count"], item["url"]


@SOME_STORE
@EACH
def test_every_link_of_a_page_leads_to_a_page(shipped_client: httpx.Client, kind: str) -> None:
    linked = set()

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            if {"type", "slug", "name"} <= set(value) and value.get("url") is None:
                linked.add((value["type"], value["slug"]))
            for inner in value.values():
                walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)

    walk(page(shipped_client, kind, rich(shipped_client, kind)))
    assert len(linked) >= 3
    for other, slug in linked:
        row = shipped_client.get(f"/v1/{RESOURCES.by_record_type[other].name}/{slug}?fields=name")
        assert row.status_code == 200, (other, slug)


def test_notes_of_many_claims_are_shown_once_most_important_first(
    shipped_client: httpx.Client,
) -> None:
    found = sections(page(shipped_client, "compound", "ketamine"))
    kinds = "efficacy,comparative"
    address = f"/v1/claims?entity=compound:ketamine&kind={kinds}&fields=slug&limit=500"
    claims = [row["slug"] for row in shipped_client.get(address).json()["data"]]
    notes: dict[str, dict[str, float]] = {"for": {}, "against": {}}
    for claim in claims:
        verdict = shipped_client.get(f"/v1/verdicts/{claim}?fields=ledger").json()["data"]
        for line in verdict["ledger"]:
            side = {"supports": "for", "disputes": "against"}.get(line["direction"])
            if side:
                slug, importance = line["note"]["slug"], line["importance"]
                notes[side][slug] = max(importance, notes[side].get(slug, importance))
    for side, highest in notes.items():
        section = found[f"evidence_{side}_efficacy"]
        more = shipped_client.get(f"{section['next']}&limit=30").json()["data"]
        shown = [item["note"]["slug"] for item in section["items"] + more["items"]]
        ordered = sorted(highest, key=lambda slug: (-highest[slug], slug))
        assert shown == ordered[: len(shown)]
        assert len(shown) == min(section["total"], section["shown"] + 30)


def test_both_sides_of_a_contested_claim_are_shown_most_important_first(
    shipped_client: httpx.Client,
) -> None:
    found = sections(page(shipped_client, "claim", RICH["claim"]))
    ledger = shipped_client.get(f"/v1/verdicts/{RICH['claim']}?fields=ledger").json()["data"][
        "ledger"
    ]
    for side, directions in (
        ("for", {"supports"}),
        ("against", {"disputes"}),
        ("open", {"mixed", "neutral"}),
    ):
        section = found[f"evidence_{side}"]
        lines = [line for line in ledger if line["direction"] in directions]
        assert section["total"] == len(lines)
        ordered = sorted(lines, key=lambda line: (-line["importance"], line["note"]["slug"]))
        shown = [item["note"]["slug"] for item in section["items"]]
        assert shown == [line["note"]["slug"] for line in ordered[: section["shown"]]]
        assert {item["direction"] for item in section["items"]} <= directions
    assert found["evidence_for"]["shown"] >= 2
    assert found["evidence_against"]["shown"] >= 2
    assert found["verdict"]["items"][0] == {"name": "verdict", "value": "contested"}
    assert any(moderator["separates"] for moderator in found["moderators"]["items"])


@pytest.mark.parametrize("kind", ["claim", "verdict", "conflict"])
def test_assessments_of_other_bodies_follow_the_verdict(
    shipped_client: httpx.Client, kind: str
) -> None:
    slug = "ketamine-beats-masked-control"
    found = page(shipped_client, kind, slug)["sections"]
    keys = [section["key"] for section in found]
    assert keys.index("verdict") < keys.index("assessments") < keys.index("evidence_for")
    section = sections({"sections": found})["assessments"]
    listed = shipped_client.get(section["url"]).json()["data"]
    newest_first = sorted(listed, key=lambda row: (-row["year"], row["slug"]))
    assert [item["assessment"]["slug"] for item in section["items"]] == [
        row["slug"] for row in newest_first
    ]
    for item, row in zip(section["items"], newest_first, strict=True):
        for name in ("body", "year", "direction", "certainty", "recommendation", "conclusion"):
            assert item[name] == row[name], (row["slug"], name)
    assert {"very_low", "low"} <= {item["certainty"] for item in section["items"]}


def test_the_evidence_rows_of_a_claim_carry_what_a_reader_compares(
    shipped_client: httpx.Client,
) -> None:
    slug = "ketamine-relieves-treatment-resistant-depression"
    found = sections(page(shipped_client, "claim", slug))
    for item in found["evidence_for"]["items"] + found["evidence_against"]["items"]:
        note = shipped_client.get(f"/v1/evidence/{item['note']['slug']}?include=study").json()
        (study,) = note["included"]["studies"].values()
        for name in ("dose_value", "dose_unit", "route", "timepoint_value", "timepoint_unit"):
            assert item[name] == note["data"][name], (item["note"], name)
        for name in ("design", "masking"):
            assert item[name] == (note["data"][name] or study[name]), (item["note"], name)
        assert item["effect"] == next(iter(note["data"]["effects"]), None)
    trials = [item for item in found["evidence_for"]["items"] if item["effect"]]
    assert any(item["effect"]["lower"] is not None for item in trials)


@pytest.mark.parametrize(
    "path", ["compound/ketamine", "claim/ketamine-rapidly-relieves-depression", "pathway/nmda"]
)
def test_a_section_goes_on_where_the_page_stops(shipped_client: httpx.Client, path: str) -> None:
    shown = sections(shipped_client.get(f"/v1/pages/{path}").json()["data"])
    for key, section in shown.items():
        assert (section["next"] is None) == (section["shown"] == section["total"]), key
        items, following = list(section["items"]), section["next"]
        while following:
            answer = shipped_client.get(following)
            part = answer.json()["data"]
            assert (part["key"], part["kind"], part["total"]) == (
                key,
                section["kind"],
                section["total"],
            )
            items, following = items + part["items"], part["next"]
            assert answer.links.get("next", {"url": None})["url"] == (
                following and str(shipped_client.base_url.join(following))
            )
        assert len(items) == section["total"], key
        assert len({str(item) for item in items}) == len(items), "no item comes twice"
        whole = shipped_client.get(f"/v1/pages/{path}/sections/{key}?limit=200").json()["data"]
        assert whole["items"] == items[:200], key


def test_a_section_that_is_not_there_and_a_foreign_cursor_are_refused(
    shipped_client: httpx.Client,
) -> None:
    compound = shipped_client.get("/v1/pages/compound/ketamine").json()["data"]
    cursor = sections(compound)["claims"]["next"].rpartition("=")[2]
    wrong = shipped_client.get("/v1/pages/compound/ketamine/sections/claim")
    assert wrong.status_code == 404
    assert "/v1/pages/compound/ketamine/sections/claims" in wrong.json()["did_you_mean"]
    for path in ("compound/ketamine/sections/binding", "compound/esketamine/sections/claims"):
        refused = shipped_client.get(f"/v1/pages/{path}", params={"cursor": cursor})
        assert "cursor" in {error["name"] for error in refused.json()["errors"]}, path
    assert shipped_client.get("/v1/pages/compound/nobody/sections/claims").status_code == 404


def test_pages_say_which_studies_have_no_result(shipped_client: httpx.Client) -> None:
    claim = sections(page(shipped_client, "claim", "esketamine-iv-relieves-depression"))
    unread = claim["studies_without_result"]
    assert "zaki-2023" in {item["slug"] for item in unread["items"]}
    listed = shipped_client.get(unread["url"]).json()["page"]["total"]
    assert listed == unread["total"]
    study = sections(page(shipped_client, "study", "zaki-2023"))
    assert "not entered" in study["missing_result"]["items"][0]["text"]
    assert "missing_result" not in sections(page(shipped_client, "study", "lii-2023"))


def test_a_claim_is_told_and_its_sentences_name_their_notes(client: httpx.Client) -> None:
    found = sections(page(client, "claim", "claim-1"))
    plain, clinician = found["readings"]["items"]
    assert (plain["audience"], clinician["audience"]) == ("plain", "clinician")
    assert [one["evidence"] for one in plain["sentences"]] == [["evidence-1"], ["evidence-1"]]
    rungs = {item["rung"]: item["notes"] for item in found["ladder"]["items"]}
    ladder = client.get("/v1/claims/claim-1/ladder").json()["data"]
    assert rungs == {rung["rung"]: len(rung["notes"]) for rung in ladder}


def test_evidence_of_an_entity_is_that_of_the_claims_it_stands_in(
    shipped_client: httpx.Client,
) -> None:
    found = sections(page(shipped_client, "receptor", "nmda-receptor"))
    named = {
        c["slug"]
        for c in shipped_client.get("/v1/claims?entity=receptor:nmda-receptor").json()["data"]
    }
    assert found["claims"]["total"] == len(named)
    assert {item["claim"]["slug"] for item in found["claims"]["items"]} <= named
    compound = sections(page(shipped_client, "compound", "ketamine"))
    for by_key, groups in (
        (found, ["mechanism"]),
        (compound, ["efficacy", "safety", "mechanism", "regulatory"]),
    ):
        assert [key for key in by_key if key.startswith("evidence_")] == [
            f"evidence_{side}_{group}" for group in groups for side in ("for", "against", "open")
        ]
    for key in (key for key in found if key.startswith("evidence_")):
        items = found[key]["items"]
        assert {item["claim"]["slug"] for item in items} <= named
        assert {item["claim_kind"] for item in items} <= set(found[key]["claim_kinds"])
        notes = [item["note"]["slug"] for item in items]
        assert len(notes) == len(set(notes)), "a note stands once per side"
    tally = {item["value"]: item["count"] for item in found["verdict_counts"]["items"]}
    assert sum(tally.values()) == len(named)


def test_binding_says_what_the_grid_says(shipped_client: httpx.Client) -> None:
    for compound in ("ketamine", "memantine", "norketamine"):
        cells = shipped_client.get(f"/v1/matrix?rows={compound}").json()["data"]["cells"]
        by_receptor = {cell["receptor"]: cell for cell in cells}
        section = sections(page(shipped_client, "compound", compound))["binding"]
        assert section["total"] == len(by_receptor)
        for item in section["items"]:
            cell = by_receptor[item["record"]["slug"]]
            for name in ("state", "min_nm", "max_nm", "none_up_to_nm", "count"):
                assert item[name] == cell[name], (compound, cell["receptor"], name)
            assert item["tightest"]["slug"] in cell["affinities"]
        tight = [item["min_nm"] for item in section["items"] if item["min_nm"] is not None]
        assert tight == sorted(tight)
        assert tight[0] == min(c["min_nm"] for c in cells if c["min_nm"] is not None)
    partners = sections(page(shipped_client, "receptor", "drd2"))["binding"]["items"]
    assert {item["record"]["type"] for item in partners} == {"compound"}


def test_a_graph_is_drawn_from_a_page_alone(shipped_client: httpx.Client) -> None:
    found = sections(page(shipped_client, "receptor", "nmda-receptor"))
    into = [item for item in found["incoming"]["items"] if item["predicate"] == "blocks"]
    edge = next(item for item in into if item["subject"]["slug"] == "ketamine")
    assert (edge["sign"], edge["verdict"]) == (-1, "established")
    steps = sections(page(shipped_client, "pathway", "nmda"))["steps"]["items"]
    record = shipped_client.get("/v1/pathways/nmda").json()["data"]
    assert [s["claim"]["slug"] for s in steps] == [s["slug"] for s in record["steps"]]
    beyond = sections(page(shipped_client, "claim", "ketamine-blocks-nmda-receptor"))
    for item in beyond["onward"]["items"]:
        assert item["subject"]["slug"] == "nmda-receptor"


@EACH
def test_the_graph_goes_on_where_the_page_says(shipped_client: httpx.Client, kind: str) -> None:
    where = page(shipped_client, kind, rich(shipped_client, kind))["graph"]
    assert (where is not None) == (kind in {*ENTITY_TYPES, "pathway"})
    if where is not None:
        assert shipped_client.get(where).json()["data"]["elements"]["nodes"]


def test_an_indication_shows_acts_and_efficacy_and_a_study_its_figures(
    shipped_client: httpx.Client,
) -> None:
    found = sections(page(shipped_client, "indication", "treatment-resistant-depression"))
    dates = [act["date"] for act in found["acts"]["items"]]
    assert dates == sorted(dates, reverse=True)
    assert {"approved"} <= {act["status"] for act in found["acts"]["items"]}
    assert {claim["kind"] for claim in found["efficacy"]["items"]} == {"efficacy"}
    study = sections(page(shipped_client, "study", "lii-2023"))
    record = shipped_client.get("/v1/evidence?study=lii-2023&limit=500").json()["data"]
    assert study["effects"]["total"] == sum(len(note["effects"]) for note in record)
    assert study["arms"]["total"] == sum(len(note["arms"]) for note in record)
    assert study["arms"]["items"][0]["note"]["slug"].startswith("lii-2023")


def test_a_citation_is_short_and_says_only_what_is_confirmed(shipped_client: httpx.Client) -> None:
    (one,) = sections(page(shipped_client, "reference", "lii-2023"))["citations"]["items"]
    record = shipped_client.get("/v1/references/lii-2023").json()["data"]
    assert one["url"] == f"https://doi.org/{record['doi']}"
    assert record["authors"][0] in one["text"]
    assert str(record["year"]) in one["text"]
    assert one["retraction"] == record["retraction"]


@EACH
def test_the_number_of_statements_is_that_of_the_kind(
    client: httpx.Client, count_statements: Callable[[], int], kind: str
) -> None:
    """The first record is a hub with 45 of everything around it; the others have one or two."""
    resource = RESOURCES.by_record_type[kind]
    counted = []
    client.get("/v1/pages/claim/claim-2")  # the licences of a revision are read once
    for number in (0, 7, 8):
        slug = factories.slug(resource, number)
        count_statements()
        assert client.get(f"/v1/pages/{kind}/{slug}").status_code == 200
        counted.append(count_statements())
    # A section that is empty reads no notes or references: there are three such sections at most.
    assert max(counted) - min(counted) <= 3, counted
    assert max(counted) <= 32


def test_a_page_is_cached_like_a_record(shipped_client: httpx.Client) -> None:
    first = shipped_client.get("/v1/pages/compound/ketamine")
    tag = first.headers["etag"]
    assert "max-age" in first.headers["cache-control"]
    again = shipped_client.get("/v1/pages/compound/ketamine", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    schema = shipped_client.get("/v1/pages/schema.json")
    fresh = shipped_client.get(
        "/v1/pages/schema.json", headers={"If-None-Match": schema.headers["etag"]}
    )
    assert fresh.status_code == 304
    assert shipped_client.head("/v1/pages/compound/ketamine").status_code == 200
    assert first.json()["meta"]["cite"].startswith("ketamine-kb")


def test_an_address_that_is_nearly_right_says_which_would_be(shipped_client: httpx.Client) -> None:
    misspelt = shipped_client.get("/v1/pages/compound/ketamin")
    assert misspelt.status_code == 404
    assert misspelt.json()["did_you_mean"][0] == "/v1/pages/compound/ketamine"
    plural = shipped_client.get("/v1/pages/compounds/ketamine")
    assert plural.status_code == 404
    assert plural.json()["did_you_mean"][0] == "/v1/pages/compound/ketamine"
    assert all(kind in plural.json()["detail"] for kind in RESOURCES.by_record_type)
    asked = shipped_client.get("/v1/pages/compound/ketamine?fields=name")
    assert asked.status_code == 422
    assert asked.json()["errors"][0]["name"] == "fields"


HOSTILE = ["%00", "%ED%A0%80", "a" * 300, "../x", "{}", "%s", "ℵ", "A-B", " "]


@pytest.mark.parametrize("value", HOSTILE)
def test_no_slug_or_type_can_make_a_page_fail(shipped_client: httpx.Client, value: str) -> None:
    sent = value if value.startswith("%") and value != "%s" else quote(value, safe="")
    for path in (f"/v1/pages/compound/{sent}", f"/v1/pages/{sent}/ketamine"):
        answer = shipped_client.get(path)
        assert answer.status_code == 404, path
        assert answer.headers["content-type"] == "application/problem+json"

"""The page of a condition: where it stands, findings, benefit and harm apart, decisions."""

from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from app.explorer.condition_page import CLAIM_KINDS, SHOWN_REFERENCES, STANDING_ACTS
from app.explorer.labels import answer_word, jurisdiction_label
from tests.explorer.pages import HTML, by_class, data, links, read_page, section, text_of, total

MAX_BYTES = 15_000
EXAMPLE = "/indications/treatment-resistant-depression"
ENTITY = "indication:treatment-resistant-depression"


@pytest.fixture(scope="module")
def page(shipped_client: httpx.Client) -> Any:
    return read_page(shipped_client, EXAMPLE)


def decisions(client: httpx.Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = data(
        client, "/v1/regulatory-acts?indication=treatment-resistant-depression&limit=100"
    )
    return found


def test_the_latest_act_of_each_type_stands_for_each_jurisdiction_and_compound(
    shipped_client: httpx.Client, page: Any
) -> None:
    latest: dict[tuple[str, ...], Mapping[str, Any]] = {}
    for act in sorted(decisions(shipped_client), key=lambda act: act["date"] or ""):
        if act["act"] in STANDING_ACTS:
            latest[act["compound"]["slug"], act["jurisdiction"], act["act"]] = act
    shown = links(section(page, "standing"))
    shown.pop("#regulation")
    assert sorted(shown) == sorted(f"/regulatory-acts/{act['slug']}" for act in latest.values())


def test_it_says_that_nice_does_not_recommend_esketamine_in_england(page: Any) -> None:
    rows = {text_of(row.find("b")): row for row in section(page, "standing").findall(".//li")}
    assert text_of(rows["England"].find("div")) == "not recommended NICE, 2022"
    assert text_of(rows["United Kingdom"].find("div")) == "approved MHRA, 2019"
    assert list(rows)[:2] == sorted(rows)[:2]


def test_findings_are_ordered_by_kind_and_then_by_number_of_studies(
    shipped_client: httpx.Client, page: Any
) -> None:
    table = section(page, "findings").find(".//table")
    claims = data(shipped_client, f"/v1/claims?entity={ENTITY}&limit=500")
    by_slug = {f"/claims/{claim['slug']}": claim for claim in claims}
    shown = [
        by_slug[address]
        for row in table.iterfind(".//tbody/tr")
        for address in links(row)
        if address in by_slug
    ]
    assert len(shown) == len(claims)
    kinds = [claim["kind"] for claim in shown]
    assert kinds == sorted(kinds, key=[*CLAIM_KINDS].index)
    studies = [(c["kind"], -(c["studies_for"] + c["studies_against"])) for c in shown]
    for kind in set(kinds):
        numbers = [number for of, number in studies if of == kind]
        assert numbers == sorted(numbers)


def test_a_finding_has_the_answer_the_result_and_the_people_of_the_json(
    shipped_client: httpx.Client, page: Any
) -> None:
    rows = [
        row
        for row in section(page, "findings").iterfind(".//tbody/tr")
        if row.get("class") != "group"
    ]
    for row in rows:
        (address,) = links(row)
        claim = data(shipped_client, f"/v1{address}")
        verdict = data(shipped_client, f"/v1/verdicts/{claim['slug']}")
        answer, certainty, people = (text_of(cell) for cell in row.findall("td"))
        assert links(row)[address] == claim["title_question"]
        word = answer_word(claim["verdict"], claim["certainty"], claim["absence"])
        assert answer.startswith(word)
        assert certainty == (
            f"{claim['certainty'].replace('_', ' ')} certainty"
            if claim["certainty"]
            else "not rated"
        )
        result = text_of(row.find("th").find("small"))
        assert result.casefold() == verdict["summary"].partition(": ")[2].casefold()
        number = claim["participants_for"] + claim["participants_against"]
        assert (f"People {number:,}" in people) is bool(number)
        assert f"{claim['studies_for']} for, {claim['studies_against']} against" in people


@pytest.mark.parametrize(("name", "kind"), [("benefit", "benefit"), ("harm", "harm")])
def test_benefit_and_harm_are_apart_and_have_the_shares_of_the_estimates(
    shipped_client: httpx.Client, page: Any, name: str, kind: str
) -> None:
    rows = [
        row for row in section(page, name).iterfind(".//tbody/tr") if row.get("class") != "group"
    ]
    assert len(rows) > 10
    for row in rows[::4]:
        (address,) = links(row)
        estimate = data(shipped_client, f"/v1{address}")
        assert estimate["outcome_kind"] == kind
        treated = 100 * estimate["events_intervention"] / estimate["n_intervention"]
        assert text_of(row.findall("td")[1]).startswith(f"{round(treated)}%")


def test_relapse_is_not_on_the_axis_where_more_is_better(
    shipped_client: httpx.Client, page: Any
) -> None:
    tables = {table.get("aria-label"): table for table in section(page, "benefit").iter("table")}
    assert len(tables) == 2
    domains = {
        label.rpartition(": ")[2]: {
            data(shipped_client, f"/v1{address}")["outcome_domain"]
            for row in table.iterfind(".//tbody/tr")
            for address in links(row)
        }
        for label, table in tables.items()
    }
    assert domains["fewer is better"] == {"depression_relapse"}
    assert "depression_response" in domains["more is better"]


def test_every_decision_is_there_in_words(shipped_client: httpx.Client, page: Any) -> None:
    rows = section(page, "regulation").findall(".//tbody/tr")
    acts = {act["slug"]: act for act in decisions(shipped_client)}
    assert len(rows) == len(acts)
    for row in rows:
        act = acts[next(iter(links(row))).rpartition("/")[2]]
        shown = text_of(row)
        assert jurisdiction_label(act["jurisdiction"]) in shown
        for words in (act["wording"], act["restriction"], act["note"]):
            assert (words or "") in shown


def test_regimens_scales_and_references_are_listed(shipped_client: httpx.Client, page: Any) -> None:
    number = total(shipped_client, "/v1/regimens?indication=treatment-resistant-depression&limit=1")
    assert len(section(page, "regimens").findall(".//tbody/tr")) == number
    scales = data(shipped_client, f"/v1{EXAMPLE}")["outcome_scales"]
    assert text_of(section(page, "scales").find("p")) == ", ".join(scales)
    cited = section(page, "references").findall(".//li")
    assert len(cited) == SHOWN_REFERENCES
    for row in cited[::4]:
        address, name = next(iter(links(row).items()))
        reference = data(shipped_client, f"/v1{address}")
        assert name == reference["name"]
        assert reference["title"] is None or reference["title"] in text_of(row)


@pytest.mark.parametrize(
    ("slug", "is_urgent"),
    [
        ("treatment-resistant-depression", True),  # has regimens
        ("suicidal-ideation", True),
        ("fibromyalgia", False),
    ],
)
def test_pages_about_doses_and_suicidal_thoughts_say_where_help_is(
    shipped_client: httpx.Client, slug: str, is_urgent: bool
) -> None:
    found = read_page(shipped_client, f"/indications/{slug}")
    assert bool(list(by_class(found, "urgent"))) is is_urgent


def test_every_condition_has_a_page(shipped_client: httpx.Client) -> None:
    for condition in data(shipped_client, "/v1/indications?limit=100"):
        found = read_page(shipped_client, f"/indications/{condition['slug']}")
        assert text_of(found.find(".//h1")).casefold() == condition["name"].casefold()


def test_an_unknown_condition_is_a_page_with_similar_ones(shipped_client: httpx.Client) -> None:
    response = shipped_client.get("/indications/treatment-resistant-depresion", headers=HTML)
    assert response.status_code == 404
    assert EXAMPLE in response.text


def test_the_page_is_small(shipped_client: httpx.Client) -> None:
    response = shipped_client.get(EXAMPLE, headers=HTML | {"Accept-Encoding": "br"})
    assert response.headers["Content-Encoding"] == "br"
    assert response.num_bytes_downloaded <= MAX_BYTES

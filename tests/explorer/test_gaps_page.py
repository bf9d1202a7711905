"""The page of gaps lists what `/v1/gaps` does, with the highest rung of each claim."""

from itertools import product
from typing import Any

import httpx
import pytest

from app.domain.verdicts.ladder import Rung, rung_of
from app.domain.vocabulary import OutcomeDirectness, Species, StudyDesign
from app.kit.repository import Repository
from app.kit.sessions import Store
from app.resources import RESOURCES
from app.services.evidence import gaps
from tests.explorer.html_text import Html, get, text

HUMAN = {Rung.HUMAN_BIOMARKER, Rung.HUMAN_TRIAL}


@pytest.fixture
def page(shipped_client: httpx.Client) -> Html:
    return get(shipped_client, "/gaps")


@pytest.fixture
def listed(shipped_client: httpx.Client) -> dict[str, Any]:
    body: dict[str, Any] = shipped_client.get("/v1/gaps").json()["data"]
    return body


def names(rows: list[dict[str, Any]]) -> list[str]:
    return [" ".join(row["name"].split()) for row in rows]


def test_claims_without_a_test_in_people_have_their_highest_rung(
    page: Html, listed: dict[str, Any]
) -> None:
    expected = listed["claims_without_human_test"]
    items = page.all("section[@id='people']/ul/li")
    assert [text(item) for item in items] == [
        f"{' '.join(row['name'].split())}{Rung(row['highest_rung']).label.lower()}"
        for row in expected
    ]
    filled = [len(item.findall(".//{*}circle[@class='on']")) for item in items]
    assert filled == [list(Rung).index(Rung(row["highest_rung"])) + 1 for row in expected]


def test_all_other_gaps_are_on_the_page(page: Html, listed: dict[str, Any]) -> None:
    assert page.texts("section[@id='unassessed']/ul/li/a") == names(listed["unassessed_claims"])
    assert page.texts("section[@id='unread']/ul/li/a") == names(
        listed["claims_with_unread_studies"]
    )
    assert page.texts("section[@id='results']/ul/li/a") == names(listed["studies_without_result"])
    questions = page.texts("section[@id='questions']/ul/li")
    assert [q for q in listed["open_questions"] if q["question"] not in " ".join(questions)] == []
    assert len(questions) == len(listed["open_questions"])
    cells = {
        (summary.split(":")[0], link)
        for detail in page.all("section[@id='cells']/details")
        for summary in [text(detail.find("summary"))]  # type: ignore[arg-type]
        for link in [a.attrib["href"] for a in detail.iter("a")]
    }
    assert len(cells) == len(listed["unmeasured_cells"])


def test_a_page_of_gaps_is_the_beginning_with_the_number_of_all(
    shipped_store: Store, listed: dict[str, Any]
) -> None:
    repository = Repository(RESOURCES)
    with shipped_store.read() as session:
        for kind, items in listed.items():
            found = gaps.read_gaps(session, repository, gaps.GapKind(kind), 2)
            assert (found.items, found.total) == (items[:2], len(items))
        first = gaps.unmeasured_by_compound(session, repository, 2, 3)
    cells: dict[str, list[str]] = {}
    for cell in listed["unmeasured_cells"]:
        cells.setdefault(cell["compound"], []).append(cell["receptor"])
    ranked = sorted(cells, key=lambda slug: (-len(cells[slug]), slug))
    assert first.total == len(listed["unmeasured_cells"])
    assert [(row.compound, row.receptors, row.total) for row in first.compounds] == [
        (slug, cells[slug][:3], len(cells[slug])) for slug in ranked[:2]
    ]


def test_the_conditions_in_sql_are_those_of_the_ladder() -> None:
    for design, species, outcome in product(StudyDesign, Species, OutcomeDirectness):
        rung = rung_of(design, species, outcome)
        assert (rung is not None) == (design in gaps.EMPIRICAL_DESIGNS)
        is_human = species is Species.HUMAN and design in gaps.HUMAN_DESIGNS
        assert (rung in HUMAN) == is_human


def test_the_page_takes_no_parameters(shipped_client: httpx.Client) -> None:
    get(shipped_client, "/gaps?limit=3", 422)

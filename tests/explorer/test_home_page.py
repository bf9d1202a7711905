"""The home page shows what the JSON says, from bounded reads, also of old and empty stores."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import delete, update

from app import models as m
from app.domain.vocabulary import VerdictKind
from app.explorer.home_page import COUNTED_COLLECTIONS
from app.explorer.labels import answer_text, answer_word, verdict_label
from app.explorer.routes.home import EXAMPLE_SEARCHES
from app.kit.sessions import Store
from app.services import bootstrap
from app.services.records import facet_counts
from app.services.store.opening import open_store
from tests import helpers
from tests.explorer.pages import HTML, by_class, data, links, read_page, section, text_of, total

MAX_BYTES = 15_000
#: A page from the response cache takes fewer.


@pytest.fixture(scope="module")
def home(shipped_client: httpx.Client) -> Any:
    return read_page(shipped_client, "/")


@pytest.fixture(scope="module")
def questions(home: Any) -> Any:
    return next(by_class(home, "question-rows"))


def test_the_heading_is_the_question_and_the_counts_are_those_of_the_collections(
    shipped_client: httpx.Client, home: Any
) -> None:
    (heading,) = home.iter("h1")
    assert text_of(heading) == "How does ketamine work?"
    collections = shipped_client.get("/v1").json()["collections"]
    counts = {found["name"]: found["count"] for found in collections}
    lede = text_of(next(by_class(home, "lede")))
    assert [int(word.replace(",", "")) for word in lede.split() if word[0].isdigit()] == [
        counts[name] for name in COUNTED_COLLECTIONS
    ]


def test_the_tally_has_every_verdict_with_its_number_and_its_list(
    shipped_client: httpx.Client, home: Any
) -> None:
    tally = next(by_class(home, "tally"))
    shown = {
        address.removeprefix("/claims?verdict="): int(label.split()[0])
        for address, label in links(tally).items()
    }
    facets = shipped_client.get("/v1/claims?facets=verdict&limit=1").json()["facets"]["verdict"]
    assert shown == {facet["value"]: facet["count"] for facet in facets}
    assert list(shown) == [kind for kind in VerdictKind if kind in shown]
    assert sum(found.tag.endswith("rect") for found in tally.find("*")) == len(shown)


def test_every_question_has_an_answer_word_that_follows_verdict_and_certainty(
    shipped_client: httpx.Client, questions: Any
) -> None:
    rows = links(questions)
    assert len(rows) == 6
    for address, shown in rows.items():
        claim = data(shipped_client, f"/v1{address}")
        word = answer_word(claim["verdict"], claim["certainty"], claim["absence"])
        answer = answer_text(claim["short_answer"])
        assert shown == f"{claim['title_question']} {word}. {answer}"


def test_the_first_questions_are_those_of_approval_of_response_and_of_duration(
    questions: Any,
) -> None:
    first, *others = [address.rpartition("/")[2] for address in links(questions)]
    assert first == "racemic-ketamine-fda-approved-for-depression"
    assert {"ketamine-helps-over-half", "ketamine-effect-is-transient"} <= set(others[:3])


@pytest.mark.parametrize(
    ("heading", "verdicts"),
    [
        ("What holds up", "established,supported"),
        ("What is disputed", "contested"),
        ("What does not hold up", "refuted,opposite"),
    ],
)
def test_claims_are_listed_by_what_their_verdict_says(
    shipped_client: httpx.Client, home: Any, heading: str, verdicts: str
) -> None:
    (column,) = (
        found
        for found in home.iter("section")
        if found.find("h2") is not None and text_of(found.find("h2")) == heading
    )
    *claims, (more, all_of_them) = links(column).items()
    assert len(claims) == 5
    for address, name in claims:
        claim = data(shipped_client, f"/v1{address}")
        assert claim["name"] == name
        assert claim["verdict"] in verdicts.split(",")
    assert more == f"/claims?verdict={verdicts}"
    assert all_of_them == f"All {total(shipped_client, f'/v1{more}&limit=1')} claims"


def test_the_article_is_checked_statement_by_statement(
    shipped_client: httpx.Client, home: Any
) -> None:
    statements = data(shipped_client, "/v1/statements?sort=position&limit=100")
    rows = section(home, "statements").findall(".//ol/li")
    assert len(rows) == len(statements) == 24
    for row, statement in zip(rows, statements, strict=True):
        assert text_of(row.find("p")) == statement["statement"]
        shown = [text_of(found) for found in row.findall("ul/li")]
        claims = [data(shipped_client, f"/v1/claims/{c['slug']}") for c in statement["claims"]]
        assert shown == [
            f"{verdict_label(claim['verdict'], claim['absence'])} {claim['name']}"
            for claim in claims
        ]


def test_bands_of_doses_come_from_records_and_the_opioid_receptors_lie_beyond_them(
    shipped_client: httpx.Client, home: Any
) -> None:
    binding = section(home, "binding")
    ranges = [
        data(shipped_client, f"/v1{address}") for address in links(binding.find(".//figcaption"))
    ]
    assert {found["condition"] for found in ranges} >= {"Anaesthesia.", "Analgesia."}
    assert "total, not free" in text_of(binding)
    intro = text_of(next(by_class(binding, "intro")))
    assert "0.5 mg/kg (intravenous), the dose of most studies below, reaches 421 nM" in intro
    rows = {text_of(row.find("th")): row for row in binding.findall(".//tbody/tr")}
    right_ends = {
        name: [
            float(band.get("x").rstrip("%")) + float(band.get("width").rstrip("%"))
            for band in by_class(row, "band")
        ]
        for name, row in rows.items()
    }

    def marks(name: str) -> list[float]:
        return [float(found.get("x").rstrip("%")) for found in by_class(rows[name], "affinity")]

    assert min(marks("NMDA receptor")) < right_ends["NMDA receptor"][0]
    assert min(marks("μ opioid receptor")) > max(right_ends["μ opioid receptor"])


def test_shares_are_those_of_the_estimates_and_all_are_of_response(
    shipped_client: httpx.Client, home: Any
) -> None:
    rows = section(home, "response").findall(".//tbody/tr")
    assert len(rows) > 10
    hours = []
    for row in rows:
        (address,) = links(row)
        estimate = data(shipped_client, f"/v1{address}")
        assert estimate["outcome_domain"] == "depression_response"
        assert (estimate["outcome_kind"], estimate["regimen"]) == ("benefit", "single")
        hours.append(estimate["time_hours"])
        shown = text_of(row.findall("td")[1])
        treated = 100 * estimate["events_intervention"] / estimate["n_intervention"]
        assert shown.startswith(f"{round(treated)}%")
        assert f"of {estimate['n_intervention']}" in shown
        if estimate["n_comparator"]:
            control = 100 * estimate["events_comparator"] / estimate["n_comparator"]
            assert f", {round(control)}%" in shown
    assert hours == sorted(hours)


@pytest.mark.parametrize("text", EXAMPLE_SEARCHES)
def test_example_searches_find_something(
    shipped_client: httpx.Client, home: Any, text: str
) -> None:
    (address,) = (
        address
        for address, label in links(next(by_class(home, "home-searches"))).items()
        if label == text
    )
    assert shipped_client.get(f"/v1{address}").json()["data"]


def test_the_page_is_small(shipped_client: httpx.Client) -> None:
    response = shipped_client.get("/", headers=HTML | {"Accept-Encoding": "br"})
    assert response.headers["Content-Encoding"] == "br"
    assert response.num_bytes_downloaded <= MAX_BYTES


@pytest.fixture
def old_client(
    make_empty_store: Callable[[str, Path], str], tmp_path: Path
) -> Iterator[httpx.Client]:
    """A client of a store with the words of old releases, and without what they do not have."""
    store = helpers.fill_store(make_empty_store("sqlite", tmp_path), helpers.SHIPPED)
    weak = (VerdictKind.SUGGESTIVE, VerdictKind.INCONCLUSIVE)
    with store.write() as session:
        verdict = m.Verdict.verdict
        session.execute(update(m.Verdict).where(verdict.in_(weak)).values(verdict=VerdictKind.WEAK))
        not_assessed = verdict == VerdictKind.NOT_ASSESSED
        session.execute(
            update(m.Verdict).where(not_assessed).values(verdict=VerdictKind.UNTESTED, absence=None)
        )
        session.execute(update(m.Claim).values(title_question=None, short_answer=None))
        session.execute(delete(m.StatementClaim))
        session.execute(delete(m.Statement))
        facet_counts.rebuild(session)
    yield from serve(store)


@pytest.fixture
def empty_client(
    make_empty_store: Callable[[str, Path], str], tmp_path: Path
) -> Iterator[httpx.Client]:
    store = open_store(make_empty_store("sqlite", tmp_path))
    bootstrap.migrate_and_rebuild(store)
    yield from serve(store)


def serve(store: Store) -> Iterator[httpx.Client]:
    with helpers.serving(store) as url, httpx.Client(base_url=url, timeout=30) as client:
        yield client
    store.engine.dispose()


def test_a_store_of_an_old_release_has_questions_by_name_and_no_article(
    old_client: httpx.Client,
) -> None:
    page = read_page(old_client, "/")
    assert page.find(".//section[@id='statements']") is None
    rows = links(next(by_class(page, "question-rows")))
    assert len(rows) == 6
    for address, shown in rows.items():
        claim = data(old_client, f"/v1{address}")
        assert shown.startswith(claim["name"])
    assert any(shown.endswith("Too little evidence.") for shown in rows.values())
    tally = links(next(by_class(page, "tally")))
    assert "/claims?verdict=weak" in tally
    assert "/claims?verdict=untested" in tally


def test_an_empty_store_has_a_page_without_sections(empty_client: httpx.Client) -> None:
    page = read_page(empty_client, "/")
    assert "0 claims, 0 findings and 0 studies" in text_of(next(by_class(page, "lede")))
    for name in ("statements", "binding", "response"):
        assert page.find(f".//section[@id='{name}']") is None
    assert not list(by_class(page, "home-columns"))
    assert list(by_class(page, "home-searches"))

"""Completing curated references from sources that are right, wrong, late, huge or broken."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from app.resources import RESOURCES
from app.services import enrichment
from app.services.enrichment.http_client import Fetcher, FetchPolicy
from app.services.enrichment.refresh import (
    Outcome,
    RefreshedReference,
    identifier_of,
    refresh,
)
from app.services.records.input_models import RecordInput, input_model
from tests import factories, fake_sources
from tests.fake_sources import Paper, Sources, serving_sources

TODAY = "2031-02-03"
QUICK = FetchPolicy(
    timeout_seconds=20, max_bytes=200_000, interval_seconds=0, attempts=2, backoff_seconds=0.01
)
PAPER = Paper(1)
RETRACTION = {
    "DOI": "10.1000/n",
    "type": "retraction",
    "updated": {"date-parts": [[2030, 5, 6]]},
}


@pytest.fixture
def server() -> Iterator[Sources]:
    with serving_sources() as sources:
        sources.respond_with_papers(PAPER)
        yield sources


def curated(**more: Any) -> RecordInput:
    values = factories.record_input("references", 1, **{"pmid": PAPER.pmid, **more})
    return input_model(RESOURCES["references"]).model_validate(values)


def refreshed(
    server: Sources,
    reference: RecordInput,
    policy: FetchPolicy = QUICK,
    owners: dict[tuple[str, str], str] | None = None,
) -> RefreshedReference:
    identifier = identifier_of(reference)
    assert identifier is not None
    paths = ("ncbi", "crossref", "europepmc", "trials")
    urls = enrichment.SourceUrls(*(f"{server.address}/{path}" for path in paths))
    with Fetcher(policy) as fetcher:
        enriched = enrichment.enrich(fetcher, urls, identifier)
    return refresh(reference, enriched, TODAY, owners or {})


@pytest.mark.parametrize("known", ["pmid", "doi", "pmcid"])
def test_null_fields_are_filled_in_by_any_identifier(server: Sources, known: str) -> None:
    if known == "doi":
        search = fake_sources.json_response(fake_sources.pubmed_search(PAPER.pmid))
        server.respond("/ncbi/esearch.fcgi", search)
    ids = {"pmid": PAPER.pmid, "doi": PAPER.doi, "pmcid": PAPER.pmcid}
    result = refreshed(server, curated(**{**dict.fromkeys(ids), known: ids[known]}))
    assert (result.outcome, result.conflicts, result.differences) == (Outcome.UPDATED, [], [])
    assert result.values == {
        "title": PAPER.title,
        "journal": "Nat Ment Health",
        "year": 2023,
        "volume": "1",
        "issue": "11",
        "pages": "876-886",
        **{name: value for name, value in ids.items() if name != known},
        "authors": ["Family1 AB", "Second C"],
        "authors_complete": True,
        "retraction": "none_known",
        "notices_checked_on": TODAY,
    }


def test_a_reference_without_an_identifier_is_not_looked_up() -> None:
    assert identifier_of(curated(pmid=None)) is None
    page = curated(pmid=None, kind="database", url="https://clinicaltrials.gov/study/NCT99999999")
    found = identifier_of(page)
    assert found is not None
    assert (found.kind.value, found.value) == ("trial", "NCT99999999")


def test_a_registration_is_confirmed_by_its_number_alone(server: Sources) -> None:
    url = f"https://clinicaltrials.gov/study/{fake_sources.TRIAL}"
    result = refreshed(server, curated(pmid=None, kind="database", url=url))
    assert result.values == {"title": "A made-up trial, at length", "year": 2031}


def test_curated_values_stay_and_differences_are_reported(server: Sources) -> None:
    mine = {
        "title": PAPER.title.replace("effects", "effect"),
        "authors": ["Family1 A-B", "Secund C"],
        "journal": "Nature Mental Health",
        "year": 2022,
        "volume": "2",
        "pages": "876-86",
        "kind": "preprint",
        "retraction": "corrected",
        "notice_published_on": "2024-01-02",
    }
    result = refreshed(server, curated(**mine))
    assert not set(result.values) & set(mine)
    words = (
        "title is",
        "year is 2022",
        "volume is 2",
        "kind is preprint",
        "authors are",
        "retract",
    )
    assert len(result.differences) == len(words), result.differences
    for word in words:
        assert any(line.startswith(word) for line in result.differences), word
    assert result.values["notices_checked_on"] == TODAY
    assert (
        "citation_confidence"
        not in refreshed(server, curated(year=2022, citation_confidence="medium")).values
    )


def test_a_list_of_authors_is_continued(server: Sources) -> None:
    result = refreshed(server, curated(authors=["Family1"], year=2023))
    assert result.values["authors"] == ["Family1 AB", "Second C"]
    assert result.values["authors_complete"] is True
    spelled = refreshed(server, curated(authors=["Family1 A-B"], year=2023))
    assert spelled.values["authors"] == ["Family1 A-B", "Second C"]
    complete = refreshed(server, curated(authors=["Family1 AB", "Second C"], authors_complete=True))
    assert not {"authors", "authors_complete"} & set(complete.values)


def test_two_sources_raise_the_confidence(server: Sources) -> None:
    low = curated(title=PAPER.title, citation_confidence="medium")
    assert refreshed(server, low).values["citation_confidence"] == "high"
    server.respond("/europepmc/search", fake_sources.html_response())
    server.respond("/crossref/works/", fake_sources.html_response())
    assert "citation_confidence" not in refreshed(server, low).values


# It lies


@pytest.mark.parametrize(
    ("mine", "words"),
    [
        ({"title": "Another paper on something else altogether"}, "title is Another"),
        ({"authors": ["Nobody A"]}, "first author is Nobody A here"),
        ({"authors": ["Family1 AB"], "year": 2019}, "year is 2019 here"),
        ({"year": 2019}, "year is 2019 here"),
        ({"authors": ["Family1 AB"], "journal": "Science"}, "journal is Science here"),
        ({"journal": "Science"}, "journal is Science here"),
        ({"doi": "10.1000/other"}, "doi is 10.1000/other here"),
        ({"pmcid": "PMC9"}, "pmcid is PMC9 here"),
    ],
)
def test_another_publication_changes_nothing(
    server: Sources, mine: dict[str, Any], words: str
) -> None:
    result = refreshed(server, curated(**mine))
    assert (result.outcome, result.values) == (Outcome.IN_DOUBT, {})
    assert [line for line in result.conflicts if line.startswith(words)], result.conflicts


def test_what_one_source_says_of_an_unknown_paper_is_not_taken(server: Sources) -> None:
    server.respond("/europepmc/search", fake_sources.html_response())
    server.respond("/crossref/works/", fake_sources.html_response())
    alone = refreshed(server, curated())
    assert (alone.outcome, alone.values) == (Outcome.IN_DOUBT, {})
    assert "two sources must agree" in alone.conflicts[0]
    known = refreshed(server, curated(title=PAPER.title))
    assert known.values["year"] == 2023, "its title is curated, and agrees"


def test_sources_that_disagree_change_nothing(server: Sources) -> None:
    server.respond("/crossref/works/", Paper(2).in_crossref())
    lied = refreshed(server, curated(title=PAPER.title))
    assert "instead of" in lied.failed["Crossref"], "it is of another DOI"
    other = fake_sources.crossref_work(DOI=PAPER.doi, title=["A quite different title"])
    server.respond("/crossref/works/", fake_sources.json_response(other))
    result = refreshed(server, curated(title=PAPER.title))
    assert (result.outcome, result.values) == (Outcome.IN_DOUBT, {})


def test_an_identifier_of_another_reference_is_not_taken(server: Sources) -> None:
    result = refreshed(server, curated(), owners={("doi", PAPER.doi): "somebody-2020"})
    assert "doi" not in result.values
    assert result.differences == [f"doi {PAPER.doi} is already that of somebody-2020"]


def test_values_that_no_reference_may_have_are_reported(server: Sources) -> None:
    long = {"title": f"{PAPER.title}.", "pmid": PAPER.pmid, "doi": PAPER.doi, "pmcid": PAPER.pmcid}
    info = {"journalInfo": {"yearOfPublication": 99999, "journal": {"title": "J" * 400}}}
    server.respond(
        "/europepmc/search",
        fake_sources.json_response(fake_sources.europepmc_search(**long, **info)),
    )
    server.respond("/ncbi/efetch.fcgi", fake_sources.html_response())
    server.respond("/crossref/works/", fake_sources.html_response())
    result = refreshed(server, curated(title=PAPER.title))
    assert not {"journal", "year"} & set(result.values)
    assert any(line.startswith("journal of the sources is invalid") for line in result.differences)


# Notices


def test_a_notice_is_recorded_with_its_day(server: Sources) -> None:
    server.respond_with_papers(replace(PAPER, notices=(RETRACTION,)))
    result = refreshed(server, curated(title=PAPER.title, retraction="none_known"))
    assert result.values["retraction"] == "retracted"
    assert result.values["notice_published_on"] == "2030-05-06"
    assert result.values["notices_checked_on"] == TODAY
    assert result.notices == ["Crossref: retraction: 10.1000/n"]
    again = refreshed(server, curated(retraction="retracted", notice_published_on="2029-01-01"))
    assert "notice_published_on" not in again.values
    assert "notice_published_on is 2029-01-01 here" in again.differences[0]


@pytest.mark.parametrize(
    ("citation", "day"),
    [
        ("JAMA. 2018 Mar 22;319(12):1", "2018-03-22"),
        ("JAMA. 2018 Mar;319(12):1", None),
        ("JAMA. 2018 Feb 31;319", None),
        ("JAMA. 2018 Foo 3;319", None),
    ],
)
def test_a_notice_has_the_day_of_its_citation(
    server: Sources, citation: str, day: str | None
) -> None:
    link = f'<CommentsCorrections RefType="ErratumIn"><RefSource>{citation}</RefSource>'
    record = fake_sources.pubmed_record(links=f"{link}</CommentsCorrections>")
    server.respond("/ncbi/efetch.fcgi", fake_sources.xml_response(record))
    server.respond("/crossref/works/", fake_sources.json_response(fake_sources.crossref_work()))
    server.respond("/europepmc/search", fake_sources.json_response(fake_sources.europepmc_search()))
    result = refreshed(server, curated(pmid=fake_sources.PMID, title=fake_sources.TITLE))
    assert result.values["retraction"] == "corrected"
    assert result.values.get("notice_published_on") == day


@pytest.mark.parametrize("parts", [[[2030]], [[2030, 13, 1]], [[10**30, 1, 1]], [[]], []])
def test_a_day_that_is_none_is_left_out(server: Sources, parts: list[Any]) -> None:
    notice = {**RETRACTION, "updated": {"date-parts": parts}}
    server.respond_with_papers(replace(PAPER, notices=(notice,)))
    values = refreshed(server, curated(title=PAPER.title)).values
    assert (values["retraction"], values.get("notice_published_on")) == ("retracted", None)


# It lags, floods and fails


@pytest.mark.parametrize(
    ("path", "act"),
    [
        ("/ncbi/efetch.fcgi", fake_sources.html_response()),
        ("/crossref/works/", fake_sources.html_response(500)),
        ("/europepmc/search", fake_sources.busy(429)),
        ("/ncbi/efetch.fcgi", fake_sources.busy(503, Retry_After="86400")),
        ("/crossref/works/", fake_sources.cut_off),
        ("/europepmc/search", fake_sources.flood),
        ("/ncbi/efetch.fcgi", fake_sources.slow_drip(5)),
        ("/crossref/works/", fake_sources.delay(2)),
        ("/crossref/works/", fake_sources.respond_with(b'{"message": {"DOI"', "application/json")),
        ("/europepmc/search", fake_sources.respond_with(b"[" * 100_000, "application/json")),
        ("/ncbi/efetch.fcgi", fake_sources.respond_with(b"\xff", "text/xml")),
    ],
)
def test_a_source_that_fails_leaves_the_retraction_unchecked(
    server: Sources, path: str, act: fake_sources.Act
) -> None:
    server.respond(path, act)
    result = refreshed(server, curated(title=PAPER.title), replace(QUICK, timeout_seconds=0.3))
    assert len(result.failed) == 1
    assert result.values["year"] == 2023, "the others have it"
    assert not {"retraction", "notices_checked_on"} & set(result.values)


def test_a_missing_record_is_no_failure(server: Sources) -> None:
    server.respond_with_papers()
    assert refreshed(server, curated()).outcome is Outcome.NOT_FOUND
    for path in ("/ncbi/efetch.fcgi", "/europepmc/search", "/crossref/works/"):
        server.respond(path, fake_sources.html_response())
    result = refreshed(server, curated())
    assert (result.outcome, result.values) == (Outcome.FAILED, {})

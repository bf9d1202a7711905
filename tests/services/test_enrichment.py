"""Enriching, against a local server that behaves, lags, lies, floods, redirects and fails."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
import yaml

from app.domain.vocabulary import Confidence, ReferenceKind, Retraction
from app.services import enrichment
from app.services.enrichment import EnrichedReference, identifier
from app.services.enrichment.http_client import Fetcher, FetchPolicy, retry_after
from app.services.enrichment.source_record import full_pages, plain_text
from tests import fake_sources
from tests.fake_sources import DOI, PMID, TRIAL, Sources, serving_sources
from tests.helpers import SHIPPED

BOMB = (
    '<?xml version="1.0"?><!DOCTYPE PubmedArticleSet [<!ENTITY a "aaaaaaaaaa">'
    + "".join(
        f'<!ENTITY {n} "{f"&{p};" * 10}">' for p, n in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>"
)
LEAK = '<!DOCTYPE PubmedArticleSet [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
QUICK = FetchPolicy(
    email="curator@example.org",
    timeout_seconds=20,
    max_bytes=200_000,
    interval_seconds=0,
    attempts=2,
    backoff_seconds=0.01,
)


IMPATIENT = replace(QUICK, timeout_seconds=1)


@pytest.fixture
def server() -> Iterator[Sources]:
    with serving_sources() as found:
        yield found


def addresses(server: Sources) -> enrichment.SourceUrls:
    paths = ("ncbi", "crossref", "europepmc", "trials")
    return enrichment.SourceUrls(*(f"{server.address}/{path}" for path in paths))


def enrich(
    server: Sources, typed: str = f"pmid:{PMID}", manners: FetchPolicy = QUICK, **more: Any
) -> EnrichedReference:
    with Fetcher(manners) as fetcher:
        return enrichment.enrich(
            fetcher, addresses(server), identifier.parse_identifier(typed), **more
        )


def draft(found: EnrichedReference) -> dict[str, Any]:
    assert found.draft is not None, found.refused
    return found.draft.model_dump(mode="json", by_alias=True, exclude_none=True)


@pytest.mark.parametrize("typed", [f"pmid:{PMID}", f"doi:{DOI}", f"https://doi.org/{DOI.upper()}"])
def test_a_known_paper_is_found_as_the_dataset_has_it(server: Sources, typed: str) -> None:
    found = enrich(server, typed)
    file = yaml.safe_load((SHIPPED / "studies" / "lii-2023.yaml").read_text("utf-8"))
    (shipped,) = file["references"]
    mine = draft(found)
    for name in set(shipped) - {"summary"}:
        assert mine[name] == shipped[name], name
    assert (found.conflicts, found.differences, found.failed) == ([], [], {})
    assert mine["retraction"] == "none_known"
    assert [f.source for f in found.sources] == ["PubMed", "Europe PMC", "Crossref"]
    assert found.fields["doi"].confirmed_by == ("PubMed", "Europe PMC", "Crossref")


def test_a_request_says_who_asks_and_each_source_is_asked_once(server: Sources) -> None:
    enrich(server)
    assert len(server.asked) == 3
    assert all("mailto:curator@example.org" in r.headers["User-Agent"] for r in server.asked)
    (ncbi,) = server.requests_to("/ncbi")
    assert (ncbi.query["tool"], ncbi.query["email"]) == (["ketamine-kb"], ["curator@example.org"])
    assert server.requests_to("/crossref")[0].path == f"/crossref/works/{DOI}"
    assert server.requests_to("/crossref")[0].query["mailto"] == ["curator@example.org"]


def test_a_key_for_ncbi_is_shown_to_ncbi_alone(server: Sources) -> None:
    manners = replace(QUICK, ncbi_key="a-secret")
    enrich(server, manners=manners)
    shown = [one.path for one in server.asked if one.query.get("api_key") == ["a-secret"]]
    assert shown == [one.path for one in server.requests_to("/ncbi")]
    assert "a-secret" not in repr(manners)


def test_a_preprint_is_no_article(server: Sources) -> None:
    types = ("Journal Article", "Preprint")
    server.respond(
        "/ncbi/efetch.fcgi", fake_sources.xml_response(fake_sources.pubmed_record(types=types))
    )
    server.respond(
        "/crossref/works/",
        fake_sources.json_response(fake_sources.crossref_work(type="posted-content")),
    )
    assert draft(enrich(server))["kind"] == "preprint"


def test_requests_to_one_service_keep_their_distance(server: Sources) -> None:
    """Told by a clock that moves while the fetcher sleeps, and at no other time."""
    now = [100.0]
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        now[0] += seconds

    manners = replace(QUICK, interval_seconds=5.0)
    with Fetcher(manners, clock=lambda: now[0], sleep=sleep) as fetcher:
        enrichment.enrich(fetcher, addresses(server), identifier.parse_identifier(f"doi:{DOI}"))
    assert len(server.asked) == 4
    assert waits == [5.0, 5.0, 5.0]


# It lies


def test_a_record_of_another_paper_is_not_taken(server: Sources) -> None:
    server.respond(
        "/ncbi/efetch.fcgi", fake_sources.xml_response(fake_sources.pubmed_record(pmid="1"))
    )
    found = enrich(server)
    assert found.failed == {"PubMed": f"it returned PubMed id 1 instead of {PMID}"}
    assert draft(found)["pmid"] == PMID, "Europe PMC has it"
    assert found.retraction is Retraction.NOT_CHECKED, "one that should have looked did not"
    server.respond_normally()
    server.respond(
        "/crossref/works/",
        fake_sources.json_response(fake_sources.crossref_work(DOI="10.1000/other")),
    )
    assert "10.1000/other" in enrich(server).failed["Crossref"]
    server.respond_normally()
    server.respond(
        "/europepmc/search", fake_sources.json_response(fake_sources.europepmc_search(pmid="2"))
    )
    assert "none of its 1 results" in enrich(server).failed["Europe PMC"]


def test_years_that_differ_are_told_and_the_most_said_is_kept(server: Sources) -> None:
    server.respond(
        "/crossref/works/",
        fake_sources.json_response(fake_sources.crossref_work(issued={"date-parts": [[2022]]})),
    )
    found = enrich(server)
    assert found.conflicts == []
    assert found.differences == [
        "year differs (PubMed: 2023; Europe PMC: 2023; Crossref: 2022): kept 2023"
    ]
    assert draft(found)["year"] == 2023
    server.respond("/europepmc/search", fake_sources.html_response())
    found = enrich(server)
    assert "left null" in found.differences[0]
    assert "year" not in draft(found)
    assert draft(found)["citation_confidence"] == "medium"


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"title": ["A quite different paper on something else"]}, "title"),
        ({"author": [{"family": "Smith", "given": "J"}]}, "first author"),
    ],
)
def test_another_title_or_author_leaves_doubt_and_no_draft(
    server: Sources, changed: dict[str, Any], name: str
) -> None:
    server.respond(
        "/crossref/works/", fake_sources.json_response(fake_sources.crossref_work(**changed))
    )
    found = enrich(server)
    assert found.draft is None
    assert "different publications" in str(found.refused)
    assert [doubt.partition(" differs")[0] for doubt in found.conflicts] == [name]


def test_identifiers_must_point_at_one_another(server: Sources) -> None:
    server.respond(
        "/europepmc/search",
        fake_sources.json_response(fake_sources.europepmc_search(doi="10.1000/elsewhere")),
    )
    found = enrich(server)
    assert found.draft is None
    assert any("10.1000/elsewhere" in doubt for doubt in found.conflicts)
    server.respond_normally()
    server.respond(
        "/ncbi/efetch.fcgi",
        fake_sources.xml_response(fake_sources.pubmed_record(doi="10.1000/elsewhere")),
    )
    found = enrich(server, f"doi:{DOI}")
    assert found.draft is None, "PubMed's search gave a record of another DOI"
    server.respond(
        "/ncbi/esearch.fcgi", fake_sources.json_response(fake_sources.pubmed_search("1", "2"))
    )
    assert "2 records" in enrich(server, f"doi:{DOI}").failed["PubMed"]


def test_a_title_may_go_on_and_look_different_and_be_the_same(server: Sources) -> None:
    head, tail = fake_sources.TITLE[:40], fake_sources.TITLE[40:]
    work = fake_sources.crossref_work(
        title=[f"<i>{head.upper()}</i>"], subtitle=[tail.replace(" ", "  ")]
    )
    server.respond("/crossref/works/", fake_sources.json_response(work))
    assert enrich(server).conflicts == []
    server.respond(
        "/crossref/works/", fake_sources.json_response(fake_sources.crossref_work(title=[head]))
    )
    assert draft(enrich(server))["title"] == fake_sources.TITLE


@pytest.mark.parametrize(
    "body",
    [
        b"<html>not JSON</html>",
        b"",
        b"null",
        b"[]",
        b'{"message": []}',
        b'{"message": {"DOI": 7, "title": "no list"}}',
        b"[" * 100_000,
        b"\xff\xfe\x00",
        b'{"message": {"DOI": "10.1038/s44220-023-00140-x", "issued": {"date-parts": [["x"]]}}}',
    ],
)
def test_an_answer_that_is_not_in_its_form_is_one_source_less(server: Sources, body: bytes) -> None:
    server.respond("/crossref/works/", fake_sources.respond_with(body, "application/json"))
    found = enrich(server)
    assert "form" in found.failed["Crossref"] or "asked for" in found.failed["Crossref"]
    assert draft(found)["title"] == fake_sources.TITLE


def test_a_web_page_instead_of_data_is_refused_by_its_type(server: Sources) -> None:
    for path in ("/ncbi/efetch.fcgi", "/crossref/works/", "/europepmc/search"):
        server.respond(path, fake_sources.html_response())
    found = enrich(server)
    assert found.refused == "no source has it"
    assert found.failed["PubMed"] == "it answered text/html, not application/xml or text/xml"
    assert "Crossref" not in found.failed, "without a DOI there is nothing to ask it"


@pytest.mark.parametrize("before", [BOMB, LEAK], ids=["bomb", "leak"])
def test_xml_with_entities_of_its_own_is_not_read(server: Sources, before: str) -> None:
    entity = "&i;" if before is BOMB else "&x;"
    server.respond(
        "/ncbi/efetch.fcgi",
        fake_sources.xml_response(fake_sources.pubmed_record(before=before, title=entity)),
    )
    found = enrich(server)
    assert "EntitiesForbidden" in found.failed["PubMed"]
    assert len(server.requests_to("/ncbi")) == 1, "it is not asked again"


def test_what_a_source_sends_commands_nobody(server: Sources) -> None:
    assert (
        plain_text("A \x1b[31mred\x07 <b>title</b>&amp;\u202e more\x00") == "A [31mred title& more"
    )
    for path, act in (
        (
            "/ncbi/efetch.fcgi",
            fake_sources.xml_response(
                fake_sources.pubmed_record(title="A &lt;script&gt;x&lt;/script&gt; y")
            ),
        ),
        ("/crossref/works/", fake_sources.html_response()),
        (
            "/europepmc/search",
            fake_sources.json_response(
                fake_sources.europepmc_search(title="A \x1b[2J<script>x</script> y")
            ),
        ),
    ):
        server.respond(path, act)
    assert "\x1b" not in str(enrich(server).fields)


# It floods, lags, redirects


def test_a_body_without_end_is_left_after_the_cap(server: Sources) -> None:
    server.respond("/crossref/works/", fake_sources.flood)
    found = enrich(server)
    assert found.failed == {"Crossref": "it sent more than 200000 bytes"}
    assert len(server.requests_to("/crossref")) == 1
    huge = fake_sources.respond_with(b"{}", "application/json", 200, Content_Length="9999999999")
    server.respond("/europepmc/search", huge)
    assert "more than" in enrich(server).failed["Europe PMC"]


def test_a_compressed_body_is_not_taken(server: Sources) -> None:
    packed = fake_sources.respond_with(
        b"\x1f\x8b", "application/json", 200, Content_Encoding="gzip"
    )
    server.respond("/crossref/works/", packed)
    assert "compressed" in enrich(server).failed["Crossref"]


def test_a_source_that_lags_or_drips_is_asked_again_and_then_left(server: Sources) -> None:
    server.respond("/crossref/works/", fake_sources.delay(4))
    server.respond("/europepmc/search", fake_sources.slow_drip(30))
    found = enrich(server, manners=IMPATIENT)
    assert found.failed["Crossref"] == "no response within 1 s"
    assert found.failed["Europe PMC"] == "it was still sending after 1 s"
    assert len(server.requests_to("/crossref")) == len(server.requests_to("/europepmc")) == 2
    assert draft(found)["citation_confidence"] == "medium", "PubMed alone has it"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_told_and_not_followed(server: Sources, status: int) -> None:
    where = f"{server.address}/elsewhere"
    server.respond("/elsewhere", fake_sources.json_response(fake_sources.crossref_work()))
    server.respond(
        "/crossref/works/", fake_sources.respond_with(b"", "text/plain", status, Location=where)
    )
    found = enrich(server)
    assert found.failed["Crossref"].startswith(f"it redirects to {where}")
    assert server.requests_to("/elsewhere") == []


# It fails


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_busy_source_is_asked_again(server: Sources, status: int) -> None:
    server.respond(
        "/crossref/works/",
        fake_sources.busy(status),
        fake_sources.json_response(fake_sources.crossref_work()),
    )
    found = enrich(server)
    assert found.failed == {}
    assert len(server.requests_to("/crossref")) == 2


def test_retry_after_is_honoured(server: Sources) -> None:
    server.respond(
        "/crossref/works/",
        fake_sources.busy(429, Retry_After="1"),
        fake_sources.json_response(fake_sources.crossref_work()),
    )
    assert enrich(server).failed == {}
    first, second = (request.at for request in server.requests_to("/crossref"))
    assert second - first >= 1


def test_a_wait_that_is_too_long_is_told_and_not_waited(server: Sources) -> None:
    server.respond("/crossref/works/", fake_sources.busy(503, Retry_After="86400"))
    found = enrich(server)
    assert "asks to wait 86400 s" in found.failed["Crossref"]
    assert len(server.requests_to("/crossref")) == 1


def test_retry_after_is_read_as_figures_and_as_a_date() -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    assert 55 < (retry_after(soon) or 0) <= 60
    assert retry_after("Wed, 21 Oct 2015 07:28:00 GMT") == 0
    assert retry_after("7") == 7
    assert retry_after("soon") is None
    assert retry_after(None) is None
    assert retry_after("-5") is None


def test_a_source_that_keeps_failing_is_left_and_named(server: Sources) -> None:
    server.respond("/crossref/works/", fake_sources.busy(500))
    server.respond("/europepmc/search", fake_sources.cut_off)
    found = enrich(server)
    assert found.failed["Crossref"] == "it answered 500"
    assert "RemoteProtocolError" in found.failed["Europe PMC"]
    assert len(server.requests_to("/crossref")) == QUICK.attempts
    server.respond(
        "/crossref/works/",
        fake_sources.cut_off,
        fake_sources.json_response(fake_sources.crossref_work()),
    )
    assert "Crossref" not in enrich(server).failed


def test_nothing_listens(server: Sources) -> None:
    where = enrichment.SourceUrls(*["http://127.0.0.1:9"] * 4)
    with Fetcher(QUICK) as fetcher:
        found = enrichment.enrich(fetcher, where, identifier.parse_identifier(f"pmid:{PMID}"))
    assert found.refused == "no source has it"
    assert "ConnectError" in found.failed["PubMed"]


def test_a_record_that_one_source_lacks_is_medium_and_named_where_none_has_it(
    server: Sources,
) -> None:
    empty = fake_sources.json_response({"resultList": {"result": []}})
    server.respond("/europepmc/search", empty)
    server.respond(
        "/crossref/works/", fake_sources.respond_with(b"Resource not found.", "text/plain", 404)
    )
    found = enrich(server)
    assert found.absent == ["Europe PMC", "Crossref"]
    assert draft(found)["citation_confidence"] == "medium"
    server.respond(
        "/ncbi/efetch.fcgi", fake_sources.xml_response("<PubmedArticleSet></PubmedArticleSet>")
    )
    found = enrich(server)
    assert (found.draft, found.refused) == (None, "no source has it")
    assert len(found.absent) == 2


# Retractions


NOTICE = {"DOI": "10.1000/x", "type": "retraction"}


def _link(kind: str) -> str:
    source = "<RefSource>Made up</RefSource><PMID>7</PMID>"
    return f'<CommentsCorrections RefType="{kind}">{source}</CommentsCorrections>'


def _linked(kind: str) -> dict[str, Any]:
    one = {"id": "7", "source": "MED", "type": kind}
    return {"commentCorrectionList": {"commentCorrection": [one]}}


def _updated(kind: str) -> dict[str, Any]:
    return {"updated-by": [{"DOI": "10.1000/notice", "type": kind, "source": "retraction-watch"}]}


@pytest.mark.parametrize(
    ("path", "act", "status"),
    [
        ("/ncbi/efetch.fcgi", {"types": ("Journal Article", "Retracted Publication")}, "retracted"),
        ("/ncbi/efetch.fcgi", {"links": _link("RetractionIn")}, "retracted"),
        ("/ncbi/efetch.fcgi", {"links": _link("ExpressionOfConcernIn")}, "concern"),
        ("/ncbi/efetch.fcgi", {"links": _link("ErratumIn")}, "corrected"),
        ("/ncbi/efetch.fcgi", {"links": _link("CommentIn")}, "none_known"),
        ("/crossref/works/", _updated("retraction"), "retracted"),
        ("/crossref/works/", _updated("Expression-of-concern"), "concern"),
        ("/crossref/works/", _updated("corrigendum"), "corrected"),
        ("/crossref/works/", _updated("new_version"), "none_known"),
        ("/crossref/works/", _updated("something_unheard_of"), "concern"),
        ("/europepmc/search", {"pubTypeList": {"pubType": ["Retracted Publication"]}}, "retracted"),
        ("/europepmc/search", _linked("Retraction in"), "retracted"),
        ("/europepmc/search", _linked("Erratum in"), "corrected"),
    ],
)
def test_what_any_source_says_of_a_retraction_is_said(
    server: Sources, path: str, act: dict[str, Any], status: str
) -> None:
    made = {
        "/ncbi/efetch.fcgi": lambda: fake_sources.xml_response(fake_sources.pubmed_record(**act)),
        "/crossref/works/": lambda: fake_sources.json_response(fake_sources.crossref_work(**act)),
        "/europepmc/search": lambda: fake_sources.json_response(
            fake_sources.europepmc_search(**act)
        ),
    }
    server.respond(path, made[path]())
    found = enrich(server)
    assert found.retraction == status
    assert draft(found)["retraction"] == status
    assert bool(found.notices) == (status != "none_known")


@pytest.mark.parametrize(
    ("path", "act"),
    [
        (
            "/ncbi/efetch.fcgi",
            fake_sources.xml_response(
                fake_sources.pubmed_record(types=("Retraction of Publication",))
            ),
        ),
        (
            "/crossref/works/",
            fake_sources.json_response(
                fake_sources.crossref_work(
                    **{"update-to": [{"DOI": "10.1000/x", "type": "retraction"}]}
                )
            ),
        ),
    ],
)
def test_a_notice_on_another_paper_is_not_a_paper_that_was_retracted(
    server: Sources, path: str, act: fake_sources.Act
) -> None:
    server.respond(path, act)
    found = enrich(server)
    assert found.retraction is Retraction.NONE_KNOWN
    assert any("itself a notice" in doubt for doubt in found.conflicts)
    assert found.draft is None


# Trials, and what was typed


def test_a_trial_is_cited_from_its_register_and_names_its_papers(server: Sources) -> None:
    found = enrich(server, TRIAL.lower())
    mine = draft(found)
    assert mine["title"] == "A made-up trial, at length"
    assert (mine["slug"], mine["year"], mine["kind"]) == (TRIAL.lower(), 2031, "database")
    assert mine["url"] == f"https://clinicaltrials.gov/study/{TRIAL}"
    assert mine["xrefs"] == [{"curie": f"clinicaltrials:{TRIAL}", "relation": "exact"}]
    assert (mine["retraction"], mine["citation_confidence"]) == ("not_checked", "high")
    assert found.papers == ["2", "3"]
    server.respond(
        "/trials/studies/", fake_sources.json_response(fake_sources.trial_response("NCT00000001"))
    )
    assert "NCT00000001" in enrich(server, TRIAL).failed["ClinicalTrials.gov"]


def test_a_kind_that_no_source_names_is_asked_for(server: Sources) -> None:
    server.respond(
        "/ncbi/efetch.fcgi",
        fake_sources.xml_response(fake_sources.pubmed_record(types=("Letter",))),
    )
    server.respond("/europepmc/search", fake_sources.html_response())
    server.respond(
        "/crossref/works/", fake_sources.json_response(fake_sources.crossref_work(type="other"))
    )
    found = enrich(server)
    assert "set it to one of article" in str(found.refused)
    given = enrich(server, kind=ReferenceKind.ARTICLE, slug="my-slug")
    assert (draft(given)["kind"], draft(given)["slug"]) == ("article", "my-slug")
    assert given.draft is not None
    assert given.draft.citation_confidence is Confidence.HIGH  # type: ignore[attr-defined]
    assert "slug" in str(enrich(server, kind=ReferenceKind.ARTICLE, slug="No Slug").refused)


@pytest.mark.parametrize(
    ("typed", "kind", "value"),
    [
        (" PMID: 16894061 ", "pmid", "16894061"),
        ("pubmed:16894061", "pmid", "16894061"),
        ("doi:10.1001/archpsyc.63.8.856", "doi", "10.1001/archpsyc.63.8.856"),
        ("10.1001/archpsyc.63.8.856", "doi", "10.1001/archpsyc.63.8.856"),
        ("https://doi.org/10.1016%2Fj.x%281%29", "doi", "10.1016/j.x(1)"),
        ("clinicaltrials:nct03861988", "trial", "NCT03861988"),
    ],
)
def test_an_identifier_is_read_however_it_is_typed(typed: str, kind: str, value: str) -> None:
    assert identifier.parse_identifier(typed) == identifier.PublicationIdentifier(
        identifier.IdentifierKind(kind), value
    )


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "16894061",
        "pmid:0",
        "pmid:x",
        "doi:11.1/x",
        "NCT123",
        'doi:10.1000/"x',
        "doi:10.1000/a b",
    ],
)
def test_what_is_no_identifier_says_what_would_be(typed: str) -> None:
    with pytest.raises(ValueError, match="pmid:16894061"):
        identifier.parse_identifier(typed)


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("856-64", "856-864"),
        ("876-886", "876-886"),
        ("S12-5", "S12-S15"),
        ("e100", "e100"),
        ("12", "12"),
        (None, None),
        ("7-7", "7"),
    ],
)
def test_pages_are_written_in_full(short: str | None, full: str | None) -> None:
    assert full_pages(short) == full

"""Enrichment of references from a local server with correct, wrong, slow and large responses."""

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
    with serving_sources() as enriched:
        yield enriched


def addresses(server: Sources) -> enrichment.SourceUrls:
    paths = ("ncbi", "crossref", "europepmc", "trials")
    return enrichment.SourceUrls(*(f"{server.address}/{path}" for path in paths))


def enrich(
    server: Sources,
    identifier_text: str = f"pmid:{PMID}",
    manners: FetchPolicy = QUICK,
    **more: Any,
) -> EnrichedReference:
    with Fetcher(manners) as fetcher:
        return enrichment.enrich(
            fetcher, addresses(server), identifier.parse_identifier(identifier_text), **more
        )


def draft(enriched: EnrichedReference) -> dict[str, Any]:
    assert enriched.draft is not None, enriched.refused
    return enriched.draft.model_dump(mode="json", by_alias=True, exclude_none=True)


@pytest.mark.parametrize(
    "identifier_text", [f"pmid:{PMID}", f"doi:{DOI}", f"https://doi.org/{DOI.upper()}"]
)
def test_a_paper_of_the_dataset_is_enriched_with_the_same_fields(
    server: Sources, identifier_text: str
) -> None:
    enriched = enrich(server, identifier_text)
    file = yaml.safe_load((SHIPPED / "studies" / "lii-2023.yaml").read_text("utf-8"))
    (shipped,) = file["references"]
    fields = draft(enriched)
    for name in set(shipped) - {"summary"}:
        assert fields[name] == shipped[name], name
    assert (enriched.conflicts, enriched.differences, enriched.failed) == ([], [], {})
    assert fields["retraction"] == "none_known"
    assert [f.source for f in enriched.sources] == ["PubMed", "Europe PMC", "Crossref"]
    assert enriched.fields["doi"].confirmed_by == ("PubMed", "Europe PMC", "Crossref")


def test_requests_have_a_contact_address_and_each_source_is_requested_once(server: Sources) -> None:
    enrich(server)
    assert len(server.asked) == 3
    assert all("mailto:curator@example.org" in r.headers["User-Agent"] for r in server.asked)
    (ncbi,) = server.requests_to("/ncbi")
    assert (ncbi.query["tool"], ncbi.query["email"]) == (["ketamine-kb"], ["curator@example.org"])
    assert server.requests_to("/crossref")[0].path == f"/crossref/works/{DOI}"
    assert server.requests_to("/crossref")[0].query["mailto"] == ["curator@example.org"]


def test_the_ncbi_api_key_is_sent_to_ncbi_only(server: Sources) -> None:
    manners = replace(QUICK, ncbi_key="a-secret")
    enrich(server, manners=manners)
    shown = [one.path for one in server.asked if one.query.get("api_key") == ["a-secret"]]
    assert shown == [one.path for one in server.requests_to("/ncbi")]
    assert "a-secret" not in repr(manners)


def test_a_preprint_is_not_an_article(server: Sources) -> None:
    types = ("Journal Article", "Preprint")
    server.respond(
        "/ncbi/efetch.fcgi", fake_sources.xml_response(fake_sources.pubmed_record(types=types))
    )
    server.respond(
        "/crossref/works/",
        fake_sources.json_response(fake_sources.crossref_work(type="posted-content")),
    )
    assert draft(enrich(server))["kind"] == "preprint"


def test_requests_to_one_service_are_rate_limited(server: Sources) -> None:
    """The clock of the test advances only while the fetcher sleeps."""
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


# Sources with wrong data


def test_a_record_with_another_identifier_is_refused(server: Sources) -> None:
    server.respond(
        "/ncbi/efetch.fcgi", fake_sources.xml_response(fake_sources.pubmed_record(pmid="1"))
    )
    enriched = enrich(server)
    assert enriched.failed == {"PubMed": f"it returned PubMed id 1 instead of {PMID}"}
    assert draft(enriched)["pmid"] == PMID, "Europe PMC has it"
    assert enriched.retraction is Retraction.NOT_CHECKED, "one that should have looked did not"
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


def test_different_years_are_reported_and_the_most_frequent_is_used(server: Sources) -> None:
    server.respond(
        "/crossref/works/",
        fake_sources.json_response(fake_sources.crossref_work(issued={"date-parts": [[2022]]})),
    )
    enriched = enrich(server)
    assert enriched.conflicts == []
    assert enriched.differences == [
        "year differs (PubMed: 2023; Europe PMC: 2023; Crossref: 2022): kept 2023"
    ]
    assert draft(enriched)["year"] == 2023
    server.respond("/europepmc/search", fake_sources.html_response())
    enriched = enrich(server)
    assert "left null" in enriched.differences[0]
    assert "year" not in draft(enriched)
    assert draft(enriched)["citation_confidence"] == "medium"


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"title": ["A quite different paper on something else"]}, "title"),
        ({"author": [{"family": "Smith", "given": "J"}]}, "first author"),
    ],
)
def test_a_different_title_or_author_is_a_conflict_without_a_draft(
    server: Sources, changed: dict[str, Any], name: str
) -> None:
    server.respond(
        "/crossref/works/", fake_sources.json_response(fake_sources.crossref_work(**changed))
    )
    enriched = enrich(server)
    assert enriched.draft is None
    assert "different publications" in str(enriched.refused)
    assert [doubt.partition(" differs")[0] for doubt in enriched.conflicts] == [name]


def test_the_identifiers_of_all_sources_must_agree(server: Sources) -> None:
    server.respond(
        "/europepmc/search",
        fake_sources.json_response(fake_sources.europepmc_search(doi="10.1000/elsewhere")),
    )
    enriched = enrich(server)
    assert enriched.draft is None
    assert any("10.1000/elsewhere" in doubt for doubt in enriched.conflicts)
    server.respond_normally()
    server.respond(
        "/ncbi/efetch.fcgi",
        fake_sources.xml_response(fake_sources.pubmed_record(doi="10.1000/elsewhere")),
    )
    enriched = enrich(server, f"doi:{DOI}")
    assert enriched.draft is None, "PubMed's search gave a record of another DOI"
    server.respond(
        "/ncbi/esearch.fcgi", fake_sources.json_response(fake_sources.pubmed_search("1", "2"))
    )
    assert "2 records" in enrich(server, f"doi:{DOI}").failed["PubMed"]


def test_titles_with_subtitles_or_other_typography_are_equal(server: Sources) -> None:
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
def test_a_source_with_a_malformed_response_is_reported_as_failed(
    server: Sources, body: bytes
) -> None:
    server.respond("/crossref/works/", fake_sources.respond_with(body, "application/json"))
    enriched = enrich(server)
    assert "form" in enriched.failed["Crossref"] or "asked for" in enriched.failed["Crossref"]
    assert draft(enriched)["title"] == fake_sources.TITLE


def test_a_response_of_another_media_type_is_refused(server: Sources) -> None:
    for path in ("/ncbi/efetch.fcgi", "/crossref/works/", "/europepmc/search"):
        server.respond(path, fake_sources.html_response())
    enriched = enrich(server)
    assert enriched.refused == "no source has it"
    assert enriched.failed["PubMed"] == "it answered text/html, not application/xml or text/xml"
    assert "Crossref" not in enriched.failed, "without a DOI there is nothing to ask it"


@pytest.mark.parametrize("before", [BOMB, LEAK], ids=["bomb", "leak"])
def test_xml_with_entity_declarations_is_refused(server: Sources, before: str) -> None:
    entity = "&i;" if before is BOMB else "&x;"
    server.respond(
        "/ncbi/efetch.fcgi",
        fake_sources.xml_response(fake_sources.pubmed_record(before=before, title=entity)),
    )
    enriched = enrich(server)
    assert "EntitiesForbidden" in enriched.failed["PubMed"]
    assert len(server.requests_to("/ncbi")) == 1, "it is not asked again"


def test_control_characters_and_commands_from_a_source_have_no_effect(server: Sources) -> None:
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


# Large and slow responses, and redirects


def test_a_response_over_the_size_limit_is_refused(server: Sources) -> None:
    server.respond("/crossref/works/", fake_sources.flood)
    enriched = enrich(server)
    assert enriched.failed == {"Crossref": "it sent more than 200000 bytes"}
    assert len(server.requests_to("/crossref")) == 1
    huge = fake_sources.respond_with(b"{}", "application/json", 200, Content_Length="9999999999")
    server.respond("/europepmc/search", huge)
    assert "more than" in enrich(server).failed["Europe PMC"]


def test_a_compressed_response_is_refused(server: Sources) -> None:
    packed = fake_sources.respond_with(
        b"\x1f\x8b", "application/json", 200, Content_Encoding="gzip"
    )
    server.respond("/crossref/works/", packed)
    assert "compressed" in enrich(server).failed["Crossref"]


def test_a_slow_source_is_retried_and_then_reported_as_failed(server: Sources) -> None:
    server.respond("/crossref/works/", fake_sources.delay(4))
    server.respond("/europepmc/search", fake_sources.slow_drip(30))
    enriched = enrich(server, manners=IMPATIENT)
    assert enriched.failed["Crossref"] == "no response within 1 s"
    assert enriched.failed["Europe PMC"] == "it was still sending after 1 s"
    assert len(server.requests_to("/crossref")) == len(server.requests_to("/europepmc")) == 2
    assert draft(enriched)["citation_confidence"] == "medium", "PubMed alone has it"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_reported_and_not_followed(server: Sources, status: int) -> None:
    where = f"{server.address}/elsewhere"
    server.respond("/elsewhere", fake_sources.json_response(fake_sources.crossref_work()))
    server.respond(
        "/crossref/works/", fake_sources.respond_with(b"", "text/plain", status, Location=where)
    )
    enriched = enrich(server)
    assert enriched.failed["Crossref"].startswith(f"it redirects to {where}")
    assert server.requests_to("/elsewhere") == []


# Sources that fail


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_busy_source_is_retried(server: Sources, status: int) -> None:
    server.respond(
        "/crossref/works/",
        fake_sources.busy(status),
        fake_sources.json_response(fake_sources.crossref_work()),
    )
    enriched = enrich(server)
    assert enriched.failed == {}
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


def test_a_retry_after_over_the_limit_is_reported_and_not_waited_for(server: Sources) -> None:
    server.respond("/crossref/works/", fake_sources.busy(503, Retry_After="86400"))
    enriched = enrich(server)
    assert "asks to wait 86400 s" in enriched.failed["Crossref"]
    assert len(server.requests_to("/crossref")) == 1


def test_retry_after_is_parsed_as_seconds_and_as_a_date() -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    assert 55 < (retry_after(soon) or 0) <= 60
    assert retry_after("Wed, 21 Oct 2015 07:28:00 GMT") == 0
    assert retry_after("7") == 7
    assert retry_after("soon") is None
    assert retry_after(None) is None
    assert retry_after("-5") is None


def test_a_source_that_fails_repeatedly_is_reported(server: Sources) -> None:
    server.respond("/crossref/works/", fake_sources.busy(500))
    server.respond("/europepmc/search", fake_sources.cut_off)
    enriched = enrich(server)
    assert enriched.failed["Crossref"] == "it answered 500"
    assert "RemoteProtocolError" in enriched.failed["Europe PMC"]
    assert len(server.requests_to("/crossref")) == QUICK.attempts
    server.respond(
        "/crossref/works/",
        fake_sources.cut_off,
        fake_sources.json_response(fake_sources.crossref_work()),
    )
    assert "Crossref" not in enrich(server).failed


def test_unreachable_sources_are_reported_as_connection_errors(server: Sources) -> None:
    where = enrichment.SourceUrls(*["http://127.0.0.1:9"] * 4)
    with Fetcher(QUICK) as fetcher:
        enriched = enrichment.enrich(fetcher, where, identifier.parse_identifier(f"pmid:{PMID}"))
    assert enriched.refused == "no source has it"
    assert "ConnectError" in enriched.failed["PubMed"]


def test_a_record_that_one_source_lacks_is_medium_and_named_where_none_has_it(
    server: Sources,
) -> None:
    empty = fake_sources.json_response({"resultList": {"result": []}})
    server.respond("/europepmc/search", empty)
    server.respond(
        "/crossref/works/", fake_sources.respond_with(b"Resource not found.", "text/plain", 404)
    )
    enriched = enrich(server)
    assert enriched.absent == ["Europe PMC", "Crossref"]
    assert draft(enriched)["citation_confidence"] == "medium"
    server.respond(
        "/ncbi/efetch.fcgi", fake_sources.xml_response("<PubmedArticleSet></PubmedArticleSet>")
    )
    enriched = enrich(server)
    assert (enriched.draft, enriched.refused) == (None, "no source has it")
    assert len(enriched.absent) == 2


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
def test_a_retraction_in_any_source_is_reported(
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
    enriched = enrich(server)
    assert enriched.retraction == status
    assert draft(enriched)["retraction"] == status
    assert bool(enriched.notices) == (status != "none_known")


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
    enriched = enrich(server)
    assert enriched.retraction is Retraction.NONE_KNOWN
    assert any("itself a notice" in doubt for doubt in enriched.conflicts)
    assert enriched.draft is None


# Trials, and what was typed


def test_a_trial_is_cited_from_its_register_and_names_its_papers(server: Sources) -> None:
    enriched = enrich(server, TRIAL.lower())
    fields = draft(enriched)
    assert fields["title"] == "A made-up trial, at length"
    assert (fields["slug"], fields["year"], fields["kind"]) == (TRIAL.lower(), 2031, "database")
    assert fields["url"] == f"https://clinicaltrials.gov/study/{TRIAL}"
    assert fields["xrefs"] == [{"curie": f"clinicaltrials:{TRIAL}", "relation": "exact"}]
    assert (fields["retraction"], fields["citation_confidence"]) == ("not_checked", "high")
    assert enriched.papers == ["2", "3"]
    server.respond(
        "/trials/studies/", fake_sources.json_response(fake_sources.trial_response("NCT00000001"))
    )
    assert "NCT00000001" in enrich(server, TRIAL).failed["ClinicalTrials.gov"]


def test_a_reference_without_a_kind_in_any_source_is_refused_with_the_allowed_kinds(
    server: Sources,
) -> None:
    server.respond(
        "/ncbi/efetch.fcgi",
        fake_sources.xml_response(fake_sources.pubmed_record(types=("Letter",))),
    )
    server.respond("/europepmc/search", fake_sources.html_response())
    server.respond(
        "/crossref/works/", fake_sources.json_response(fake_sources.crossref_work(type="other"))
    )
    enriched = enrich(server)
    assert "set it to one of article" in str(enriched.refused)
    given = enrich(server, kind=ReferenceKind.ARTICLE, slug="my-slug")
    assert (draft(given)["kind"], draft(given)["slug"]) == ("article", "my-slug")
    assert given.draft is not None
    assert given.draft.citation_confidence is Confidence.HIGH  # type: ignore[attr-defined]
    assert "slug" in str(enrich(server, kind=ReferenceKind.ARTICLE, slug="No Slug").refused)


@pytest.mark.parametrize(
    ("identifier_text", "kind", "value"),
    [
        (" PMID: 16894061 ", "pmid", "16894061"),
        ("pubmed:16894061", "pmid", "16894061"),
        ("doi:10.1001/archpsyc.63.8.856", "doi", "10.1001/archpsyc.63.8.856"),
        ("10.1001/archpsyc.63.8.856", "doi", "10.1001/archpsyc.63.8.856"),
        ("https://doi.org/10.1016%2Fj.x%281%29", "doi", "10.1016/j.x(1)"),
        ("clinicaltrials:nct03861988", "trial", "NCT03861988"),
    ],
)
def test_an_identifier_is_read_however_it_is_typed(
    identifier_text: str, kind: str, value: str
) -> None:
    assert identifier.parse_identifier(identifier_text) == identifier.PublicationIdentifier(
        identifier.IdentifierKind(kind), value
    )


@pytest.mark.parametrize(
    "identifier_text",
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
def test_an_invalid_identifier_is_refused_with_the_valid_forms(identifier_text: str) -> None:
    with pytest.raises(ValueError, match="pmid:16894061"):
        identifier.parse_identifier(identifier_text)


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

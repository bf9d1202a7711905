"""Stand-ins for the public sources: a local server that says what a test tells it to.

The answers have the form of the real ones. The paper is Lii 2023 of the shipped dataset, with what
is confirmed there and no more; the trial is made up.
"""

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

PMID, DOI, PMCID = "38188539", "10.1038/s44220-023-00140-x", "PMC10769130"
TITLE = "Randomized trial of ketamine masked by surgical anesthesia in patients with depression"
TRIAL = "NCT99999999"
DOCTYPE = (
    '<?xml version="1.0" ?>\n<!DOCTYPE PubmedArticleSet PUBLIC'
    ' "-//NLM//DTD PubMedArticle, 1st January 2025//EN"'
    ' "https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">\n'
)
Handler = BaseHTTPRequestHandler
#: What the server does for one request.
Act = Callable[[Handler], None]


@dataclass
class Request:
    """One request as it came."""

    at: float
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]


@dataclass
class Sources:
    """The server: what it was asked, and what it does."""

    address: str = ""
    acts: dict[str, list[Act]] = field(default_factory=dict)
    asked: list[Request] = field(default_factory=list)

    def respond(self, path: str, *acts: Act) -> None:
        """What is done for a path, one act per request; the last is repeated."""
        self.acts[path] = list(acts)

    def requests_to(self, path: str) -> list[Request]:
        return [request for request in self.asked if request.path.startswith(path)]

    def respond_with_papers(self, *papers: "Paper") -> None:
        """Every source has these papers, and no other."""
        by_id = {key: paper for paper in papers for key in (paper.pmid, paper.doi, paper.pmcid)}

        def act_for(answer: Callable[["Paper"], Act], missing: Act) -> Act:
            def act(handler: Handler) -> None:
                wanted = unquote(handler.path)
                paper = next(
                    (p for key, p in by_id.items() if re.search(rf"{key}\b", wanted)), None
                )
                (answer(paper) if paper else missing)(handler)

            return act

        none = json_response({"resultList": {"result": []}})
        empty = xml_response("<PubmedArticleSet></PubmedArticleSet>")
        self.respond("/ncbi/efetch.fcgi", act_for(Paper.in_pubmed, empty))
        self.respond("/crossref/works/", act_for(Paper.in_crossref, busy(404)))
        self.respond("/europepmc/search", act_for(Paper.in_europepmc, none))

    def respond_normally(self) -> None:
        """Every source has the paper."""
        self.respond("/ncbi/efetch.fcgi", xml_response(pubmed_record()))
        self.respond("/ncbi/esearch.fcgi", json_response(pubmed_search(PMID)))
        self.respond("/crossref/works/", json_response(crossref_work()))
        self.respond("/europepmc/search", json_response(europepmc_search()))
        self.respond("/trials/studies/", json_response(trial_response()))


@dataclass(frozen=True)
class Paper:
    """A made-up paper, known by a number."""

    number: int
    notices: tuple[dict[str, Any], ...] = ()  # Crossref's `updated-by`

    @property
    def pmid(self) -> str:
        return str(70_000 + self.number)

    @property
    def doi(self) -> str:
        return f"10.1000/paper.{self.number}"

    @property
    def pmcid(self) -> str:
        return f"PMC{80_000 + self.number}"

    @property
    def title(self) -> str:
        return f"A made-up paper on the effects of number {self.number}"

    @property
    def names(self) -> tuple[tuple[str, str], ...]:
        return ((f"Family{self.number}", "AB"), ("Second", "C"))

    def in_pubmed(self) -> Act:
        (family, initials), (second, initial) = self.names
        author = f"<LastName>{family}</LastName><Initials>{initials}</Initials>"
        other = f"<LastName>{second}</LastName><Initials>{initial}</Initials>"
        text = pubmed_record(
            pmid=self.pmid,
            title=f"{self.title}.",
            author=f'{author}</Author><Author ValidYN="Y">{other}',
            doi=self.doi,
        )
        text = text.replace('CompleteYN="N"', 'CompleteYN="Y"')
        return xml_response(text.replace(PMCID, self.pmcid))

    def in_crossref(self) -> Act:
        authors = [{"family": family, "given": given} for family, given in self.names]
        more: dict[str, Any] = {"updated-by": list(self.notices)}
        work = crossref_work(DOI=self.doi, title=[self.title], author=authors, **more)
        return json_response(work)

    def in_europepmc(self) -> Act:
        authors = [{"fullName": f"{family} {initials}"} for family, initials in self.names]
        ids = {"id": self.pmid, "pmid": self.pmid, "pmcid": self.pmcid, "doi": self.doi}
        listed = {"authorList": {"author": authors}}
        return json_response(europepmc_search(title=f"{self.title}.", **ids, **listed))


@contextmanager
def serving_sources() -> Iterator[Sources]:
    """A server on a port of its own."""
    sources = Sources()

    class Answers(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            path = unquote(parts.path)
            sources.asked.append(
                Request(time.monotonic(), path, parse_qs(parts.query), dict(self.headers))
            )
            self.close_connection = True
            for prefix, acts in sources.acts.items():
                if path.startswith(prefix):
                    act = acts.pop(0) if len(acts) > 1 else acts[0]
                    act(self)
                    return
            respond_with(b"{}", "application/json", 404)(self)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    sources.address = f"http://127.0.0.1:{server.server_port}"
    sources.respond_normally()
    try:
        yield sources
    finally:
        server.shutdown()
        server.server_close()


# Acts


def respond_with(body: bytes, media_type: str, status: int = 200, **headers: str) -> Act:
    def act(handler: Handler) -> None:
        handler.send_response(status)
        sent = {"Content_Type": media_type, "Content_Length": str(len(body)), **headers}
        sent |= {"Connection": "close"}
        for name, value in sent.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return act


def xml_response(text: str) -> Act:
    return respond_with(text.encode(), "text/xml; charset=UTF-8")


def json_response(value: Any) -> Act:
    return respond_with(json.dumps(value).encode(), "application/json;charset=UTF-8")


def html_response(status: int = 200) -> Act:
    return respond_with(b"<html><body>Maintenance</body></html>", "text/html", status)


def busy(status: int = 429, **headers: str) -> Act:
    return respond_with(b"later", "text/plain", status, **headers)


def delay(seconds: float) -> Act:
    """Say nothing for a while."""

    def act(handler: Handler) -> None:
        time.sleep(seconds)

    return act


def _started(handler: Handler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Connection", "close")
    handler.end_headers()


def slow_drip(seconds: float) -> Act:
    """A space now and then: always alive, never done."""

    def act(handler: Handler) -> None:
        _started(handler)
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if not _write(handler, b" "):
                return
            time.sleep(0.02)

    return act


def flood(handler: Handler) -> None:
    """A body without end."""
    _started(handler)
    while _write(handler, b" " * 65536):
        pass


def _write(handler: Handler, content: bytes) -> bool:
    try:
        handler.wfile.write(content)
    except OSError:
        return False
    return True


def cut_off(handler: Handler) -> None:
    """Half of what was promised."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"message": ')
    handler.wfile.flush()


# Answers


def pubmed_record(
    pmid: str = PMID,
    title: str = f"{TITLE}.",
    author: str = "<LastName>Lii</LastName><ForeName>T R</ForeName><Initials>TR</Initials>",
    year: str = "<Year>2023</Year>",
    doi: str = DOI,
    types: tuple[str, ...] = ("Journal Article",),
    links: str = "",
    before: str = DOCTYPE,
) -> str:
    """efetch, retmode=xml."""
    listed = "".join(f'<PublicationType UI="D0">{t}</PublicationType>' for t in types)
    return f"""{before}<PubmedArticleSet><PubmedArticle>
<MedlineCitation Status="MEDLINE"><PMID Version="1">{pmid}</PMID>
<Article><Journal><JournalIssue CitedMedium="Internet"><Volume>1</Volume><Issue>11</Issue>
<PubDate>{year}</PubDate></JournalIssue></Journal>
<ArticleTitle>{title}</ArticleTitle>
<Pagination><StartPage>876</StartPage><EndPage>886</EndPage><MedlinePgn>876-886</MedlinePgn></Pagination>
<AuthorList CompleteYN="N"><Author ValidYN="Y">{author}</Author></AuthorList>
<PublicationTypeList>{listed}</PublicationTypeList></Article>
<MedlineJournalInfo><MedlineTA>Nat Ment Health</MedlineTA></MedlineJournalInfo>
<CommentsCorrectionsList>{links}</CommentsCorrectionsList></MedlineCitation>
<PubmedData><ArticleIdList><ArticleId IdType="pubmed">{pmid}</ArticleId>
<ArticleId IdType="doi">{doi}</ArticleId><ArticleId IdType="pmc">{PMCID}</ArticleId></ArticleIdList>
</PubmedData></PubmedArticle></PubmedArticleSet>"""


def pubmed_search(*pmids: str) -> dict[str, Any]:
    """esearch, retmode=json."""
    found = {"count": str(len(pmids)), "retmax": "20", "retstart": "0", "idlist": list(pmids)}
    return {"header": {"type": "esearch", "version": "0.3"}, "esearchresult": found}


def crossref_work(**more: Any) -> dict[str, Any]:
    """/works/{doi}."""
    work = {
        "DOI": DOI,
        "type": "journal-article",
        "title": [TITLE],
        "container-title": ["Nature Mental Health"],
        "short-container-title": ["Nat. Ment. Health"],
        "author": [{"given": "T. R.", "family": "Lii", "sequence": "first", "affiliation": []}],
        "issued": {"date-parts": [[2023]]},
        "volume": "1",
        "issue": "11",
        "page": "876-886",
        **more,
    }
    return {"status": "ok", "message-type": "work", "message-version": "1.0.0", "message": work}


def europepmc_search(**more: Any) -> dict[str, Any]:
    """/search, resultType=core, format=json."""
    result = {
        "id": PMID,
        "source": "MED",
        "pmid": PMID,
        "pmcid": PMCID,
        "doi": DOI,
        "title": f"{TITLE}.",
        "authorList": {"author": [{"fullName": "Lii TR", "lastName": "Lii", "initials": "TR"}]},
        "journalInfo": {
            "issue": "11",
            "volume": "1",
            "yearOfPublication": 2023,
            "journal": {"medlineAbbreviation": "Nat Ment Health"},
        },
        "pubYear": "2023",
        "pageInfo": "876-886",
        "pubTypeList": {"pubType": ["research-article", "Journal Article"]},
        **more,
    }
    return {"version": "6.9", "hitCount": 1, "resultList": {"result": [result]}}


def trial_response(number: str = TRIAL, **more: Any) -> dict[str, Any]:
    """/studies/{nctId}; made up."""
    protocol = {
        "identificationModule": {
            "nctId": number,
            "briefTitle": "A made-up trial",
            "officialTitle": "A made-up trial, at length",
        },
        "statusModule": {"studyFirstPostDateStruct": {"date": "2031-05-06", "type": "ACTUAL"}},
        "referencesModule": {
            "references": [
                {"pmid": "1", "type": "BACKGROUND", "citation": "Made up."},
                {"pmid": "2", "type": "RESULT", "citation": "Made up."},
                {"pmid": "3", "type": "DERIVED", "citation": "Made up."},
            ]
        },
        **more,
    }
    return {"protocolSection": protocol, "hasResults": False}

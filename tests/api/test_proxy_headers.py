"""Behind a real nginx: path prefixes, forwarded hosts, and headers that nobody vouches for."""

import re
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import httpx
import pytest

from app.api.proxy_headers import TrustedProxies
from app.kit.sessions import Store
from app.services.releases.archive import Archive
from app.settings import Settings
from tests import helpers
from tests.params import ONE_STORE, needs

PUBLIC = "https://kb.example.org/ketamine"
#: Of each kind of link one: in JSON, headers, XML, HTML, drawings, citations, problems.
ADDRESSES = [
    "/v1",
    "/v1/meta",
    "/v1/claims?limit=2",
    "/v1/claims/ketamine-blocks-nmda-receptors?include=verdict",
    "/v1/pages/compound/ketamine",
    "/v1/pages/schema.json",
    "/v1/search?q=ketamine&limit=2",
    "/v1/suggest?q=keta",
    "/v1/resolve/CHEBI:6121",
    "/v1/graph?pathway=nmda",
    "/v1/graph.svg?pathway=nmda",
    "/v1/graph.dot?pathway=nmda",
    "/v1/explain?compound=ketamine&indication=general-anaesthesia",
    "/v1/changes?limit=2",
    "/v1/changes.atom?limit=2",
    "/v1/cite",
    "/v1/releases",
    "/v1/claims?compound=CHEMBL742&limit=1",
    "/v1/problems/not-found",
    "/v1/claims/ketamin",
    "/v1/claims?compond=ketamine",
    "/v1/nothing",
    "/docs",
    "/redoc",
    "/openapi.json",
]


class Proxies(NamedTuple):
    """Base addresses of one nginx: what it does with the prefix, and who tells the service."""

    strips_and_forwards: str
    keeps_and_forwards: str
    strips: str  # the service knows by KKB_PUBLIC_URL
    keeps: str


@pytest.fixture(scope="module")
def proxies(shipped_store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxies]:
    folder = tmp_path_factory.mktemp("nginx")
    ports = free_ports(4)
    archive = Archive(folder / "releases")
    public = Settings(database_url="sqlite://", public_url=PUBLIC)
    with (
        helpers.serving(shipped_store, archive) as service,
        helpers.serving(shipped_store, archive, public) as named,
    ):
        forward = (
            "proxy_set_header X-Forwarded-Proto https;"
            f" proxy_set_header X-Forwarded-Host {urlsplit(PUBLIC).netloc};"
            " proxy_set_header X-Forwarded-Prefix /ketamine;"
        )
        # With a path, `proxy_pass` puts it in place of that of the location.
        passes = [f"{forward} proxy_pass {service}/", f"{forward} proxy_pass {service}"]
        passes += [f"proxy_pass {named}/", f"proxy_pass {named}"]
        blocks = "\n".join(
            f"server {{ listen 127.0.0.1:{port}; location /ketamine/ {{ {directives}; }} }}"
            for port, directives in zip(ports, passes, strict=True)
        )
        with running_nginx(folder, blocks, ports):
            bases = [f"http://127.0.0.1:{port}/ketamine" for port in ports]
            yield Proxies._make(bases)


@contextmanager
def running_nginx(folder: Path, blocks: str, ports: list[int]) -> Iterator[None]:
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    paths = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    (folder / "nginx.conf").write_text(
        f"daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;"
        f"events {{}} http {{ access_log off; {paths}\n{blocks} }}"
    )
    nginx = subprocess.Popen(["nginx", "-c", folder / "nginx.conf"])
    try:
        for port in ports:
            wait_for(port)
        yield
    finally:
        nginx.terminate()
        nginx.wait(10)


def free_ports(number: int) -> list[int]:
    probes = [socket.socket() for _ in range(number)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def wait_for(port: int) -> None:
    deadline = time.monotonic() + 10
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            assert time.monotonic() < deadline, "nginx did not start"
            time.sleep(0.05)


@ONE_STORE
@needs("nginx")
@pytest.mark.parametrize("way", ["strips_and_forwards", "keeps_and_forwards", "strips", "keeps"])
def test_all_links_lead_through_the_prefix(proxies: Proxies, way: str) -> None:
    base = getattr(proxies, way)
    found: set[str] = set()
    with httpx.Client(timeout=30) as client:
        for address in ADDRESSES:
            response = client.get(base + address)
            assert response.status_code < 500
            found |= links(response)
            if response.status_code == 200:
                assert not response.history
                tag = response.headers.get("etag", "-")
                again = client.get(base + address, headers={"If-None-Match": tag})
                assert again.status_code == (304 if tag != "-" else 200)
        ours = {link for link in found if PUBLIC in link or link.startswith("/")}
        strays = [link for link in ours if not link.startswith((PUBLIC, "/ketamine/"))]
        strays += [link for link in ours if "/ketamine/ketamine/" in link]
        assert not strays, strays
        assert len(ours) > 100
        # One of each kind is followed.
        kinds = {re.sub(r"[^/]*$", "", link.partition("?")[0]): link for link in sorted(ours)}
        for link in kinds.values():
            path = link.removeprefix(PUBLIC).removeprefix("/ketamine").partition("#")[0]
            status = client.get(base + path).status_code
            assert status in (200, 301, 307), (link, status)


def links(response: httpx.Response) -> set[str]:
    """Whatever looks like a link in headers and body; in prose there are none."""
    headers = re.findall(r"<([^>]+)>", response.headers.get("link", ""))
    headers += [response.headers["location"]] if "location" in response.headers else []
    kind = response.headers["content-type"]
    if "json" in kind and "openapi" not in response.json():
        body = [text for text in strings(response.json()) if re.fullmatch(r"(https?:/)?/\S+", text)]
    elif "json" in kind:
        body = [server["url"] for server in response.json().get("servers", [])]
    else:
        body = re.findall(
            r'(?:href|src|URL)="([^"]+)"|url: \'([^\']+)\'|<id>([^<]+)</id>', response.text
        )
        body = [link for groups in body for link in groups if link]
    return {link for link in headers + body if not link.startswith(("data:", "#"))}


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        # What was sent is quoted as it was; `{id}` stands for a record in an address.
        yield from (s for key, v in value.items() if key != "value" for s in strings(v))
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)
    elif isinstance(value, str) and "{" not in value:
        yield value


@ONE_STORE
@needs("nginx")
def test_redirects_and_locations_keep_the_prefix(proxies: Proxies) -> None:
    for base in proxies:
        root = httpx.get(f"{base}/")
        assert (root.status_code, root.headers["location"]) == (307, "/ketamine/v1")
        curie = httpx.get(f"{base}/CHEBI:6121")
        assert curie.headers["location"] == "/ketamine/v1/compounds/ketamine"
        problem = httpx.get(f"{base}/v1/claims/none").json()
        assert problem["type"] == "/ketamine/v1/problems/not-found"
        assert problem["instance"] == "/ketamine/v1/claims/none"


@ONE_STORE
def test_forwarded_headers_count_from_trusted_peers_alone(shipped_store: Store) -> None:
    forged = {
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Prefix": "/evil",
    }
    settings = Settings(database_url="sqlite://", trusted_proxies="192.0.2.0/24")
    with helpers.serving(shipped_store, settings=settings) as url:
        for headers in (forged, {}, forged):
            response = httpx.get(f"{url}/v1/claims?limit=1", headers=headers)
            assert "evil" not in response.text + str(response.headers)
            assert response.headers["link"].startswith(f"<{url}/v1/claims?")
    with helpers.serving(shipped_store) as url:  # loopback is trusted
        asked = [{}, {"X-Forwarded-Host": "a.example"}, {"X-Forwarded-Host": "b.example"}] * 2
        bases = [
            httpx.get(f"{url}/v1/cite", headers=headers).json()["data"]["csl"]["URL"]
            for headers in asked
        ]
        assert bases == [f"{url}/v1", "http://a.example/v1", "http://b.example/v1"] * 2
        for name, value in {
            "X-Forwarded-Host": "a b/<script>",
            "X-Forwarded-Proto": "javascript",
            "X-Forwarded-Prefix": "/../..//evil.example",
        }.items():
            response = httpx.get(f"{url}/v1/claims?limit=1", headers={name: value})
            assert response.headers["link"].startswith(f"<{url}/v1/claims?"), name
        chain = {"X-Forwarded-Host": "evil.example, a.example", "X-Forwarded-Proto": "http, https"}
        response = httpx.get(f"{url}/v1/claims?limit=1", headers=chain)
        assert response.headers["link"].startswith("<https://a.example/v1/claims?")


@pytest.mark.parametrize(
    ("trusted", "forwarded", "client"),
    [
        ("127.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.0/8", "198.51.100.1, 203.0.113.9, 10.1.2.3", "203.0.113.9"),
        ("10.0.0.0/8", "10.0.0.1, 10.0.0.2", "10.0.0.1"),
        ("10.0.0.0/8", "[2001:db8::1]:4711", "2001:db8::1"),
        ("*", "203.0.113.9, 198.51.100.1", "203.0.113.9"),
        ("10.0.0.0/8", " , ", None),
    ],
)
def test_the_client_is_the_last_address_that_is_no_trusted_proxy(
    trusted: str, forwarded: str, client: str | None
) -> None:
    assert TrustedProxies(trusted).client(forwarded) == client


def test_peers_are_trusted_by_address_and_network() -> None:
    some = TrustedProxies("127.0.0.1, 10.0.0.0/8, 2001:db8::/32")
    assert all(map(some.trusts, ("127.0.0.1", "10.9.8.7", "::ffff:10.0.0.1", "2001:db8::5")))
    assert not any(map(some.trusts, ("127.0.0.2", "11.0.0.1", "::1", "", None, "nginx")))
    assert all(map(TrustedProxies("*").trusts, ("192.0.2.1", None)))
    assert not any(map(TrustedProxies("").trusts, ("127.0.0.1", None)))


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("public_url", "https://kb.example.org/v1", "may not begin with /v1"),
        ("public_url", "https://user@kb.example.org", "public_url"),
        ("public_url", "https://kb.example.org/a?b=c", "public_url"),
        ("trusted_proxies", "nginx", "'nginx' is no IP address or network"),
        ("trusted_proxies", "10.0.0.1/8", "host bits"),
    ],
)
def test_settings_that_cannot_work_are_refused(name: str, value: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=re.escape(complaint)):
        Settings(database_url="sqlite://", **{name: value})  # type: ignore[arg-type]


@ONE_STORE
def test_a_proxy_that_is_not_trusted_is_logged_once_with_the_missing_setting(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings(trusted_proxies="192.0.2.1", cache_bytes=0)
    with helpers.serving(store, settings=settings) as url:
        for number in range(3):
            httpx.get(f"{url}/v1/claims", headers={"X-Forwarded-For": f"203.0.113.{number}"})
    logged = [record.getMessage() for record in caplog.records]
    logged = [message for message in logged if "KKB_TRUSTED_PROXIES" in message]
    assert len(logged) == 1
    assert "127.0.0.1" in logged[0]

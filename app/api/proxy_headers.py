"""The public URL of a request: as set, or as trusted proxies forward it.

A request may come through a proxy that ends TLS, has another host name, or serves the API below a
path prefix. `ProxyHeadersMiddleware` writes what the client requested into the ASGI scope, so that
everything behind it (links, redirects, documentation, ETags) sees the public URL and not that of
the node. It replaces uvicorn's middleware of the same name, which knows neither the host nor the
prefix.

Proxies send either the X-Forwarded headers or `Forwarded` (RFC 7239). `Forwarded` counts only in a
request without any X-Forwarded header: most proxies set these and pass on what else a client sends.
"""

import logging
import re
from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from app.api.forwarded_header import parse_forwarded

#: Headers that say what the client requested. They are part of the key of the response cache.
_URL_HEADERS = (b"x-forwarded-proto", b"x-forwarded-host", b"x-forwarded-prefix")
FORWARDED_URL_HEADERS = frozenset(_URL_HEADERS)
STANDARD_HEADER = b"forwarded"
_X_FORWARDED_HEADERS = FORWARDED_URL_HEADERS | {b"x-forwarded-for"}
_FORWARDED_HEADERS = _X_FORWARDED_HEADERS | {STANDARD_HEADER}
_HOST = re.compile(r"(?:[\w.-]+|\[[0-9a-fA-F:.]+\])(?::\d{1,5})?", re.ASCII)
_PREFIX = re.compile(r"(?:/(?!\.{1,2}(?:/|$))[\w.~-]+)+", re.ASCII)
log = logging.getLogger("kkb")


class TrustedProxies:
    """Addresses of the proxies whose forwarded headers count; `*` for those of any peer.

    The model is uvicorn's `forwarded_allow_ips`.
    """

    def __init__(self, addresses: str) -> None:
        """Parse addresses and networks, separated by commas.

        Raises: ValueError, if one is neither.
        """
        parts = [part.strip() for part in addresses.split(",")]
        self.any = parts == ["*"]
        self._networks = [] if self.any else [ip_network(part) for part in parts if part]
        self.trusts = lru_cache(maxsize=1024)(self._trusts)

    def _trusts(self, host: str | None) -> bool:
        """Return whether a peer is trusted; None is a Unix socket."""
        if self.any or not host:
            return self.any
        try:
            address = ip_address(host)
        except ValueError:
            return False
        if isinstance(address, IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped
        return any(address in network for network in self._networks)

    def client(self, forwarded_for: str) -> str | None:
        """Return the last address of a list that is no trusted proxy; None if it is not known.

        Each proxy appends the address of its peer, so that what stands before it may be made up. A
        proxy may hide the address: `unknown`, or an obfuscated identifier (RFC 7239, section 6).
        """
        hosts = [_without_port(part.strip()) for part in forwarded_for.split(",") if part.strip()]
        first = next(iter(hosts), None)
        untrusted = (host for host in reversed(hosts) if not self.trusts(host))
        host = first if self.any else next(untrusted, first)
        return host if _is_address(host) else None

    def client_of(self, scope: Scope) -> str | None:
        """Return the address of the client of a request: the peer, or who a trusted proxy names."""
        peer: str | None = (scope.get("client") or (None,))[0]
        if not self.trusts(peer):
            return peer
        addresses = _values(scope["headers"], b"x-forwarded-for")
        return (addresses and self.client(",".join(addresses))) or peer


def _is_address(host: str | None) -> bool:
    try:
        ip_address(host or "")
    except ValueError:
        return False
    return True


def _without_port(address: str) -> str:
    if address.startswith("["):
        return address[1:].partition("]")[0]
    return address.partition(":")[0] if address.count(":") == 1 else address


class ProxyHeadersMiddleware:
    """Write the public scheme, host, path prefix and client address into the ASGI scope.

    `public_url` decides on scheme, host and prefix, if it is set; otherwise the headers
    X-Forwarded-Proto, -Host and -Prefix of trusted proxies, or `proto` and `host` of `Forwarded`.
    X-Forwarded-For, or `for`, names the client. What other peers send in these headers is ignored,
    and so are malformed values.

    The proxy may strip the prefix from the path or leave it there.
    """

    def __init__(self, app: ASGIApp, proxies: TrustedProxies, public_url: str = "") -> None:
        self.app, self.proxies = app, proxies
        self.public = split_public_url(public_url)
        self._warned = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the application with the scope of the public URL."""
        if scope["type"] == "http":
            self._apply(scope)
        await self.app(scope, receive, send)

    def _apply(self, scope: Scope) -> None:
        sent = [(name, value) for name, value in scope["headers"] if name in _FORWARDED_HEADERS]
        if not sent and not self.public:
            return  # a direct request
        peer = (scope.get("client") or (None,))[0]
        if sent and not self.proxies.trusts(peer):
            self._warn_once(peer)
            sent = []
        addresses, url = _read_headers(sent)
        if addresses:
            scope["client"] = (self.proxies.client(",".join(addresses)) or peer, 0)
        scheme, host, prefix = self.public or url
        if scheme:
            scope["scheme"] = scheme
        if host:
            others = [(name, value) for name, value in scope["headers"] if name != b"host"]
            scope["headers"] = [(b"host", host.encode()), *others]
        if prefix:
            _add_prefix(scope, prefix)

    def _warn_once(self, peer: str | None) -> None:
        if not self._warned:
            self._warned = True
            log.warning(
                "Forwarded headers of %s are ignored. If it is your proxy, add its address to"
                " KKB_TRUSTED_PROXIES.",
                peer or "a Unix socket",
            )


def split_public_url(url: str) -> tuple[str, str, str] | None:
    """Return scheme, host and path prefix of a URL; None if it is empty."""
    if not url:
        return None
    parts = urlsplit(url)
    return parts.scheme, parts.netloc, parts.path.rstrip("/")


def _read_headers(sent: list[tuple[bytes, bytes]]) -> tuple[list[str], tuple[str, str, str]]:
    """Return the addresses of client and proxies; and scheme, host and prefix, empty if unknown."""
    if standard := standard_elements(sent):
        addresses = [element["for"] for element in standard if "for" in element]
        return addresses, _valid_url(standard[-1].get("proto", ""), standard[-1].get("host", ""))
    url = (_last(_values(sent, name)) for name in _URL_HEADERS)
    return _values(sent, b"x-forwarded-for"), _valid_url(*url)


def standard_elements(headers: Iterable[tuple[bytes, bytes]]) -> list[dict[str, str]]:
    """Return the elements of `Forwarded`; none in a request that has an X-Forwarded header."""
    values = []
    for name, value in headers:
        if name in _X_FORWARDED_HEADERS:
            return []
        if name == STANDARD_HEADER:
            values.append(value.decode("latin-1"))
    return parse_forwarded(values) if values else []


def _valid_url(scheme: str, host: str, prefix: str = "") -> tuple[str, str, str]:
    """Return scheme, host and prefix; empty where one is missing or malformed."""
    prefix = prefix.rstrip("/")
    return (
        scheme if scheme in {"http", "https"} else "",
        host if _HOST.fullmatch(host) else "",
        prefix if _PREFIX.fullmatch(prefix) else "",
    )


def _values(sent: Iterable[tuple[bytes, bytes]], header: bytes) -> list[str]:
    return [value.decode("latin-1") for name, value in sent if name == header]


def _last(values: list[str]) -> str:
    """Return the last of several values: the one that the trusted proxy itself has added."""
    return ",".join(values).rpartition(",")[2].strip()


def _add_prefix(scope: Scope, prefix: str) -> None:
    """Set the root path; add it to the path if the proxy has stripped it (ASGI specification)."""
    scope["root_path"] = prefix
    path = scope["path"]
    if path == prefix:
        scope["path"] = f"{prefix}/"
    elif not path.startswith(f"{prefix}/"):
        scope["path"] = prefix + path
        if "raw_path" in scope:
            scope["raw_path"] = prefix.encode() + scope["raw_path"]

"""HTTP protocol class for uvicorn: cache hits.

A cached response is written directly from here, before the machinery of an ASGI request is set up;
everything else takes uvicorn's way, within the limits of `app.api.connection_limits`.
"""

import time
from itertools import count
from typing import Any
from uuid import uuid4

from app.api.access_log import AnsweredRequest
from app.api.cache.response_cache import CachedResponse, ResponseCache, cache_key
from app.api.connection_limits import LimitedHttpProtocol
from app.api.middleware import request_id
from app.api.proxy_headers import TrustedProxies

OK, NOT_MODIFIED = b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 304 Not Modified\r\n"
_NAMES, _NUMBER = uuid4().hex[:16].encode(), count()


class CachingHttpProtocol(LimitedHttpProtocol):
    """HTTP/1.1 connection that answers from the response cache."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.cache: ResponseCache | None = self.app_state.get("response_cache")
        self.trusted_peer = False

    def connection_made(self, transport: Any) -> None:
        """Determine whether the X-Forwarded headers of the peer count."""
        super().connection_made(transport)
        proxies: TrustedProxies | None = self.app_state.get("trusted_proxies")
        self.trusted_peer = bool(proxies and proxies.trusts(self.client and self.client[0]))

    def on_headers_complete(self) -> None:
        """Serve a cache hit, or go on with the request."""
        begun = time.perf_counter()
        cached = self._cached_response() if self.cache is not None else None
        if cached is not None:
            self.handled = True
            self._write(cached, begun)
        super().on_headers_complete()

    def _cached_response(self) -> CachedResponse | None:
        if self.is_answering() or self.pipeline or self.flow.write_paused:
            return None
        parser = self.parser
        if parser.get_method() != b"GET" or not parser.should_keep_alive():
            return None
        if parser.get_http_version() != "1.1" or parser.should_upgrade() or self.root_path:
            return None
        key = cache_key(self.url, self.headers, trusted_peer=self.trusted_peer)
        assert self.cache is not None
        return self.cache.get(key) if key else None

    def _write(self, cached: CachedResponse, begun: float) -> None:
        sent = name = None
        for header, value in self.headers:
            if header == b"if-none-match":
                sent = value
            elif header == b"x-request-id":
                name = request_id(value)
        name = name or _NAMES + b"%x" % next(_NUMBER)
        copy = cached.matches_etag(sent)
        parts = [NOT_MODIFIED if copy else OK]
        for header, value in self.server_state.default_headers:
            parts += (header, b": ", value, b"\r\n")
        parts += (
            cached.not_modified_head if copy else cached.head,
            b"x-request-id: ",
            name,
            b"\r\n\r\n",
        )
        if not copy:
            parts.append(cached.body)
        self.transport.write(b"".join(parts))
        if self.request_log is not None and self.request_log.enabled:
            answered = AnsweredRequest(
                method="GET",
                route=cached.route,
                path=self._logged_path(),
                status=304 if copy else 200,
                seconds=time.perf_counter() - begun,
                size=0 if copy else len(cached.body),
                client=self._client_address(),
                request_id=name.decode(),
                cache="hit",
            )
            self.request_log.request(answered)
        self.on_response_complete()

    def _client_address(self) -> str | None:
        """Return the address of the client: the peer, or the one that a trusted proxy names."""
        peer = self.client[0] if self.client else None
        if not self.trusted_peer or self.proxies is None:
            return peer
        sent = [
            value.decode("latin-1") for name, value in self.headers if name == b"x-forwarded-for"
        ]
        return (self.proxies.client(",".join(sent)) if sent else None) or peer

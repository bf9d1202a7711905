"""Access log: one line per request, whether the application or the protocol has answered it.

Queries are not logged, as they may hold what a client took for an API key, nor headers. A path is.
"""

import logging
import time
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from ipaddress import ip_address, ip_network

#: Requests of monitoring: logged at level debug unless they fail.
MONITORING_ROUTES = frozenset({"/healthz", "/readyz", "/metrics"})
MAX_PATH = 300
#: Lines per second about refused connections; a client may cause thousands.
MAX_REFUSALS_PER_SECOND = 20
IPV4_BITS, IPV6_BITS = 24, 48
log = logging.getLogger("kkb.access")


class ClientAddresses(StrEnum):
    """How client addresses, which are personal data, are logged."""

    FULL = "full"
    SHORTENED = "shortened"
    OMITTED = "omitted"


@lru_cache(maxsize=1024)
def logged_address(host: str | None, form: ClientAddresses) -> str | None:
    """Return a client address as it is logged: whole, its network (IPv4 /24, IPv6 /48), or None."""
    if not host or form is ClientAddresses.OMITTED:
        return None
    if form is ClientAddresses.FULL:
        return host
    try:
        address = ip_address(host)
    except ValueError:
        return None  # what a proxy sends instead of an address may be anything
    address = getattr(address, "ipv4_mapped", None) or address
    bits = IPV4_BITS if address.version == 4 else IPV6_BITS
    return str(ip_network(f"{address}/{bits}", strict=False))


@dataclass(frozen=True, slots=True)
class AnsweredRequest:
    """A request and its response, for one line of the log.

    Args:
        method: HTTP method.
        route: Route template, such as `/v1/claims/{slug}`.
        path: Path without the query, as sent.
        status: HTTP status.
        seconds: From the head of the request to the last byte of the response.
        size: Bytes of the body.
        client: Address of the client.
        request_id: The X-Request-ID of the response.
        key_id: Number of the API key that the request was authenticated with.
        cache: `hit` if the response cache answered.
        broken_off: Why the response is incomplete.
    """

    method: str
    route: str
    path: str
    status: int
    seconds: float
    size: int
    client: str | None
    request_id: str | None
    key_id: int | None = None
    cache: str | None = None
    broken_off: str | None = None

    @property
    def level(self) -> int:
        """Return the level that the request is logged at."""
        if self.broken_off or self.status >= 500:
            return logging.WARNING
        is_monitoring = self.route in MONITORING_ROUTES and self.status < 400
        return logging.DEBUG if is_monitoring else logging.INFO


class AccessLog:
    """Logs requests.

    Args:
        enabled: Log every request; otherwise only those that failed on our side (status 500 and
            above, responses that broke off) and those that the protocol refused.
        addresses: How client addresses are logged.
    """

    def __init__(
        self, *, enabled: bool = True, addresses: ClientAddresses = ClientAddresses.FULL
    ) -> None:
        self.enabled, self.addresses = enabled, addresses
        self._refusals, self._not_logged, self._second = 0, 0, 0

    def address(self, host: str | None) -> str | None:
        """Return a client address as it is logged."""
        return logged_address(host, self.addresses)

    def request(self, request: AnsweredRequest) -> None:
        """Log a request that was answered."""
        level = request.level
        if not log.isEnabledFor(level) or (level < logging.WARNING and not self.enabled):
            return
        fields = {
            "request_id": request.request_id,
            "method": request.method,
            "route": request.route,
            "path": _shortened(request.path),
            "status": request.status,
            "milliseconds": round(request.seconds * 1000, 2),
            "bytes": request.size,
            "client": self.address(request.client),
            "key_id": request.key_id,
            "cache": request.cache,
        }
        cause = request.broken_off
        message = f"response broken off: {cause}" if cause else "request"
        log.log(level, message, extra={"fields": fields})

    def refusal(self, method: str, path: str, status: int, title: str, client: str | None) -> None:
        """Log a request, or a connection, that the protocol refused.

        Beyond 20 lines in a second the next line says how many were not logged.
        """
        second = int(time.monotonic())
        if second != self._second:
            self._second, self._refusals = second, 0
        self._refusals += 1
        if self._refusals > MAX_REFUSALS_PER_SECOND:
            self._not_logged += 1
            return
        fields = {
            "method": method,
            "path": _shortened(path),
            "status": status,
            "client": self.address(client),
            "not_logged_before": self._not_logged or None,
        }
        self._not_logged = 0
        log.warning("refused by the protocol: %s", title, extra={"fields": fields})


def _shortened(path: str) -> str:
    return path if len(path) <= MAX_PATH else f"{path[:MAX_PATH]}…"

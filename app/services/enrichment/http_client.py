"""HTTP client for public sources: rate limit, retries, size and time limits.

Redirects are not followed and compressed bodies are refused, so that the response comes from the
requested service and its size is known while it is read.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx
import stamina

from app import __version__

JSON = frozenset({"application/json"})
XML = frozenset({"text/xml", "application/xml"})
RETRY_STATUSES = {408, 425, 429, 500, 502, 503, 504}


class SourceError(Exception):
    """A request to a source failed; the message is for a curator."""


class SourceNotFoundError(SourceError):
    """The source has no such record."""


class SourceRejectedError(SourceError):
    """The response of the source is invalid or not accepted."""


class SourceBusyError(SourceError):
    """The request may succeed later, after `wait` seconds if the source said so."""

    def __init__(self, message: str, wait: float | None = None) -> None:
        """Take the message and the value of `Retry-After` in seconds."""
        self.wait = wait
        super().__init__(message)


@dataclass(frozen=True)
class FetchPolicy:
    """Identification, rate limit, retries, and limits of size and time of requests."""

    email: str = ""
    ncbi_key: str = field(default="", repr=False)
    timeout_seconds: float = 20.0
    max_bytes: int = 2_000_000
    interval_seconds: float = 0.34  # NCBI takes three requests a second, the others more
    attempts: int = 4
    backoff_seconds: float = 0.5  # before the second attempt; doubled before each later one
    longest_wait_seconds: float = 30.0


@dataclass
class Fetcher:
    """Sends GET requests to public services; use it as a context manager."""

    policy: FetchPolicy = field(default_factory=FetchPolicy)
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _last: dict[str, float] = field(default_factory=dict)

    def __enter__(self) -> "Fetcher":
        """Open the HTTP client."""
        contact = f" (mailto:{self.policy.email})" if self.policy.email else ""
        headers = {"User-Agent": f"ketamine-kb/{__version__}{contact}"}
        limit = httpx.Timeout(self.policy.timeout_seconds)
        self._client = httpx.Client(headers=headers, timeout=limit, follow_redirects=False)
        return self

    def __exit__(self, *_: object) -> None:
        """Close the HTTP client."""
        self._client.close()

    def get(self, url: str, params: Mapping[str, str], media_types: frozenset[str]) -> bytes:
        """Return the body of a response; failures that may pass are retried.

        Raises:
            SourceError: The request failed; the message says why.
        """
        policy = self.policy
        for attempt in stamina.retry_context(
            on=self._retry_delay,
            attempts=policy.attempts,
            timeout=180,
            wait_initial=policy.backoff_seconds,
            wait_jitter=policy.backoff_seconds,
            wait_max=10,
        ):
            with attempt:
                return self._get(url, params, media_types)
        raise AssertionError("the last attempt raises or returns")

    def _retry_delay(self, error: Exception) -> bool | float:
        """Return whether to retry after an error, or the seconds to wait before."""
        if not isinstance(error, SourceBusyError):
            return False
        return True if error.wait is None else error.wait

    def _get(self, url: str, params: Mapping[str, str], media_types: frozenset[str]) -> bytes:
        self._wait_for_interval(url)
        deadline = self.clock() + self.policy.timeout_seconds
        headers = {"Accept": ", ".join(sorted(media_types)), "Accept-Encoding": "identity"}
        try:
            with self._client.stream("GET", url, params=params, headers=headers) as response:
                self._check(response, media_types)
                return self._read(response, deadline)
        except httpx.TimeoutException as error:
            raise SourceBusyError(
                f"no response within {self.policy.timeout_seconds:g} s"
            ) from error
        except httpx.TransportError as error:
            raise SourceBusyError(f"the connection failed ({type(error).__name__})") from error
        except (httpx.InvalidURL, httpx.HTTPError) as error:
            raise SourceRejectedError(f"the URL or the response is invalid: {error}") from error

    def _wait_for_interval(self, url: str) -> None:
        """Keep the interval between two requests to one service."""
        host = httpx.URL(url).netloc.decode()
        due = self._last.get(host, -1e9) + self.policy.interval_seconds
        if due > self.clock():
            self.sleep(due - self.clock())
        self._last[host] = self.clock()

    def _check(self, response: httpx.Response, media_types: frozenset[str]) -> None:
        """Check status and headers of a response.

        Raises:
            SourceError: The response is not accepted.
        """
        status = response.status_code
        if status in {404, 410}:
            raise SourceNotFoundError("it has no such record")
        if status in RETRY_STATUSES:
            raise self._busy(response)
        if 300 <= status < 400:
            where = response.headers.get("location", "nowhere")[:120]
            raise SourceRejectedError(f"it redirects to {where}, and redirects are not followed")
        if status != 200:
            raise SourceRejectedError(f"it answered {status}")
        sent = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if sent not in media_types:
            expected = " or ".join(sorted(media_types))
            raise SourceRejectedError(f"it answered {sent or 'an unnamed type'}, not {expected}")
        if response.headers.get("content-encoding", "identity") != "identity":
            raise SourceRejectedError(
                "its response is compressed although identity encoding was requested"
            )
        announced = response.headers.get("content-length", "0")
        if announced.isdecimal() and int(announced) > self.policy.max_bytes:
            raise self._too_large()

    def _busy(self, response: httpx.Response) -> SourceError:
        wait = retry_after(response.headers.get("retry-after"))
        message = f"it answered {response.status_code}"
        if wait is not None and wait > self.policy.longest_wait_seconds:
            return SourceRejectedError(f"{message} and asks to wait {wait:g} s: try again later")
        return SourceBusyError(message, wait)

    def _read(self, response: httpx.Response, deadline: float) -> bytes:
        """Read the body.

        Raises:
            SourceError: It exceeds the limit of size or time.
        """
        body = bytearray()
        for chunk in response.iter_raw():
            body += chunk
            if len(body) > self.policy.max_bytes:
                raise self._too_large()
            if self.clock() > deadline:
                limit = self.policy.timeout_seconds
                raise SourceBusyError(f"it was still sending after {limit:g} s")
        return bytes(body)

    def _too_large(self) -> SourceRejectedError:
        return SourceRejectedError(f"it sent more than {self.policy.max_bytes} bytes")


def retry_after(header: str | None) -> float | None:
    """Return the seconds of a `Retry-After` header, a number or a date; None if it is invalid."""
    if not header:
        return None
    if header.strip().isdecimal():
        return float(header)
    try:
        when = parsedate_to_datetime(header)
    except ValueError:
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max(0.0, (when - datetime.now(UTC)).total_seconds())

"""The client: requests with retries, and the collections of the service."""

import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any, Self

import httpx

from ketamine_kb_client.collection import Collection
from ketamine_kb_client.errors import raise_for_problem

#: Statuses that pass by themselves: too many requests, and a service that is not available.
RETRIED = frozenset({429, 503})
Json = dict[str, Any]


class Client:
    """A client of one service.

    Args:
        url: Address of the service, with its path prefix if it has one.
        release: Release to read from, such as "2"; by default the current data.
        attempts: How often a request is sent that the service asks to repeat later.
        max_wait_seconds: Longest wait between two attempts. Where the service asks for a longer
            one, its error is raised at once.
        timeout: Seconds for connecting and for each part of a response.
        transport: Transport of httpx, for tests and proxies.

    Collections are attributes: `client.claims`, `client.regulatory_acts`.
    """

    def __init__(
        self,
        url: str,
        *,
        release: str | None = None,
        attempts: int = 4,
        max_wait_seconds: float = 30.0,
        timeout: float = 30.0,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.release, self.attempts, self.max_wait = release, attempts, max_wait_seconds
        self._http = httpx.Client(
            base_url=url.rstrip("/"),
            timeout=timeout,
            transport=transport,
            headers={"User-Agent": "ketamine-kb-client"},
            follow_redirects=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __getattr__(self, name: str) -> Collection:
        if name.startswith("_"):
            raise AttributeError(name)
        return self.collection(name.replace("_", "-"))

    def collection(self, name: str) -> Collection:
        """Return a collection by its name in addresses, such as `regulatory-acts`.

        A name that the service does not have is a NotFoundError at the first request.
        """
        return Collection(self, name)

    def get(self, path: str, **parameters: Any) -> Json:
        """Return the whole answer of an address of the API, such as `/v1/timeline`."""
        body: Json = self.request(path, parameters).json()
        return body

    def search(self, text: str, **parameters: Any) -> Iterator[Json]:
        """Iterate over the results of a search, best first."""
        return self.pages("/v1/search", {"q": text, **parameters})

    def verdict(self, claim: str, **parameters: Any) -> Json:
        """Return the verdict on a claim over chosen evidence beside the one over all.

        Parameters are those of `/v1/claims/{slug}/verdict`, such as `design="rct"` or
        `year_to=2015`.
        """
        data: Json = self.get(f"/v1/claims/{claim}/verdict", **parameters)["data"]
        return data

    def synthesis(self, claim: str, **parameters: Any) -> Json:
        """Return the meta-analysis that answers a claim, with every trial and its weight."""
        data: Json = self.get(f"/v1/claims/{claim}/synthesis", **parameters)["data"]
        return data

    def pages(self, path: str, parameters: Mapping[str, Any]) -> Iterator[Json]:
        """Iterate over the records of a list, page after page."""
        cursor: str | None = None
        while True:
            body = self.get(path, **parameters, **({"cursor": cursor} if cursor else {}))
            yield from body["data"]
            cursor = body["page"]["next"]
            if cursor is None:
                return

    def request(
        self, path: str, parameters: Mapping[str, Any], body: Json | None = None
    ) -> httpx.Response:
        """Return the response to a GET, or to a POST of a body; both only read.

        The request is repeated where the service asks for that. The parameter `release=None` reads
        the current data, whatever release the client reads from.

        Raises:
            ServiceError: The service answered with an error; its subclasses are more exact.
            httpx.HTTPError: There was no answer.
        """
        query = {name: _parameter(value) for name, value in parameters.items() if value is not None}
        if self.release is not None and "release" not in parameters:
            query["release"] = self.release
        for attempt in range(1, self.attempts + 1):
            method = "GET" if body is None else "POST"
            response = self._http.request(method, path, params=query, json=body)
            if response.status_code not in RETRIED or attempt == self.attempts:
                break
            wait = _retry_after(response)
            if wait > self.max_wait:
                break
            time.sleep(wait)
        raise_for_problem(response)
        return response


def _retry_after(response: httpx.Response) -> float:
    """Return the seconds until the time of `Retry-After`: one, if there is none that is valid.

    Source: RFC 9110, section 10.2.3: a number of seconds or a date.
    """
    sent = response.headers.get("retry-after", "")
    if sent.isascii() and sent.isdigit():
        return float(sent)
    try:
        until = parsedate_to_datetime(sent)
    except ValueError:
        return 1.0
    return max(0.0, (until.replace(tzinfo=until.tzinfo or UTC) - datetime.now(UTC)).total_seconds())


def _parameter(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple | set | frozenset):
        return ",".join(str(item) for item in value)
    return str(value)

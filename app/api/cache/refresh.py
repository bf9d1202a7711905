"""Refresh of the response cache: slow responses are made again after a write.

A write empties the response cache, and some responses take seconds on a large dataset. The slow
ones that were asked for are made again in the background, so that the next client finds them.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from starlette.types import Message, Receive, Send

from app.api.cache.response_cache import CachedResponse, Key, ResponseCache

#: Seconds without a write before a refresh begins, so that a series of writes costs one refresh.
QUIET_SECONDS = 0.5
#: Seconds that one refresh may take; the response that is being made is completed.
MAX_SECONDS = 10.0
#: Responses that are remembered; beyond them, the one that was made longest ago is forgotten.
MAX_RESPONSES = 30
log = logging.getLogger("kkb")

#: Runs the application for a request, without a client.
MakeResponse = Callable[[Receive, Send], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class SlowResponse:
    """A response that is worth a refresh, and what makes it again.

    Args:
        requested: A client has asked for it; otherwise it is itself the result of a refresh.
    """

    cached: CachedResponse
    make: MakeResponse
    requested: bool

    @property
    def was_used(self) -> bool:
        """Whether a client has received it, so that it will be asked for again."""
        return self.requested or self.cached.hits > 0


class CacheRefresher:
    """Makes slow responses again, one at a time, once no write has come for half a second.

    A response that no client received since its last refresh is forgotten.

    Args:
        cache: The response cache.
        quiet_seconds: Seconds without a write before a refresh begins.
    """

    def __init__(self, cache: ResponseCache, quiet_seconds: float = QUIET_SECONDS) -> None:
        self.cache, self.quiet_seconds = cache, quiet_seconds
        self.refreshed = 0
        #: In the order in which they were made.
        self._responses: dict[Key, SlowResponse] = {}
        self._stopping: asyncio.Event

    def add(self, key: Key, response: SlowResponse) -> None:
        """Remember a slow response, in place of the one with the same key."""
        self._responses.pop(key, None)
        self._responses[key] = response
        if len(self._responses) > MAX_RESPONSES:
            del self._responses[next(iter(self._responses))]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Refresh the cache within the block."""
        self._stopping = asyncio.Event()
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            self._stopping.set()
            await task

    async def _run(self) -> None:
        last_seen = refreshed = self._revision
        while not await self._stops_within(self.quiet_seconds):
            if (revision := self._revision) == last_seen != refreshed:
                refreshed = revision
                await self._refresh(revision)
            last_seen = revision

    @property
    def _revision(self) -> Hashable:
        return self.cache.current.revision

    async def _stops_within(self, seconds: float) -> bool:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)
        return self._stopping.is_set()

    async def _refresh(self, revision: Hashable) -> None:
        """Make the responses again, unless another write comes meanwhile."""
        begun = time.monotonic()
        # The last ones first: a refresh that is cut short has made those that clients ask for now.
        for key, response in reversed(self._responses.copy().items()):
            is_late = time.monotonic() - begun > MAX_SECONDS
            if self._stopping.is_set() or is_late or self._revision != revision:
                return
            if key in self.cache.current:
                continue
            self._responses.pop(key, None)  # what is made again is added again
            if response.was_used:
                try:
                    await response.make(self._receive, _discard)
                    self.refreshed += key in self.cache.current
                except Exception:
                    log.exception("cannot refresh a cached response")

    async def _receive(self) -> Message:
        """Receive nothing until the server stops, and then that nobody waits for the response."""
        await self._stopping.wait()
        return {"type": "http.disconnect"}


async def _discard(_message: Message) -> None:
    pass

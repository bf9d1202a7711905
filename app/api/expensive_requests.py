"""Expensive requests: a few at a time, so that they never take all threads and connections."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Depends, Request

from app.domain.errors import OverloadedError

#: Seconds that a request waits for a place. A client that is refused at once comes back at once,
#: and keeps the event loop busy with refusals.
WAIT_SECONDS = 1.0


class ExpensiveRequests:
    """Places for the expensive requests that may run at once."""

    def __init__(self, limit: int) -> None:
        self.places = asyncio.Semaphore(limit)

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Hold one of the places within the block.

        A request waits for it in order, without a thread or a database connection.

        Raises:
            OverloadedError: None is free within `WAIT_SECONDS`.
        """
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                await self.places.acquire()
        except TimeoutError:
            raise OverloadedError(
                "Too many expensive requests are running. Retry in a second."
            ) from None
        try:
            yield
        finally:
            self.places.release()


async def take_place(request: Request) -> AsyncIterator[None]:
    """Hold one of the places of expensive requests until the response is made.

    Raises:
        OverloadedError: None is free within `WAIT_SECONDS`.
    """
    async with request.app.state.expensive_requests.place():
        yield


#: Dependency of routes that take much longer than the read of a record or a list. Its scope ends
#: when the response is made: a client that reads slowly holds no place.
EXPENSIVE = Depends(take_place, scope="function")

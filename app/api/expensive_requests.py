"""Expensive requests: a few at a time, so that they never take all threads and connections."""

from collections.abc import AsyncIterator

from fastapi import Depends, Request

from app.domain.errors import OverloadedError


class ExpensiveRequests:
    """How many expensive requests may run at once, and how many do."""

    def __init__(self, limit: int) -> None:
        self.limit, self.running = limit, 0


async def take_place(request: Request) -> AsyncIterator[None]:
    """Hold one of the places of expensive requests until the response is made.

    A request that gets none is refused before it takes a thread or a database connection.

    Raises:
        OverloadedError: All places are taken.
    """
    places: ExpensiveRequests = request.app.state.expensive_requests
    if places.running >= places.limit:
        raise OverloadedError("Too many expensive requests are running. Retry in a second.")
    places.running += 1
    try:
        yield
    finally:
        places.running -= 1


#: Dependency of routes that take much longer than the read of a record or a list. Its scope ends
#: when the response is made: a client that reads slowly holds no place.
EXPENSIVE = Depends(take_place, scope="function")

"""Short reads: in the event loop, where a worker thread would cost more than the read.

A request in a thread needs a quarter more CPU time than in the event loop: threads hand each other
the interpreter. A read that turns out long, or that would wait for a connection, begins again in a
thread, so that it does not hold up the event loop (docs/decisions/0029-short-reads.md).
"""

from collections.abc import Callable
from contextlib import suppress

from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from app.kit.sessions import Store, WouldBlockError


async def run_short_read(store: Store, read: Callable[[Store], Response]) -> Response:
    """Return the response of a read, which is called a second time if the first one took too long.

    Args:
        store: The store to read from.
        read: Returns the response. It reads from the store that it is called with.
    """
    if nonblocking := store.nonblocking:
        with suppress(WouldBlockError):
            return read(nonblocking)
    return await run_in_threadpool(read, store)

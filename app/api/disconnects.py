"""Clients that hang up: the statements of their requests are cancelled."""

import asyncio

from anyio.to_thread import run_sync
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.middleware import has_body
from app.kit.sessions import CANCELLATION, Cancellation

#: Seconds after which a request is watched; most are answered sooner.
WATCH_AFTER_SECONDS = 0.05


class CancelOnDisconnectMiddleware:
    """Cancel the reads of a request whose client has closed the connection.

    What a write does is not cancelled: the client cannot know whether it was done.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the application, and watch whether its client is still there."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        cancellation = Cancellation()
        CANCELLATION.set(cancellation)
        loop, watch = asyncio.get_running_loop(), None
        is_complete = not has_body(scope)

        async def receive_and_note_end() -> Message:
            nonlocal is_complete
            message = await receive()
            is_complete = is_complete or not message.get("more_body", False)
            return message

        async def cancel_after_disconnect() -> None:
            while not is_complete:  # the body is for the application
                await asyncio.sleep(WATCH_AFTER_SECONDS)
            while (await receive())["type"] != "http.disconnect":
                pass
            while True:  # until the request ends: it may go from one statement to the next
                await run_sync(cancellation.cancel)
                await asyncio.sleep(WATCH_AFTER_SECONDS)

        def start_watching() -> None:
            nonlocal watch
            watch = loop.create_task(cancel_after_disconnect())

        timer = loop.call_later(WATCH_AFTER_SECONDS, start_watching)
        try:
            await self.app(scope, receive_and_note_end, send)
        finally:
            timer.cancel()
            if watch is not None:
                watch.cancel()

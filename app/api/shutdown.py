"""A bounded time to stop, whatever clients and the database do.

Uvicorn waits for requests to complete and then cancels them. A request whose statement runs in a
thread cannot be cancelled, so statements are interrupted before; and if all else fails, the process
ends.
"""

import logging
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from app.kit.running_statements import interrupt_statements

#: Seconds after the signal: statements that still run are interrupted, so that their requests can
#: be answered; uvicorn cancels the requests that are not complete; the process ends in any case.
INTERRUPT_SECONDS, CANCEL_SECONDS, EXIT_SECONDS = 4.0, 5, 7.5
SIGNALS = (signal.SIGINT, signal.SIGTERM)
log = logging.getLogger("kkb")


@contextmanager
def bounded_shutdown() -> Iterator[None]:
    """Within the block, bound the time from SIGINT or SIGTERM to the end of the process.

    The server has installed its signal handlers before; they are called as well. Outside of the
    main thread, where no signal arrives, nothing is done.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    handlers = {number: signal.getsignal(number) for number in SIGNALS}

    def stop(number: int, frame: FrameType | None) -> None:
        _start_timer(INTERRUPT_SECONDS, _interrupt)
        _start_timer(EXIT_SECONDS, _exit)
        handler = handlers[signal.Signals(number)]
        if callable(handler):
            handler(number, frame)

    for number, handler in handlers.items():
        if callable(handler):
            signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def _start_timer(seconds: float, function: Callable[[], None]) -> None:
    timer = threading.Timer(seconds, function)
    timer.daemon = True
    timer.start()


def _interrupt() -> None:
    if number := interrupt_statements():
        log.warning("stopping: statements of %d database connections are interrupted", number)


def _exit() -> None:
    log.error("stopping took more than %g seconds: the process ends", EXIT_SECONDS)
    logging.shutdown()
    os._exit(1)

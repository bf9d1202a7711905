"""A server that is too busy: what a client does with Retry-After."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PAGE = {"data": [], "page": {"next": None, "total": 0, "limit": 50}}
PROBLEM = {
    "type": "/v1/problems/unavailable",
    "title": "Service unavailable",
    "status": 503,
    "detail": "Repeat the request later.",
    "instance": "/v1/claims",
}


@dataclass
class BusyService:
    """Its address, and the times of the requests below each path prefix.

    Prefixes: `/passing` answers the third request; `/always` asks for no wait each time, and
    `/hour` and `/patient` for an hour.
    """

    url: str = ""
    requests: dict[str, list[float]] = field(default_factory=dict)

    def answer(self, prefix: str) -> tuple[int, str]:
        """Return the status and Retry-After of the next response."""
        times = self.requests.setdefault(prefix, [])
        times.append(time.time())
        if prefix != "passing":
            return 503, "0" if prefix == "always" else "3600"
        # HTTP dates have whole seconds: at least one second after the request.
        return {1: (429, "1"), 2: (503, formatdate(times[-1] + 2, usegmt=True))}.get(
            len(times), (200, "")
        )


@contextmanager
def busy_service() -> Iterator[BusyService]:
    """Serve until the end of the block."""
    service = BusyService()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, retry_after = service.answer(self.path.split("/")[1])
            kind = "application/json" if status == 200 else "application/problem+json"
            body = json.dumps(PAGE if status == 200 else PROBLEM | {"status": status}).encode()
            self.send_response(status)
            if retry_after:
                self.send_header("Retry-After", retry_after)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def check_requests(service: BusyService) -> None:
    """Assert that a client repeated its requests as often, and as late, as it should."""
    first, second, third = service.requests["passing"]
    assert second - first >= 0.99, "the seconds of Retry-After"
    assert third - second >= 0.99, "the date of Retry-After"
    assert len(service.requests["hour"]) == 1, "a wait that is too long is an error at once"
    assert len(service.requests["always"]) == 4, "four attempts"

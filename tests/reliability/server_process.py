"""A `kkb serve` process that can be killed and restarted.

It is forked from a process that has imported the application, which takes most of a start; it is
run as a command if it runs under another command or has options, such as several workers.
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.run_cli import ForkedCommand

KKB = (sys.executable, "-c", "from app.cli import main; main()")


def status_of(response: httpx.Response) -> str:
    """Return the status of a response; mark a 503 without Retry-After."""
    lacks_retry_after = response.status_code == 503 and "retry-after" not in response.headers
    return f"{response.status_code}{' without Retry-After' if lacks_retry_after else ''}"


class ServerProcess:
    """One node on a store; `settings` are its KKB_ variables, `options` those of the command."""

    def __init__(
        self,
        url: str,
        folder: Path,
        under: Sequence[str] = (),
        options: Sequence[str] = (),
        **settings: str,
    ) -> None:
        self.folder, self.under, self.options = folder, under, options
        self.settings = {"database_url": url, "releases": str(folder / "releases")} | settings
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.base = f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start, and wait until it serves."""
        self.process = self._start_command()
        deadline = time.monotonic() + 120
        while self.process.poll() is None and time.monotonic() < deadline:
            try:
                if httpx.get(f"{self.base}/readyz").status_code == 200:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.02)
        raise AssertionError(self.log.read_text("utf-8"))

    def _start_command(self) -> subprocess.Popen[bytes] | ForkedCommand:
        variables = {f"KKB_{name.upper()}": value for name, value in self.settings.items()}
        arguments = ["serve", "--port", str(self.port), *self.options]
        environment, root = os.environ | variables, Path(__file__).parents[2]
        if not self.under and not self.options:
            files = (Path(os.devnull), self.log, self.log)
            return ForkedCommand(arguments, environment, root, files)
        command = [*self.under, *KKB, *arguments]
        with self.log.open("a") as log:
            return subprocess.Popen(command, cwd=root, env=environment, stdout=log, stderr=log)

    def kill(self) -> None:
        """Kill the process with SIGKILL."""
        self.process.kill()
        self.process.wait()

    @property
    def log(self) -> Path:
        return self.folder / "node.log"


@contextmanager
def running_server(
    url: str,
    folder: Path,
    under: Sequence[str] = (),
    options: Sequence[str] = (),
    **settings: str,
) -> Iterator[ServerProcess]:
    """Run a node within the block; it is killed at the end."""
    node = ServerProcess(url, folder, under, options, **settings)
    try:
        node.start()
        yield node
    finally:
        node.kill()

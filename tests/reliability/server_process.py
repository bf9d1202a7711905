"""A real `kkb serve` in a process of its own, which can be killed and started again."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

KKB = (sys.executable, "-c", "from app.cli import main; main()")


def status_of(answer: httpx.Response) -> str:
    """An answer in short; a 503 has to say when to ask again."""
    silent = answer.status_code == 503 and "retry-after" not in answer.headers
    return f"{answer.status_code}{' without Retry-After' if silent else ''}"


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
        variables = {f"KKB_{name.upper()}": value for name, value in self.settings.items()}
        command = [*self.under, *KKB, "serve", "--port", str(self.port), *self.options]
        root = Path(__file__).parents[2]
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                command, cwd=root, env=os.environ | variables, stdout=log, stderr=log
            )
        deadline = time.monotonic() + 120
        while self.process.poll() is None and time.monotonic() < deadline:
            try:
                if httpx.get(f"{self.base}/readyz").status_code == 200:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.02)
        raise AssertionError(self.log.read_text("utf-8"))

    def kill(self) -> None:
        """As `kill -9` does."""
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
    """A node that serves; killed at the end."""
    node = ServerProcess(url, folder, under, options, **settings)
    node.start()
    try:
        yield node
    finally:
        node.kill()

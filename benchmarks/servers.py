"""Servers: processes pinned to the server's core, started until they answer, stopped at the end."""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from benchmarks.machine import cpu_seconds, descendants, memory_mb, pinned

HERE = Path(__file__).parent
PEERS = HERE / "peers"
UVICORN = [sys.executable, "-m", "uvicorn", "--log-level", "warning", "--no-access-log"]


@dataclass(frozen=True)
class Server:
    """A running server."""

    pid: int
    port: int
    first_answer_seconds: float

    @property
    def cpu_seconds(self) -> float:
        """CPU time so far in seconds, with that of child processes."""
        return sum(map(cpu_seconds, descendants(self.pid)))

    @property
    def memory_mb(self) -> float:
        """Resident memory in MB."""
        return memory_mb(self.pid)

    def get(self, path: str, **headers: str) -> tuple[int, list[tuple[str, str]], bytes]:
        """Send a GET request; return status, headers and raw body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        connection.putrequest("GET", path, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        response = connection.getresponse()
        body = response.read()
        connection.close()
        return response.status, response.getheaders(), body

    def post(self, path: str, content: bytes) -> tuple[int, bytes]:
        """Send JSON with a POST request; return status and body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        connection.request("POST", path, content, {"Content-Type": "application/json"})
        response = connection.getresponse()
        body = response.read()
        connection.close()
        return response.status, body


@contextmanager
def running_server(
    command: Sequence[str], core: int | None, probe: str, env: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """Run a server until the block ends.

    Args:
        command: Command line; `{port}` is replaced by a free port.
        core: Core to run on; None for any.
        probe: Path that returns 200 or 304 once the server is ready.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    begun = time.perf_counter()
    process = subprocess.Popen(
        [word.replace("{port}", str(port)) for word in command],
        env=_as_installed() | dict(env or {}),
        preexec_fn=pinned(core),
        stdout=subprocess.DEVNULL,
    )
    try:
        _await_answer(process, port, probe)
        yield Server(process.pid, port, time.perf_counter() - begun)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _as_installed() -> dict[str, str]:
    """Return an environment that lets Python write bytecode, as in an installation."""
    return {name: v for name, v in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def _await_answer(process: "subprocess.Popen[bytes]", port: int, probe: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            connection.request("GET", probe)
            if connection.getresponse().status in (200, 304):
                return
        except OSError:
            time.sleep(0.002)
        finally:
            connection.close()
    raise RuntimeError(f"no 200 from {probe} of {' '.join(process.args)}")  # type: ignore[arg-type]


def own_server(url: str, releases: Path, *options: str) -> tuple[list[str], dict[str, str]]:
    """Return command and environment of `kkb serve` with some options."""
    kkb = str(Path(sys.executable).with_name("kkb"))
    command = [kkb, "serve", "--port", "{port}", *options]
    # The peers write no access log either.
    settings = {"KKB_DATABASE_URL": url, "KKB_RELEASES": str(releases), "KKB_ACCESS_LOG": "false"}
    return command, settings


def raw_asgi(answer: Path) -> tuple[list[str], dict[str, str]]:
    """Return the command of an ASGI function on uvicorn that sends the content of a file."""
    command = [*UVICORN, "--no-server-header", "--port", "{port}", "benchmarks.peers.raw_asgi:app"]
    return command, {"RAW_ANSWER": str(answer)}


def imports_only() -> tuple[list[str], dict[str, str]]:
    """Return the command of a server that imports our dependencies and has one route."""
    return [*UVICORN, "--port", "{port}", "benchmarks.peers.imports_only:app"], {}


def orm(url: str) -> tuple[list[str], dict[str, str]]:
    """Return the command of a FastAPI service with the SQLAlchemy ORM."""
    return [*UVICORN, "--port", "{port}", "benchmarks.peers.orm:app"], {"PEER_URL": url}


def no_middleware(url: str) -> tuple[list[str], dict[str, str]]:
    """Return the command of our read handlers without middleware."""
    return [*UVICORN, "--port", "{port}", "benchmarks.peers.no_middleware:app"], {"PEER_URL": url}


def datasette(file: Path, canned: Path) -> tuple[list[str], dict[str, str]]:
    """Return the command of Datasette with canned queries."""
    command = [sys.executable, "-m", "datasette", str(file), "-m", str(canned), "-p", "{port}"]
    return command, {}


def fastify(file: Path, canned: Path) -> tuple[list[str], dict[str, str]]:
    """Return the command of a Fastify server with better-sqlite3."""
    command = ["node", str(PEERS / "fastify" / "server.cjs"), str(file), str(canned), "{port}"]
    return command, {"NODE_ENV": "production"}


def has_datasette() -> bool:
    """Return whether Datasette is installed."""
    return find_spec("datasette") is not None


def has_fastify() -> bool:
    """Return whether Node.js and the packages of the Fastify server are installed."""
    return bool(shutil.which("node")) and (PEERS / "fastify" / "node_modules").is_dir()

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

from benchmarks.machine import cpu_seconds, memory_mb, pinned

HERE = Path(__file__).parent
PEERS = HERE / "peers"
UVICORN = [sys.executable, "-m", "uvicorn", "--log-level", "warning", "--no-access-log"]


@dataclass(frozen=True)
class Server:
    """One that runs."""

    pid: int
    port: int
    first_answer_seconds: float

    @property
    def cpu_seconds(self) -> float:
        return cpu_seconds(self.pid)

    @property
    def memory_mb(self) -> float:
        return memory_mb(self.pid)

    def get(self, path: str, **headers: str) -> tuple[int, list[tuple[str, str]], bytes]:
        """One answer as it comes over the wire: status, headers, body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        connection.putrequest("GET", path, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, answer.getheaders(), body


@contextmanager
def running_server(
    command: Sequence[str], core: int, probe: str, env: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """A command with `{port}` in it, run until the probe's address gave a 200; then stopped."""
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
    """The environment, in which what is compiled once stays so, as after an installation."""
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


def own_server(url: str, releases: Path) -> tuple[list[str], dict[str, str]]:
    """`kkb serve`, as anybody would start it."""
    kkb = str(Path(sys.executable).with_name("kkb"))
    command = [kkb, "serve", "--port", "{port}"]
    return command, {"KKB_DATABASE_URL": url, "KKB_RELEASES": str(releases)}


def raw_asgi(answer: Path) -> tuple[list[str], dict[str, str]]:
    """An ASGI function on the same uvicorn that gives one answer, kept in a file."""
    command = [*UVICORN, "--no-server-header", "--port", "{port}", "benchmarks.peers.raw_asgi:app"]
    return command, {"RAW_ANSWER": str(answer)}


def imports_only() -> tuple[list[str], dict[str, str]]:
    """What we stand on, with one route."""
    return [*UVICORN, "--port", "{port}", "benchmarks.peers.imports_only:app"], {}


def orm(url: str) -> tuple[list[str], dict[str, str]]:
    """Plain FastAPI with the ORM."""
    return [*UVICORN, "--port", "{port}", "benchmarks.peers.orm:app"], {"PEER_URL": url}


def no_middleware(url: str) -> tuple[list[str], dict[str, str]]:
    """Our own reads, and nothing around them."""
    return [*UVICORN, "--port", "{port}", "benchmarks.peers.no_middleware:app"], {"PEER_URL": url}


def datasette(file: Path, canned: Path) -> tuple[list[str], dict[str, str]]:
    """Datasette with canned queries."""
    command = [sys.executable, "-m", "datasette", str(file), "-m", str(canned), "-p", "{port}"]
    return command, {}


def fastify(file: Path, canned: Path) -> tuple[list[str], dict[str, str]]:
    """Fastify with better-sqlite3, by hand."""
    command = ["node", str(PEERS / "fastify" / "server.cjs"), str(file), str(canned), "{port}"]
    return command, {"NODE_ENV": "production"}


def has_datasette() -> bool:
    return find_spec("datasette") is not None


def has_fastify() -> bool:
    return bool(shutil.which("node")) and (PEERS / "fastify" / "node_modules").is_dir()

"""The worker processes of a node, and connections of which each reaches one of them."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.reliability.server_process import ServerProcess


def worker_pids(node: ServerProcess) -> list[int]:
    """Return the ids of the worker processes of a node, without the parent process."""
    file = f"/proc/{node.process.pid}/task/{node.process.pid}/children"
    children = [int(pid) for pid in Path(file).read_text().split()]
    return [pid for pid in children if b"spawn_main" in command_line(pid)]


def command_line(pid: int) -> bytes:
    """The command of a process; empty once it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def wait_until_ended(pids: list[int], seconds: float = 20) -> None:
    """Wait until none of the processes runs."""
    deadline = time.monotonic() + seconds
    while any(command_line(pid) for pid in pids):
        assert time.monotonic() < deadline, "processes are still running"
        time.sleep(0.05)


def wait_for_workers(node: ServerProcess, number: int) -> list[int]:
    """Wait until `number` workers respond; return their process ids."""
    deadline = time.monotonic() + 60
    while metric(node.base, "kkb_workers") != number or len(worker_pids(node)) != number:
        assert time.monotonic() < deadline, node.log.read_text("utf-8")
        time.sleep(0.1)
    return worker_pids(node)


def metric(base: str, name: str) -> float:
    """The value of a metric without labels."""
    lines = httpx.get(f"{base}/metrics").text.splitlines()
    return sum(float(line.split()[1]) for line in lines if line.startswith(f"{name} "))


@contextmanager
def client_of(node: ServerProcess, pid: int) -> Iterator[httpx.Client]:
    """A client whose one connection reaches a worker: the others are stopped while it opens."""
    others = [other for other in worker_pids(node) if other != pid]
    for other in others:
        os.kill(other, signal.SIGSTOP)
    limits = httpx.Limits(max_connections=1, keepalive_expiry=None)
    with httpx.Client(base_url=node.base, timeout=30, limits=limits) as client:
        try:
            client.get("/healthz")
        finally:
            for other in others:
                os.kill(other, signal.SIGCONT)
        yield client

"""The machine: which core does what, and what a process has used."""

import os
import platform
import subprocess
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
PACKAGES = ("fastapi", "starlette", "pydantic", "sqlalchemy", "uvicorn", "uvloop", "httptools")


@dataclass(frozen=True)
class Cores:
    """Core of the server and core of the load generator; the same if there is only one."""

    server: int
    load: int

    @classmethod
    def detect(cls) -> "Cores":
        """Take the first and the last core that this process may use."""
        mine = sorted(os.sched_getaffinity(0))
        return cls(mine[0], mine[-1])


def pinned(core: int | None) -> Callable[[], None] | None:
    """Return a `preexec_fn` that restricts a child process to one core; None for any core."""
    return None if core is None else lambda: os.sched_setaffinity(0, {core})


def cpu_seconds(pid: int) -> float:
    """Return user and system CPU time of a process in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def descendants(pid: int) -> list[int]:
    """Return a process and all its child processes."""
    pids = [pid]
    with suppress(OSError):  # it has ended meanwhile
        for task in Path(f"/proc/{pid}/task").glob("*/children"):
            for child in task.read_text().split():
                pids += descendants(int(child))
    return pids


def runnable_seconds(pid: int) -> float:
    """Return how long the threads of a process have run, or waited for a core, in seconds."""
    seconds = 0
    for file in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        ran, waited, _ = file.read_text().split()
        seconds += int(ran) + int(waited)
    return seconds / 1e9


def memory_mb(pid: int) -> float:
    """Return the resident memory of a process in MB."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE / 1e6


def describe_machine() -> dict[str, str]:
    """Describe the machine, the versions and the commit of a measurement."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.partition(":")[2].strip() for line in lines if "model name" in line), "?")
    return {
        "machine": f"{os.cpu_count()} cores, {model}",
        "system": f"{platform.system()} {platform.release()}, Python {platform.python_version()}",
        "packages": ", ".join(f"{name} {version(name)}" for name in PACKAGES),
        "commit": _commit(),
    }


def _commit() -> str:
    command = ["git", "describe", "--always", "--dirty"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "?"

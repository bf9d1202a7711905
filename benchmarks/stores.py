"""Stores: the shipped dataset, or the same grown to any number of notes; SQLite and PostgreSQL."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import make_url

from benchmarks.machine import Cores
from tests import postgres

KKB = str(Path(sys.executable).with_name("kkb"))
SEED = 1
#: Where stores are made, each in a folder that is named after its number of notes.
BUILT = Path("build") / "bench"


@dataclass(frozen=True)
class FillResult:
    """What filling a store took."""

    seconds: float
    memory_mb: float


def shipped_store(folder: Path) -> Path:
    """A store with the shipped dataset."""
    return grown_store(folder / "shipped", 0)


def grown_store(folder: Path, notes: int) -> Path:
    """A store with so many notes (0: as shipped), made once and used again."""
    store = folder / "kb.db"
    if not store.exists():
        folder.mkdir(parents=True, exist_ok=True)
        making = folder / "making.db"
        url = f"sqlite:///{making}"
        fill_store(url, folder / "releases", notes, ["--rollback-journal"] if notes else [])
        making.rename(store)
    return store


def fill_store(url: str, releases: Path, notes: int, options: Sequence[str] = ()) -> FillResult:
    """Load the shipped dataset with `kkb load`, or a synthetic one of so many notes."""
    synthetic = [sys.executable, "-m", "benchmarks.synthetic", "--notes", str(notes), *options]
    command = [*synthetic, "--seed", str(SEED)] if notes else [KKB, "load"]
    env = {**os.environ, "KKB_DATABASE_URL": url, "KKB_RELEASES": str(releases)}
    begun = os.times().elapsed
    process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
    return FillResult(os.times().elapsed - begun, usage.ru_maxrss / 1000)


@contextmanager
def on_postgresql(cores: Cores, releases: Path, notes: int) -> Iterator[str]:
    """The same on PostgreSQL, which works on the load's core: both servers have as much of it."""
    with postgres.cluster() as cluster:
        os.sched_setaffinity(cluster.process.pid, {cores.load})
        url = postgres.database(cluster.database_url)
        fill_store(url, releases, notes)
        postgres.execute(make_url(url), "ANALYZE")
        yield url


def has_postgresql() -> bool:
    if postgres.find_program("initdb") is None:
        return False
    return bool(shutil.which("setpriv")) or not postgres.is_root()

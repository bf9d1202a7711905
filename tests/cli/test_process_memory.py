"""Memory of a process that serves, after what it no longer needs is freed."""

import subprocess
import sys

import pytest

BLOCKS = """
import time
from app.cli import process_memory

def resident_mb():
    rows = dict(row.split(":") for row in open("/proc/self/status"))
    return int(rows["VmRSS"].split()[0]) / 1000

process_memory.TRIM_INTERVAL_SECONDS = 0.1
process_memory.begin_startup()
idle = resident_mb()
blocks = [bytes(1000) for _ in range(50_000)]
del blocks[:-1]  # the last one keeps the top of the heap
print(resident_mb() - idle)
process_memory.end_startup()
time.sleep(1)
print(resident_mb() - idle)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_freed_memory_is_returned_to_the_system() -> None:
    run = subprocess.run([sys.executable, "-c", BLOCKS], capture_output=True, check=True, text=True)
    before, after = map(float, run.stdout.split())
    assert before > 40
    assert after < before / 4

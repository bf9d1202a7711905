"""The tables of GtoPdb in the source archive of scConnect, imported whole within their limits.

scConnect (PyPI) ships the tables of three releases with their licence. It is not installed.
"""

import csv
import os
import subprocess
import tarfile
from collections import Counter
from pathlib import Path

import pytest

from tests.clients.environments import source_archive
from tests.reliability.server_process import KKB

pytestmark = [pytest.mark.clients, pytest.mark.heavy]
TABLES = "scConnect-1.0.3/scConnect/data/GTP_tables"
#: Release → rows of its `interactions.csv`.
RELEASES = {"2018-4": 18_176, "2019-5": 19_459, "2020-5": 20_268}
SECONDS, KILOBYTES = 20, 1024 * 1024


@pytest.fixture(scope="module")
def tables() -> Path:
    """Return the folder of the tables, extracted beside the archive."""
    archive = source_archive("scConnect==1.0.3")
    if not (archive.parent / TABLES).is_dir():
        with tarfile.open(archive) as members:
            chosen = [m for m in members if m.name.startswith(f"{TABLES}/")]
            members.extractall(archive.parent, chosen, filter="data")
    return archive.parent / TABLES


@pytest.mark.parametrize("release", list(RELEASES))
def test_a_release_is_imported_whole(tables: Path, tmp_path: Path, release: str) -> None:
    table = tables / release / "interactions.csv"
    command = [*KKB, "import", "gtopdb", str(table), "--into", "new"]
    with (tmp_path / "output").open("wb") as output:
        process = subprocess.Popen(command, cwd=tmp_path, stdout=output, stderr=output)
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, (tmp_path / "output").read_text()
    # Time of the processor: that of the clock depends on what else runs.
    assert usage.ru_utime + usage.ru_stime <= SECONDS
    assert usage.ru_maxrss <= KILOBYTES
    rows = list(csv.DictReader((tmp_path / "new.report.csv").read_text().splitlines()))
    assert len(rows) == RELEASES[release]
    outcomes = Counter(row["outcome"] for row in rows)
    assert outcomes["added"] > 0
    assert outcomes["same"] > 0
    assert all(row["reason"] for row in rows if row["outcome"] != "added")
    assert all(row["record"] for row in rows if row["outcome"] in {"added", "same", "conflict"})
    assert "CC BY-SA 4.0" in (tmp_path / "new" / "LICENCE").read_text()
    check = [*KKB, "check", "--with", "new"]
    checked = subprocess.run(check, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr

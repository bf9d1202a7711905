"""`kkb export --output`: a file that is whole, or none."""

import subprocess
import sys
from pathlib import Path

import pytest

from app.kit.sessions import Store
from tests.params import ONE_STORE

LIMIT = 200_000
#: A full disk, as far as a process can tell: writes beyond the limit fail.
PROGRAM = f"""
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, ({LIMIT}, {LIMIT}))
from app.cli import main
main()
"""


@ONE_STORE
@pytest.mark.parametrize("before", [None, "an earlier export"])
def test_an_export_that_fails_leaves_no_part_of_a_file(
    shipped_store: Store, tmp_path: Path, before: str | None
) -> None:
    output = tmp_path / "evidence.ndjson"
    if before:
        output.write_text(before)
    arguments = ["export", "evidence", "--format", "ndjson", "--output", str(output)]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        env={"KKB_DATABASE_URL": str(shipped_store.engine.url), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == f"{output}: File too large.\n"
    assert [path.read_text() for path in tmp_path.iterdir()] == ([before] if before else [])

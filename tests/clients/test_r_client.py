"""The R script of clients/r: its README and a program run in R."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.clients.busy_service import busy_service, check_requests
from tests.clients.environments import unavailable

pytestmark = [pytest.mark.clients, pytest.mark.heavy]
FOLDER = Path(__file__).parents[2] / "clients" / "r"
PROGRAM = Path(__file__).with_name("programs") / "r_client.R"


def _run(script: Path, *arguments: str) -> str:
    """Run a program beside the client; return its output, or fail the test with it."""
    rscript = shutil.which("Rscript")
    if rscript is None:
        unavailable("R is not installed: Debian's package r-base-core")
    for package in ("curl", "jsonlite", "metafor"):
        known = [rscript, "-e", f"stopifnot(requireNamespace('{package}', quietly = TRUE))"]
        if subprocess.run(known, capture_output=True, check=False).returncode:
            unavailable(f"The R package {package} is not installed: r-cran-{package} of Debian")
    command = [rscript, str(script), *arguments]
    done = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.fail(done.stdout[-4000:] + done.stderr[-4000:], pytrace=False)
    return done.stdout


def test_a_program_runs(prefixed_url: str) -> None:
    with busy_service() as busy:
        _run(PROGRAM, prefixed_url, busy.url)
        check_requests(busy)


def test_the_readme_runs(prefixed_url: str, tmp_path: Path) -> None:
    (code,) = re.findall(r"```r\n(.*?)```", (FOLDER / "README.md").read_text(), re.DOTALL)
    script = tmp_path / "readme.R"
    script.write_text(code.replace("http://127.0.0.1:8000", prefixed_url))
    output = _run(script)
    assert "inconclusive very_low" in output
    assert "Random-Effects Model (k = 5; tau^2 estimator: DL)" in output
    assert "/v1/claims/ketamine-relieves-ptsd" in output

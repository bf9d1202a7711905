"""The example of docs/curation.md is run as documented against `kkb serve`."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.helpers import SHIPPED, fill_store
from tests.params import needs
from tests.reliability.server_process import running_server

ROOT = Path(__file__).parents[2]
KKB = Path(sys.executable).with_name("kkb")


@pytest.fixture
def base_url(tmp_path: Path) -> Iterator[str]:
    """Run `kkb serve` on the shipped dataset in a temporary folder; yield its URL."""
    url = f"sqlite:///{tmp_path}/kkb.db"  # what `kkb` takes by default in this folder
    fill_store(url, SHIPPED).engine.dispose()
    with running_server(url, tmp_path) as node:
        yield node.base


def json_bodies(output: str) -> Iterator[dict[str, Any]]:
    """Yield the JSON bodies at the beginning of the script's output."""
    while output.startswith("{"):
        body, end = json.JSONDecoder().raw_decode(output)
        yield body
        output = output[end:]


@needs("bash", "curl")
def test_the_documented_change_runs_from_proposal_to_export(base_url: str, tmp_path: Path) -> None:
    text = (ROOT / "docs" / "curation.md").read_text("utf-8")
    match = re.search(r"```sh\n(KB=.+?)```", text, re.S)
    assert match
    script = match[1].replace("http://127.0.0.1:8000", base_url)
    done = subprocess.run(
        ["bash", "-euc", script],
        cwd=tmp_path,
        env={**os.environ, "PATH": f"{KKB.parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    patched, proposal, accepted, claim, history, release, diff = json_bodies(done.stdout)
    assert patched["data"]["state"] == proposal["data"]["state"] == "proposed"
    assert [one["field"] for one in proposal["data"]["changes"][0]["diff"]] == ["summary"]
    assert accepted["data"]["state"] == "accepted"
    assert claim["data"]["summary"] == "Why a swallowed dose needs more drug than a drip."
    assert [(one["who"], one["action"]) for one in history["data"]][-1] == ("anna", "change")
    changed = release["data"]["changelog"]["changed"]
    assert [one["slug"] for one in changed["claims"]] == ["oral-ketamine-has-low-bioavailability"]
    assert diff["data"], diff
    # Git's mirror differs from the shipped folder in that file, and is no release any more.
    mirror = tmp_path / "mirror"
    differing = [
        one.relative_to(mirror).as_posix()
        for one in mirror.rglob("*.yaml")
        if one.read_bytes() != (SHIPPED / one.relative_to(mirror)).read_bytes()
    ]
    assert sorted(differing) == ["about.yaml", "claims/pharmacokinetics.yaml"]
    assert "release: unreleased\n" in (mirror / "about.yaml").read_text()

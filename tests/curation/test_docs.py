"""docs/curation.md: the change from end to end is run, word by word, against `kkb serve`."""

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
def served(tmp_path: Path) -> Iterator[str]:
    """`kkb serve` on the shipped dataset, in a folder of its own."""
    url = f"sqlite:///{tmp_path}/kkb.db"  # what `kkb` takes by default in this folder
    fill_store(url, SHIPPED).engine.dispose()
    with running_server(url, tmp_path) as node:
        yield node.base


def answers(said: str) -> Iterator[dict[str, Any]]:
    """The JSON bodies at the head of what the script printed, one after the other."""
    while said.startswith("{"):
        body, end = json.JSONDecoder().raw_decode(said)
        yield body
        said = said[end:]


@needs("bash", "curl")
def test_a_curator_s_change_goes_from_end_to_end(served: str, tmp_path: Path) -> None:
    text = (ROOT / "docs" / "curation.md").read_text("utf-8")
    found = re.search(r"```sh\n(KB=.+?)```", text, re.S)
    assert found
    script = found[1].replace("http://127.0.0.1:8000", served)
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
    patched, proposal, accepted, claim, history, release, diff = answers(done.stdout)
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

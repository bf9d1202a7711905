"""Every example of docs/releases.md and docs/backup.md is run, and has the documented output."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app.services.releases.archive import Archive, SingleReleaseArchive, today
from app.services.store.opening import open_store
from tests.helpers import serving
from tests.run_cli import kkb

DOCS = Path(__file__).parents[2] / "docs"
BLOCK = re.compile(r"```sh\n(.+?)```(?:\n\n```text\n(.+?)```)?", re.S)
BASE = "http://127.0.0.1:8000"


def examples(name: str) -> Iterator[tuple[list[str], str]]:
    """Yield the command lines of each example, and its output if the document shows it."""
    for commands, expected_output in BLOCK.findall((DOCS / name).read_text("utf-8")):
        yield commands.strip().splitlines(), expected_output.replace("TODAY", today().isoformat())


def run_line(line: str, folder: Path) -> str:
    completed = kkb(*shlex.split(line)[1:], cwd=folder)
    assert completed.returncode == 0, (line, completed.stderr)
    return completed.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("docs")


def test_the_documented_examples_have_the_documented_output(folder: Path) -> None:
    paths, release_files = [], []
    for lines, expected_output in examples("releases.md"):
        output = ""
        for line in lines:
            if line.startswith("curl"):
                paths.append(shlex.split(line)[1].removeprefix(BASE))
            elif line.startswith("kkb serve --release"):
                release_files.append(shlex.split(line)[-1])
            else:
                output = run_line(line, folder)
        if expected_output:
            assert output == expected_output
    assert len(paths) == 6
    archive = Archive(folder / "releases")
    store = open_store(f"sqlite:///{folder}/kkb.db")
    with serving(store, archive) as url, httpx.Client(base_url=url, timeout=60) as client:
        for path in paths:
            response = client.get(path)
            assert response.status_code == 200, response.text
            assert response.content
        assert client.get(paths[0]).json()["data"]["verdict"]
    for name in release_files:
        assert [release.name for release in SingleReleaseArchive(folder / name).all()] == [
            "2026.12"
        ]
    for lines, _ in examples("backup.md"):
        for line in lines:
            run_line(line, folder)

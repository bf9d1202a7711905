"""docs/releases.md and docs/backup.md: every example is run, and answers what they show."""

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
    """Command lines, and what the last of them prints, where the document shows it."""
    for commands, shown in BLOCK.findall((DOCS / name).read_text("utf-8")):
        yield commands.strip().splitlines(), shown.replace("TODAY", today().isoformat())


def run_line(line: str, folder: Path) -> str:
    done = kkb(*shlex.split(line)[1:], cwd=folder)
    assert done.returncode == 0, (line, done.stderr)
    return done.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("docs")


def test_the_examples_do_what_is_said_of_them(folder: Path) -> None:
    asked, served = [], []
    for lines, shown in examples("releases.md"):
        said = ""
        for line in lines:
            if line.startswith("curl"):
                asked.append(shlex.split(line)[1].removeprefix(BASE))
            elif line.startswith("kkb serve --release"):
                served.append(shlex.split(line)[-1])
            else:
                said = run_line(line, folder)
        if shown:
            assert said == shown
    assert len(asked) == 6
    archive = Archive(folder / "releases")
    store = open_store(f"sqlite:///{folder}/kkb.db")
    with serving(store, archive) as url, httpx.Client(base_url=url, timeout=60) as client:
        for path in asked:
            answer = client.get(path)
            assert answer.status_code == 200, answer.text
            assert answer.content
        assert client.get(asked[0]).json()["data"]["verdict"]
    for name in served:
        assert [one.name for one in SingleReleaseArchive(folder / name).all()] == ["2026.12"]
    for lines, _ in examples("backup.md"):
        for line in lines:
            run_line(line, folder)

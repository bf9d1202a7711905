"""The commands where the packages of the extras `curation` and `mcp` are not installed."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests import factories

#: `import stamina` raises ModuleNotFoundError, as it does where the package is missing.
WITHOUT = """
import sys
sys.modules.update(stamina=None, defusedxml=None, mcp=None)
from app.cli import main
main()
"""
#: The same for several commands, one after the other: most of each is the start of the process.
WITHOUT_FOR_EACH = """
import json
import sys
sys.modules.update(stamina=None, defusedxml=None, mcp=None)
from app.cli import app
for command in json.loads(sys.argv[1]):
    assert not app(command, standalone_mode=False), command
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return factories.write_folder(tmp_path / "data", factories.dataset(2))


def kkb(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", WITHOUT, *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def test_reference_names_the_extra_to_install(tmp_path: Path) -> None:
    done = kkb("reference", "add", "pmid:16894061", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "kkb reference requires defusedxml and stamina: pip install 'ketamine-kb[curation]'\n"
    )


def test_mcp_names_the_extra_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KKB_MCP", "true")
    for command, what in (("mcp", "kkb mcp"), ("serve", "KKB_MCP")):
        done = kkb(command, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr == f"{what} requires mcp: pip install 'ketamine-kb[mcp]'\n"
    assert not list(tmp_path.iterdir())


def test_all_other_commands_work(tmp_path: Path, folder: Path) -> None:
    commands = [["load", str(folder)], ["export", "claims"], ["routes"], ["settings"]]
    commands += [["reference", "add", "--help"]]
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_FOR_EACH, json.dumps(commands)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Look up a reference" in done.stdout

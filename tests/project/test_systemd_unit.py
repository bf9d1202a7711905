"""deploy/ketamine-kb.service: systemd accepts it, and it fits the settings and the command."""

import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url
from typer.main import get_command

from app.api.shutdown import EXIT_SECONDS
from app.cli import app as kkb
from app.main import THREADS
from app.settings import Settings
from tests.params import needs

ROOT = Path(__file__).parents[2]
UNIT = ROOT / "deploy" / "ketamine-kb.service"
STATE = "/var/lib"  # %S of a system service


def options() -> dict[str, list[str]]:
    """The values of each option, with repeated ones in order."""
    found: dict[str, list[str]] = defaultdict(list)
    for line in UNIT.read_text("utf-8").splitlines():
        if "=" in line and not line.startswith("#"):
            name, _, value = line.partition("=")
            found[name].append(value.replace("%S", STATE))
    return found


def environment() -> dict[str, str]:
    pairs = " ".join(options()["Environment"]).split()
    return dict(pair.split("=", 1) for pair in pairs)


def command() -> list[str]:
    (line,) = options()["ExecStart"]
    return line.split()


def number_of(name: str) -> int:
    return int(command()[command().index(name) + 1])


def megabytes(name: str) -> int:
    (value,) = options()[name]
    match = re.fullmatch(r"(\d+)M", value)
    assert match, value
    return int(match[1])


@pytest.fixture
def installed_unit(tmp_path: Path) -> Path:
    """The unit with a command and a user that exist here: systemd looks for both."""
    text = UNIT.read_text("utf-8").replace(command()[0], sys.executable)
    text = re.sub(r"(User|Group)=ketamine-kb", r"\1=root", text)
    file = tmp_path / UNIT.name
    file.write_text(text, "utf-8")
    return file


@needs("systemd-analyze")
def test_systemd_accepts_every_line(installed_unit: Path) -> None:
    verify = ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no"]
    done = subprocess.run([*verify, installed_unit], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    broken = installed_unit.read_text("utf-8").replace("ProtectSystem=strict", "ProtectSystem=s")
    installed_unit.write_text(broken, "utf-8")
    done = subprocess.run([*verify, installed_unit], capture_output=True, text=True, check=False)
    assert "Failed to parse protect system value" in done.stderr, "a wrong value is seen"


@needs("systemd-analyze")
def test_the_service_is_confined(tmp_path: Path) -> None:
    """Systemd rates the exposure from 0 to 10; 2.0 and less is "OK"."""
    security = ["systemd-analyze", "security", "--offline=true", "--no-pager", "--threshold=20"]
    done = subprocess.run([*security, UNIT], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-300:]


def test_the_environment_names_settings_below_the_state_directory() -> None:
    known = {f"KKB_{name.upper()}" for name in Settings.model_fields}
    own = {name: value for name, value in environment().items() if name.startswith("KKB_")}
    assert own
    assert set(own) <= known
    (state,) = options()["StateDirectory"]
    folder = f"{STATE}/{state}"
    assert make_url(own["KKB_DATABASE_URL"]).database == f"{folder}/kkb.db"
    assert own["KKB_RELEASES"].startswith(f"{folder}/")
    assert options()["WorkingDirectory"] == [folder]
    assert options()["ProtectSystem"] == ["strict"], "so that nothing else can be written"


def test_the_command_has_options_that_exist() -> None:
    program, name, *arguments = command()
    assert program.endswith("/bin/kkb")
    known = {
        option
        for parameter in get_command(kkb).commands[name].params  # type: ignore[attr-defined]
        for option in parameter.opts
    }
    assert {word for word in arguments if word.startswith("-")} <= known
    nginx = (ROOT / "deploy" / "nginx.conf").read_text("utf-8")
    assert f":{number_of('--port')} " in nginx, "the port that a proxy expects"


def test_the_limits_leave_room_for_the_workers() -> None:
    workers, settings = number_of("--workers"), Settings(database_url="sqlite://")
    worker = 278 + settings.cache_bytes / 1e6  # docs/scaling.md
    assert megabytes("MemoryMax") >= (workers + 1) * worker + settings.export_file_bytes / 1e6
    assert megabytes("MemoryHigh") < megabytes("MemoryMax")
    assert int(options()["TasksMax"][0]) > workers * THREADS
    assert int(options()["LimitNOFILE"][0]) > 2 * 800, "connections, and the files of exports"
    assert options()["KillMode"] == ["mixed"], "the parent process stops its workers"
    assert int(options()["TimeoutStopSec"][0]) > EXIT_SECONDS

"""The wheel has the templates and static files of the pages."""

import zipfile
from pathlib import Path

import pytest

from tests.clients.environments import python_environment

pytestmark = pytest.mark.clients
ROOT = Path(__file__).parents[2]


def test_the_wheel_ships_templates_and_static_files(tmp_path: Path) -> None:
    environment = python_environment("hatchling==1.33.0")
    environment.run("hatchling", "build", "--target", "wheel", "-d", tmp_path, cwd=ROOT)
    (wheel,) = tmp_path.glob("*.whl")
    explorer = ROOT / "app" / "explorer"
    wanted = {
        str(path.relative_to(ROOT))
        for folder in ("templates", "static")
        for path in (explorer / folder).iterdir()
    }
    assert wanted
    assert wanted <= set(zipfile.ZipFile(wheel).namelist())

"""Conventions of the project: layers, tools, and where some kinds of line may stand."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import httpx
import pytest
from importlinter.cli import lint_imports
from typer.main import get_command

from app import cli
from app.resources import RESOURCES
from app.services.records.input_models import is_input
from app.settings import Settings
from tests.params import needs

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "app").rglob("*.py"))


def test_imports_point_downwards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert lint_imports(no_cache=True) == 0


@pytest.mark.parametrize(
    "tool",
    [["ruff", "check"], ["ruff", "format", "--check"], ["mypy"], ["deptry", "."]],
    ids=" ".join,
)
def test_the_linters_find_nothing(tool: list[str]) -> None:
    command = [sys.executable, "-m", *tool]
    if tool[0] == "ruff":
        command += ["app", "benchmarks", "migrations", "tests"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_lower_bounds_of_dependencies_are_the_versions_that_tests_run_with() -> None:
    locked: dict[str, str] = {}  # a package may have a version per Python: the first is the oldest
    for line in (ROOT / "constraints.txt").read_text().splitlines():
        name, _, version = line.partition(" ")[0].partition("==")
        locked.setdefault(name, version)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    optional = [*extras["bench"], *extras["curation"], *extras["mcp"]]
    for dependency in [*project["dependencies"], *optional]:
        match = re.match(r"([A-Za-z0-9-]+)(?:\[\w+\])?>=([0-9.]+)", dependency)
        assert match, dependency
        assert f"{locked[match[1].lower()]}.".startswith(f"{match[2]}."), dependency


def test_packages_whose_undocumented_names_are_used_have_an_upper_bound() -> None:
    dependencies = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    private = re.compile(r"^\s*from (\w+)(?:\.\w+)*\._\w+ import", re.MULTILINE)
    used = {name for path in SOURCES for name in private.findall(path.read_text())}
    assert used == {"starlette", "starlette_compress"}
    for name in used | {"uvicorn", "fastapi"}:
        assert any(re.match(rf"{name.replace('_', '-')}>=[0-9.]+,<", d) for d in dependencies), name


def test_locks_name_no_host() -> None:
    for name in ("constraints.txt", "requirements.lock"):
        assert not re.search(r"://|--(?:extra-)?index|--find-links| @ ", (ROOT / name).read_text())


def test_no_collection_is_treated_by_its_name() -> None:
    for path in SOURCES:
        assert not re.search(r"resource\.name (==|!=|in) ", path.read_text()), path


def test_select_statements_are_built_in_kit_and_services() -> None:
    kit = ("facets", "filter_clauses", "includes", "lookup", "repository", "text_search")
    allowed = (*(f"app/kit/{module}.py" for module in kit), "app/services/")
    for path in SOURCES:
        name = path.relative_to(ROOT).as_posix()
        if not name.startswith(allowed):
            assert "select(" not in path.read_text(), name


def test_the_environment_is_read_in_one_place() -> None:
    for path in SOURCES:
        if path.name != "settings.py":
            assert "os.environ" not in path.read_text(), path


def test_every_setting_and_collection_is_in_the_readme_or_docs() -> None:
    text = "".join(p.read_text() for p in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
    for name in Settings.model_fields:
        assert f"KKB_{name.upper()}" in text, name
    for name in RESOURCES:
        assert f"`{name}`" in text or f"## {name}" in text, name


def test_every_command_is_in_the_readme() -> None:
    text = (ROOT / "README.md").read_text()
    commands = get_command(cli.app).commands  # type: ignore[attr-defined]
    assert len(commands) > 10
    for name in commands:
        assert f"`kkb {name}" in text, name


def test_every_field_of_the_dataset_is_in_its_document() -> None:
    text = (ROOT / "docs" / "dataset.md").read_text()
    for resource in (r for r in RESOURCES.values() if not r.derived):
        for part in filter(is_input, resource.mapping.fields):
            assert f"`{part.name}`" in text, (resource.name, part.name)


@needs("git")
@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a git repository")
def test_no_file_names_a_registry() -> None:
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert "uv.lock" not in tracked
    for name in ("constraints.txt", "requirements.lock"):
        assert "://" not in (ROOT / name).read_text(), name


def test_the_readme_s_example_is_what_the_service_answers(shipped_client: httpx.Client) -> None:
    text = (ROOT / "README.md").read_text()
    found = re.search(r"curl '(http[^']+)'\n```\n\n```json\n(.+?)```", text, re.S)
    assert found
    address, shown = found.groups()
    answer = shipped_client.get(address.removeprefix("http://127.0.0.1:8000"))
    assert answer.json() == json.loads(shown)

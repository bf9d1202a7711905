"""A collection is added by the files that CONTRIBUTING names, and nothing else is touched.

A copy of the tree gets a toy collection, instruments, from `toy_collection`: a model, a resource,
an import and an entry in each `__init__`, a migration and a test factory. Its scenario and the
contract tests that run for every collection then pass in the copy.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOY = Path(__file__).with_name("toy_collection")
KKB = "from app.cli import main; main()"
TABLES = ("Instrument", "InstrumentRange", "InstrumentReference")


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tree with the toy collection."""
    tree = tmp_path_factory.mktemp("tree")
    # Compiled modules come along; another worker may be writing some, under a temporary name.
    left_out = shutil.ignore_patterns(
        ".*", "*.pyc.*", "toy_collection", "test_add_collection.py", "stores"
    )
    for name in ("app", "migrations", "tests"):
        shutil.copytree(ROOT / name, tree / name, ignore=left_out)
    shutil.copy(ROOT / "pyproject.toml", tree)
    versions = tree / "migrations" / "versions"
    number = max(int(path.name[:4]) for path in versions.glob("0*.py")) + 1
    shutil.copy(TOY / "migration.py", versions / f"{number:04}_instruments.py")
    shutil.copy(TOY / "model.py", tree / "app" / "models" / "instrument.py")
    shutil.copy(TOY / "resource.py", tree / "app" / "resources" / "instruments.py")
    shutil.copy(TOY / "scenario.py", tree / "tests" / "project" / "test_instruments.py")
    models, resources = (tree / "app" / name / "__init__.py" for name in ("models", "resources"))
    add(models, "import", f"from app.models.instrument import {', '.join(TABLES)}\n")
    add(models, "__all__ = [\n", "".join(f'    "{table}",\n' for table in TABLES))
    add(resources, "import", "from app.resources.instruments import INSTRUMENTS\n")
    add(resources, "REFERENCES,\n", "        INSTRUMENTS,\n")
    with (tree / "tests" / "factories.py").open("a") as factories:
        factories.write((TOY / "factory.py").read_text().partition("import Fields, factory\n")[2])
    return tree


def add(file: Path, after: str, lines: str) -> None:
    """Insert lines after the last one that ends so, or after the imports."""
    text = file.read_text()
    ends = [
        found.end() for found in re.finditer(r"^from app\..* import (?:\([^)]*\)|.*)\n", text, re.M)
    ]
    at = ends[-1] if after == "import" else text.index(after) + len(after)
    file.write_text(text[:at] + lines + text[at:])


def run(tree: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(tree)}
    for name in [name for name in environment if name.startswith("PYTEST_")]:
        del environment[name]
    return subprocess.run(
        [sys.executable, *command],
        cwd=tree,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.timeout(600)
def test_a_collection_is_added_by_its_files(tree: Path) -> None:
    wrote = run(tree, "-c", KKB, "openapi", "--write", "app/api/openapi.json")
    assert wrote.returncode == 0, wrote.stderr
    document = (tree / "app" / "api" / "openapi.json").read_text()
    assert '"/v1/instruments/{slug}"' in document
    grown = len(document) - len((ROOT / "app" / "api" / "openapi.json").read_text())
    assert grown <= 20_000, "shared parts of the document are components"
    files = ["tests/project/test_instruments.py", "tests/contract", "tests/database/test_schema.py"]
    chosen = "test_instruments or (sqlite and instruments) or from_empty_equal_the_tables"
    done = run(tree, "-m", "pytest", "-n", "0", "-p", "no:cacheprovider", *files, "-k", chosen)
    assert done.returncode == 0, done.stdout[-10_000:] + done.stderr
    passed = int(re.findall(r"(\d+) passed", done.stdout)[-1])
    assert passed > 50, done.stdout

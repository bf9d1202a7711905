"""The TypeScript client of clients/typescript: packed, installed, and run with its README."""

import json
import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from tests.clients.busy_service import busy_service, check_requests
from tests.clients.environments import Environment, npm_environment, run_installer
from tests.clients.typescript import CLIENT, COMPILER, ROOT, copy_client

pytestmark = pytest.mark.clients
PROGRAM = Path(__file__).with_name("programs") / "own_client.ts"
PACKAGE = json.loads((CLIENT / "package.json").read_text())
TARBALL = f"{PACKAGE['name']}-{PACKAGE['version']}.tgz"


@pytest.fixture(scope="module")
def environment() -> Environment:
    """The packages that the client is built with, and the types of Node.js."""
    exact = [f"{name}@{version}" for name, version in PACKAGE["devDependencies"].items()]
    return npm_environment(*exact, "@types/node@20.19.24")


@pytest.fixture(scope="module")
def project(environment: Environment, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project in which the packed client is installed."""
    client = copy_client(tmp_path_factory.mktemp("checkout"))
    (client / "node_modules").symlink_to(environment.folder / "node_modules")
    environment.run("npm", "pack", "--loglevel=error", cwd=client)
    project = tmp_path_factory.mktemp("project")
    (project / "package.json").write_text('{"private": true, "type": "module"}')
    options = ["--offline", "--no-package-lock", "--no-audit", "--no-fund"]
    environment.run("npm", "install", *options, client / TARBALL, cwd=project)
    return project


def test_the_package_has_what_is_needed_and_no_more(project: Path) -> None:
    folder = project / "node_modules" / PACKAGE["name"]
    files = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    sources = {path.stem for path in (CLIENT / "src").glob("*.ts")} | {"schema"}
    compiled = {f"dist/{name}{ending}" for name in sources for ending in (".js", ".d.ts")}
    assert files == {"package.json", "README.md", "LICENSE"} | compiled
    assert (folder / "LICENSE").read_text() == (ROOT / "LICENSE").read_text()
    assert "dependencies" not in PACKAGE


def test_versions_are_exact() -> None:
    example = json.loads((CLIENT / "example" / "package.json").read_text())
    versions = {**PACKAGE["devDependencies"], **example["dependencies"]}
    versions |= example["devDependencies"]
    assert versions.pop(PACKAGE["name"]) == "file:.."
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in versions.values())


def test_a_program_and_the_readme_compile_and_run(
    environment: Environment, project: Path, prefixed_url: str
) -> None:
    shutil.copy(PROGRAM, project)
    (code,) = re.findall(r"```typescript\n(.*?)```", (CLIENT / "README.md").read_text(), re.DOTALL)
    (project / "readme.ts").write_text(code.replace("http://127.0.0.1:8000", prefixed_url))
    types = str(environment.folder / "node_modules" / "@types")
    settings = {
        "compilerOptions": COMPILER | {"typeRoots": [types], "noUncheckedIndexedAccess": True},
        "include": ["*.ts"],
    }
    (project / "tsconfig.json").write_text(json.dumps(settings))
    environment.run("tsc", cwd=project)
    with busy_service() as busy:
        environment.run("node", "build/own_client.js", prefixed_url, busy.url, cwd=project)
        check_requests(busy)
    output = environment.run("node", "build/readme.js", cwd=project)
    assert "inconclusive very_low" in output
    assert "/v1/claims/ketamine-relieves-ptsd" in output


@pytest.mark.heavy
def test_installation_and_a_first_answer_take_less_than_a_minute(
    prefixed_url: str, tmp_path: Path
) -> None:
    copy_client(tmp_path)
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "package.json").write_text('{"private": true, "type": "module"}')
    (commands,) = re.findall(r"```sh\n(.*?)```", (CLIENT / "README.md").read_text(), re.DOTALL)
    script = commands.replace("/path/to/your/project", str(tmp_path / "project"))
    script = script.replace("/path/to/ketamine-kb", str(tmp_path))
    program = (
        f'import {{ Client }} from "{PACKAGE["name"]}";'
        f'const kb = new Client("{prefixed_url}");'
        'console.log((await kb.get("/v1/claims", { limit: 1 })).data[0].slug);'
    )
    start = time.monotonic()
    run_installer(["bash", "-ec", script], tmp_path, npm_config_cache=str(tmp_path / "cache"))
    node = ["node", "--input-type=module", "-e", program]
    answer = subprocess.run(
        node, cwd=tmp_path / "project", capture_output=True, text=True, check=True
    )
    seconds = time.monotonic() - start
    assert answer.stdout.strip()
    assert seconds < 60, f"{seconds:.0f} s"
    print(f"Installation and a first answer: {seconds:.1f} s.")

"""openapi-typescript and openapi-fetch: a program compiles in strict mode, and runs."""

import shutil
from pathlib import Path

import pytest

from tests.clients.environments import npm_environment
from tests.clients.typescript import TYPESCRIPT, make_project

pytestmark = pytest.mark.clients
PROGRAM = Path(__file__).with_name("programs") / "fetch_client.ts"


def test_a_program_compiles_and_runs(service_url: str, openapi_file: Path, tmp_path: Path) -> None:
    environment = npm_environment(
        "openapi-typescript@7.13.0", "openapi-fetch@0.17.0", "@types/node@20.19.24", TYPESCRIPT
    )
    make_project(environment, tmp_path)
    shutil.copy(PROGRAM, tmp_path)
    environment.run("openapi-typescript", openapi_file, "-o", tmp_path / "schema.ts", cwd=tmp_path)
    environment.run("tsc", cwd=tmp_path)
    environment.run("node", "build/fetch_client.js", service_url, cwd=tmp_path)

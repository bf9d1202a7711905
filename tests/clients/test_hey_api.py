"""hey-api with zod and TanStack Query: a program compiles in strict mode, and runs."""

import json
import shutil
from pathlib import Path

import pytest

from tests.clients.environments import npm_environment
from tests.clients.typescript import TYPESCRIPT, make_project

pytestmark = [pytest.mark.clients, pytest.mark.heavy]
PROGRAM = Path(__file__).with_name("programs") / "hey_api.ts"
PLUGINS = ["@hey-api/client-fetch", "@hey-api/typescript", "@hey-api/sdk", "zod"]


def test_a_program_compiles_and_runs(service_url: str, openapi_file: Path, tmp_path: Path) -> None:
    environment = npm_environment(
        "@hey-api/openapi-ts@0.99.0",
        "zod@4.6.7",
        "@tanstack/react-query@5.108.4",
        "react@19.3.1",
        "@types/react@19.3.3",
        "@types/node@20.19.24",
        TYPESCRIPT,
    )
    make_project(environment, tmp_path)
    shutil.copy(PROGRAM, tmp_path)
    settings = {
        "input": str(openapi_file),
        "output": {"path": "client", "importFileExtension": ".js"},
        "plugins": [*PLUGINS, "@tanstack/react-query"],
    }
    config = tmp_path / "openapi-ts.config.mjs"
    config.write_text(f"export default {json.dumps(settings)};")
    environment.run("openapi-ts", "-f", config, cwd=tmp_path)
    environment.run("tsc", cwd=tmp_path)
    environment.run("node", "build/hey_api.js", service_url, cwd=tmp_path)

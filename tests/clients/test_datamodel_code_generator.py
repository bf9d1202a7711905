"""datamodel-code-generator: its pydantic models import."""

from pathlib import Path

import pytest

from tests.clients.environments import python_environment

pytestmark = pytest.mark.clients


def test_models_import(openapi_file: Path, tmp_path: Path) -> None:
    environment = python_environment("datamodel-code-generator==0.89.0", "pydantic==2.14.4")
    environment.run(
        "datamodel-codegen",
        *("--input", openapi_file, "--output", tmp_path / "models.py"),
        *("--output-model-type", "pydantic_v2.BaseModel", "--target-python-version", "3.11"),
        cwd=tmp_path,
    )
    environment.run("python", "-c", "import models", cwd=tmp_path)

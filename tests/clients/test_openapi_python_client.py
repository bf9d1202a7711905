"""openapi-python-client: no warning, and typed objects for lists, records, batches and problems."""

from pathlib import Path

import pytest

from tests.clients.environments import python_environment

pytestmark = pytest.mark.clients
PROGRAM = Path(__file__).with_name("programs") / "python_client.py"


def test_a_program_gets_typed_objects(service_url: str, openapi_file: Path, tmp_path: Path) -> None:
    environment = python_environment("openapi-python-client==0.29.1")
    environment.run(
        "openapi-python-client",
        *("generate", "--path", openapi_file, "--fail-on-warning", "--meta", "none"),
        *("--output-path", tmp_path / "ketamine_kb"),
        cwd=tmp_path,
    )
    # The client lies in the working folder, the program elsewhere.
    environment.run("python", "-c", PROGRAM.read_text("utf-8"), service_url, cwd=tmp_path)

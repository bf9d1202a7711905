"""Spectral and Redocly: the OpenAPI document passes their recommended rules."""

import json
from pathlib import Path

import pytest

from tests.clients.environments import npm_environment

pytestmark = pytest.mark.clients


def test_spectral_finds_nothing(openapi_file: Path, tmp_path: Path) -> None:
    environment = npm_environment("@stoplight/spectral-cli@6.16.3")
    ruleset = tmp_path / "ruleset.json"
    # It takes 45 s over the examples, which tests/api/test_openapi.py holds against their schemas.
    examples = {"oas3-valid-media-example": "off", "oas3-valid-schema-example": "off"}
    ruleset.write_text(json.dumps({"extends": ["spectral:oas"], "rules": examples}))
    environment.run(
        "spectral",
        *("lint", openapi_file, "--ruleset", ruleset, "--fail-severity", "warn"),
        cwd=tmp_path,
    )


@pytest.mark.heavy
def test_redocly_finds_no_error(openapi_file: Path, tmp_path: Path) -> None:
    environment = npm_environment("@redocly/cli@2.77.0")
    environment.run("redocly", "lint", openapi_file, "--extends", "recommended", cwd=tmp_path)

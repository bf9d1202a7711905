"""The service with the shipped dataset on a real server, and its OpenAPI document as a file."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests import helpers

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give these tests the time for an installation."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.timeout(900))


@pytest.fixture(scope="session")
def service_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Base URL of a server with the shipped dataset."""
    folder = tmp_path_factory.mktemp("clients")
    store = helpers.fill_store(f"sqlite:///{folder}/kkb.db", helpers.SHIPPED)
    with helpers.serving(store) as url:
        yield url
    store.engine.dispose()


@pytest.fixture(scope="session")
def openapi_file(service_url: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file with the OpenAPI document as the server sends it."""
    file = tmp_path_factory.mktemp("openapi") / "openapi.json"
    file.write_bytes(httpx.get(f"{service_url}/openapi.json").raise_for_status().content)
    return file

"""The service with the shipped dataset on a real server, and its OpenAPI document as a file."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app.kit.sessions import Store
from app.services.releases import publish
from app.services.releases.archive import Archive
from app.settings import Settings
from tests import helpers

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give these tests the time for an installation."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.timeout(900))


@pytest.fixture(scope="session")
def service_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Return an SQLite store with the shipped dataset: clients see no difference to PostgreSQL."""
    folder = tmp_path_factory.mktemp("clients")
    store = helpers.fill_store(f"sqlite:///{folder}/kkb.db", helpers.SHIPPED)
    yield store
    store.engine.dispose()


@pytest.fixture(scope="session")
def service_url(service_store: Store) -> Iterator[str]:
    """Base URL of a server with the shipped dataset."""
    with helpers.serving(service_store) as url:
        yield url


@pytest.fixture(scope="session")
def prefixed_url(service_store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Base URL of a server with the shipped dataset and one release, below a path prefix."""
    archive = Archive(tmp_path_factory.mktemp("releases") / "releases")
    publish.publish(service_store, archive, "1")
    settings = Settings(database_url="sqlite://", public_url="http://kb.test/ketamine")
    with helpers.serving(service_store, archive, settings) as url:
        yield f"{url}/ketamine"


@pytest.fixture(scope="session")
def openapi_file(service_url: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file with the OpenAPI document as the server sends it."""
    file = tmp_path_factory.mktemp("openapi") / "openapi.json"
    file.write_bytes(httpx.get(f"{service_url}/openapi.json").raise_for_status().content)
    return file

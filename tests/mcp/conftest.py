"""The shipped dataset behind `/mcp` on a real server, and the SDK's client of it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.mcp.calls import Caller

if TYPE_CHECKING:
    from app.kit.sessions import Store


@pytest.fixture(scope="session")
def caller(
    shipped_store: "Store", database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Caller]:
    """Calls tools over HTTP."""
    from app.services.releases import publish
    from app.services.releases.archive import Archive
    from app.settings import Settings
    from tests import helpers

    archive = Archive(tmp_path_factory.mktemp("releases"))
    if database == "sqlite":  # a release is a SQLite file, whatever it was published from
        publish.publish_loaded(shipped_store, archive)
    settings = Settings(database_url="sqlite://", mcp=True)
    with helpers.serving(shipped_store, archive, settings) as base:
        yield Caller(f"{base}/mcp")

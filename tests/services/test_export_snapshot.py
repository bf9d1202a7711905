"""An export is of one state of the database, which is the one that its ETag names."""

import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy.pool import QueuePool

from app.kit.sessions import Store
from tests import factories
from tests.helpers import fill_store, rewrite_record, serving

PATHS = ["/v1/claims.ndjson?fields=name", "/v1/claims.csv", "/v1/evidence/evidence-1.bib"]


@pytest.fixture
def behind(tmp_path: Path) -> Iterator[Store]:
    """A store whose read engine has not seen the last write of its primary."""
    folder = factories.write_folder(tmp_path / "data", factories.dataset(3))
    old, new = [fill_store(f"sqlite:///{tmp_path}/{name}.db", folder) for name in ("old", "new")]
    rewrite_record(new, "claim", "claim-1", name="Renamed")
    rewrite_record(new, "reference", "reference-1", name="Renamed")
    yield Store(new.engine, old.engine)
    for store in (old, new):
        store.engine.dispose()


@pytest.mark.parametrize("path", ["/v1/claims.ndjson?fields=name", "/v1/claims?fields=name"])
def test_an_etag_names_the_rows_that_come_with_it(behind: Store, path: str) -> None:
    with serving(behind) as url, httpx.Client(base_url=url) as client:
        old = client.get(path)
        new = client.get(path, headers={"Authorization": "Bearer kkb_any"})
    assert b"Renamed" not in old.content
    assert old.headers["etag"].startswith('"1-')
    assert b"Renamed" in new.content
    assert new.headers["etag"].startswith('"3-')


@pytest.mark.parametrize("path", PATHS)
def test_a_known_etag_gets_a_304_and_a_head_has_the_same_etag(behind: Store, path: str) -> None:
    with serving(behind.primary) as url, httpx.Client(base_url=url) as client:
        response = client.get(path)
        known = {"If-None-Match": response.headers["etag"]}
        assert response.content
        assert client.get(path, headers=known).status_code == 304
        head = client.head(path)
        assert head.headers["etag"] == response.headers["etag"]
        assert head.content == b""


def test_a_client_that_breaks_an_export_off_leaves_no_transaction_open(tmp_path: Path) -> None:
    folder = factories.write_folder(tmp_path / "data", factories.dataset(45))
    store = fill_store(f"sqlite:///{tmp_path}/kb.db", folder)
    pool = store.engine.pool
    assert isinstance(pool, QueuePool)
    with serving(store) as url:
        for _ in range(60):
            with httpx.stream("GET", f"{url}/v1/evidence.ndjson") as response:
                assert next(response.iter_raw(10))
        deadline = time.monotonic() + 10
        while (left := pool.checkedout()) and time.monotonic() < deadline:
            time.sleep(0.02)
    assert left == 0

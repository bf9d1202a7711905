"""An export is of one state of the store, which is the one that its tag names."""

import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy.exc import OperationalError

from app.kit.sessions import ReadSession, Store
from app.services.replicas import Replica, Replicated
from tests import factories
from tests.conftest import fill, rewrite, serving

PATHS = ["/v1/claims.ndjson?fields=name", "/v1/claims.csv", "/v1/evidence/evidence-1.bib"]


@pytest.fixture
def ahead(tmp_path: Path) -> Iterator[Replicated]:
    """Two standbys of one store, the second of which has seen a write that the first has not."""
    folder = factories.write(tmp_path / "data", factories.dataset(3))
    stores = [fill(f"sqlite:///{tmp_path}/{name}.db", folder) for name in ("one", "two")]
    rewrite(stores[1], "claim", "claim-1", name="Renamed")
    rewrite(stores[1], "reference", "reference-1", name="Renamed")
    yield Replicated(stores[1].engine, [Replica(store.engine) for store in stores])
    for store in stores:
        store.engine.dispose()


def test_a_tag_names_the_rows_that_come_with_it(ahead: Replicated) -> None:
    with serving(ahead) as url, httpx.Client(base_url=url) as client:
        seen: dict[str, set[bytes]] = {}
        for _ in range(30):
            answer = client.get("/v1/claims.ndjson?fields=name", headers={"Cookie": "unkept=1"})
            seen.setdefault(answer.headers["etag"], set()).add(answer.content)
    assert len(seen) == 2, "both standbys were asked"
    for tag, bodies in seen.items():
        (body,) = bodies
        assert (b"Renamed" in body) == (tag.startswith('"3-'))


@pytest.mark.parametrize("path", PATHS)
def test_who_has_it_is_told_so_and_a_head_is_told_the_same(ahead: Replicated, path: str) -> None:
    with serving(Store(ahead.engine)) as url, httpx.Client(base_url=url) as client:
        answer = client.get(path)
        tag = {"If-None-Match": answer.headers["etag"]}
        assert answer.content
        assert client.get(path, headers=tag).status_code == 304
        head = client.head(path)
        assert head.headers["etag"] == answer.headers["etag"]
        assert head.content == b""


def test_a_standby_that_breaks_off_first_is_not_missed_and_later_is(ahead: Replicated) -> None:
    asked = []

    def work(after: int) -> Iterator[int]:
        def read(session: ReadSession) -> Iterator[int]:
            asked.append(session)
            yield from range(after)
            if len(asked) == 1:
                raise OperationalError("SELECT", None, Exception("it went away"))
            yield 99

        return ahead.streaming(read)

    assert list(work(0)) == [99]
    assert len(asked) == 2
    asked.clear()
    with pytest.raises(OperationalError):
        list(work(2))


def test_who_goes_away_in_the_midst_leaves_no_read_open(tmp_path: Path) -> None:
    folder = factories.write(tmp_path / "data", factories.dataset(45))
    store = fill(f"sqlite:///{tmp_path}/kb.db", folder)
    with serving(store) as url:
        for _ in range(20):
            with httpx.stream("GET", f"{url}/v1/evidence.ndjson") as answer:
                assert next(answer.iter_raw(10))
        deadline = time.monotonic() + 10
        while (left := store.engine.pool.checkedout()) and time.monotonic() < deadline:
            time.sleep(0.02)
    assert left == 0

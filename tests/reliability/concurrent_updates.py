"""Contended updates: processes that all raise one figure of one record, and none is lost.

    python -m tests.reliability.concurrent_updates --processes 4 --updates 150 \
        --url postgresql

Each process is a node of its own on the store: its own application, asked as over HTTP. Every
update reads the record, sends the ETag back in If-Match, and has another curator accept it; who
comes too late (412, 409) reads again.
"""

import asyncio
import time
from collections import Counter
from pathlib import Path
from typing import Any

import httpx

from app.domain.curation import Scope
from app.main import create_app
from app.services.curation import api_keys
from app.services.store.revision import current_revision
from app.settings import Settings
from tests import factories
from tests.helpers import fill_store
from tests.reliability import empty_store
from tests.run_cli import FORKED

RECORD = "/v1/studies/study-0"
TOO_LATE = {409, 412}
BUSY = 503  # others wrote for more than ten seconds


async def run_updates(url: str, tokens: tuple[str, str], updates: int) -> Counter[int]:
    """One process's updates; gives how often it met each status."""
    met: Counter[int] = Counter()
    transport = httpx.ASGITransport(create_app(Settings(database_url=url)))
    author, judge = ({"Authorization": f"Bearer {token}"} for token in tokens)
    async with httpx.AsyncClient(transport=transport, base_url="http://kb", timeout=60) as client:
        while met[200] < updates:
            met[await _update(client, author, judge)] += 1
    return met


async def _update(client: httpx.AsyncClient, author: dict[str, str], judge: dict[str, str]) -> int:
    seen = await client.get(RECORD)
    if seen.status_code == BUSY:
        return BUSY
    answer = await client.patch(
        RECORD,
        params={"why": "One more."},
        json={"n_randomised": seen.json()["data"]["n_randomised"] + 1},
        headers=author | {"If-Match": seen.headers["etag"]},
    )
    if answer.status_code == 202:
        address = f"/v1/proposals/{answer.json()['data']['id']}/accept"
        answer = await client.post(address, headers=judge | {"If-Match": answer.headers["etag"]})
    if answer.status_code not in {200, BUSY, *TOO_LATE}:
        raise AssertionError(f"{answer.status_code}: {answer.text}")
    return answer.status_code


def _process(url: str, tokens: tuple[str, str], updates: int) -> Counter[int]:
    return asyncio.run(run_updates(url, tokens, updates))


def run(url: str, folder: Path, processes: int, updates: int) -> dict[str, Any]:
    """Fill an empty store, let the processes contend on it, and count what came of it."""
    content = factories.dataset(3)
    content["studies"][0]["n_randomised"] = 1
    store = fill_store(url, factories.write_folder(folder / "data", content))
    with store.write() as session:
        tokens = [
            tuple(
                api_keys.create_key(session, f"{word} {n}", [scope], 1)[1]
                for word, scope in (("author", Scope.PROPOSE), ("judge", Scope.REVIEW))
            )
            for n in range(processes)
        ]
    began = time.monotonic()
    with FORKED.Pool(processes) as pool:
        jobs = [(url, own, updates) for own in tokens]
        met = sum(pool.starmap(_process, jobs), Counter[int]())
    seconds = time.monotonic() - began
    with store.read() as session:
        standing = current_revision(session)
    return record_and_history(url) | {
        "acknowledged": met[200],
        "too_late": sum(met[status] for status in TOO_LATE),
        "busy": met[BUSY],
        "seconds": round(seconds, 1),
        "revision": standing.revision if standing else 0,
    }


def record_and_history(url: str) -> dict[str, Any]:
    """What the record holds now, and what its history says of it."""

    async def ask() -> dict[str, Any]:
        transport = httpx.ASGITransport(create_app(Settings(database_url=url)))
        async with httpx.AsyncClient(transport=transport, base_url="http://kb") as client:
            record = (await client.get(RECORD)).json()["data"]
            changes: list[dict[str, Any]] = []
            address = f"{RECORD}/history?limit=500"
            while address:
                page = await client.get(address)
                changes += page.json()["data"]
                address = page.links["next"]["url"] if "next" in page.links else ""
            steps = [c["fields"][0]["after"] for c in changes if c["action"] == "change"]
            return {"value": record["n_randomised"], "steps": steps}

    return asyncio.run(ask())


def main() -> None:
    parser = empty_store.parser(__doc__)
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--updates", type=int, default=150, help="by each process")
    asked = parser.parse_args()
    with empty_store.empty_store(asked.url) as (url, folder):
        found = run(url, folder, asked.processes, asked.updates)
    wanted = asked.processes * asked.updates
    lost = wanted - (found["value"] - 1)
    print(f"{wanted} updates acknowledged in {found['seconds']} s, {lost} lost")
    print(f"{found['too_late']} came too late, {found['busy']} met a 503; all were done again")
    assert found["steps"] == list(range(2, wanted + 2)), "the history has every step once"


if __name__ == "__main__":
    main()

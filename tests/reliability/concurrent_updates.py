"""Contended updates: several processes increment one field of one record, and none is lost.

    python -m tests.reliability.concurrent_updates --processes 4 --updates 150 \
        --url postgresql

Each process has an application on the same store, called through ASGI. Every update reads the
record and sends the ETag back in If-Match, and another curator accepts it; after a conflict (412,
409) the record is read again.
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
    """Send the updates of one process; return the counts of statuses."""
    statuses: Counter[int] = Counter()
    transport = httpx.ASGITransport(create_app(Settings(database_url=url)))
    author, reviewer = ({"Authorization": f"Bearer {token}"} for token in tokens)
    async with httpx.AsyncClient(transport=transport, base_url="http://kb", timeout=60) as client:
        while statuses[200] < updates:
            statuses[await _update(client, author, reviewer)] += 1
    return statuses


async def _update(
    client: httpx.AsyncClient, author: dict[str, str], reviewer: dict[str, str]
) -> int:
    current = await client.get(RECORD)
    if current.status_code == BUSY:
        return BUSY
    response = await client.patch(
        RECORD,
        params={"why": "One more."},
        json={"n_randomised": current.json()["data"]["n_randomised"] + 1},
        headers=author | {"If-Match": current.headers["etag"]},
    )
    if response.status_code == 202:
        address = f"/v1/proposals/{response.json()['data']['id']}/accept"
        response = await client.post(
            address, headers=reviewer | {"If-Match": response.headers["etag"]}
        )
    if response.status_code not in {200, BUSY, *TOO_LATE}:
        raise AssertionError(f"{response.status_code}: {response.text}")
    return response.status_code


def _process(url: str, tokens: tuple[str, str], updates: int) -> Counter[int]:
    return asyncio.run(run_updates(url, tokens, updates))


def run(url: str, folder: Path, processes: int, updates: int) -> dict[str, Any]:
    """Fill an empty store, run the processes on it, and return counts and the final record."""
    content = factories.dataset(3)
    content["studies"][0]["n_randomised"] = 1
    store = fill_store(url, factories.write_folder(folder / "data", content))
    with store.write() as session:
        tokens = [
            tuple(
                api_keys.create_key(session, f"{role} {n}", [scope], 1)[1]
                for role, scope in (("author", Scope.PROPOSE), ("judge", Scope.REVIEW))
            )
            for n in range(processes)
        ]
    began = time.monotonic()
    with FORKED.Pool(processes) as pool:
        jobs = [(url, key_pair, updates) for key_pair in tokens]
        statuses = sum(pool.starmap(_process, jobs), Counter[int]())
    seconds = time.monotonic() - began
    with store.read() as session:
        current = current_revision(session)
    return record_and_history(url) | {
        "acknowledged": statuses[200],
        "too_late": sum(statuses[status] for status in TOO_LATE),
        "busy": statuses[BUSY],
        "seconds": round(seconds, 1),
        "revision": current.revision if current else 0,
    }


def record_and_history(url: str) -> dict[str, Any]:
    """Return the value of the field, and its values in the history of the record."""

    async def read() -> dict[str, Any]:
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

    return asyncio.run(read())


def main() -> None:
    parser = empty_store.parser(__doc__)
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--updates", type=int, default=150, help="by each process")
    options = parser.parse_args()
    with empty_store.empty_store(options.url) as (url, folder):
        result = run(url, folder, options.processes, options.updates)
    expected = options.processes * options.updates
    lost = expected - (result["value"] - 1)
    print(f"{expected} updates acknowledged in {result['seconds']} s, {lost} lost")
    print(f"{result['too_late']} came too late, {result['busy']} met a 503; all were done again")
    assert result["steps"] == list(range(2, expected + 2)), "the history has every step once"


if __name__ == "__main__":
    main()

"""Crash test of writes: `kkb serve` is killed with SIGKILL during writes, and restarted.

    python -m tests.reliability.crash_write --kills 100 --url postgresql

Each pair of curators increments a field of a separate study: one proposes the change, the other
accepts it. A write is acknowledged when its response has arrived. A write without a response is
repeated with the same Idempotency-Key after the restart, and must be applied exactly once.
"""

import random
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any
from uuid import uuid4

import httpx
from sqlalchemy import func, select

from app import models as m
from app.domain.curation import Scope
from app.kit.sessions import Store
from app.services.curation import api_keys
from tests import factories
from tests.helpers import fill_store
from tests.reliability import empty_store, integrity_check
from tests.reliability.server_process import running_server, status_of

WRITERS = 4
MAX_WAIT_SECONDS = 240.0  # seconds


@dataclass
class Writer:
    """A pair of curators, their study, and counts of the responses to their writes."""

    base: str
    study: str
    tokens: dict[str, str]
    is_server_up: Event = field(default_factory=Event)
    should_stop: Event = field(default_factory=Event)
    proposed: int = 0
    accepted: int = 0
    unanswered: int = 0
    replayed: int = 0
    statuses: Counter[str] = field(default_factory=Counter)

    @property
    def acknowledged(self) -> int:
        return self.proposed + self.accepted

    def run(self) -> None:
        """Increment the field until stopped; each write is repeated until it has a response."""
        with httpx.Client(base_url=self.base, timeout=30) as self.client:
            while not self.should_stop.is_set():
                self.write_once()

    def write_once(self) -> None:
        """Increment the field: propose the change, and accept the proposal."""
        path = f"/v1/studies/{self.study}"
        current = self.request_with_retries("GET", path)
        body = {"n_randomised": current.json()["data"]["n_randomised"] + 1}
        proposal = self.write("PATCH", f"{path}?why=More.", "author", current, json=body)
        self.proposed += 1
        number = proposal.json()["data"]["id"]
        self.write("POST", f"/v1/proposals/{number}/accept", "judge", proposal)
        self.accepted += 1

    def write(
        self, method: str, path: str, role: str, current: httpx.Response, **options: Any
    ) -> httpx.Response:
        headers = {
            "Authorization": f"Bearer {self.tokens[role]}",
            "If-Match": current.headers["etag"],
            "Idempotency-Key": uuid4().hex,
        }
        response = self.request_with_retries(method, path, headers=headers, **options)
        assert response.status_code in {200, 202}, f"{response.status_code}: {response.text}"
        self.replayed += "idempotency-replayed" in response.headers
        return response

    def request_with_retries(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Send a request until a response arrives that is not a 503; retry connection errors."""
        was_broken_off, deadline = False, time.monotonic() + MAX_WAIT_SECONDS
        while time.monotonic() < deadline:
            self.is_server_up.wait(MAX_WAIT_SECONDS)
            try:
                response = self.client.request(method, path, **options)
                self.statuses[status_of(response)] += 1
                if response.status_code != 503:
                    return response
            except httpx.ConnectError:
                pass
            except httpx.TransportError:
                self.unanswered += not was_broken_off and method != "GET"
                was_broken_off = True
            time.sleep(0.02)
        raise AssertionError(f"no response to {method} {path}")


def run(url: str, folder: Path, kills: int, seed: int = 1) -> dict[str, int]:
    """Fill an empty store, kill and restart a node on it, and check the writes after each kill."""
    content = factories.dataset(WRITERS)
    for study in content["studies"]:
        study["n_randomised"] = 1
    store = fill_store(url, factories.write_folder(folder / "data", content))
    rng = random.Random(seed)
    with running_server(url, folder) as node:
        writers = [create_writer(store, node.base, f"study-{n}") for n in range(WRITERS)]
        with ThreadPoolExecutor(WRITERS) as pool:
            futures = [pool.submit(writer.run) for writer in writers]
            with finish_writers(writers, futures):
                for _ in range(kills):
                    for writer in writers:
                        writer.is_server_up.set()
                    wait_amid_writes(writers, rng)
                    node.kill()
                    for writer in writers:
                        writer.is_server_up.clear()
                    check_store(store, writers, unanswered=1)
                    node.start()
        check_store(store, writers, unanswered=0)
    counts = ("acknowledged", "unanswered", "replayed")
    return {name: sum(getattr(writer, name) for writer in writers) for name in counts}


def wait_amid_writes(writers: list[Writer], rng: random.Random) -> None:
    """Wait until 1 to 12 more writes are acknowledged, and up to 50 ms longer."""
    should_stop = sum(writer.acknowledged for writer in writers) + rng.randint(1, 12)
    deadline = time.monotonic() + 60
    while sum(writer.acknowledged for writer in writers) < should_stop:
        assert time.monotonic() < deadline, "no write was acknowledged"
        time.sleep(0.001)
    time.sleep(rng.uniform(0, 0.05))


@contextmanager
def finish_writers(writers: list[Writer], futures: list[Future[None]]) -> Iterator[None]:
    """Stop the writers at the end of the block, also after an error, and wait for them."""
    try:
        yield
    finally:
        for writer in writers:
            writer.should_stop.set()
            writer.is_server_up.set()
    for future in futures:
        future.result()


def create_writer(store: Store, base: str, study: str) -> Writer:
    scopes = {"author": Scope.PROPOSE, "judge": Scope.REVIEW}
    with store.write() as session:
        tokens = {
            role: api_keys.create_key(session, f"{role} of {study}", [scope], 1)[1]
            for role, scope in scopes.items()
        }
    return Writer(base, study, tokens)


def check_store(store: Store, writers: list[Writer], unanswered: int) -> None:
    """Compare the store with the acknowledged writes of each writer.

    Args:
        unanswered: How many writes of each writer may be stored without an acknowledgement.
    """
    for writer in writers:
        proposed, accepted = writer.proposed, writer.accepted
        with store.read() as session:
            count_stmt = select(m.Study.n_randomised).join(m.Record, m.Record.id == m.Study.id)
            stored_updates = (
                session.execute(count_stmt.where(m.Record.slug == writer.study)).scalar_one() - 1
            )
            proposals_stmt = select(func.count()).where(
                m.Proposal.author == f"author of {writer.study}"
            )
            stored_proposals = session.execute(proposals_stmt).scalar_one()
        assert accepted <= stored_updates <= accepted + unanswered, (
            f"{writer.study}: {accepted}, {stored_updates}"
        )
        assert proposed <= stored_proposals <= proposed + unanswered, (
            f"{writer.study}: {proposed}, {stored_proposals}"
        )
    assert (errors := integrity_check.integrity_errors(store)) == [], errors[:5]


def main() -> None:
    parser = empty_store.parser(__doc__)
    parser.add_argument("--kills", type=int, default=100)
    options = parser.parse_args()
    with empty_store.empty_store(options.url) as (url, folder):
        counts = run(url, folder, options.kills)
    print(f"{options.kills} kills, {counts['acknowledged']} writes acknowledged, 0 lost")
    print(
        f"{counts['unanswered']} were broken off and sent again, {counts['replayed']} of them done"
    )


if __name__ == "__main__":
    main()

"""Killed while it writes: `kkb serve` gets kill -9 amid curators' writes, and is started again.

    python -m tests.reliability.crash_write --kills 100 --url postgresql

Each pair of curators raises a figure of a study of its own: one proposes it, the other accepts. A
write is acknowledged when its answer has come. One whose answer never came is sent again, under
the same Idempotency-Key, to the node that was restarted: then it has been done, just once.
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
PATIENCE = 240.0  # seconds


@dataclass
class Writer:
    """A pair of curators and their study; what they were answered."""

    base: str
    study: str
    tokens: dict[str, str]
    up: Event = field(default_factory=Event)
    enough: Event = field(default_factory=Event)
    proposed: int = 0
    accepted: int = 0
    unanswered: int = 0
    replayed: int = 0
    met: Counter[str] = field(default_factory=Counter)

    @property
    def acknowledged(self) -> int:
        return self.proposed + self.accepted

    def run(self) -> None:
        """Raise the figure until it is enough; every write is brought to its answer."""
        with httpx.Client(base_url=self.base, timeout=30) as self.client:
            while not self.enough.is_set():
                self.write_once()

    def write_once(self) -> None:
        """Raise the figure by one: propose it, and accept it."""
        address = f"/v1/studies/{self.study}"
        seen = self.ask("GET", address)
        body = {"n_randomised": seen.json()["data"]["n_randomised"] + 1}
        done = self.write("PATCH", f"{address}?why=More.", "author", seen, json=body)
        self.proposed += 1
        number = done.json()["data"]["id"]
        self.write("POST", f"/v1/proposals/{number}/accept", "judge", done)
        self.accepted += 1

    def write(
        self, method: str, address: str, who: str, seen: httpx.Response, **more: Any
    ) -> httpx.Response:
        headers = {
            "Authorization": f"Bearer {self.tokens[who]}",
            "If-Match": seen.headers["etag"],
            "Idempotency-Key": uuid4().hex,
        }
        answer = self.ask(method, address, headers=headers, **more)
        assert answer.status_code in {200, 202}, f"{answer.status_code}: {answer.text}"
        self.replayed += "idempotency-replayed" in answer.headers
        return answer

    def ask(self, method: str, address: str, **more: Any) -> httpx.Response:
        """Ask until there is an answer; a node that is away is waited for."""
        broken_off, deadline = False, time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            self.up.wait(PATIENCE)
            try:
                answer = self.client.request(method, address, **more)
                self.met[status_of(answer)] += 1
                if answer.status_code != 503:
                    return answer
            except httpx.ConnectError:
                pass
            except httpx.TransportError:
                self.unanswered += not broken_off and method != "GET"
                broken_off = True
            time.sleep(0.02)
        raise AssertionError(f"no answer to {method} {address}")


def run(url: str, folder: Path, kills: int, seed: int = 1) -> dict[str, int]:
    """Fill an empty store, kill, start again, and count what was written and what is there."""
    content = factories.dataset(WRITERS)
    for study in content["studies"]:
        study["n_randomised"] = 1
    store = fill_store(url, factories.write_folder(folder / "data", content))
    chance = random.Random(seed)
    with running_server(url, folder) as node:
        writers = [create_writer(store, node.base, f"study-{n}") for n in range(WRITERS)]
        with ThreadPoolExecutor(WRITERS) as pool:
            asked = [pool.submit(one.run) for one in writers]
            with finish_writers(writers, asked):
                for _ in range(kills):
                    for one in writers:
                        one.up.set()
                    wait_amid_writes(writers, chance)
                    node.kill()
                    for one in writers:
                        one.up.clear()
                    check_store(store, writers, unanswered=1)
                    node.start()
        check_store(store, writers, unanswered=0)
    counts = ("acknowledged", "unanswered", "replayed")
    return {name: sum(getattr(writer, name) for writer in writers) for name in counts}


def wait_amid_writes(writers: list[Writer], chance: random.Random) -> None:
    """Wait until some more writes were acknowledged, and a moment longer."""
    enough = sum(one.acknowledged for one in writers) + chance.randint(1, 12)
    deadline = time.monotonic() + 60
    while sum(one.acknowledged for one in writers) < enough:
        assert time.monotonic() < deadline, "nobody writes"
        time.sleep(0.001)
    time.sleep(chance.uniform(0, 0.05))


@contextmanager
def finish_writers(writers: list[Writer], asked: list[Future[None]]) -> Iterator[None]:
    """Lets the writers bring their last write to its answer, whatever happens."""
    try:
        yield
    finally:
        for one in writers:
            one.enough.set()
            one.up.set()
    for future in asked:
        future.result()


def create_writer(store: Store, base: str, study: str) -> Writer:
    scopes = {"author": Scope.PROPOSE, "judge": Scope.REVIEW}
    with store.write() as session:
        tokens = {
            who: api_keys.create_key(session, f"{who} of {study}", [scope], 1)[1]
            for who, scope in scopes.items()
        }
    return Writer(base, study, tokens)


def check_store(store: Store, writers: list[Writer], unanswered: int) -> None:
    """Hold the store against what each writer was answered."""
    for one in writers:
        proposed, accepted = one.proposed, one.accepted
        with store.read() as session:
            figure = select(m.Study.n_randomised).join(m.Record, m.Record.id == m.Study.id)
            there = session.execute(figure.where(m.Record.slug == one.study)).scalar_one() - 1
            known = select(func.count()).where(m.Proposal.author == f"author of {one.study}")
            written = session.execute(known).scalar_one()
        assert accepted <= there <= accepted + unanswered, f"{one.study}: {accepted}, {there}"
        assert proposed <= written <= proposed + unanswered, f"{one.study}: {proposed}, {written}"
    assert (found := integrity_check.integrity_errors(store)) == [], found[:5]


def main() -> None:
    parser = empty_store.parser(__doc__)
    parser.add_argument("--kills", type=int, default=100)
    asked = parser.parse_args()
    with empty_store.empty_store(asked.url) as (url, folder):
        found = run(url, folder, asked.kills)
    print(f"{asked.kills} kills, {found['acknowledged']} writes acknowledged, 0 lost")
    print(f"{found['unanswered']} were broken off and sent again, {found['replayed']} of them done")


if __name__ == "__main__":
    main()

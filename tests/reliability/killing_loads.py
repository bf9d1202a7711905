"""Killed while it loads: `kkb load` ends by kill -9 at a hundred of its statements, and at COMMIT.

    python -m tests.reliability.killing_loads --kills 100 --url postgresql

A tenth of the kills meet the first load into an empty store, the others one that changes every
record. The store then holds one folder or the other, whole, and the same command finishes the work.
"""

from pathlib import Path
from typing import Any

from app.kit.sessions import Store
from app.resources import RESOURCES
from app.services import loading, writing
from app.services import store as stores
from app.services.dataset import Folder, read_folder
from app.services.drafts import whole as values
from app.services.records import all_drafts
from tests import factories
from tests.reliability import places, whole
from tests.reliability.dying import Child


def run(url: str, folder: Path, kills: int, size: int = 12) -> int:
    """Kill so many loads on their way; the statements of the last one that was let alone."""
    roots = [factories.write(folder / word, worded(size, word)) for word in ("one", "other")]
    folders = [read_folder(root) for root in roots]
    store = stores.open_store(url)
    stores.bring_to_head(store)
    first = kills // 10 + 1
    _killed_at(store, roots, folders, [1 + 40 * n for n in range(first)])
    statements = _killed_at(store, roots, folders, [])
    for n in range(kills - first):
        last = round(statements * (n + 1) / (kills - first))
        statements = _killed_at(store, roots, folders, [last])
    return statements


def _killed_at(store: Store, roots: list[Path], folders: list[Folder], lasts: list[int]) -> int:
    """Kill a load at some of its statements, then let it be; how many it had."""
    url = store.engine.url.render_as_string(hide_password=False)
    before, revision = held(store, folders), _revision(store)
    target = 0 if before is None else 1 - before
    for last in lasts:
        assert Child(["load", str(roots[target])], last, database_url=url).died()
        assert (held(store, folders), _revision(store)) == (before, revision), "nothing moved"
        assert (faults := whole.faults(store)) == [], faults[:5]
    _, statements = Child(["load", str(roots[target])], database_url=url).work()
    assert (held(store, folders), _revision(store)) == (target, revision + 1), "all of it"
    assert (faults := whole.faults(store)) == [], faults[:5]
    return statements


def worded(size: int, word: str) -> dict[str, Any]:
    """Records that say a word, each of them."""
    content = factories.dataset(size)
    for drafts in content.values():
        for draft in drafts:
            draft["summary"] = f"In {word} folder."
    return content


def held(store: Store, folders: list[Folder]) -> int | None:
    """Which folder the store holds, record by record; None while it is empty."""
    with store.read() as session:
        digest = loading.loaded_digest(session)
        there = {
            (resource.name, str(draft.slug)): values(draft)  # type: ignore[attr-defined]
            for resource in RESOURCES.values()
            if not resource.derived
            for draft in all_drafts(session, resource)
        }
    if digest is None:
        assert there == {}, "half a load"
        return None
    found = [folder.digest for folder in folders].index(digest)
    entries = folders[found].entries
    assert there == {(e.resource.name, e.slug): values(e.draft) for e in entries}, "half a load"
    return found


def _revision(store: Store) -> int:
    with store.read() as session:
        return writing.revision_of(session)


def main() -> None:
    parser = places.parser(__doc__)
    parser.add_argument("--kills", type=int, default=100)
    asked = parser.parse_args()
    with places.empty(asked.url) as (url, folder):
        statements = run(url, folder, asked.kills)
    print(f"{asked.kills} loads of {statements} statements killed, 0 half loads")


if __name__ == "__main__":
    main()

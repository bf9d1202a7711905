"""Killed while it loads: `kkb load` ends by kill -9 at a hundred of its statements, and at COMMIT.

    python -m tests.reliability.crash_load --kills 100 --url postgresql

A fifth of the kills meet the first load into an empty store, half of these at a moment instead of
a statement; the others meet one that changes every record. The store
then holds one folder or the other, whole, and the same command finishes the work.
"""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.kit.sessions import Store
from app.resources import RESOURCES
from app.services import bootstrap
from app.services.dataset.folder import Folder, read_folder
from app.services.dataset.loaded_dataset import loaded_digest
from app.services.records import commit
from app.services.records.input_models import full_dict as values
from app.services.records.lookup import all_record_inputs
from app.services.store.opening import open_store
from tests import factories
from tests.reliability import empty_store, integrity_check
from tests.reliability.crash import Child
from tests.reliability.store_copies import StoreCopies


def run(url: str, folder: Path, kills: int, size: int = 12) -> int:
    """Kill so many loads on their way; the statements of the last one that was let alone."""
    roots = [
        factories.write_folder(folder / word, folder_content(size, word))
        for word in ("one", "other")
    ]
    folders = [read_folder(root) for root in roots]
    store = open_store(url)
    bootstrap.migrate_and_rebuild(store)
    first = kills // 5
    seconds, statements = _baseline(store, roots[0])
    lasts = [round(statements * (n + 1) / (first - first // 2)) for n in range(first - first // 2)]
    moments = [seconds * (n + 1) / (first // 2 + 1) for n in range(first // 2)]
    _kill_at(store, roots, folders, lasts, moments)
    statements = _kill_at(store, roots, folders, [])
    shares = [(n + 1) / (kills - first) for n in range(kills - first)]
    for pair in (shares[at : at + 2] for at in range(0, len(shares), 2)):
        lasts = [round(statements * share) for share in pair]
        statements = _kill_at(store, roots, folders, lasts)
    return statements


def _baseline(store: Store, root: Path) -> tuple[float, int]:
    """What a first load takes: seconds, and statements."""
    copies = StoreCopies(store.engine.url.render_as_string(hide_password=False))
    copy = copies.of(store)
    url = copy.engine.url.render_as_string(hide_password=False)
    found = Child(["load", str(root)], database_url=url).finish()
    copies.drop(copy)
    return found


def _kill_at(
    store: Store,
    roots: list[Path],
    folders: list[Folder],
    lasts: list[int],
    moments: Sequence[float] = (),
) -> int:
    """Kill a load at some of its statements and moments, then let it be; its statements."""
    url = store.engine.url.render_as_string(hide_password=False)
    before, revision = held_folder(store, folders), _revision(store)
    target = 0 if before is None else 1 - before

    def load(last: int = 0) -> Child:
        return Child(["load", str(roots[target])], last, database_url=url)

    def hold() -> None:
        assert (held_folder(store, folders), _revision(store)) == (before, revision), (
            "nothing moved"
        )
        assert (faults := integrity_check.integrity_errors(store)) == [], faults[:5]

    for last in lasts:
        assert load(last).was_killed()
        hold()
    for moment in moments:
        child = load()
        child.wait_for_first_write()
        time.sleep(moment)
        child.kill()
        if held_folder(store, folders) == target:
            break  # it was through before the kill came
        hold()
    if held_folder(store, folders) != target:
        _, statements = load().finish()
    else:
        statements = 0
    assert (held_folder(store, folders), _revision(store)) == (target, revision + 1), "all of it"
    assert (faults := integrity_check.integrity_errors(store)) == [], faults[:5]
    return statements


def folder_content(size: int, word: str) -> dict[str, Any]:
    """Records that say a word, each of them."""
    content = factories.dataset(size)
    for drafts in content.values():
        for draft in drafts:
            draft["summary"] = f"In {word} folder."
    return content


def held_folder(store: Store, folders: list[Folder]) -> int | None:
    """Which folder the store holds, record by record; None while it is empty."""
    with store.read() as session:
        digest = loaded_digest(session)
        there = {
            (resource.name, str(draft.slug)): values(draft)  # type: ignore[attr-defined]
            for resource in RESOURCES.values()
            if not resource.derived
            for draft in all_record_inputs(session, resource)
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
        return commit.revision_of(session)


def main() -> None:
    parser = empty_store.parser(__doc__)
    parser.add_argument("--kills", type=int, default=100)
    asked = parser.parse_args()
    with empty_store.empty_store(asked.url) as (url, folder):
        statements = run(url, folder, asked.kills)
    print(f"{asked.kills} loads of {statements} statements killed, 0 half loads")


if __name__ == "__main__":
    main()

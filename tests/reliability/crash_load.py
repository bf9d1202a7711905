"""Crash test of loading: `kkb load` is killed with SIGKILL at 100 of its statements, and at COMMIT.

    python -m tests.reliability.crash_load --kills 100 --url postgresql

A fifth of the kills hit the first load into an empty store, half of these after a time instead of
at a statement; the others hit a load that changes every record. Afterwards the store holds all of
one folder or all of the other, and the same command completes the load.
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
    """Kill `kills` loads; return the number of statements of the last load that was not killed."""
    roots = [
        factories.write_folder(folder / name, folder_content(size, name))
        for name in ("one", "other")
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
    """Return the seconds and the number of statements of a first load."""
    copies = StoreCopies(store.engine.url.render_as_string(hide_password=False))
    copy = copies.of(store)
    url = copy.engine.url.render_as_string(hide_password=False)
    result = Child(["load", str(root)], database_url=url).finish()
    copies.drop(copy)
    return result


def _kill_at(
    store: Store,
    roots: list[Path],
    folders: list[Folder],
    lasts: list[int],
    moments: Sequence[float] = (),
) -> int:
    """Kill loads at statements and after seconds, then complete one; return its statements.

    Args:
        lasts: Numbers of the statements at which a load is killed.
        moments: Seconds after the first write at which a load is killed.
    """
    url = store.engine.url.render_as_string(hide_password=False)
    before, revision = loaded_folder(store, folders), _revision(store)
    target = 0 if before is None else 1 - before

    def start_load(last: int = 0) -> Child:
        return Child(["load", str(roots[target])], last, database_url=url)

    def assert_unchanged() -> None:
        assert (loaded_folder(store, folders), _revision(store)) == (before, revision), (
            "the store is unchanged"
        )
        assert (errors := integrity_check.integrity_errors(store)) == [], errors[:5]

    for last in lasts:
        assert start_load(last).was_killed()
        assert_unchanged()
    for moment in moments:
        child = start_load()
        child.wait_for_first_write()
        time.sleep(moment)
        child.kill()
        if loaded_folder(store, folders) == target:
            break  # the load was complete before the kill
        assert_unchanged()
    if loaded_folder(store, folders) != target:
        _, statements = start_load().finish()
    else:
        statements = 0
    assert (loaded_folder(store, folders), _revision(store)) == (target, revision + 1), "complete"
    assert (errors := integrity_check.integrity_errors(store)) == [], errors[:5]
    return statements


def folder_content(size: int, name: str) -> dict[str, Any]:
    """Return a dataset in which each summary contains a word."""
    content = factories.dataset(size)
    for drafts in content.values():
        for draft in drafts:
            draft["summary"] = f"In {name} folder."
    return content


def loaded_folder(store: Store, folders: list[Folder]) -> int | None:
    """Return the index of the folder whose records the store holds; None if it is empty."""
    with store.read() as session:
        digest = loaded_digest(session)
        stored = {
            (resource.name, str(draft.slug)): values(draft)  # type: ignore[attr-defined]
            for resource in RESOURCES.values()
            if not resource.derived
            for draft in all_record_inputs(session, resource)
        }
    if digest is None:
        assert stored == {}, "half a load"
        return None
    index = [folder.digest for folder in folders].index(digest)
    entries = folders[index].entries
    assert stored == {(e.resource.name, e.slug): values(e.draft) for e in entries}, "half a load"
    return index


def _revision(store: Store) -> int:
    with store.read() as session:
        return commit.revision_of(session)


def main() -> None:
    parser = empty_store.parser(__doc__)
    parser.add_argument("--kills", type=int, default=100)
    options = parser.parse_args()
    with empty_store.empty_store(options.url) as (url, folder):
        statements = run(url, folder, options.kills)
    print(f"{options.kills} loads of {statements} statements killed, 0 half loads")


if __name__ == "__main__":
    main()

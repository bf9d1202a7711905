"""`kkb check`: the dataset's own rules, and then the database's, on a store in memory."""

from pathlib import Path

from app.resources import RESOURCES
from app.services.bootstrap import migrate_and_rebuild, open_store
from app.services.dataset import load
from app.services.dataset.folder import Folder, read_folder


def check(root: Path) -> Folder:
    """The folder with every fault that can be found."""
    folder = read_folder(root)
    if not folder.faults:
        store = open_store("sqlite://")
        migrate_and_rebuild(store)
        with store.write() as session:
            folder.faults = sorted(set(load.database_faults(session, folder)))
    return folder


def tally(folder: Folder) -> dict[str, int]:
    """Records per collection."""
    return {name: len(folder.of(name)) for name, r in RESOURCES.items() if not r.derived}

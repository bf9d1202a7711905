"""`kkb check`: validate a dataset folder, then load it into an in-memory database."""

from pathlib import Path

from app.resources import RESOURCES
from app.services.dataset import load
from app.services.dataset.folder import Folder, read_folder
from app.services.store import migrations
from app.services.store.opening import open_store


def check_folder(root: Path) -> Folder:
    """The folder with every fault that can be found."""
    folder = read_folder(root)
    if not folder.errors:
        store = open_store("sqlite://")
        with store.write() as session:
            migrations.migrate(session)
            folder.errors = sorted(set(load.database_errors(session, folder)))
    return folder


def count_records(folder: Folder) -> dict[str, int]:
    """Records per collection."""
    return {name: len(folder.entries_of(name)) for name, r in RESOURCES.items() if not r.derived}

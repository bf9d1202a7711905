"""Check a dataset folder against its own rules, then against those of the database."""

from collections.abc import Sequence
from pathlib import Path

from app.resources import RESOURCES
from app.services.dataset.entry import DatasetError
from app.services.dataset.folder import Folder, read_folder
from app.services.dataset.load import load
from app.services.records.validation import RulesViolatedError
from app.services.store import migrations
from app.services.store.opening import open_store


def check_folder(root: Path, supplements: Sequence[Path] = ()) -> Folder:
    """Read a folder and collect its errors; those of the database only if there are no others."""
    folder = read_folder(root, supplements)
    if not folder.errors:
        folder.errors = sorted(set(_database_errors(folder)))
    return folder


def count_records(folder: Folder) -> dict[str, int]:
    """Return the number of records of each collection that a folder may hold."""
    return {name: len(folder.entries_of(name)) for name, r in RESOURCES.items() if not r.derived}


def _database_errors(folder: Folder) -> list[DatasetError]:
    """Load a folder into an empty store in memory; return what the database refuses."""
    entries = {(entry.resource.name, entry.slug): entry for entry in folder.entries}
    store = open_store("sqlite://")
    try:
        with store.write() as session:
            migrations.migrate(session)
            load(session, folder)
    except RulesViolatedError as error:
        errors = []
        for violation in error.violations:
            entry = entries[violation.resource.name, violation.slug]
            line = entry.line(*violation.path)
            errors.append(DatasetError(entry.file, line, violation.message))
        return errors
    finally:
        store.engine.dispose()
    return []

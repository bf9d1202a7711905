"""The shipped dataset, read once, and the import of a file against it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from app.services.dataset.folder import Folder, read_folder
from app.services.importers.dataset_index import DatasetIndex
from app.services.importers.import_result import ImportResult
from app.services.importers.sources import SOURCES

SHIPPED = Path(__file__).parents[3] / "app" / "dataset"
Importer = Callable[[str, str], ImportResult]


@pytest.fixture(scope="session")
def shipped_folder() -> Folder:
    folder = read_folder(SHIPPED)
    assert not folder.errors
    return folder


@pytest.fixture
def import_text(tmp_path: Path, shipped_folder: Folder) -> Importer:
    """Import a text from a source; the files for review are written to `tmp_path/review`."""

    def run(source: str, text: str) -> ImportResult:
        path = tmp_path / "source-file"
        path.write_text(text, "utf-8")
        index = DatasetIndex(shipped_folder.entries)
        result = SOURCES[source].import_file(path, index, lambda done, total: None)
        for name, content in result.files.items():
            target = tmp_path / "review" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(content, "utf-8")
        return result

    return run

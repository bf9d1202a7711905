"""A record in a dataset folder with its file and lines, and an error in one."""

from dataclasses import dataclass

from app.kit.resource import Resource
from app.services.dataset.yaml_reader import Lines, nearest_line
from app.services.records.input_models import RecordInput


@dataclass(frozen=True, order=True)
class DatasetError:
    """An error in a dataset folder, with its file and line; the line of a whole file is 0."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.message}"


@dataclass(frozen=True)
class Entry:
    """A record input and its location in a dataset folder.

    Args:
        file: Path of the file, relative to the folder.
        lines: The line of every key path in the file.
        path: The collection, and the index of the record in its list.
    """

    resource: Resource
    draft: RecordInput
    file: str
    lines: Lines
    path: tuple[str | int, ...]

    @property
    def slug(self) -> str:
        """The slug of the record."""
        return str(self.draft.slug)  # type: ignore[attr-defined]

    @property
    def name(self) -> str:
        """The name of the record."""
        return str(self.draft.name)  # type: ignore[attr-defined]

    @property
    def position(self) -> int:
        """The index of the record in the list of its collection."""
        return int(self.path[1])

    def line(self, *inner: str | int) -> int:
        """Return the line of a field, or that of the nearest enclosing value that has one."""
        return nearest_line(self.lines, (*self.path, *inner))

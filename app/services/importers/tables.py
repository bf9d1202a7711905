"""Tables in text files: rows by the names of their columns."""

import csv
import io
import re
from collections.abc import Sequence

from app.services.importers.import_result import ImportSourceError

_BETWEEN_WORDS = re.compile(r"\W+")


def column_name(header: str) -> str:
    """Return a column name in lower case with underscores: `Molecule ChEMBL ID`, ` ki Val`."""
    return _BETWEEN_WORDS.sub("_", header.strip().lower()).strip("_")


def read_table(
    text: str,
    required: Sequence[str],
    optional: Sequence[str] = (),
    *,
    file: str,
    delimiters: str = ",",
    renamed: dict[str, str] | None = None,
) -> list[dict[str, str]]:
    """Return the rows of a table with a header, as text by column name; others are left out.

    Args:
        required: Columns without which the table is another one.
        optional: Further columns; a row has an empty text where the table lacks one.
        file: What the table is, for the message.
        delimiters: Characters that may separate the cells; the most frequent in the header does.
        renamed: Column names of some releases, and the names of `required` and `optional`.

    Raises:
        ImportSourceError: The text is no such table.
    """
    delimiter = max(delimiters, key=text.partition("\n")[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    used = (*required, *optional)
    try:
        names = [column_name(cell) for cell in next(reader, [])]
        columns = [(renamed or {}).get(name, name) for name in names]
        if missing := [name for name in required if name not in columns]:
            raise ImportSourceError(f"it lacks the columns {', '.join(missing)} of {file}")
        at = {name: columns.index(name) for name in used if name in columns}
        rows = [
            {name: cells[n] for name, n in at.items() if n < len(cells)}
            for cells in reader
            if cells
        ]
    except csv.Error as error:
        raise ImportSourceError(f"it is no table of {file}: {error}") from error
    return [dict.fromkeys(used, "") | row for row in rows]

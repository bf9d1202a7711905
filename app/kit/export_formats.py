"""Export formats: rows as CSV, TSV, NDJSON or Parquet, streamed in chunks."""

import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from operator import itemgetter
from typing import Any, NamedTuple

from pydantic_core import from_json, to_json

from app.kit.batching import batched
from app.kit.field_mapping import Column, RecordMapping, ReferenceList, ScalarList, SingleReference
from app.kit.raw_json import Row, select_fields_bytes

ROW_GROUP = 500  # rows of a Parquet row group
#: JSON documents of records, in chunks.
Chunks = Iterable[Sequence[bytes]]
#: A cell that begins so is run as a formula by spreadsheets (OWASP, CSV injection).
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class FlatColumn(NamedTuple):
    """One column of a flat table.

    `cell` makes its cell from the value of `field`; `scalar` is str, int, float or bool.
    """

    name: str
    scalar: type
    field: str
    cell: Callable[[Any], Any]


def flat_columns(mapping: RecordMapping, fields: Sequence[str]) -> list[FlatColumn]:
    """Return the columns of the flat form: a reference has two (slug and name), a list one."""
    flat = []
    for name in fields:
        field = mapping.by_name[name]
        if isinstance(field.marker, SingleReference):
            flat.append(FlatColumn(name, str, name, _slug))
            flat.append(FlatColumn(f"{name}_name", str, name, itemgetter("name")))
        elif isinstance(field.marker, Column) and field.scalar in (int, float, bool):
            flat.append(FlatColumn(name, field.scalar, name, _text))
        else:
            flat.append(FlatColumn(name, str, name, CELL_FORMATTERS.get(type(field.marker), _text)))
    return flat


def flatten(table: Sequence[FlatColumn], row: Row) -> list[Any]:
    """Return the cells of a row: lists of scalars joined by `|`, lists of objects as JSON."""
    return [None if row[field] is None else cell(row[field]) for _, _, field, cell in table]


def _slug(value: Row) -> Any:
    return f"{value['type']}:{value['slug']}" if "type" in value else value["slug"]


def _text(value: Any) -> Any:
    return to_json(value).decode() if isinstance(value, list | dict) else value


CELL_FORMATTERS = {
    ScalarList: "|".join,
    ReferenceList: lambda items: "|".join([item["slug"] for item in items]),
}


def to_ndjson(fields: Sequence[str], chunks: Chunks) -> Iterator[bytes]:
    """Yield one document per line, then a line with their count.

    The last line tells a complete file from one that was cut off: the status was sent before.
    """
    count = 0
    for chunk in chunks:
        count += len(chunk)
        lines = [select_fields_bytes(document, fields) for document in chunk] if fields else chunk
        yield b"\n".join([*lines, b""])
    yield json.dumps({"end": True, "count": count}).encode() + b"\n"


def to_delimited(
    mapping: RecordMapping,
    fields: Sequence[str],
    chunks: Chunks,
    delimiter: str,
    *,
    preformatted: bool = False,
) -> Iterator[bytes]:
    """Yield CSV or TSV (RFC 4180) with a header line.

    The chunks hold documents or, if they are `preformatted`, stored lines without line end.
    """
    table = flat_columns(mapping, fields)
    yield f"{delimiter.join([column.name for column in table])}\r\n".encode()
    for chunk in chunks:
        lines = (
            delimited_row(table, from_json(document), delimiter).encode() for document in chunk
        )
        yield b"\r\n".join([*(chunk if preformatted else lines), b""])


def delimited_row(table: Sequence[FlatColumn], row: Row, delimiter: str) -> str:
    """Return a record as a line of CSV or TSV, without line end."""
    return separated_line(flatten(table, row), delimiter)


def separated_line(cells: Iterable[Any], delimiter: str) -> str:
    """Return a line of CSV or TSV; a `'` goes before text that a spreadsheet would run."""
    return delimiter.join(["" if cell is None else _format_cell(cell, delimiter) for cell in cells])


def _format_cell(cell: Any, delimiter: str) -> str:
    if not isinstance(cell, str):
        return str(cell).lower()
    text = f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell
    if '"' in text or delimiter in text or "\n" in text or "\r" in text:
        return '"' + text.replace('"', '""') + '"'
    return text


class _DrainableBuffer(io.BytesIO):
    """A file that holds what was written since the last `drain`."""

    def drain(self) -> bytes:
        """Return the content and empty the file."""
        content = self.getvalue()
        self.seek(self.truncate(0))
        return content


def to_parquet(mapping: RecordMapping, fields: Sequence[str], chunks: Chunks) -> Iterator[bytes]:
    """Yield a Parquet file, one row group at a time."""
    import pyarrow as pa  # imported here: heavy, and needed by this format only
    import pyarrow.parquet as pq

    arrow_types = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}
    table = flat_columns(mapping, fields)
    schema = pa.schema([(column.name, arrow_types[column.scalar]) for column in table])
    buffer = _DrainableBuffer()
    with pq.ParquetWriter(pa.PythonFile(buffer, mode="w"), schema) as writer:
        for documents in batched(chain.from_iterable(chunks), ROW_GROUP):
            rows = [flatten(table, from_json(document)) for document in documents]
            cells = zip(*rows, strict=True)
            arrays = [pa.array(v, field.type) for v, field in zip(cells, schema, strict=True)]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
            yield buffer.drain()
    yield buffer.drain()

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

ROW_GROUP = 500
Chunks = Iterable[Sequence[bytes]]
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class FlatColumn(NamedTuple):
    """One column of a flat table: its name, its type, and what a part of a row is as its cell."""

    name: str
    kind: type
    field: str
    cell: Callable[[Any], Any]


def flat_columns(shape: RecordMapping, fields: Sequence[str]) -> list[FlatColumn]:
    """The flat form of a record: a reference is two columns, a list is one."""
    flat = []
    for name in fields:
        part = shape.by_name[name]
        if isinstance(part.marker, SingleReference):
            flat.append(FlatColumn(name, str, name, _slug))
            flat.append(FlatColumn(f"{name}_name", str, name, itemgetter("name")))
        elif isinstance(part.marker, Column) and part.scalar in (int, float, bool):
            flat.append(FlatColumn(name, part.scalar, name, _text))
        else:
            flat.append(FlatColumn(name, str, name, CELL_FORMATTERS.get(type(part.marker), _text)))
    return flat


def flatten(table: Sequence[FlatColumn], row: Row) -> list[Any]:
    """A row's cells: lists of words joined by `|`, lists of objects as JSON."""
    return [None if row[part] is None else cell(row[part]) for _, _, part, cell in table]


def _slug(value: Row) -> Any:
    return f"{value['type']}:{value['slug']}" if "type" in value else value["slug"]


def _text(value: Any) -> Any:
    return to_json(value).decode() if isinstance(value, list | dict) else value


CELL_FORMATTERS = {
    ScalarList: "|".join,
    ReferenceList: lambda items: "|".join([item["slug"] for item in items]),
}


def to_ndjson(fields: Sequence[str], chunks: Chunks) -> Iterator[bytes]:
    """One document a line; the last line states how many there were."""
    count = 0
    for chunk in chunks:
        count += len(chunk)
        lines = [select_fields_bytes(document, fields) for document in chunk] if fields else chunk
        yield b"\n".join([*lines, b""])
    yield json.dumps({"end": True, "count": count}).encode() + b"\n"


def to_delimited(
    shape: RecordMapping,
    fields: Sequence[str],
    chunks: Chunks,
    delimiter: str,
    *,
    preformatted: bool = False,
) -> Iterator[bytes]:
    """CSV or TSV with a header, of documents; or of lines that are `preformatted`."""
    table = flat_columns(shape, fields)
    yield f"{delimiter.join([column.name for column in table])}\r\n".encode()
    for chunk in chunks:
        lines = (
            delimited_row(table, from_json(document), delimiter).encode() for document in chunk
        )
        yield b"\r\n".join([*(chunk if preformatted else lines), b""])


def delimited_row(table: Sequence[FlatColumn], row: Row, delimiter: str) -> str:
    """A record as a line of CSV or TSV, without its end."""
    return separated_line(flatten(table, row), delimiter)


def separated_line(cells: Iterable[Any], delimiter: str) -> str:
    """A line of CSV or TSV; a text cell that a spreadsheet would run gets a `'` in front."""
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
        out = self.getvalue()
        self.seek(self.truncate(0))
        return out


def to_parquet(shape: RecordMapping, fields: Sequence[str], chunks: Chunks) -> Iterator[bytes]:
    """Parquet, in groups of rows."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}
    table = flat_columns(shape, fields)
    schema = pa.schema([(column.name, kinds[column.kind]) for column in table])
    buffer = _DrainableBuffer()
    with pq.ParquetWriter(pa.PythonFile(buffer, mode="w"), schema) as writer:
        for documents in batched(chain.from_iterable(chunks), ROW_GROUP):
            rows = [flatten(table, from_json(document)) for document in documents]
            cells = zip(*rows, strict=True)
            arrays = [pa.array(v, field.type) for v, field in zip(cells, schema, strict=True)]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
            yield buffer.drain()
    yield buffer.drain()

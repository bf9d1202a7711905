"""Formats: the same rows as CSV, TSV, NDJSON or Parquet, in chunks, with flat memory."""

import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from operator import itemgetter
from typing import Any, NamedTuple

from pydantic_core import from_json, to_json

from app.kit.batching import batched
from app.kit.field_mapping import Col, Refs, RefTo, Shape, Values
from app.kit.raw_json import Row, narrowed

GROUP = 500
Chunks = Iterable[Sequence[bytes]]
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class Column(NamedTuple):
    """One column of a flat table: its name, its type, and what a part of a row is as its cell."""

    name: str
    kind: type
    part: str
    cell: Callable[[Any], Any]


def columns(shape: Shape, fields: Sequence[str]) -> list[Column]:
    """The flat form of a record: a reference is two columns, a list is one."""
    found = []
    for name in fields:
        part = shape.by_name[name]
        if isinstance(part.marker, RefTo):
            found.append(Column(name, str, name, _slug))
            found.append(Column(f"{name}_name", str, name, itemgetter("name")))
        elif isinstance(part.marker, Col) and part.scalar in (int, float, bool):
            found.append(Column(name, part.scalar, name, _text))
        else:
            found.append(Column(name, str, name, CELLS.get(type(part.marker), _text)))
    return found


def flatten(table: Sequence[Column], row: Row) -> list[Any]:
    """A row's cells: lists of words joined by `|`, lists of objects as JSON."""
    return [None if row[part] is None else cell(row[part]) for _, _, part, cell in table]


def _slug(value: Row) -> Any:
    return f"{value['type']}:{value['slug']}" if "type" in value else value["slug"]


def _text(value: Any) -> Any:
    return to_json(value).decode() if isinstance(value, list | dict) else value


CELLS = {
    Values: "|".join,
    Refs: lambda items: "|".join([item["slug"] for item in items]),
}


def to_ndjson(fields: Sequence[str], chunks: Chunks) -> Iterator[bytes]:
    """One document a line; the last line states how many there were."""
    count = 0
    for chunk in chunks:
        count += len(chunk)
        lines = [narrowed(document, fields) for document in chunk] if fields else chunk
        yield b"\n".join([*lines, b""])
    yield json.dumps({"end": True, "count": count}).encode() + b"\n"


def to_separated(
    shape: Shape, fields: Sequence[str], chunks: Chunks, delimiter: str, *, ready: bool = False
) -> Iterator[bytes]:
    """CSV or TSV with a header, of documents; or of lines that are `ready`."""
    table = columns(shape, fields)
    yield f"{delimiter.join([column.name for column in table])}\r\n".encode()
    for chunk in chunks:
        made = (separated(table, from_json(one), delimiter).encode() for one in chunk)
        yield b"\r\n".join([*(chunk if ready else made), b""])


def separated(table: Sequence[Column], row: Row, delimiter: str) -> str:
    """A record as a line of CSV or TSV, without its end."""
    return separated_line(flatten(table, row), delimiter)


def separated_line(cells: Iterable[Any], delimiter: str) -> str:
    """A line of CSV or TSV; a text cell that a spreadsheet would run gets a `'` in front."""
    return delimiter.join(["" if cell is None else _written(cell, delimiter) for cell in cells])


def _written(cell: Any, delimiter: str) -> str:
    if not isinstance(cell, str):
        return str(cell).lower()
    text = f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell
    if '"' in text or delimiter in text or "\n" in text or "\r" in text:
        return '"' + text.replace('"', '""') + '"'
    return text


class _Tap(io.BytesIO):
    """A file that holds what was written since the last `drain`."""

    def drain(self) -> bytes:
        out = self.getvalue()
        self.seek(self.truncate(0))
        return out


def to_parquet(shape: Shape, fields: Sequence[str], chunks: Chunks) -> Iterator[bytes]:
    """Parquet, in groups of rows."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}
    table = columns(shape, fields)
    schema = pa.schema([(column.name, kinds[column.kind]) for column in table])
    tap = _Tap()
    with pq.ParquetWriter(pa.PythonFile(tap, mode="w"), schema) as writer:
        for documents in batched(chain.from_iterable(chunks), GROUP):
            rows = [flatten(table, from_json(document)) for document in documents]
            cells = zip(*rows, strict=True)
            arrays = [pa.array(v, field.type) for v, field in zip(cells, schema, strict=True)]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
            yield tap.drain()
    yield tap.drain()

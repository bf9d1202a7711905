"""Writers of export formats: rows as CSV, TSV, NDJSON or Parquet, in chunks.

The formats that the API offers are listed in `EXPORT_FORMATS` (`app.services.records.exports`).
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from itertools import chain
from operator import itemgetter
from types import NoneType
from typing import Any, NamedTuple, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import from_json, to_json

from app.kit.field_mapping import (
    FieldMapping,
    ObjectList,
    RecordMapping,
    ReferenceList,
    SingleReference,
)
from app.kit.parquet_process import Columns, ColumnType, ParquetProcess
from app.kit.raw_json import Row, select_fields_bytes

#: Limits of a Parquet row group, which is held in memory: rows, and bytes of their documents.
ROW_GROUP, ROW_GROUP_BYTES = 500, 4_000_000
#: Version of the lines of CSV, which are stored with the documents: those of another are rebuilt.
LINE_VERSION = 2
#: JSON documents of records, in chunks.
Chunks = Iterable[Sequence[bytes]]
#: Text that a spreadsheet runs as a formula (OWASP, CSV injection). A sign alone, or a number, is
#: none.
FORMULA_STARTS = frozenset("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
FORMULA = re.compile(r"(?![+-]?[0-9.]+$)[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20].", re.DOTALL)


@dataclass(frozen=True)
class ExportedTable:
    """The records of an export, and what a file states about them.

    Args:
        mapping: The fields of the records.
        fields: Names of the chosen fields.
        chunks: The documents, or the stored lines of CSV if these were asked for.
        complete: Whether all fields were chosen.
        metadata: Release, licence and citation, for formats with a place for them.
        parquet: The process that writes Parquet; one for this file by default.
    """

    mapping: RecordMapping
    fields: Sequence[str]
    chunks: Chunks
    complete: bool = True
    metadata: Mapping[str, Any] = field(default_factory=dict)
    parquet: ParquetProcess | None = None


class FlatColumn(NamedTuple):
    """One column of a flat table: `cell` makes its cell from the value of `field`.

    `free_text` is any text but a slug or a value of a vocabulary.
    """

    name: str
    field: str
    cell: Callable[[Any], Any]
    free_text: bool = False


def flat_columns(mapping: RecordMapping, fields: Sequence[str]) -> list[FlatColumn]:
    """Return the columns of the flat form of a record.

    A reference has a column for its slug, one for its name, and one for each further field that it
    shows, such as `reference_doi`. A list of references has a column for their slugs, and one for
    each further field, in the same order.
    """
    flat = []
    for name in fields:
        mapped = mapping.by_name[name]
        marker = mapped.marker
        if isinstance(marker, SingleReference):
            flat.append(FlatColumn(name, name, _slug))
            flat.append(FlatColumn(f"{name}_name", name, itemgetter("name"), free_text=True))
            flat += [
                FlatColumn(f"{name}_{shown}", name, itemgetter(shown), free_text=True)
                for shown in marker.shown
            ]
        else:
            cell = _LIST_CELLS.get(type(marker), _cell)
            flat.append(FlatColumn(name, name, cell, _is_free_text(mapped)))
        if isinstance(marker, ReferenceList):
            flat += [
                FlatColumn(f"{name}_{shown}", name, partial(_joined, shown), free_text=True)
                for shown in marker.shown
            ]
    return flat


def _joined(shown: str, items: Sequence[Row]) -> str:
    """Return a field of several references, joined by `|`; nothing for null."""
    return "|".join([item[shown] or "" for item in items])


def _is_free_text(mapped: FieldMapping) -> bool:
    scalar = mapped.scalar
    return not (isinstance(scalar, type) and issubclass(scalar, StrEnum | int | float))


def _slug(value: Row) -> Any:
    return f"{value['type']}:{value['slug']}" if "type" in value else value["slug"]


def _cell(value: Any) -> Any:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return "|".join(value)
    return to_json(value).decode() if isinstance(value, list | dict) else value


_LIST_CELLS: dict[type, Callable[[Any], str]] = {
    ObjectList: lambda items: to_json(items).decode(),
    ReferenceList: lambda items: "|".join([item["slug"] for item in items]),
}


def to_ndjson(exported: ExportedTable) -> Iterator[bytes]:
    """Yield one document per line."""
    for chunk in exported.chunks:
        lines = (
            chunk
            if exported.complete
            else [select_fields_bytes(document, exported.fields) for document in chunk]
        )
        yield b"\n".join([*lines, b""])


def to_delimited(
    exported: ExportedTable, delimiter: str, *, preformatted: bool = False
) -> Iterator[bytes]:
    """Yield CSV or TSV (RFC 4180) with a header line.

    The chunks hold documents or, if they are `preformatted`, stored lines without line end.
    """
    table = flat_columns(exported.mapping, exported.fields)
    yield f"{delimiter.join([column.name for column in table])}\r\n".encode()
    delimited = DelimitedLines(table, delimiter)
    for chunk in exported.chunks:
        lines = (delimited.line(from_json(document)).encode() for document in chunk)
        yield b"\r\n".join([*(chunk if preformatted else lines), b""])


class DelimitedLines:
    """Writes records as lines of CSV or TSV (RFC 4180), without line ends.

    Lists of scalars are joined by `|`, and lists of objects are JSON. A `'` goes before free text
    that a spreadsheet would run as a formula.
    """

    def __init__(self, table: Sequence[FlatColumn], delimiter: str) -> None:
        self._columns = [(column.field, column.cell, column.free_text) for column in table]
        self._delimiter = delimiter

    def line(self, row: Row) -> str:
        """Return the line of a record."""
        delimiter, cells = self._delimiter, []
        for name, cell, free_text in self._columns:
            value = row[name]
            if value is None:
                cells.append("")
                continue
            if cell is not _cell or isinstance(value, (list, dict)):
                value = cell(value)
            cells.append(_quoted(_guarded(value) if free_text else value, delimiter))
        return delimiter.join(cells)


def separated_line(cells: Iterable[Any], delimiter: str) -> str:
    """Return a line of CSV or TSV, without line end; all text in it is taken for free text."""
    return delimiter.join([_quoted(_guarded(cell), delimiter) for cell in cells])


def _guarded(cell: Any) -> Any:
    if isinstance(cell, str) and cell[:1] in FORMULA_STARTS and FORMULA.match(cell):
        return f"'{cell}"
    return cell


def _quoted(cell: Any, delimiter: str) -> str:
    if not isinstance(cell, str):
        return "" if cell is None else str(cell).lower()
    if '"' in cell or delimiter in cell or "\n" in cell or "\r" in cell:
        return '"' + cell.replace('"', '""') + '"'
    return cell


def to_parquet(exported: ExportedTable) -> Iterator[bytes]:
    """Yield a Parquet file, one row group at a time.

    Its columns have the types and the nesting of the JSON documents: lists, and structs for
    references and for objects.

    Raises:
        ChildProcessError: The process that writes it cannot be started, or ended early.
    """
    metadata = {name: str(value) for name, value in exported.metadata.items()}
    with nullcontext(exported.parquet) if exported.parquet else ParquetProcess() as process:
        yield from process.write(parquet_columns(exported), metadata, _row_groups(exported.chunks))


def _row_groups(chunks: Chunks) -> Iterator[bytes]:
    """Yield documents, one per line, up to the limits of a row group."""
    group, size = [], 0
    for document in chain.from_iterable(chunks):
        group.append(document)
        size += len(document)
        if len(group) == ROW_GROUP or size >= ROW_GROUP_BYTES:
            yield b"\n".join(group)
            group, size = [], 0
    if group:
        yield b"\n".join(group)


def parquet_columns(exported: ExportedTable) -> Columns:
    """Return the columns of an export in Parquet."""
    fields = [exported.mapping.by_name[name] for name in exported.fields]
    return [(mapped.name, _column_type(mapped, exported.mapping)) for mapped in fields]


def _column_type(mapped: FieldMapping, mapping: RecordMapping) -> ColumnType:
    marker = mapped.marker
    if isinstance(marker, SingleReference | ReferenceList):
        names = ["slug", "name", *marker.shown]
        if isinstance(marker, SingleReference) and not isinstance(marker.to, str):
            names = ["type", *names]
        reference: ColumnType = {"struct": [(name, "string") for name in names]}
        return {"list": reference} if isinstance(marker, ReferenceList) else reference
    if isinstance(marker, ObjectList):
        nested = mapping.nested[mapped.name]
        return {"list": {"struct": [(f.name, _column_type(f, nested)) for f in nested.fields]}}
    return _scalar_type(mapped.info.annotation)


def _scalar_type(annotation: Any) -> ColumnType:
    """Return the type of a scalar, of a list of scalars, or of an object."""
    options = [option for option in get_args(annotation) if option is not NoneType]
    model = options[0] if options else annotation
    if isinstance(model, type) and issubclass(model, BaseModel):
        fields = model.model_fields.items()
        return {"struct": [(name, _scalar_type(info.annotation)) for name, info in fields]}
    if get_origin(annotation) is list:
        return {"list": _scalar_type(options[0])}
    types = {bool: "bool_", int: "int64", float: "float64"}
    return types.get(options[0] if options else annotation, "string")

"""Parquet files, written by a child process: pyarrow and numpy leave the memory with it.

This file is also the program of the child process, which imports nothing else of the project. The
two exchange frames, each a length of 8 bytes and as many bytes. The child process sends an empty
frame when it is ready. For each file it receives the schema as JSON, row groups as lines of JSON,
and an empty frame; to each of the last two it replies with the bytes that follow in the file.
"""

import io
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import IO, Any

#: Type of a column: the name of a type of pyarrow, `{"list": type}`, or `{"struct": columns}`.
ColumnType = str | dict[str, Any]
#: Names and types, in the order of the file.
Columns = list[tuple[str, ColumnType]]


class ParquetProcess:
    """A child process that writes Parquet files one after another, until its block ends.

    The block begins when it is ready, 0.3 seconds of CPU later. It ends with this process, too: its
    standard input is closed then.

    Raises:
        ChildProcessError: It cannot be started, or it ended early.
    """

    def __enter__(self) -> "ParquetProcess":
        # -P: the folder of this file holds modules with the names of others, such as `pool`.
        command = [sys.executable, "-P", __file__]
        try:
            self._child = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                process_group=0,  # an interrupt from the terminal is for this process
            )
        except OSError as error:
            raise ChildProcessError(error.errno, f"cannot be started: {error.strerror}") from error
        try:
            self._receive()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._end()

    def _end(self) -> None:
        self._child.kill()
        with suppress(BrokenPipeError), self._child:  # the rest of its input may not be written
            pass

    def write(
        self, columns: Columns, metadata: Mapping[str, str], row_groups: Iterable[bytes]
    ) -> Iterator[bytes]:
        """Yield a Parquet file in pieces, one for each row group and one for the end.

        Args:
            columns: Names and types of its columns.
            metadata: What its schema states.
            row_groups: JSON objects, one per line.
        """
        self._send(json.dumps({"columns": columns, "metadata": dict(metadata)}).encode())
        for lines in row_groups:
            self._send(lines)
            yield self._receive()
        self._send(b"")
        yield self._receive()

    def _send(self, content: bytes) -> None:
        assert self._child.stdin is not None
        try:
            _write_frame(self._child.stdin, content)
        except BrokenPipeError as error:
            raise self._ended_early() from error

    def _receive(self) -> bytes:
        assert self._child.stdout is not None
        content = _read_frame(self._child.stdout)
        if content is None:
            raise self._ended_early()
        return content

    def _ended_early(self) -> ChildProcessError:
        return ChildProcessError(None, f"ended with status {self._child.wait()}")


def _write_frame(stream: IO[bytes], content: bytes) -> None:
    stream.write(len(content).to_bytes(8))
    stream.write(content)
    stream.flush()


def _read_frame(stream: IO[bytes]) -> bytes | None:
    """Return the content of the next frame; None at the end of the stream."""
    head = stream.read(8)
    length = int.from_bytes(head)
    content = stream.read(length)
    return content if len(head) == 8 and len(content) == length else None


class _DrainableBuffer(io.BytesIO):
    """A file that holds what was written since the last `drain`."""

    def drain(self) -> bytes:
        """Return the content and empty the file."""
        content = self.getvalue()
        self.seek(self.truncate(0))
        return content


def _write_files(requests: IO[bytes], responses: IO[bytes]) -> None:
    """Write files as requested, in the child process."""
    import pyarrow as pa
    import pyarrow.parquet as pq
    from pyarrow import json as arrow_json

    _write_frame(responses, b"")
    while (described := _read_frame(requests)) is not None:
        description = json.loads(described)
        columns = [(name, _arrow_type(column)) for name, column in description["columns"]]
        schema = pa.schema(columns, metadata=description["metadata"])
        parse = arrow_json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="ignore")
        buffer = _DrainableBuffer()
        with pq.ParquetWriter(pa.PythonFile(buffer, mode="w"), schema) as writer:
            while lines := _read_frame(requests):
                # Arrow parses the JSON itself and makes no Python object. One block, since no
                # record may cross the border between two.
                read = arrow_json.ReadOptions(use_threads=False, block_size=len(lines) + 1)
                table = arrow_json.read_json(io.BytesIO(lines), read, parse)
                writer.write_table(table.cast(schema))
                _write_frame(responses, buffer.drain())
        _write_frame(responses, buffer.drain())


def _arrow_type(column: ColumnType) -> Any:
    """Return the type of pyarrow; all of Parquet's are nullable."""
    import pyarrow as pa

    if isinstance(column, str):
        return getattr(pa, column)()
    if "list" in column:
        return pa.list_(_arrow_type(column["list"]))
    return pa.struct([(name, _arrow_type(member)) for name, member in column["struct"]])


if __name__ == "__main__":
    _write_files(sys.stdin.buffer, sys.stdout.buffer)

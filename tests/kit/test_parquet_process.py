"""The process that writes Parquet files: pieces of a file, and failures."""

import io
import sys

import pyarrow.parquet as pq
import pytest

from app.kit.parquet_process import Columns, ParquetProcess

COLUMNS: Columns = [("name", "string"), ("seen", {"list": {"struct": [("at", "int64")]}})]


def test_one_process_writes_several_files() -> None:
    groups = [b'{"name": "a", "seen": [{"at": 1}]}\n{"name": null}', b'{"name": "b", "more": 2}']
    with ParquetProcess() as process:
        empty = b"".join(process.write(COLUMNS, {}, []))
        pieces = list(process.write(COLUMNS, {"licence": "CC0"}, groups))
    file = pq.ParquetFile(io.BytesIO(b"".join(pieces)))
    assert (len(pieces), file.num_row_groups) == (3, 2)
    assert file.read().to_pylist() == [
        {"name": "a", "seen": [{"at": 1}]},
        {"name": None, "seen": None},
        {"name": "b", "seen": None},
    ]
    assert file.schema_arrow.metadata == {b"licence": b"CC0"}
    assert pq.read_table(io.BytesIO(empty)).num_rows == 0


def test_a_process_that_fails_is_an_error(capfd: pytest.CaptureFixture[str]) -> None:
    with ParquetProcess() as process, pytest.raises(ChildProcessError, match="with status 1"):
        list(process.write(COLUMNS, {}, [b"{"]))
    assert "ArrowInvalid" in capfd.readouterr().err


def test_a_process_that_cannot_be_started_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    with pytest.raises(ChildProcessError, match="cannot be started"), ParquetProcess():
        pass
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(ChildProcessError, match="ended with status 1"), ParquetProcess():
        pass

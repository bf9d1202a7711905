"""Checksums of tables, independent of the database and of row order."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import BaseModel, Field
from sqlalchemy import Table, select

from app.kit.sessions import ReadSession

CHUNK = 2000  # rows
_SPACE = 2**256


class TableSummary(BaseModel):
    """The number of rows of a table, and a digest of them."""

    rows: int = Field(description="Rows in the table.")
    digest: str = Field(description="The sum of the SHA-256 of its rows, in hexadecimal.")


class TableChecksum:
    """Adds up the SHA-256 of rows, so that their order does not matter."""

    def __init__(self) -> None:
        self.rows = self._sum = 0

    def add(self, row: Sequence[Any]) -> None:
        """Add a row, as its JSON text."""
        text = json.dumps(list(row), ensure_ascii=False, default=str)
        row_digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
        self.rows, self._sum = self.rows + 1, (self._sum + int.from_bytes(row_digest)) % _SPACE

    @property
    def digest(self) -> TableSummary:
        """The summary of the rows added so far."""
        return TableSummary(rows=self.rows, digest=f"{self._sum:064x}")


def rows_by_key(session: ReadSession, table: Table) -> Iterator[Sequence[Any]]:
    """Yield every row in the order of the primary key, without holding all in memory."""
    stmt = select(table).order_by(*table.primary_key).execution_options(yield_per=CHUNK)
    yield from session.execute(stmt)


def table_digest(session: ReadSession, table: Table) -> TableSummary:
    """Return the summary of a table."""
    checksum = TableChecksum()
    for row in rows_by_key(session, table):
        checksum.add(row)
    return checksum.digest


def combined_digest(digests: dict[str, TableSummary]) -> str:
    """Return one digest of many tables, whatever their order."""
    lines = "".join(
        f"{name} {summary.rows} {summary.digest}\n" for name, summary in sorted(digests.items())
    )
    return hashlib.sha256(lines.encode()).hexdigest()

"""Checksums of tables, independent of the database and of row order."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import BaseModel, Field
from sqlalchemy import Table, select

from app.kit.sessions import ReadSession

CHUNK = 2000
_SPACE = 2**256


class TableSummary(BaseModel):
    """What a table holds, in two figures."""

    rows: int = Field(description="Rows in the table.")
    digest: str = Field(description="The sum of the SHA-256 of its rows, in hexadecimal.")


class TableChecksum:
    """Adds up a table's rows; the sum does not ask in what order they come."""

    def __init__(self) -> None:
        self.rows = self._sum = 0

    def add(self, row: Sequence[Any]) -> None:
        text = json.dumps(list(row), ensure_ascii=False, default=str)
        row_digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
        self.rows, self._sum = self.rows + 1, (self._sum + int.from_bytes(row_digest)) % _SPACE

    @property
    def digest(self) -> TableSummary:
        return TableSummary(rows=self.rows, digest=f"{self._sum:064x}")


def rows_by_key(session: ReadSession, table: Table) -> Iterator[Sequence[Any]]:
    """Every row in the order of its key; memory stays flat."""
    stmt = select(table).order_by(*table.primary_key).execution_options(yield_per=CHUNK)
    yield from session.execute(stmt)


def table_digest(session: ReadSession, table: Table) -> TableSummary:
    tally = TableChecksum()
    for row in rows_by_key(session, table):
        tally.add(row)
    return tally.digest


def combined_digest(digests: dict[str, TableSummary]) -> str:
    """One digest of many tables."""
    lines = "".join(
        f"{name} {summary.rows} {summary.digest}\n" for name, summary in sorted(digests.items())
    )
    return hashlib.sha256(lines.encode()).hexdigest()

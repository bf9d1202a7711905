"""Digests: whether tables hold the same rows, on whichever store and in whatever order."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import BaseModel, Field
from sqlalchemy import Table, select

from app.kit.sessions import ReadSession

CHUNK = 2000
_SPACE = 2**256


class TableDigest(BaseModel):
    """What a table holds, in two figures."""

    rows: int = Field(description="Rows in the table.")
    digest: str = Field(description="The sum of the SHA-256 of its rows, in hexadecimal.")


class Tally:
    """Adds up a table's rows; the sum does not ask in what order they come."""

    def __init__(self) -> None:
        self.rows = self._sum = 0

    def add(self, row: Sequence[Any]) -> None:
        text = json.dumps(list(row), ensure_ascii=False, default=str)
        found = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
        self.rows, self._sum = self.rows + 1, (self._sum + int.from_bytes(found)) % _SPACE

    @property
    def digest(self) -> TableDigest:
        return TableDigest(rows=self.rows, digest=f"{self._sum:064x}")


def rows_of(session: ReadSession, table: Table) -> Iterator[Sequence[Any]]:
    """Every row in the order of its key; memory stays flat."""
    stmt = select(table).order_by(*table.primary_key).execution_options(yield_per=CHUNK)
    yield from session.execute(stmt)


def digest_of(session: ReadSession, table: Table) -> TableDigest:
    tally = Tally()
    for row in rows_of(session, table):
        tally.add(row)
    return tally.digest


def combined(digests: dict[str, TableDigest]) -> str:
    """One digest of many tables."""
    said = "".join(
        f"{name} {found.rows} {found.digest}\n" for name, found in sorted(digests.items())
    )
    return hashlib.sha256(said.encode()).hexdigest()

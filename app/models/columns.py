"""Column shorthands that the tables share."""

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column


def record_key() -> Mapped[int]:
    """Return the primary key of a record type's table: the id in the record table."""
    return mapped_column(ForeignKey("record.id", ondelete="CASCADE"), primary_key=True)


def link(target: str, **options: Any) -> Mapped[Any]:
    """Return a foreign key to the table `target`; a row that is referred to cannot be deleted.

    It is checked at commit, so that a transaction may write records in any order.
    """
    key = ForeignKey(f"{target}.id", deferrable=True, initially="DEFERRED")
    return mapped_column(key, **{"index": True, **options})


def child_of(parent: str, *, index: bool = True) -> Mapped[int]:
    """Return the foreign key of a child row to its parent, with which it is deleted."""
    return mapped_column(ForeignKey(f"{parent}.id", ondelete="CASCADE"), index=index)


def at_least(column: str, bound: float) -> CheckConstraint:
    """Return the constraint `column >= bound`."""
    return CheckConstraint(f"{column} >= {bound}", name=f"{column}_in_range")


def positive(column: str) -> CheckConstraint:
    """Return the constraint `column > 0`."""
    return CheckConstraint(f"{column} > 0", name=f"{column}_positive")

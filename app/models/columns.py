"""Column shorthands that the tables share."""

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column


def record_key() -> Mapped[int]:
    """The noun's key: the id of its record."""
    return mapped_column(ForeignKey("record.id", ondelete="CASCADE"), primary_key=True)


def link(target: str, **options: Any) -> Mapped[Any]:
    """A foreign key into another noun's table; deleting what is pointed at is refused.

    It is checked at commit, so that records may arrive in any order within one transaction.
    """
    key = ForeignKey(f"{target}.id", deferrable=True, initially="DEFERRED")
    return mapped_column(key, **{"index": True, **options})


def child_of(parent: str) -> Mapped[int]:
    """The owner of a child row, deleted with it."""
    return mapped_column(ForeignKey(f"{parent}.id", ondelete="CASCADE"), index=True)


def at_least(column: str, bound: float) -> CheckConstraint:
    return CheckConstraint(f"{column} >= {bound}", name=f"{column}_in_range")


def positive(column: str) -> CheckConstraint:
    return CheckConstraint(f"{column} > 0", name=f"{column}_positive")

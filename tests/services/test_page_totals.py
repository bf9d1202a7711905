"""Totals of a page have no time limit: they count all related records, once per revision."""

from typing import Any

import pytest
from sqlalchemy import func, literal, select
from sqlalchemy.exc import OperationalError

from app.kit.repository import Repository
from app.kit.sessions import Store
from app.resources import RESOURCES
from app.services.pages.context import PageContext


def count_to(number: Any) -> Any:
    """Select the number of rows of a recursion."""
    rows = select(literal(1).label("n")).cte(recursive=True)
    rows = rows.union_all(select(rows.c.n + 1).where(rows.c.n < number))
    return select(func.count()).select_from(rows)


def test_a_total_may_take_longer_than_the_other_statements(shipped_store: Store) -> None:
    repository, compounds = Repository(RESOURCES), RESOURCES["compounds"]
    number = 200_000
    with shipped_store.with_time_limit(0.02).read() as session:
        key, row = repository.get_parsed(session, compounds, ["ketamine"])["ketamine"]
        page = PageContext(session, repository, compounds, key, row, 1)
        assert page.totals("slow", count_to, number=number) == [(number,)]
        with pytest.raises(OperationalError):
            page.summary_rows("slow", count_to, number=10 * number)

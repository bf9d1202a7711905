"""SQLite and PostgreSQL rank alike: the top five are the same, to the score and the snippet."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from app.kit.sessions import Store
from app.services.search import results
from tests.helpers import SHIPPED, fill_store
from tests.params import DATABASES
from tests.search.ndcg import judged_queries

ODD = ["κ–opioid", "ketmine and glutamat", "日本語", "10 µM", "NEAR(a b)", "ketamine " * 30, "é"]


@pytest.fixture(scope="module")
def both(
    make_empty_store: Callable[[str, Path], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[Store]]:
    with ExitStack() as stack:
        found = []
        for database in DATABASES:
            store = fill_store(
                make_empty_store(database, tmp_path_factory.mktemp(database)), SHIPPED
            )
            stack.callback(store.engine.dispose)
            found.append(store)
        yield found


def test_the_top_five_are_the_same_on_both_stores(both: list[Store]) -> None:
    questions = [one["q"] for one in judged_queries()] + ODD
    assert len(questions) >= 60
    for question in questions:
        answers = []
        for store in both:
            with store.read() as session:
                page = results.result_page(session, question, [], 5, None)
                answers.append((page.rows, page.result.total, page.result.counts, page.next))
        assert answers[0] == answers[1], question

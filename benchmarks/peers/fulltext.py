"""Search without a house: FTS5's own ranking, and what SQLite takes for the statements of ours."""

import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import event

from app.services.search import results
from app.services.search.tokenizer import terms
from app.services.store.opening import open_store

#: What a page shows, of the records that hold every word, best first by bm25.
BEST = (
    "SELECT t.slug, t.shown FROM search_index AS i JOIN search_text AS t ON t.id = i.rowid"
    " WHERE search_index MATCH ? ORDER BY i.rank LIMIT 20"
)

#: Names with words that begin with what was typed.
PREFIX = (
    "SELECT t.slug FROM search_index AS i JOIN search_text AS t ON t.id = i.rowid"
    " WHERE search_index MATCH ? LIMIT 10"
)


def prefix_query(store: Path, typed: Sequence[str]) -> float:
    """Return the median milliseconds of a prefix query on the index alone."""
    with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as connection:
        matches = [f'names : "{text}" *' for text in typed if text.isalnum()]
        took = [_took(connection, [(PREFIX, (match,))]) for match in matches]
    connection.close()
    return median(took)


def bm25(store: Path, word_lists: Sequence[str]) -> float:
    """The median milliseconds of a question, put to the index alone, when it is put again."""
    with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as connection:
        questions = [[(BEST, (_match(words),))] for words in word_lists]
        took = [
            min(_took(connection, question), _took(connection, question)) for question in questions
        ]
    connection.close()
    return median(took)


def statements(store: Path, word_lists: Sequence[str]) -> float:
    """The median milliseconds of the statements that we run for a question, and fetch."""
    ours = open_store(f"sqlite:///{store}")
    executed: list[tuple[str, Any]] = []

    def hear(_c: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        executed.append((statement, parameters))

    event.listen(ours.engine, "before_cursor_execute", hear)
    took = []
    with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as connection:
        for words in word_lists:
            executed.clear()
            with ours.read() as session:
                results.result_page(session, words, [], 20, None)
            took.append(
                _took(
                    connection,
                    [query for query in executed if query[0].startswith("SELECT")],
                )
            )
    connection.close()
    ours.engine.dispose()
    return median(took)


def _took(connection: sqlite3.Connection, question: Sequence[tuple[str, Any]]) -> float:
    begun = time.perf_counter()
    for statement, parameters in question:
        connection.execute(statement, parameters).fetchall()
    return (time.perf_counter() - begun) * 1e3


def _match(words: str) -> str:
    return " AND ".join(f'"{term}"' for term in terms(words).split())

"""Prepared statements: one SQL text for many values; rows and errors as from SQLAlchemy."""

from typing import Any

import pytest
from sqlalchemy import Select, select, text
from sqlalchemy.exc import DBAPIError

from app import models as m
from app.kit import prepared_statements
from app.kit.prepared_statements import PreparedStatement
from app.kit.repository import Repository
from app.kit.sessions import Store
from app.resources import RESOURCES

SLUGS = PreparedStatement(
    lambda record_types, slugs: (
        select(m.Record.id, m.Record.type, m.Record.slug)
        .where(
            m.Record.type.in_(record_types), m.Record.slug.in_(slugs), m.Record.type != "pathway"
        )
        .order_by(m.Record.id)
    )
)


def cached_keys() -> set[Any]:
    cache = prepared_statements.prepared_statement.cache
    assert cache is not None
    return set(cache)


def test_lists_of_any_length_return_their_rows(store: Store) -> None:
    record_types = ["claim", "study"]
    with store.read() as session:
        all_slugs = (
            select(m.Record.slug).where(m.Record.type.in_(record_types)).order_by(m.Record.id)
        )
        slugs = list(session.execute(all_slugs).scalars())
        for number in (0, 1, 2, 3, 5, 8, 9, 33, len(slugs)):
            requested = slugs[:number]
            rows = SLUGS.rows(session, record_types=record_types, slugs=requested)
            assert {row[2] for row in rows} == set(requested)
            assert {row[1] for row in rows} <= set(record_types)


def test_lists_of_two_and_more_share_one_sql_text(store: Store) -> None:
    statement = PreparedStatement(lambda slugs: select(m.Record.id).where(m.Record.slug.in_(slugs)))
    with store.read() as session:
        for number in (0, 2, 7, 64, 40_000):
            statement.rows(session, slugs=[f"claim-{index}" for index in range(number)])
        assert len(statement._compiled) == 1
        one = [statement.rows(session, slugs=[f"claim-{index}"]) for index in range(9)]
    assert len(statement._compiled) == 2
    assert any(one)


def test_repositories_of_all_releases_share_prepared_statements(store: Store) -> None:
    claims = RESOURCES["claims"]
    query = RESOURCES.list_query(claims)(kind=["mechanism", "efficacy"], sort=["-name"])
    pages = []
    for release in ("", "1", "2"):
        with store.read() as session:
            page = Repository(RESOURCES, release).list_page(session, claims, query)
            pages.append([document.text for document in page.documents])
            keys = cached_keys()
    assert pages[0]
    assert pages[0] == pages[1] == pages[2]
    with store.read() as session:
        Repository(RESOURCES, "3").list_page(session, claims, query)
    assert keys == cached_keys()


def test_the_least_recently_used_statements_are_evicted(store: Store) -> None:
    def build() -> Select[tuple[int]]:
        return select(m.Record.id)

    first = prepared_statements.prepared_statement(("made up", 0), build)
    second = prepared_statements.prepared_statement(("made up", 1), build)
    for number in range(2, 2 * prepared_statements.MAX_STATEMENTS):
        prepared_statements.prepared_statement(("made up", number), build)
        assert prepared_statements.prepared_statement(("made up", 0), build) is first
    assert prepared_statements.prepared_statement(("made up", 1), build) is not second
    assert len(cached_keys()) == prepared_statements.MAX_STATEMENTS


def test_a_driver_error_is_raised_as_dbapi_error(store: Store) -> None:
    invalid = PreparedStatement(
        lambda number: select(text("no_such_column")).where(m.Record.id == number)
    )
    with pytest.raises(DBAPIError) as error, store.read() as session:
        invalid.rows(session, number=1)
    assert "no_such_column" in str(error.value)
    with store.read() as session:
        assert SLUGS.rows(session, record_types=["claim"], slugs=["claim-1"])

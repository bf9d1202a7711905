"""Prepared statements: one text for many values, the same rows, the same errors."""

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
    lambda kinds, slugs: (
        select(m.Record.id, m.Record.type, m.Record.slug)
        .where(m.Record.type.in_(kinds), m.Record.slug.in_(slugs), m.Record.type != "pathway")
        .order_by(m.Record.id)
    )
)


def cached_keys() -> set[Any]:
    cache = prepared_statements.prepared_statement.cache
    assert cache is not None
    return set(cache)


def test_lists_of_any_length_find_what_a_statement_made_for_them_finds(store: Store) -> None:
    kinds = ["claim", "study"]
    with store.read() as session:
        every = select(m.Record.slug).where(m.Record.type.in_(kinds)).order_by(m.Record.id)
        slugs = list(session.execute(every).scalars())
        for number in (0, 1, 2, 3, 5, 8, 9, 33, len(slugs)):
            some = slugs[:number]
            rows = SLUGS.rows(session, kinds=kinds, slugs=some)
            assert {row[2] for row in rows} == set(some)
            assert {row[1] for row in rows} <= set(kinds)


def test_one_text_serves_lists_of_all_lengths(store: Store) -> None:
    one = PreparedStatement(lambda slugs: select(m.Record.id).where(m.Record.slug.in_(slugs)))
    with store.read() as session:
        for number in (0, 1, 2, 7, 64, 40_000):
            one.rows(session, slugs=[f"claim-{at}" for at in range(number)])
    assert len(one._compiled) == 1


def test_every_edition_of_a_list_has_the_statements_of_the_first(store: Store) -> None:
    claims = RESOURCES["claims"]
    query = RESOURCES.list_query(claims)(kind=["mechanism", "efficacy"], sort=["-name"])
    found = []
    for edition in ("", "1", "2"):
        with store.read() as session:
            page = Repository(RESOURCES, edition).list_page(session, claims, query)
            found.append([document.text for document in page.documents])
            known = cached_keys()
    assert found[0]
    assert found[0] == found[1] == found[2]
    with store.read() as session:
        Repository(RESOURCES, "3").list_page(session, claims, query)
    assert known == cached_keys()


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


def test_an_error_of_the_driver_is_told_as_any_other(store: Store) -> None:
    wrong = PreparedStatement(
        lambda number: select(text("no_such_column")).where(m.Record.id == number)
    )
    with pytest.raises(DBAPIError) as said, store.read() as session:
        wrong.rows(session, number=1)
    assert "no_such_column" in str(said.value)
    with store.read() as session:
        assert SLUGS.rows(session, kinds=["claim"], slugs=["claim-1"])

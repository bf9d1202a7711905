"""What search keeps follows the store: rebuilt with a dataset, renewed where a record changed."""

from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, text, update

from app import models as m
from app.kit.sessions import ReadSession, Store
from app.services import bootstrap
from app.services.records import read_models
from app.services.search import results
from app.services.search.term_counts import TermCounts
from tests import factories
from tests.helpers import fill_store

TABLES = (m.SearchText, m.SearchName, m.SearchTerm, m.SearchWord)


@pytest.fixture
def made(
    make_empty_store: Callable[[str, Path], str], database: str, tmp_path: Path
) -> Iterator[tuple[Store, Path]]:
    content = factories.dataset(5)
    content["compounds"][1] |= {"name": "Zebrafloxin", "synonyms": ["Stripes", "β-zebra"]}
    content["evidence"][1] |= {"compound": "compound-1", "finding": "A galumphing finding."}
    folder = factories.write_folder(tmp_path / "data", content)
    store = fill_store(make_empty_store(database, tmp_path), folder)
    yield store, folder
    store.engine.dispose()


def kept(session: ReadSession) -> list[list[Any]]:
    return [
        sorted(tuple(row) for row in session.execute(select(*table.__table__.columns)))
        for table in TABLES
    ]


def found(session: ReadSession, q: str) -> list[str]:
    rows = results.result_page(session, q, [], 100, None).rows
    return [
        f"{row['type'].value if hasattr(row['type'], 'value') else row['type']}:{row['slug']}"
        for row in rows
    ]


def key_of(session: ReadSession, kind: str, slug: str) -> int:
    stmt = select(m.Record.id).where(m.Record.type == kind, m.Record.slug == slug)
    return int(session.execute(stmt).scalar_one())


def whole(session: Any) -> None:
    """SQLite's own check that the index holds what the table says."""
    if session.connection.dialect.name == "sqlite":
        session.execute(
            text("INSERT INTO search_index(search_index, rank) VALUES('integrity-check', 1)")
        )


def test_renewing_every_record_gives_what_a_rebuild_gives(made: tuple[Store, Path]) -> None:
    store, _ = made
    with store.write() as session:
        before = kept(session)
        keys = session.execute(select(m.Record.id)).scalars().all()
        read_models.refresh(session, keys)
        assert kept(session) == before
        read_models.rebuild(session)
        assert kept(session) == before
        whole(session)


def test_a_changed_record_is_found_by_its_new_words_alone(made: tuple[Store, Path]) -> None:
    store, _ = made
    with store.write() as session:
        key = key_of(session, "evidence", "evidence-1")
        assert found(session, "galumphing")[0] == "evidence:evidence-1"
        session.execute(
            update(m.Evidence).where(m.Evidence.id == key).values(finding="A borogove.")
        )
        read_models.refresh(session, [key])
        assert found(session, "borogove")[0] == "evidence:evidence-1"
        assert found(session, "galumphing") == []
        whole(session)


def test_a_renamed_record_is_renamed_where_others_show_it(made: tuple[Store, Path]) -> None:
    store, _ = made
    with store.write() as session:
        assert "evidence:evidence-1" in found(session, "zebrafloxin")
        key = key_of(session, "compound", "compound-1")
        session.execute(update(m.Record).where(m.Record.id == key).values(name="Quaggamycin"))
        read_models.refresh(session, [key])
        hits = found(session, "quaggamycin")
        assert hits[0] == "compound:compound-1"
        assert "evidence:evidence-1" in hits
        assert found(session, "zebrafloxin") == []
        assert found(session, "stripes")[0] == "compound:compound-1"
        whole(session)


def test_a_new_record_is_found_and_a_deleted_one_forgotten(made: tuple[Store, Path]) -> None:
    store, _ = made
    row = {"type": "region", "slug": "tulgey", "name": "tulgey wood", "folded": "", "summary": "W."}
    with store.write() as session:
        key = session.execute(insert(m.Record).values(row).returning(m.Record.id)).scalar_one()
        session.execute(insert(m.Region).values(id=key, kind="region"))
        read_models.refresh(session, [key])
        assert found(session, "tulgey") == ["region:tulgey"]
        assert found(session, "tulgy wood") == ["region:tulgey"]
        session.execute(delete(m.Record).where(m.Record.id == key))
        read_models.refresh(session, [key])
        assert found(session, "tulgey wood") == []
        here = m.SearchTerm.term == "tulgey"
        assert not session.execute(select(m.SearchTerm).where(here)).all()
        whole(session)


def test_a_store_indexed_by_older_code_is_indexed_anew(made: tuple[Store, Path]) -> None:
    store, _ = made
    with store.write() as session:
        session.execute(update(m.Dataset).values(search_version=None))
        session.execute(delete(m.SearchTerm))
    bootstrap.migrate_and_rebuild(store)
    with store.read() as session:
        assert read_models.is_current(session)
        assert found(session, "galumphing")


def test_a_question_costs_the_same_statements_for_few_and_for_many(
    client: Any, count_statements: Callable[[], int]
) -> None:
    client.get("/v1/search?q=compound")
    count_statements()
    spent = []
    for limit in (1, 40):
        assert client.get(f"/v1/search?q=compound%20evidence&limit={limit}").status_code == 200
        spent.append(count_statements())
    assert spent[0] == spent[1] <= 9


def test_terms_that_went_to_files_are_counted_as_in_memory() -> None:
    rng = Random(1)
    whole, in_parts = TermCounts(), TermCounts(most=50)
    for _ in range(40):
        kind = rng.choice(["note", "claim", "paper"])
        held = [{"", *(f"t{rng.randrange(90)}" for _ in range(9))} for _ in range(20)]
        whole.add(kind, held)
        in_parts.add(kind, held)
    counted = list(whole.all())
    assert counted == sorted(counted)
    assert sum(count for term, _, count in counted if not term) == 40 * 20
    assert list(in_parts.all()) == counted

"""Indexing: what search keeps of records.

Everything is read off the records' documents: `Anew` when a dataset is loaded, `reindex` when some
were written or deleted. Both are called by `app.services.records.read_models`.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic_core import from_json
from sqlalchemy import delete, select, update

from app import models as m
from app.kit.batching import batched
from app.kit.raw_json import Row
from app.kit.resource import Resource
from app.kit.sessions import ReadSession, WriteSession
from app.resources import RESOURCES
from app.services.search import fulltext, index_entry, tokenizer
from app.services.search.index_entry import RECORD_TYPES, Kept
from app.services.search.term_counts import Tally
from app.services.store.bulk_insert import insert_rows

#: Moves with every change of what is kept or how it is cut: a store of another version is re-read.
VERSION = 2
CHUNK = 2000


def is_current(session: ReadSession) -> bool:
    """Whether what is kept was written by this version."""
    return session.execute(select(m.Dataset.search_version)).scalar_one_or_none() == VERSION


class Anew:
    """Everything written anew, batch by batch."""

    def __init__(self, session: WriteSession) -> None:
        self.session = session
        self.tally = Tally()
        self.dictionary: dict[str, str] = {}
        fulltext.empty(session)
        for table in (m.SearchName, m.SearchText, m.SearchTerm, m.SearchWord):
            session.execute(delete(table))

    def take(self, resource: Resource, rows: Mapping[int, Row]) -> None:
        """Some records of one noun, in the order of their ids."""
        seen: set[str] = set()
        kept = list(index_entry.keep(resource, rows, seen).values())
        _store(self.session, kept)
        self.tally.add(resource.kind, (one.terms for one in kept))
        self.dictionary |= tokenizer.dictionary(seen)

    def end(self) -> None:
        _insert(self.session, m.SearchTerm, ("term", "type", "count"), self.tally.all())
        _insert(self.session, m.SearchWord, ("word", "term"), sorted(self.dictionary.items()))
        fulltext.fill(self.session)
        self.session.execute(update(m.Dataset).values(search_version=VERSION))


def reindex(session: WriteSession, record_ids: Iterable[int]) -> None:
    """Write some records anew from their documents; what is there no more is forgotten."""
    asked = set(record_ids)
    seen: set[str] = set()
    old, fresh = _kept(session, asked), _read(session, asked, seen)
    for batch in batched(old.values(), CHUNK):
        ids = [kept.id for kept in batch]
        fulltext.forget(session, ids)
        session.execute(delete(m.SearchName).where(m.SearchName.text_id.in_(ids)))
        session.execute(delete(m.SearchText).where(m.SearchText.id.in_(ids)))
    for batch in batched(fresh.values(), CHUNK):
        _store(session, batch)
        fulltext.take(session, [kept.id for kept in batch])
    _recount(session, old.values(), fresh.values())
    found = tokenizer.dictionary(seen)
    known = _known(session, select(m.SearchWord.word), m.SearchWord.word, found)
    new = [(w, t) for w, t in found.items() if w not in known]
    _insert(session, m.SearchWord, ("word", "term"), new)


def _read(session: ReadSession, ids: Iterable[int], seen: set[str]) -> dict[int, Kept]:
    found: dict[int, Kept] = {}
    for batch in batched(sorted(ids), CHUNK):
        kinds: dict[str, dict[int, Row]] = defaultdict(dict)
        stmt = select(m.Record.id, m.Record.type, m.Document.body)
        stmt = stmt.join(m.Document, m.Document.id == m.Record.id).where(m.Record.id.in_(batch))
        for key, kind, body in session.execute(stmt):
            kinds[kind][key] = from_json(body)
        for kind, rows in kinds.items():
            found |= index_entry.keep(RESOURCES.by_kind[kind], rows, seen)
    return found


def _kept(session: ReadSession, ids: Iterable[int]) -> dict[int, Kept]:
    """What is kept now; of a record that is gone, no table tells what noun it was."""
    wanted = [index_entry.text_id(kind, key) for key in ids for kind in RECORD_TYPES]
    found: dict[int, Kept] = {}
    for batch in batched(wanted, CHUNK):
        stmt = select(*m.SearchText.__table__.columns).where(m.SearchText.id.in_(batch))
        found |= {
            index_entry.record_id(kept.id): kept for kept in index_entry.of_some(session, stmt)
        }
    return found


def _recount(session: WriteSession, old: Iterable[Kept], fresh: Iterable[Kept]) -> None:
    """Move the counts of terms by what went and what came."""
    change: dict[str, Counter[str]] = {}
    for batch, by in ((fresh, 1), (old, -1)):
        for kept in batch:
            counts = change.setdefault(index_entry.kind_of(kept.id), Counter())
            for term in kept.terms:
                counts[term] += by
    for kind, counts in change.items():
        moved = {term: by for term, by in counts.items() if by}
        there = select(m.SearchTerm.term).where(m.SearchTerm.type == kind)
        known = _known(session, there, m.SearchTerm.term, moved)
        for term in known:
            here = (m.SearchTerm.term == term, m.SearchTerm.type == kind)
            count = m.SearchTerm.count + moved[term]
            session.execute(update(m.SearchTerm).where(*here).values(count=count))
            if moved[term] < 0:
                session.execute(delete(m.SearchTerm).where(*here, m.SearchTerm.count <= 0))
        rows = [(t, kind, n) for t, n in moved.items() if t not in known]
        _insert(session, m.SearchTerm, ("term", "type", "count"), rows)


def _known(session: ReadSession, stmt: Any, column: Any, asked: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for batch in batched(asked, CHUNK):
        found |= set(session.execute(stmt.where(column.in_(batch))).scalars())
    return found


def _store(session: WriteSession, batch: Sequence[Kept]) -> None:
    _insert(session, m.SearchText, index_entry.COLUMNS, [kept.row() for kept in batch])
    names = [row for kept in batch for row in kept.name_rows()]
    _insert(session, m.SearchName, index_entry.NAME_COLUMNS, names)


def _insert(
    session: WriteSession, table: Any, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]
) -> None:
    for batch in batched(rows, CHUNK):
        insert_rows(session, table.__table__, columns, batch)

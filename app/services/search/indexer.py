"""Indexer: full reindex, and updates of changed records.

Everything is read off the records' documents: `FullReindex` when a dataset is loaded, `reindex`
when some were written or deleted. Both are called by `app.services.records.read_models`.
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
from app.services.search.index_entry import RECORD_TYPES, IndexEntry
from app.services.search.term_counts import TermCounts
from app.services.store.bulk_insert import insert_rows

#: Moves with every change of what is kept or how it is cut: a store of another version is re-read.
VERSION = 2
CHUNK = 2000


def is_current(session: ReadSession) -> bool:
    """Whether what is kept was written by this version."""
    return session.execute(select(m.Dataset.search_version)).scalar_one_or_none() == VERSION


class FullReindex:
    """Everything written anew, batch by batch."""

    def __init__(self, session: WriteSession) -> None:
        self.session = session
        self.tally = TermCounts()
        self.dictionary: dict[str, str] = {}
        fulltext.clear(session)
        for table in (m.SearchName, m.SearchText, m.SearchTerm, m.SearchWord):
            session.execute(delete(table))

    def add(self, resource: Resource, rows: Mapping[int, Row]) -> None:
        """Some records of one noun, in the order of their ids."""
        words_seen: set[str] = set()
        entries = list(index_entry.index_entries(resource, rows, words_seen).values())
        _store(self.session, entries)
        self.tally.add(resource.kind, (entry.terms for entry in entries))
        self.dictionary |= tokenizer.dictionary(words_seen)

    def finish(self) -> None:
        _insert(self.session, m.SearchTerm, ("term", "type", "count"), self.tally.all())
        _insert(self.session, m.SearchWord, ("word", "term"), sorted(self.dictionary.items()))
        fulltext.index_all(self.session)
        self.session.execute(update(m.Dataset).values(search_version=VERSION))


def reindex(session: WriteSession, record_ids: Iterable[int]) -> None:
    """Write some records anew from their documents; what is there no more is forgotten."""
    requested = set(record_ids)
    words_seen: set[str] = set()
    old, fresh = _stored_entries(session, requested), _read(session, requested, words_seen)
    for batch in batched(old.values(), CHUNK):
        ids = [entry.id for entry in batch]
        fulltext.remove_rows(session, ids)
        session.execute(delete(m.SearchName).where(m.SearchName.text_id.in_(ids)))
        session.execute(delete(m.SearchText).where(m.SearchText.id.in_(ids)))
    for batch in batched(fresh.values(), CHUNK):
        _store(session, batch)
        fulltext.index_rows(session, [entry.id for entry in batch])
    _update_counts(session, old.values(), fresh.values())
    words = tokenizer.dictionary(words_seen)
    known = _known(session, select(m.SearchWord.word), m.SearchWord.word, words)
    new = [(w, t) for w, t in words.items() if w not in known]
    _insert(session, m.SearchWord, ("word", "term"), new)


def _read(session: ReadSession, ids: Iterable[int], words_seen: set[str]) -> dict[int, IndexEntry]:
    entries: dict[int, IndexEntry] = {}
    for batch in batched(sorted(ids), CHUNK):
        kinds: dict[str, dict[int, Row]] = defaultdict(dict)
        stmt = select(m.Record.id, m.Record.type, m.Document.body)
        stmt = stmt.join(m.Document, m.Document.id == m.Record.id).where(m.Record.id.in_(batch))
        for key, kind, body in session.execute(stmt):
            kinds[kind][key] = from_json(body)
        for kind, rows in kinds.items():
            entries |= index_entry.index_entries(RESOURCES.by_kind[kind], rows, words_seen)
    return entries


def _stored_entries(session: ReadSession, ids: Iterable[int]) -> dict[int, IndexEntry]:
    """What is kept now; of a record that is gone, no table tells what noun it was."""
    search_ids = [index_entry.search_id(kind, key) for key in ids for kind in RECORD_TYPES]
    entries: dict[int, IndexEntry] = {}
    for batch in batched(search_ids, CHUNK):
        stmt = select(*m.SearchText.__table__.columns).where(m.SearchText.id.in_(batch))
        entries |= {
            index_entry.record_id(entry.id): entry
            for entry in index_entry.entries_for(session, stmt)
        }
    return entries


def _update_counts(
    session: WriteSession, old: Iterable[IndexEntry], fresh: Iterable[IndexEntry]
) -> None:
    """Move the counts of terms by what went and what came."""
    change: dict[str, Counter[str]] = {}
    for batch, by in ((fresh, 1), (old, -1)):
        for entry in batch:
            counts = change.setdefault(index_entry.type_of(entry.id), Counter())
            for term in entry.terms:
                counts[term] += by
    for kind, counts in change.items():
        moved = {term: by for term, by in counts.items() if by}
        existing = select(m.SearchTerm.term).where(m.SearchTerm.type == kind)
        known = _known(session, existing, m.SearchTerm.term, moved)
        for term in known:
            same_term = (m.SearchTerm.term == term, m.SearchTerm.type == kind)
            count = m.SearchTerm.count + moved[term]
            session.execute(update(m.SearchTerm).where(*same_term).values(count=count))
            if moved[term] < 0:
                session.execute(delete(m.SearchTerm).where(*same_term, m.SearchTerm.count <= 0))
        rows = [(t, kind, n) for t, n in moved.items() if t not in known]
        _insert(session, m.SearchTerm, ("term", "type", "count"), rows)


def _known(session: ReadSession, stmt: Any, column: Any, values: Iterable[str]) -> set[str]:
    known: set[str] = set()
    for batch in batched(values, CHUNK):
        known |= set(session.execute(stmt.where(column.in_(batch))).scalars())
    return known


def _store(session: WriteSession, batch: Sequence[IndexEntry]) -> None:
    _insert(session, m.SearchText, index_entry.COLUMNS, [entry.row() for entry in batch])
    names = [row for entry in batch for row in entry.name_rows()]
    _insert(session, m.SearchName, index_entry.NAME_COLUMNS, names)


def _insert(
    session: WriteSession, table: Any, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]
) -> None:
    for batch in batched(rows, CHUNK):
        insert_rows(session, table.__table__, columns, batch)

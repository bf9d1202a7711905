"""Indexer: full reindex, and updates of changed records.

The entries are built from the JSON documents of the records: `FullReindex` after a dataset was
loaded, `reindex` after records were written or deleted. app.services.records.read_models calls
both.
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

#: Increase it with every change of the entries or the tokenizer: releases of another version are
#: reindexed in a private copy. A live store is reindexed by any other software.
VERSION = 4
#: Rows or ids per statement.
CHUNK = 2000


def is_current(session: ReadSession) -> bool:
    """Return whether the index was written by this version of the indexer."""
    return session.execute(select(m.Dataset.search_version)).scalar_one_or_none() == VERSION


class FullReindex:
    """Rebuild of the whole index, batch by batch: `add` for each collection, then `finish`."""

    def __init__(self, session: WriteSession) -> None:
        """Empty the index."""
        self.session = session
        self.term_counts = TermCounts()
        self.dictionary: dict[str, str] = {}
        fulltext.clear(session)
        for table in (m.SearchName, m.SearchText, m.SearchTerm, m.SearchWord):
            session.execute(delete(table))

    def add(self, resource: Resource, rows: Mapping[int, Row]) -> None:
        """Index records of one type: parsed documents by record id, in ascending order."""
        words_seen: set[str] = set()
        entries = list(index_entry.index_entries(resource, rows, words_seen).values())
        _store(self.session, entries)
        self.term_counts.add(resource.record_type, (entry.terms for entry in entries))
        self.dictionary |= tokenizer.dictionary(words_seen)

    def finish(self) -> None:
        """Write counts, dictionary and full-text index."""
        _insert(self.session, m.SearchTerm, ("term", "type", "count"), self.term_counts.all())
        _insert(self.session, m.SearchWord, ("word", "term"), sorted(self.dictionary.items()))
        fulltext.index_all(self.session)
        self.session.execute(update(m.Dataset).values(search_version=VERSION))


def reindex(session: WriteSession, record_ids: Iterable[int]) -> None:
    """Index records from their current documents, and remove those that have none any more."""
    requested = set(record_ids)
    words_seen: set[str] = set()
    old, new = _stored_entries(session, requested), _read(session, requested, words_seen)
    for batch in batched(old.values(), CHUNK):
        ids = [entry.id for entry in batch]
        fulltext.remove_rows(session, ids)
        session.execute(delete(m.SearchName).where(m.SearchName.text_id.in_(ids)))
        session.execute(delete(m.SearchText).where(m.SearchText.id.in_(ids)))
    for batch in batched(new.values(), CHUNK):
        _store(session, batch)
        fulltext.index_rows(session, [entry.id for entry in batch])
    _update_counts(session, old.values(), new.values())
    words = tokenizer.dictionary(words_seen)
    known = _known(session, select(m.SearchWord.word), m.SearchWord.word, words)
    new_words = [(w, t) for w, t in words.items() if w not in known]
    _insert(session, m.SearchWord, ("word", "term"), new_words)


def _read(session: ReadSession, ids: Iterable[int], words_seen: set[str]) -> dict[int, IndexEntry]:
    entries: dict[int, IndexEntry] = {}
    for batch in batched(sorted(ids), CHUNK):
        rows_by_type: dict[str, dict[int, Row]] = defaultdict(dict)
        stmt = select(m.Record.id, m.Record.type, m.Document.body)
        stmt = stmt.join(m.Document, m.Document.id == m.Record.id).where(m.Record.id.in_(batch))
        for key, kind, body in session.execute(stmt):
            rows_by_type[kind][key] = from_json(body)
        for kind, rows in rows_by_type.items():
            entries |= index_entry.index_entries(RESOURCES.by_record_type[kind], rows, words_seen)
    return entries


def _stored_entries(session: ReadSession, ids: Iterable[int]) -> dict[int, IndexEntry]:
    """Return the stored entries by record id.

    A deleted record has no row that says its type, so that its id is tried with every type.
    """
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
    session: WriteSession, old: Iterable[IndexEntry], new: Iterable[IndexEntry]
) -> None:
    """Adjust the number of records per term by the differences between old and new entries."""
    counts_by_type: dict[str, Counter[str]] = {}
    for batch, by in ((new, 1), (old, -1)):
        for entry in batch:
            counts = counts_by_type.setdefault(index_entry.type_of(entry.id), Counter())
            for term in entry.terms:
                counts[term] += by
    for kind, counts in counts_by_type.items():
        changes = {term: by for term, by in counts.items() if by}
        existing = select(m.SearchTerm.term).where(m.SearchTerm.type == kind)
        known = _known(session, existing, m.SearchTerm.term, changes)
        for term in known:
            same_term = (m.SearchTerm.term == term, m.SearchTerm.type == kind)
            count = m.SearchTerm.count + changes[term]
            session.execute(update(m.SearchTerm).where(*same_term).values(count=count))
            if changes[term] < 0:
                session.execute(delete(m.SearchTerm).where(*same_term, m.SearchTerm.count <= 0))
        rows = [(t, kind, n) for t, n in changes.items() if t not in known]
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

"""Indexing: what search keeps of records, written from the store's own tables.

`rebuild` writes it all, when a dataset is loaded; `reindex` writes some records anew, when a
curator wrote or deleted them, and those that show one of them by a name that changed.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import delete, insert, select, update

from app import models as m
from app.domain.vocabulary import RecordType
from app.kit.resource import Resource
from app.kit.sessions import ReadSession, WriteSession
from app.kit.shape import Refs, RefTo
from app.resources import RESOURCES
from app.resources.searched import SEARCHED
from app.services.search import fulltext, keeping, words
from app.services.search.keeping import KINDS, Kept

#: Moves with every change of what is kept or how it is cut: a store of another version is re-read.
VERSION = 1
CHUNK = 2000
T = TypeVar("T")


def is_current(session: ReadSession) -> bool:
    """Whether what is kept was written by this version."""
    return session.execute(select(m.Dataset.search_version)).scalar_one_or_none() == VERSION


def rebuild(session: WriteSession) -> None:
    """Write everything anew."""
    fulltext.empty(session)
    for table in (m.SearchName, m.SearchText, m.SearchTerm, m.SearchWord):
        session.execute(delete(table))
    dictionary: dict[str, str] = {}
    for kind in KINDS:
        counts: Counter[str] = Counter()
        for batch, seen in _all(session, RESOURCES.by_kind[kind]):
            _store(session, batch)
            for kept in batch:
                counts.update(kept.terms)
            dictionary |= words.dictionary(seen)
        rows = [{"term": t, "type": kind, "count": n} for t, n in sorted(counts.items())]
        _insert(session, m.SearchTerm, rows)
    _insert(session, m.SearchWord, [{"word": w, "term": t} for w, t in sorted(dictionary.items())])
    fulltext.fill(session)
    session.execute(update(m.Dataset).values(search_version=VERSION))


def reindex(session: WriteSession, record_ids: Iterable[int]) -> None:
    """Write some records anew; what is there no more is forgotten."""
    asked = set(record_ids)
    seen: set[str] = set()
    old, fresh = _kept(session, asked), _read(session, asked, seen)
    renamed = {key for key in old.keys() & fresh.keys() if old[key].texts[0] != fresh[key].texts[0]}
    if showing := _showing(session, renamed) - asked:
        old |= _kept(session, showing)
        fresh |= _read(session, showing, seen)
    for some in _batches(old.values()):
        ids = [kept.id for kept in some]
        fulltext.forget(session, ids)
        session.execute(delete(m.SearchName).where(m.SearchName.text_id.in_(ids)))
        session.execute(delete(m.SearchText).where(m.SearchText.id.in_(ids)))
    for some in _batches(fresh.values()):
        _store(session, some)
        fulltext.take(session, [kept.id for kept in some])
    _recount(session, old.values(), fresh.values())
    found = words.dictionary(seen)
    known = _known(session, select(m.SearchWord.word), m.SearchWord.word, found)
    rows = [{"word": w, "term": t} for w, t in found.items() if w not in known]
    _insert(session, m.SearchWord, rows)


def _all(session: ReadSession, resource: Resource) -> Iterator[tuple[list[Kept], set[str]]]:
    after = 0
    while True:
        stmt = select(resource.key).where(resource.key > after).order_by(resource.key)
        ids = list(session.execute(stmt.limit(CHUNK)).scalars())
        if not ids:
            return
        seen: set[str] = set()
        yield list(keeping.read(session, resource, ids, seen).values()), seen
        after = ids[-1]


def _read(session: ReadSession, ids: Iterable[int], seen: set[str]) -> dict[int, Kept]:
    found: dict[int, Kept] = {}
    for some in _batches(sorted(ids)):
        kinds: dict[RecordType, list[int]] = {}
        stmt = select(m.Record.id, m.Record.type).where(m.Record.id.in_(some))
        for key, kind in session.execute(stmt):
            kinds.setdefault(kind, []).append(key)
        for kind, keys in kinds.items():
            found |= keeping.read(session, RESOURCES.by_kind[kind], keys, seen)
    return found


def _kept(session: ReadSession, ids: Iterable[int]) -> dict[int, Kept]:
    """What is kept now; of a record that is gone, no table tells what noun it was."""
    wanted = [keeping.text_id(kind, key) for key in ids for kind in KINDS]
    found: dict[int, Kept] = {}
    for some in _batches(wanted):
        stmt = select(*m.SearchText.__table__.columns).where(m.SearchText.id.in_(some))
        found |= {keeping.record_id(kept.id): kept for kept in keeping.of_some(session, stmt)}
    return found


def _showing(session: ReadSession, ids: set[int]) -> set[int]:
    """The records that have the name of any of these among their texts."""
    found: set[int] = set()
    for kind, own in SEARCHED.items() if ids else ():
        resource = RESOURCES.by_kind[kind]
        for name in own.texts:
            marker = resource.shape.by_name[name.partition(".")[0]].marker
            if isinstance(marker, RefTo):
                stmt = select(resource.key).where(marker.column.in_(ids))
            elif isinstance(marker, Refs):
                stmt = select(marker.parent).where(marker.child.in_(ids))
            else:
                continue
            found |= set(session.execute(stmt).scalars())
    return found


def _recount(session: WriteSession, old: Iterable[Kept], fresh: Iterable[Kept]) -> None:
    """Move the counts of terms by what went and what came."""
    change: dict[RecordType, Counter[str]] = {}
    for batch, by in ((fresh, 1), (old, -1)):
        for kept in batch:
            counts = change.setdefault(keeping.kind_of(kept.id), Counter())
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
        rows = [{"term": t, "type": kind, "count": n} for t, n in moved.items() if t not in known]
        _insert(session, m.SearchTerm, rows)


def _known(session: ReadSession, stmt: Any, column: Any, asked: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for some in _batches(asked):
        found |= set(session.execute(stmt.where(column.in_(some))).scalars())
    return found


def _batches(values: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(values)
    while some := list(islice(rest, CHUNK)):
        yield some


def _store(session: WriteSession, batch: Sequence[Kept]) -> None:
    _insert(session, m.SearchText, [kept.row() for kept in batch])
    _insert(session, m.SearchName, [row for kept in batch for row in kept.name_rows()])


def _insert(session: WriteSession, table: Any, rows: Sequence[dict[str, Any]]) -> None:
    for some in _batches(rows):
        session.execute(insert(table), some)

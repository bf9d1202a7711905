"""Full-text index of the database: FTS5 on SQLite, tsvector with GIN on PostgreSQL.

The one place that knows the two apart. Both are told what to look for in the same way, and give
the same records: those that hold the words, in the order of their ids, up to a limit. How good a
record is, is not asked of them: bm25 and ts_rank would disagree.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import bindparam, text

from app.kit.prepared_statements import prepared_statement
from app.kit.sessions import ReadSession, WriteSession

#: Words that must all stand in a record; each is a choice of one, or of several that must.
Phrase = tuple[str, ...]
AllOf = Sequence[Sequence[Phrase]]

#: PostgreSQL: as many records are fetched whole and sorted; beyond, they are met in order.
SMALL_ESTIMATE = 10_000
#: Of records that hold some words, one in so many holds them in a name.
NAMES_FACTOR = 10


@dataclass(frozen=True)
class CandidateQuery:
    """Up to `limit` records with ids from `first` and below `end` that hold all of the words."""

    words: AllOf
    first: int
    end: int
    limit: int
    estimated_count: int  # so many records are thought to hold them
    in_names: bool = False


def fetch(
    session: ReadSession, queries: Sequence[CandidateQuery], columns: str
) -> list[tuple[Any, ...]]:
    """Rows of `search_text`, each once, that any of the draws gives."""
    if not queries:
        return []
    parts: list[str] = []
    values: dict[str, Any] = {}
    for number, draw in enumerate(queries):
        parts.append(f"SELECT id FROM ({_select(session, number, draw)}) AS d{number}")
        values |= _values(session, number, draw)
    union = " UNION ".join(parts)
    statement = f"SELECT {columns} FROM search_text AS t WHERE t.id IN ({union})"
    return _rows(session, statement, values)


def count_by_type(session: ReadSession, query: CandidateQuery, shift: int) -> list[tuple[int, int]]:
    """How many records a draw gives, by what stands above the lower `shift` bits of their ids."""
    statement = (
        f"SELECT place, count(*) FROM (SELECT id >> {shift} AS place FROM"
        f" ({_select(session, 0, replace(query, estimated_count=0))}) AS d0) AS found GROUP BY"
        " place"
    )
    return [
        (place, count) for place, count in _rows(session, statement, _values(session, 0, query))
    ]


def _rows(session: ReadSession, statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    return prepared_statement(statement, lambda **_: text(statement)).rows(session, **values)


def _select(session: ReadSession, number: int, draw: CandidateQuery) -> str:
    """The ids of one draw; its bound values have the draw's number."""
    bounds = f"BETWEEN :first{number} AND :last{number}"
    if _is_sqlite(session):
        return (
            f"SELECT rowid AS id FROM search_index WHERE search_index MATCH :match{number}"
            f" AND rowid {bounds} ORDER BY rowid LIMIT :limit{number}"
        )
    column = "names" if draw.in_names else "words"
    ids_sql = (
        f"SELECT id FROM search_index WHERE {column} @@ CAST(:match{number} AS tsquery)"
        f" AND id {bounds}"
    )
    # The planner guesses that any word is soon met on the way through the ids. Of rare ones that
    # is wrong by a thousand times, and it cannot look behind an OFFSET: then it asks the index.
    if draw.estimated_count <= (SMALL_ESTIMATE * NAMES_FACTOR if draw.in_names else SMALL_ESTIMATE):
        ids_sql = f"SELECT id FROM ({ids_sql} OFFSET 0) AS few{number}"
    return f"{ids_sql} ORDER BY id LIMIT :limit{number}"


def _values(session: ReadSession, number: int, draw: CandidateQuery) -> dict[str, Any]:
    return {
        f"first{number}": draw.first,
        f"last{number}": draw.end - 1,
        f"limit{number}": draw.limit,
        f"match{number}": _match(session, draw),
    }


def _match(session: ReadSession, draw: CandidateQuery) -> str:
    """The words in the store's own language; they are a-z and 0-9, so nothing need be escaped."""
    sqlite = _is_sqlite(session)
    and_, or_, quote = (" AND ", " OR ", '"') if sqlite else (" & ", " | ", "'")
    units = []
    for choice in draw.words:
        phrases = [and_.join(f"{quote}{word}{quote}" for word in phrase) for phrase in choice]
        units.append("(" + or_.join(f"({phrase})" for phrase in phrases) + ")")
    expression = and_.join(units)
    return f"names : ({expression})" if sqlite and draw.in_names else expression


def _is_sqlite(session: ReadSession) -> bool:
    return session.connection.dialect.name == "sqlite"


def clear(session: WriteSession) -> None:
    """Forget every record."""
    if _is_sqlite(session):
        session.execute(text("INSERT INTO search_index(search_index) VALUES ('delete-all')"))
    else:
        session.execute(text("TRUNCATE search_index"))


def index_all(session: WriteSession) -> None:
    """Take in the whole of `search_text`, after `clear`."""
    if _is_sqlite(session):
        session.execute(text("INSERT INTO search_index(search_index) VALUES ('rebuild')"))
    else:
        session.execute(text(f"INSERT INTO search_index {_VECTORS}"))


def remove_rows(session: WriteSession, ids: Sequence[int]) -> None:
    """Take some records out; call it while their words still stand in `search_text`."""
    if _is_sqlite(session):
        statement = (
            "INSERT INTO search_index(search_index, rowid, names, body)"
            " SELECT 'delete', id, names, body FROM search_text WHERE id IN :ids"
        )
    else:
        statement = "DELETE FROM search_index WHERE id IN :ids"
    _for_each_chunk(session, statement, ids)


def index_rows(session: WriteSession, ids: Sequence[int]) -> None:
    """Take some records in, as they stand in `search_text`."""
    if _is_sqlite(session):
        statement = (
            "INSERT INTO search_index(rowid, names, body)"
            " SELECT id, names, body FROM search_text WHERE id IN :ids"
        )
    else:
        statement = f"INSERT INTO search_index {_VECTORS} WHERE id IN :ids"
    _for_each_chunk(session, statement, ids)


_VECTORS = (
    "SELECT id, CAST(names AS tsvector), CAST(names || ' ' || body AS tsvector) FROM search_text"
)


def _for_each_chunk(session: WriteSession, statement: str, ids: Sequence[int]) -> None:
    stmt = text(statement).bindparams(bindparam("ids", expanding=True))
    session.execute(stmt, {"ids": list(ids)})

"""Full-text index of the database: FTS5 on SQLite, tsvector with GIN on PostgreSQL.

The only module of search that distinguishes the two. Both get the same query and return the same
records: those that contain the words, ordered by id, up to a limit. They do not rank, because bm25
and ts_rank would order differently; app.services.search.ranking does.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import BigInteger, TextualSelect, bindparam, column, text

from app.kit.prepared_statements import prepared_statement
from app.kit.sessions import ReadSession, WriteSession

#: Terms that must all occur in a record, in any order.
Phrase = tuple[str, ...]
#: A conjunction of alternatives: (phrase OR phrase …) AND (phrase OR …) ….
AllOf = Sequence[Sequence[Phrase]]

#: PostgreSQL: up to this estimated number of records the GIN index is read and the result sorted;
#: beyond it, records are scanned in the order of ids until the limit is reached.
SMALL_ESTIMATE = 10_000
#: About one in this many records that contain a word contains it in a name.
NAMES_FACTOR = 10


@dataclass(frozen=True)
class CandidateQuery:
    """A query for up to `limit` records with `first` <= id < `end` that contain all the words."""

    words: AllOf
    first: int
    end: int
    limit: int
    estimated_count: int  # estimated number of matching records
    in_names: bool = False  # match names only, not the other texts


def fetch(
    session: ReadSession, queries: Sequence[CandidateQuery], columns: str
) -> list[tuple[Any, ...]]:
    """Return the rows of `search_text` that match any of the queries, without duplicates.

    Args:
        columns: SQL of the columns to select; the table's alias is `t`.
    """
    if not queries:
        return []
    parts: list[str] = []
    values: dict[str, Any] = {}
    for number, query in enumerate(queries):
        parts.append(f"SELECT id FROM ({_select(session, number, query)}) AS d{number}")
        values |= _values(session, number, query)
    union = " UNION ".join(parts)
    statement = f"SELECT {columns} FROM search_text AS t WHERE t.id IN ({union})"
    return _rows(session, statement, values)


def record_ids(session: ReadSession, words: AllOf, first: int, end: int) -> TextualSelect:
    """Return a SELECT of the record ids of one type that match, for `in_`.

    Args:
        words: What the records contain.
        first: First search id of the record type.
        end: End of its search ids (exclusive); `first` has the bits above the record id alone.
    """
    id_, matches = (
        ("rowid", "search_index MATCH :match")
        if _is_sqlite(session)
        else ("id", "words @@ CAST(:match AS tsquery)")
    )
    statement = (
        f"SELECT {id_} - {first} AS id FROM search_index"
        f" WHERE {matches} AND {id_} BETWEEN {first} AND {end - 1}"
    )
    expression = _match(session, CandidateQuery(words, first, end, 0, 0))
    return text(statement).bindparams(match=expression).columns(column("id", BigInteger))


def count_by_type(session: ReadSession, query: CandidateQuery, shift: int) -> list[tuple[int, int]]:
    """Count the records of a query by the bits of their ids above the lower `shift` ones."""
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


def _select(session: ReadSession, number: int, query: CandidateQuery) -> str:
    """Return the SQL of one query's ids; the names of its parameters end with `number`."""
    bounds = f"BETWEEN :first{number} AND :last{number}"
    if _is_sqlite(session):
        return (
            f"SELECT rowid AS id FROM search_index WHERE search_index MATCH :match{number}"
            f" AND rowid {bounds} ORDER BY rowid LIMIT :limit{number}"
        )
    column = "names" if query.in_names else "words"
    ids_sql = (
        f"SELECT id FROM search_index WHERE {column} @@ CAST(:match{number} AS tsquery)"
        f" AND id {bounds}"
    )
    # With LIMIT the planner expects to meet matching rows soon while it scans the ids. For rare
    # words that is a thousand times slower than the GIN index. OFFSET 0 is an optimisation fence:
    # the subquery is planned without the LIMIT, and so uses the index.
    if query.estimated_count <= (
        SMALL_ESTIMATE * NAMES_FACTOR if query.in_names else SMALL_ESTIMATE
    ):
        ids_sql = f"SELECT id FROM ({ids_sql} OFFSET 0) AS few{number}"
    return f"{ids_sql} ORDER BY id LIMIT :limit{number}"


def _values(session: ReadSession, number: int, query: CandidateQuery) -> dict[str, Any]:
    return {
        f"first{number}": query.first,
        f"last{number}": query.end - 1,
        f"limit{number}": query.limit,
        f"match{number}": _match(session, query),
    }


def _match(session: ReadSession, query: CandidateQuery) -> str:
    """Return the match expression in the syntax of the database.

    Terms consist of a-z and 0-9 (see tokenizer), so that nothing needs escaping.
    """
    sqlite = _is_sqlite(session)
    and_, or_, quote = (" AND ", " OR ", '"') if sqlite else (" & ", " | ", "'")
    units = []
    for choice in query.words:
        phrases = [and_.join(f"{quote}{word}{quote}" for word in phrase) for phrase in choice]
        units.append("(" + or_.join(f"({phrase})" for phrase in phrases) + ")")
    expression = and_.join(units)
    return f"names : ({expression})" if sqlite and query.in_names else expression


def _is_sqlite(session: ReadSession) -> bool:
    return session.connection.dialect.name == "sqlite"


def clear(session: WriteSession) -> None:
    """Remove all records from the index."""
    if _is_sqlite(session):
        session.execute(text("INSERT INTO search_index(search_index) VALUES ('delete-all')"))
    else:
        # Not TRUNCATE: its lock would hold up the searches of other nodes until the commit.
        session.execute(text("DELETE FROM search_index"))


def index_all(session: WriteSession) -> None:
    """Index all rows of `search_text`; call `clear` first."""
    if _is_sqlite(session):
        session.execute(text("INSERT INTO search_index(search_index) VALUES ('rebuild')"))
    else:
        session.execute(text(f"INSERT INTO search_index {_VECTORS}"))


def remove_rows(session: WriteSession, ids: Sequence[int]) -> None:
    """Remove records from the index, before their rows of `search_text` change.

    FTS5 with external content must read the old words to remove them.
    """
    if _is_sqlite(session):
        statement = (
            "INSERT INTO search_index(search_index, rowid, names, body)"
            " SELECT 'delete', id, names, body FROM search_text WHERE id IN :ids"
        )
    else:
        statement = "DELETE FROM search_index WHERE id IN :ids"
    _for_each_chunk(session, statement, ids)


def index_rows(session: WriteSession, ids: Sequence[int]) -> None:
    """Index the current rows of `search_text` of some records."""
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

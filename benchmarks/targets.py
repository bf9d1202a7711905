"""The bars: what shall be reached, against whom; a table, for the works to fill in."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Bar:
    """A ratio to a peer (unit ×), or a figure of our own."""

    work: str
    peer: str
    limit: float
    at_least: bool = True
    unit: str = "×"
    stretch: bool = False

    def met(self, value: float) -> bool:
        return value >= self.limit if self.at_least else value <= self.limit

    def words(self, value: float) -> str:
        figure = f"{value:.2f}" if value < 100 else f"{value:,.0f}".replace(",", " ")
        return f"{figure} {self.unit}" if self.unit != "×" else f"{figure} ×"

    @property
    def asked(self) -> str:
        wish = "stretch " if self.stretch else ""
        return f"{wish}{'≥' if self.at_least else '≤'} {self.limit:g} {self.unit}"


RAW = "raw ASGI, same bytes"
ALONE = "FTS5's bm25; our statements, SQLite alone"
DATASETTE, ORM = "Datasette, canned query", "FastAPI + ORM selectinload"
FASTIFY, BARE = "Fastify + better-sqlite3", "our reads in the loop, no house"
RECORD, LIST = "record with includes, never asked before", "list of 50, two filters, never asked"

BARS = {
    "kept record": Bar("record page asked before", RAW, 0.90),
    "kept list": Bar("list asked before", RAW, 0.90),
    "kept 304": Bar("record page, If-None-Match", "raw ASGI, same 304", 1.0),
    "kept zstd": Bar("list asked before, zstd", RAW, 0.90),
    "kept br": Bar("list asked before, br", RAW, 0.90),
    "kept gzip": Bar("list asked before, gzip", RAW, 0.90),
    "record datasette": Bar(RECORD, DATASETTE, 3),
    "record orm": Bar(RECORD, ORM, 12),
    "record fastify": Bar(RECORD, FASTIFY, 1, stretch=True),
    "record bare": Bar(RECORD, BARE, 1, stretch=True),
    "bare record": Bar(f"{BARE}: the record", DATASETTE, 3, stretch=True),
    "list datasette": Bar(LIST, DATASETTE, 3),
    "list orm": Bar(LIST, ORM, 3, stretch=True),
    "list fastify": Bar(LIST, FASTIFY, 1, stretch=True),
    "list bare": Bar(LIST, BARE, 1, stretch=True),
    "bare list": Bar(f"{BARE}: the list", DATASETTE, 3, stretch=True),
    "deep page": Bar("time of a page at the middle row", "page 1", 1.2, False),
    "large store": Bar("time of a cold record page", "the shipped dataset", 1.5, False),
    "postgres record": Bar(f"PostgreSQL: {RECORD}", ORM, 6),
    "postgres list": Bar(f"PostgreSQL: {LIST}", ORM, 6),
    "search rare": Bar("search: a rare word, p50", ALONE, 2, False, "ms"),
    "search three": Bar("search: three words, p50", ALONE, 8, False, "ms"),
    "search common": Bar("search: a word in 2 % of the notes, p50", ALONE, 40, False, "ms"),
    "export ndjson": Bar("export of all notes, NDJSON", "sqlite3 -csv, same tables", 0.5),
    "export csv": Bar("export of all notes, CSV", "sqlite3 -csv, same tables", 0.25),
    "export memory": Bar("memory grows in an export by", "", 30, False, "MB"),
    "export p99": Bar("p99 of a cold record page meanwhile", "", 10, False, "ms"),
    "load rate": Bar("load with checks, indexes, search", "", 20_000, True, "notes/s"),
    "load limit": Bar("load", "SQLite alone, the same rows ready", 1, stretch=True),
    "load memory": Bar("memory of the loader", "", 1000, False, "MB"),
    "first answer": Bar("first 200 after start", "raw uvicorn", 4, False),
    "first stack": Bar(
        "the stack alone, one route: first 200", "raw uvicorn", 4, False, stretch=True
    ),
    "idle memory": Bar("memory, idle", "", 110, False, "MB"),
}

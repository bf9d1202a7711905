"""The bars: what shall be reached, against whom; a table, for the works to fill in."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """A target: a ratio to a peer (unit ×), or an absolute figure."""

    work: str
    peer: str
    limit: float
    at_least: bool = True
    unit: str = "×"
    stretch: bool = False

    def is_met(self, value: float) -> bool:
        """Return whether a value meets the target."""
        return value >= self.limit if self.at_least else value <= self.limit

    def describe(self, value: float) -> str:
        """Return a value with its unit."""
        figure = f"{value:.2f}" if value < 100 else f"{value:,.0f}".replace(",", " ")
        return f"{figure} {self.unit}" if self.unit != "×" else f"{figure} ×"

    @property
    def required(self) -> str:
        """The target as text, such as `≥ 3 ×`."""
        prefix = "stretch " if self.stretch else ""
        return f"{prefix}{'≥' if self.at_least else '≤'} {self.limit:g} {self.unit}"


RAW = "raw ASGI, same bytes"
ALONE = "FTS5's bm25; our statements, SQLite alone"
DATASETTE, ORM = "Datasette, canned query", "FastAPI + ORM selectinload"
FASTIFY, BARE = "Fastify + better-sqlite3", "our reads in the loop, no house"
RECORD, LIST = "record with includes, never asked before", "list of 50, two filters, never asked"

BARS = {
    "kept record": Target("record page asked before", RAW, 0.90),
    "kept list": Target("list asked before", RAW, 0.90),
    "kept 304": Target("record page, If-None-Match", "raw ASGI, same 304", 1.0),
    "kept zstd": Target("list asked before, zstd", RAW, 0.90),
    "kept br": Target("list asked before, br", RAW, 0.90),
    "kept gzip": Target("list asked before, gzip", RAW, 0.90),
    "record datasette": Target(RECORD, DATASETTE, 3),
    "record orm": Target(RECORD, ORM, 12),
    "record fastify": Target(RECORD, FASTIFY, 1, stretch=True),
    "record bare": Target(RECORD, BARE, 1, stretch=True),
    "bare record": Target(f"{BARE}: the record", DATASETTE, 3, stretch=True),
    "list datasette": Target(LIST, DATASETTE, 3),
    "list orm": Target(LIST, ORM, 3, stretch=True),
    "list fastify": Target(LIST, FASTIFY, 1, stretch=True),
    "list bare": Target(LIST, BARE, 1, stretch=True),
    "bare list": Target(f"{BARE}: the list", DATASETTE, 3, stretch=True),
    "deep page": Target("time of a page at the middle row", "page 1", 1.2, False),
    "large store": Target("time of a cold record page", "the shipped dataset", 1.5, False),
    "postgres record": Target(f"PostgreSQL: {RECORD}", ORM, 6),
    "postgres list": Target(f"PostgreSQL: {LIST}", ORM, 6),
    "search rare": Target("search: a rare word, p50", ALONE, 2, False, "ms"),
    "search three": Target("search: three words, p50", ALONE, 8, False, "ms"),
    "search common": Target("search: a word in 2 % of the notes, p50", ALONE, 40, False, "ms"),
    "export ndjson": Target("export of all notes, NDJSON", "sqlite3 -csv, same tables", 0.5),
    "export csv": Target("export of all notes, CSV", "sqlite3 -csv, same tables", 0.25),
    "export memory": Target("memory grows in an export by", "", 30, False, "MB"),
    "export p99": Target("p99 of a cold record page meanwhile", "", 10, False, "ms"),
    "load rate": Target("load with checks, indexes, search", "", 20_000, True, "notes/s"),
    "load limit": Target("load", "SQLite alone, the same rows ready", 1, stretch=True),
    "load memory": Target("memory of the loader", "", 1000, False, "MB"),
    "first answer": Target("first 200 after start", "raw uvicorn", 4, False),
    "first stack": Target(
        "the stack alone, one route: first 200", "raw uvicorn", 4, False, stretch=True
    ),
    "idle memory": Target("memory, idle", "", 110, False, "MB"),
}

"""Targets: what is measured, against which peer, and the figure to reach."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """A target: a ratio to a peer (unit ×), or an absolute figure."""

    measure: str
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
ALONE = "FTS5 bm25; our statements"
IN_MEMORY = "domain functions, facts in memory"
DATASETTE, ORM = "Datasette, canned query", "FastAPI + ORM selectinload"
FASTIFY, BARE = "Fastify + better-sqlite3", "bare handlers"
STACK = "minimal stack"
RECORD, LIST = "cold record with includes", "cold list of 50, two filters"

JSON = "JSON of a record, uncached"
PAGES = ("home", "claim", "compound", "list")
#: Kilobytes of a page with brotli; lists may be larger.
PAGE_KILOBYTES = {"list": 25}


#: What `benchmarks.workers` requests of one worker and of two.
WORKER_REQUESTS = (
    "cache hit: record",
    "cache hit: list of 50",
    "uncached: record",
    "uncached: list of 50",
)


def page_targets(page: str) -> dict[str, Target]:
    """Return the targets of one HTML page."""
    size = PAGE_KILOBYTES.get(page, 15)
    return {
        f"page {page} cached": Target(f"cache hit: {page} page", RAW, 0.90),
        f"page {page} cached p50": Target(
            f"cache hit: {page} page, time to the response, p50", RAW, 1, False, "ms"
        ),
        f"page {page} uncached": Target(f"uncached {page} page, p50", JSON, 25, False, "ms"),
        f"page {page} bytes": Target(
            f"{page} page, brotli", "JSON of a record, brotli", size, False, "kB"
        ),
        f"page {page} paint": Target(f"{page} page, largest paint", "", 500, False, "ms"),
    }


TARGETS = {
    "cached record": Target("cache hit: record", RAW, 1.0),
    "cached list": Target("cache hit: list", RAW, 1.0),
    "cached 304": Target("304: record, If-None-Match", "raw ASGI, same 304", 1.0),
    "cached zstd": Target("cache hit: list, zstd", RAW, 1.0),
    "cached br": Target("cache hit: list, br", RAW, 1.0),
    "cached gzip": Target("cache hit: list, gzip", RAW, 1.0),
    "record datasette": Target(RECORD, DATASETTE, 1.5),
    "record orm": Target(RECORD, ORM, 12),
    "record fastify": Target(RECORD, FASTIFY, 0.5, stretch=True),
    "record bare": Target(RECORD, BARE, 1, stretch=True),
    "bare record": Target(f"{BARE}: the record", DATASETTE, 3, stretch=True),
    "list datasette": Target(LIST, DATASETTE, 1.34),
    "list orm": Target(LIST, ORM, 3, stretch=True),
    "list fastify": Target(LIST, FASTIFY, 0.5, stretch=True),
    "list bare": Target(LIST, BARE, 1, stretch=True),
    "bare list": Target(f"{BARE}: the list", DATASETTE, 3, stretch=True),
    "deep page": Target("time of a page at the middle row", "page 1", 1.2, False),
    "large store": Target("time of a cold record", "the shipped dataset", 1.5, False),
    "postgres record": Target(f"PostgreSQL: {RECORD}", ORM, 6),
    "postgres list": Target(f"PostgreSQL: {LIST}", ORM, 6),
    "search rare": Target("search: a rare word, p50", ALONE, 4, False, "ms"),
    "search three": Target("search: three words, p50", ALONE, 10, False, "ms"),
    "search common": Target("search: a word in 2 % of the notes, p50", ALONE, 15, False, "ms"),
    "search suggest": Target(
        "suggestions for the beginning of a name, p50", "FTS5 prefix query", 2, False, "ms"
    ),
    "search resolve": Target(
        "resolve a batch of 500 misspelt names", "rapidfuzz over all names", 150, False, "ms"
    ),
    "verdict record": Target("record of a verdict, p50", "", 10, False, "ms"),
    "verdict selected": Target("what-if verdict, p50", IN_MEMORY, 10, False, "ms"),
    "synthesis": Target("synthesis with leave-one-out, p50", "", 20, False, "ms"),
    "synthesis first": Target("the same, first request of a process", "", 20, False, "ms"),
    "export ndjson": Target("export of all notes, NDJSON", "sqlite3 -csv, same tables", 0.5),
    "export csv": Target("export of all notes, CSV", "sqlite3 -csv, same tables", 0.25),
    "export memory": Target("memory growth during an export", "", 30, False, "MB"),
    "export p99": Target("p99 of a cold record during an export", "", 10, False, "ms"),
    "after write": Target(
        "slowest of the first requests after a write", "at once after it", 50, False, "ms"
    ),
    "refresh p99": Target("p99 of a cold record while the cache is refreshed", "", 10, False, "ms"),
    "load rate": Target("load with checks, indexes, search", "", 450, True, "notes/s"),
    "load limit": Target("load", "SQLite alone, finished rows", 1, stretch=True),
    "load memory": Target("memory of the loader", "", 800, False, "MB"),
    "first answer": Target("start to first 200, beyond the peer's", STACK, 1.3, False, "s"),
    "idle memory": Target("idle memory", "", 130, False, "MB"),
    "memory every": Target("memory after one request of every address", "", 220, False, "MB"),
    "memory varied": Target("memory after varied requests", "", 300, False, "MB"),
    **{
        f"workers {requests}": Target(
            f"two workers, CPU per request: {requests}", "one worker", 1.05, False
        )
        for requests in WORKER_REQUESTS
    },
    **{name: target for page in PAGES for name, target in page_targets(page).items()},
    "page css bytes": Target("style sheet of the pages, brotli", "", 12, False, "kB"),
    "page js bytes": Target("script of the pages, brotli", "", 4, False, "kB"),
}

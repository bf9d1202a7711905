"""Cache misses: a record with its includes, a list with two filters, and a page deep in a list."""

import base64
import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from app.kit import cursor
from benchmarks import servers, stores
from benchmarks.load import RequestSet
from benchmarks.peers import queries
from benchmarks.run import BenchmarkRun, ResultRow, by_rate, by_time
from benchmarks.scenarios import samples
from benchmarks.servers import Server

PAGE = "/v1/evidence?limit=50"
#: From this number of evidence notes on, a store is compared with the shipped one.
LARGE = 10_000
Addresses = Mapping[str, list[str]]


def rows(bench: BenchmarkRun) -> Iterator[ResultRow]:
    """Compare requests per second with other servers on the same data."""
    with ExitStack() as stack:
        running = {"ours": stack.enter_context(bench.ours())}
        record_paths, pairs = records(bench.store), lists(bench.store)
        for name, peer in available_peers(bench).items():
            running[name] = stack.enter_context(bench.peer(peer, record_paths[name][0]))
        yield from compare_peers(bench, "record", running, record_paths)
        yield from compare_peers(bench, "list", running, pairs)
        yield deep_page(bench, running["ours"])
    yield from large_store(bench)


def available_peers(bench: BenchmarkRun) -> dict[str, tuple[list[str], dict[str, str]]]:
    """Return the commands of the peers that are installed, all on the same SQLite file."""
    canned = bench.folder / "canned.json"
    statements = [("record", queries.RECORD), ("list", queries.LIST)]
    canned.write_text(queries.canned(bench.store.stem, statements))
    url = f"sqlite:///{bench.store}"
    peers = {"bare": servers.no_middleware(url), "orm": servers.orm(url)}
    if servers.has_datasette():
        peers["datasette"] = servers.datasette(bench.store, canned)
    else:
        bench.say("Datasette is left out: pip install -e '.[bench]' brings it")
    if servers.has_fastify():
        peers["fastify"] = servers.fastify(bench.store, canned)
    else:
        bench.say("Fastify is left out: npm install --prefix benchmarks/peers/fastify brings it")
    return peers


def records(store: Path) -> Addresses:
    """Return the addresses of the same records on each server."""
    slugs = samples.slugs(store)
    plain = [f"/evidence/{slug}" for slug in slugs]
    return {
        "ours": (ours := [samples.ours_record(slug) for slug in slugs]),
        "bare": ours,
        "datasette": [f"/{store.stem}/record.json?_shape=array&slug={slug}" for slug in slugs],
        "orm": plain,
        "fastify": plain,
    }


def lists(store: Path) -> Addresses:
    """Return the addresses of the same lists on each server."""
    pairs = samples.filters(store)
    queries = [f"claim={claim}&direction={direction}" for claim, direction in pairs]
    plain = [f"/evidence?{query}" for query in queries]
    return {
        "ours": (ours := [samples.ours_list(claim, direction) for claim, direction in pairs]),
        "bare": ours,
        "datasette": [f"/{store.stem}/list.json?_shape=array&{query}" for query in queries],
        "orm": plain,
        "fastify": plain,
    }


def compare_peers(
    bench: BenchmarkRun,
    work: str,
    running: Mapping[str, Server],
    addresses: Addresses,
    to: str = "",
) -> Iterator[ResultRow]:
    """Measure all servers in alternating rounds, and yield a row for each peer."""
    bench.say(f"{to}{work}")
    runners = {
        name: (server, RequestSet(addresses[name], fresh=True, connections=8))
        for name, server in running.items()
    }
    loads = bench.run_rounds(runners)
    for name in running:
        if name != "ours":
            row = f"{to}{work}" if to else f"{work} {name}"
            yield by_rate(row, loads["ours"], loads[name])
    if {"bare", "datasette"} <= set(running):
        yield by_rate(f"bare {work}", loads["bare"], loads["datasette"])


def deep_page(bench: BenchmarkRun, ours: Server) -> ResultRow:
    """Compare the page after the middle row with the first page of the same list."""
    bench.say("page at the middle row")
    status, headers, _ = ours.get(PAGE)
    link = dict(headers)["link"].partition(">")[0].lstrip("<")
    token = parse_qs(urlsplit(link).query)["cursor"][0]
    slug = samples.slug_at(bench.store, bench.notes // 2)
    deep = f"{PAGE}&cursor={cursor.encode([slug], query_of(token))}"
    runners = {path: (ours, RequestSet([path], fresh=True, connections=4)) for path in (deep, PAGE)}
    assert status == ours.get(deep)[0] == 200
    loads = bench.run_rounds(runners)
    return by_time("deep page", loads[deep], loads[PAGE])


def query_of(token: str) -> str:
    """Return the fingerprint of the query that a cursor belongs to."""
    body = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))[6:]
    return str(json.loads(body)[0])


def large_store(bench: BenchmarkRun) -> Iterator[ResultRow]:
    """Compare a record in a large store with one in the shipped store."""
    if bench.notes < LARGE:
        return
    small = stores.shipped_store(bench.folder)
    bench.say("record page of a large store and a small one")
    with bench.ours() as large, bench.ours(f"sqlite:///{small}") as little:
        runners = {
            name: (server, RequestSet(records(store)["ours"], fresh=True, connections=4))
            for name, server, store in (
                ("large", large, bench.store),
                ("small", little, small),
            )
        }
        loads = bench.run_rounds(runners)
        yield by_time("large store", loads["large"], loads["small"])

"""The benchmark runs, and its peers say what we say: no time is asserted here."""

import asyncio
import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from benchmarks import growth, servers
from benchmarks.machine import Cores
from benchmarks.peers import queries, raw_insert
from benchmarks.scenarios import samples
from benchmarks.targets import TARGETS
from benchmarks.varied_requests import VariedRequests
from tests.helpers import SHIPPED, fill_store, serving

ROOT = Path(__file__).parents[2]
SHORT = ["--rounds", "1", "--seconds", "0.02", "--generator", "python"]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite store with the shipped dataset."""
    found = tmp_path_factory.mktemp("benchmarks") / "kb.db"
    fill_store(f"sqlite:///{found}", SHIPPED).engine.dispose()
    return found


@pytest.fixture(scope="module")
def ours(file: Path) -> Iterator[httpx.Client]:
    from app.services.store.opening import open_store

    store = open_store(f"sqlite:///{file}")
    with serving(store) as url, httpx.Client(base_url=url, timeout=60) as client:
        yield client
    store.engine.dispose()


def test_the_peers_say_what_we_say(file: Path, ours: httpx.Client) -> None:
    slugs, pairs = samples.slugs(file, 12), samples.filters(file)[:6]
    command, env = servers.orm(f"sqlite:///{file}")
    bare_command, bare_env = servers.no_middleware(f"sqlite:///{file}")
    probe = f"/evidence/{slugs[0]}"
    core, our_probe = Cores.detect().load, samples.ours_record(slugs[0])
    with (
        sqlite3.connect(file) as sql,
        servers.running_server(command, core, probe, env) as orm,
        servers.running_server(bare_command, core, our_probe, bare_env) as bare,
    ):
        for address in [*map(samples.ours_record, slugs), *(samples.ours_list(*p) for p in pairs)]:
            assert bare.get(address)[2] == ours.get(address).content
        for slug in slugs:
            answer = ours.get(samples.ours_record(slug)).json()
            wanted = {"data": answer["data"], "included": answer["included"]}
            data, included = sql.execute(queries.RECORD, {"slug": slug}).fetchone()
            assert {"data": json.loads(data), "included": json.loads(included)} == wanted
            assert json.loads(orm.get(f"/evidence/{slug}")[2]) == wanted
        for claim, direction in pairs:
            answer = ours.get(samples.ours_list(claim, direction)).json()
            filters = {"claim": claim, "direction": direction}
            rows = sql.execute(queries.LIST, filters).fetchall()
            assert [json.loads(data) for data, _ in rows] == answer["data"]
            assert {total for _, total in rows} == {answer["page"]["total"]}
            page = json.loads(orm.get(f"/evidence?claim={claim}&direction={direction}")[2])
            assert page == {"data": answer["data"], "total": answer["page"]["total"]}


def test_varied_requests_reach_every_address_and_are_repeatable(
    file: Path, ours: httpx.Client
) -> None:
    requests = VariedRequests(file)
    paths = [path for path, _ in requests.one_of_each()]
    assert len(paths) == len(requests.addresses) + len(requests.pages) > 200
    assert not [path for path in paths if "{" in path]
    varied = list(VariedRequests(file).varied(20))
    assert varied == list(VariedRequests(file).varied(20))
    statuses = {ours.get(path, headers=headers).status_code for path, headers in varied}
    assert 200 in statuses
    assert max(statuses) < 500


def test_the_limit_of_a_load_ends_with_our_very_rows(file: Path, tmp_path: Path) -> None:
    assert raw_insert.refill(file, tmp_path / "alone.db") > 0
    with sqlite3.connect(file) as ours, sqlite3.connect(tmp_path / "alone.db") as alone:
        named = "SELECT name, type FROM sqlite_schema WHERE type <> 'trigger' ORDER BY 1"
        made = ours.execute(named).fetchall()
        assert alone.execute(named).fetchall() == made
        for name, kind in made:
            if kind == "table" and not name.startswith("search_index"):
                rows = f"SELECT * FROM {name}"
                assert alone.execute(rows).fetchall() == ours.execute(rows).fetchall(), name
        word = "SELECT rowid FROM search_index WHERE search_index MATCH 'ketamin' ORDER BY rowid"
        assert alone.execute(word).fetchall() == ours.execute(word).fetchall() != []


def test_every_work_but_the_slow_ones_gives_its_rows(file: Path, tmp_path: Path) -> None:
    out = tmp_path / "figures.json"
    command = [sys.executable, "-m", "benchmarks", "--store", str(file), "--out", str(out)]
    scenarios = ["--only", "cached,cold,search,synthesis,after-write,start"]
    done = subprocess.run(
        [*command, *SHORT, *scenarios], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    rows = {row["name"]: row for row in json.loads(out.read_text())["rows"]}
    begun = (
        "cached",
        "search",
        "verdict",
        "synthesis",
        "record orm",
        "list orm",
        "list bare",
        "deep page",
        "after write",
        "refresh",
        "first",
        "idle",
    )
    assert rows.keys() >= {name for name in TARGETS if name.startswith(begun)}
    assert "cache hit: record" in done.stdout
    for name, row in rows.items():
        assert row["value"] > 0, name
        assert "errors" not in row["note"], row


def test_growth_is_the_ratio_of_the_last_store_to_the_first(file: Path) -> None:
    scenarios = ["list, deep page", "timeline of"]
    times = asyncio.run(growth.measure(file, scenarios, rounds=1, seconds=5))
    assert [name.startswith(tuple(scenarios)) for name in times] == [True, True]
    assert {time.failure for time in times.values()} == {None}
    assert all(time.first_cpu_ms > 0 < time.cpu_ms for time in times.values())
    small, large = (growth.RequestTime(2.0, cpu, cpu, 1.0, None) for cpu in (1.0, 1.6))
    assert growth.growth([small, small, large]) == (1.0, 1.6)


def test_one_and_two_workers_are_compared(file: Path) -> None:
    command = [sys.executable, "-m", "benchmarks.workers", "--store", str(file)]
    done = subprocess.run([*command, *SHORT], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    rows = [line.strip("| ").split(" | ") for line in done.stdout.splitlines() if line[:1] == "|"]
    assert [row[0] for row in rows[1:]] == [
        "cache hit: record",
        "cache hit: list of 50",
        "uncached: record",
        "uncached: list of 50",
    ]
    assert {row[-1] for row in rows[1:]} == {"0"}, "errors"
    assert all(float(row[3].split()[0]) > 0 for row in rows[1:]), "CPU time of one worker"
    assert done.stdout.count("MB resident") == 1 + 4, "one process; parent, tracker and workers"

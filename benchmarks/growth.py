"""Time per request on stores of growing size: `python -m benchmarks.growth --notes 0,10000,100000`.

Requests are answered in this process, one after the other, without the response cache. The first
response after a write is measured with empty caches of totals and of the graph; the others are
those that follow. `--stores` measures stores that exist, one file after the other.
"""

import asyncio
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from typing import Annotated
from urllib.parse import parse_qs, urlsplit

import httpx
import typer
from rich.console import Console
from rich.table import Table

from app.kit import cursor
from app.main import create_app, service_context
from app.settings import Settings
from benchmarks import machine, stores
from benchmarks.scenarios import samples
from benchmarks.scenarios.cold import PAGE, query_of

#: Largest ratio of the last store to the first that is called flat.
FLAT = 1.5
#: Different addresses of a scenario.
VARIANTS = 20
HTML = {"Accept": "text/html"}
MISSPELT = ("ketamin", "esketamin", "depresion", "nmda recptor", "norketamne")
CLAIM, COMPOUND = "ketamine-relieves-ptsd", "ketamine"
#: Addresses that are the same in every store.
FIXED = {
    "suggestion": ["/v1/suggest?q=ket", "/v1/suggest?q=nmda", "/v1/suggest?q=depr"],
    "suggestion, misspelt": [f"/v1/suggest?q={text.replace(' ', '%20')}" for text in MISSPELT],
    "resolve a name": ["/v1/resolve/ketamine", "/v1/resolve/NMDA%20receptor"],
    "facets of notes": ["/v1/evidence?limit=1&facets=direction,species,compound"],
    "facets of a filtered list": ["/v1/evidence?limit=1&compound=ketamine&facets=direction"],
    "page payload of a compound": [f"/v1/pages/compound/{COMPOUND}"],
    "page payload of a claim": [f"/v1/pages/claim/{CLAIM}"],
    "what-if verdict": [f"/v1/claims/{CLAIM}/verdict?min_participants={n}" for n in range(5, 25)],
    "synthesis": [f"/v1/claims/{CLAIM}/synthesis"],
    "matrix, receptors": ["/v1/matrix"],
    "matrix, outcomes": ["/v1/matrix?columns=outcome"],
    "timeline": ["/v1/timeline"],
    "timeline of an indication": ["/v1/timeline?indication=ptsd"],
    "gaps": ["/v1/gaps"],
    "graph": ["/v1/graph"],
    "graph of a pathway": ["/v1/graph?receptor=nmda-receptor"],
    "paths": ["/v1/paths?from=ketamine&to=nmda-receptor"],
    "calibration": ["/v1/calibration"],
    "changes": ["/v1/changes"],
    "changes of a collection": ["/v1/changes?collection=claims"],
    "sitemap index": ["/sitemap.xml"],
    "sitemap, first block": ["/sitemaps/1.xml"],
    "catalogue": ["/v1/meta"],
}
FIXED_PAGES = {
    "home": ["/"],
    "claim": [f"/claims/{CLAIM}"],
    "compound": [f"/compounds/{COMPOUND}"],
    "list": ["/claims?verdict=contested"],
    "list of notes": ["/evidence"],
    "matrix, receptors": ["/matrix"],
    "matrix, outcomes": ["/matrix?columns=outcome"],
    "timeline": ["/timeline"],
    "gaps": ["/gaps"],
    "graph": ["/graph?receptor=nmda-receptor"],
    "calibration": ["/calibration"],
    "changes": ["/changes"],
    "search": ["/search?q=depression"],
}


@dataclass(frozen=True)
class RequestTime:
    """Milliseconds of a scenario on one store.

    Args:
        first_cpu_ms: CPU time of the first response after a write.
        cpu_ms: Median CPU time of the others.
        wall_ms: Their median time.
        kilobytes: Size of the largest body.
        failure: Status of the first response that is not a 200; None if all are.
    """

    first_cpu_ms: float
    cpu_ms: float
    wall_ms: float
    kilobytes: float
    failure: int | None


def addresses(store: Path) -> dict[str, tuple[list[str], Mapping[str, str]]]:
    """Return addresses and headers of each scenario by name."""
    slugs, notes = samples.slugs(store, VARIANTS), samples.notes(store)
    common = (samples.words(store, share * notes, 2 * share * notes) for share in (0.02, 0.1))
    paths_of_store = {
        "record with includes": [samples.ours_record(slug) for slug in slugs],
        "list, two filters": [samples.ours_list(*pair) for pair in samples.filters(store)],
        "list, first page": [PAGE],
        "search, rare word": [samples.search(word) for word in samples.words(store, 2, 40)],
        "search, common word": [samples.search(word) for words in common for word in words],
    }
    pages = {"note": [f"/evidence/{slug}" for slug in slugs]} | FIXED_PAGES
    return {name: (paths[:VARIANTS], {}) for name, paths in (paths_of_store | FIXED).items()} | {
        f"page: {name}": (paths, HTML) for name, paths in pages.items()
    }


async def deep_page(client: httpx.AsyncClient, store: Path) -> str:
    """Return the address of the page at the middle row of the list of notes."""
    link = (await client.get(PAGE)).links["next"]["url"]
    token = parse_qs(urlsplit(link).query)["cursor"][0]
    slug = samples.slug_at(store, samples.notes(store) // 2)
    return f"{PAGE}&cursor={cursor.encode([slug], query_of(token))}"


async def measure(
    store: Path, only: Sequence[str], rounds: int, seconds: float
) -> dict[str, RequestTime]:
    """Return the times of each scenario on one store.

    Args:
        store: A filled SQLite file.
        only: Words that the names of scenarios begin with; all if empty.
        rounds: Requests whose median counts.
        seconds: Time limit of a request's statements; the response is an error beyond it.
    """
    settings = Settings(database_url=f"sqlite:///{store}", cache_bytes=0, read_seconds=seconds)
    app = create_app(settings)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://kb") as client:
        scenarios = addresses(store)
        scenarios["list, deep page"] = ([await deep_page(client, store)], {})
        times = {}
        for name, (paths, headers) in scenarios.items():
            if paths and (not only or name.startswith(tuple(only))):

                def forget() -> None:
                    old = app.state.service
                    fresh = service_context(settings, old.store, old.archive)
                    app.state.service = fresh

                times[name] = await measure_scenario(client, paths, headers, rounds, forget)
    return times


async def measure_scenario(
    client: httpx.AsyncClient,
    paths: Sequence[str],
    headers: Mapping[str, str],
    rounds: int,
    forget: Callable[[], None],
) -> RequestTime:
    """Measure one scenario; `forget` empties the caches that a write empties."""
    failures: list[int] = []
    sizes: list[int] = []

    async def one(path: str) -> tuple[float, float]:
        cpu, wall = time.process_time(), time.perf_counter()
        response = await client.get(path, headers=headers)
        spent = time.process_time() - cpu, time.perf_counter() - wall
        failures.extend([response.status_code] if response.status_code != 200 else [])
        sizes.append(len(response.content))
        return spent

    await one(paths[0])  # which compiles its statements
    forget()
    first = [await one(paths[0])]
    # One request is enough where it takes longer than many others together.
    count = rounds if first[0][1] < 1 else 1
    others = [await one(path) for path in islice(cycle(paths[1:] or paths), count)]
    return RequestTime(
        first_cpu_ms=round(first[0][0] * 1000, 2),
        cpu_ms=round(median(cpu for cpu, _ in others) * 1000, 2),
        wall_ms=round(median(wall for _, wall in others) * 1000, 2),
        kilobytes=round(max(sizes) / 1000, 1),
        failure=failures[0] if failures else None,
    )


def growth(times: Sequence[RequestTime]) -> tuple[float, float]:
    """Return last / first of the CPU time of the first response, and of the others."""
    first, last = times[0], times[-1]
    return last.first_cpu_ms / first.first_cpu_ms, last.cpu_ms / first.cpu_ms


def table(results: Mapping[str, Mapping[str, RequestTime]]) -> Table:
    """Return the CPU times by scenario and store, and which of them grow."""
    shown = Table(title="CPU time per request in ms: median (the first after a write)")
    for name in ("scenario", *results, "last / first", f"≤ {FLAT} ×"):
        shown.add_column(name, overflow="fold")
    for name in next(iter(results.values())):
        times = [by_name[name] for by_name in results.values() if name in by_name]
        cells = [
            f"{t.cpu_ms:.1f} ({t.first_cpu_ms:.1f})" + (f" {t.failure}" if t.failure else "")
            for t in times
        ]
        if len(times) < len(results):
            continue
        after_write, later = growth(times)
        is_flat = max(after_write, later) <= FLAT
        shown.add_row(name, *cells, f"{later:.2f} ({after_write:.2f})", "yes" if is_flat else "no")
    return shown


def files(notes: str, existing: str) -> Iterator[Path]:
    """Yield the stores to measure, which are made if they do not exist."""
    if existing:
        yield from map(Path, existing.split(","))
    else:
        for number in map(int, notes.split(",")):
            yield stores.grown_store(stores.BUILT / str(number), number)


def run(
    notes: Annotated[str, typer.Option(help="Numbers of notes; 0: as shipped.")] = "0,10000,100000",
    existing: Annotated[
        str, typer.Option("--stores", help="Filled SQLite stores instead, the smallest first.")
    ] = "",
    only: Annotated[str, typer.Option(help="Beginnings of names of scenarios.")] = "",
    rounds: Annotated[int, typer.Option(help="Requests; the median counts.")] = 21,
    seconds: Annotated[float, typer.Option(help="Time limit of a request.")] = 20.0,
    out: Annotated[Path | None, typer.Option(help="A file for the figures, as JSON.")] = None,
) -> None:
    """Measure each kind of request on stores of growing size."""
    results: dict[str, dict[str, RequestTime]] = {}
    chosen = [name for name in only.split(",") if name]
    for store in files(notes, existing):
        file = store.resolve()
        label = f"{samples.notes(file)} notes"
        typer.echo(label, err=True)
        results[label] = asyncio.run(measure(file, chosen, rounds, seconds))
    Console(width=None if Console().is_terminal else 170).print(table(results))
    if out:
        times = {
            label: {name: asdict(t) for name, t in of.items()} for label, of in results.items()
        }
        about = machine.describe_machine()
        out.write_text(json.dumps({"about": about, "times": times}, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    typer.run(run)

"""HTML pages: time to the first byte, bytes, and the largest paint in Chromium.

From the response cache they are compared with a bare ASGI function that sends the same bytes, and
without it with the JSON of a record, each in the same run.
"""

import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from statistics import median

import httpx

from benchmarks import servers
from benchmarks.load import LoadResult, RequestSet
from benchmarks.run import BenchmarkRun, ResultRow, by_rate
from benchmarks.scenarios.cached import save_response
from benchmarks.servers import Server

PAGES = {
    "home": "/",
    "claim": "/claims/ketamine-relieves-ptsd",
    "compound": "/compounds/ketamine",
    "list": "/claims?verdict=contested",
}
RECORD = "/v1/claims/ketamine-relieves-ptsd"
HEADERS = {"Accept": "text/html", "Accept-Encoding": "br"}
ASSETS = ("css", "js")
#: Reports the largest paint of a page, in milliseconds after its request.
LARGEST_PAINT = """() => new Promise((resolve) => new PerformanceObserver((list) =>
    resolve(list.getEntries().at(-1).startTime)
  ).observe({type: "largest-contentful-paint", buffered: true}))"""


def rows(bench: BenchmarkRun) -> Iterator[ResultRow]:
    """Measure the pages of the home page, a claim, a compound and a list."""
    with bench.ours() as ours:
        for name, path in PAGES.items():
            bench.say(f"page: {name}")
            yield from from_cache(bench, ours, name, path)
            yield uncached(bench, ours, name, path)
        yield from sizes(ours)
        yield from largest_paints(bench, ours)


def from_cache(bench: BenchmarkRun, ours: Server, name: str, path: str) -> Iterator[ResultRow]:
    """Compare cache hits with a bare function: rate, and time to the response of one client."""
    response = save_response(bench.folder / "page", ours, path, HEADERS)
    many = RequestSet([path], HEADERS, connections=32)
    single = RequestSet([path], HEADERS, connections=1)
    with bench.peer(servers.raw_asgi(response), "/") as raw:
        results = bench.run_rounds(
            {
                "ours": (ours, many),
                "raw": (raw, many),
                "ours alone": (ours, single),
                "raw alone": (raw, single),
            }
        )
    yield by_rate(f"page {name} cached", results["ours"], results["raw"])
    yield by_median(f"page {name} cached p50", results["ours alone"], results["raw alone"])


def uncached(bench: BenchmarkRun, ours: Server, name: str, path: str) -> ResultRow:
    """Measure the time to a page that the response cache does not have, beside a record's JSON."""
    runners = {
        "page": (ours, RequestSet([path], HEADERS, fresh=True, connections=1)),
        "record": (ours, RequestSet([RECORD], {}, fresh=True, connections=1)),
    }
    results = bench.run_rounds(runners)
    return by_median(f"page {name} uncached", results["page"], results["record"])


def by_median(name: str, ours: list[LoadResult], theirs: list[LoadResult]) -> ResultRow:
    """Return a median time in milliseconds as a result, with its ratio to that of a peer."""
    times = [[load.p50_ms for load in loads] for loads in (ours, theirs)]
    value, other = map(median, times)
    errors = sum(load.errors for load in [*ours, *theirs])
    note = f"{value / max(other, 1e-3):.1f} ×" + (f"; {errors} errors" if errors else "")
    measurements = {
        "ours": [vars(load) for load in ours],
        "theirs": [vars(load) for load in theirs],
    }
    return ResultRow(name, value, f"{value:.2f} ms", f"{other:.2f} ms", note, measurements)


def sizes(ours: Server) -> Iterator[ResultRow]:
    """Measure the bytes of pages, style sheet and script, compressed with brotli."""
    with httpx.Client(base_url=f"http://127.0.0.1:{ours.port}", headers=HEADERS) as client:
        record = client.get(RECORD, headers={"Accept": "application/json"}).num_bytes_downloaded
        for name, path in PAGES.items():
            page = client.get(path)
            size = page.num_bytes_downloaded
            note = f"{size / record:.1f} ×"
            yield ResultRow(f"page {name} bytes", size / 1000, f"{size} B", f"{record} B", note)
        for suffix in ASSETS:
            addresses = [part for part in page.text.split('"') if part.endswith(f".{suffix}")]
            size = sum(client.get(path).num_bytes_downloaded for path in addresses)
            yield ResultRow(
                f"page {suffix} bytes", size / 1000, f"{len(addresses)} files, {size} B"
            )


def largest_paints(bench: BenchmarkRun, ours: Server) -> Iterator[ResultRow]:
    """Measure the largest paint of each page in Chromium with an empty cache."""
    chromium = shutil.which("chromium")
    if not chromium or find_spec("playwright") is None:
        bench.say("The largest paint is left out: Debian's chromium and Playwright measure it")
        return
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name, path in PAGES.items():
            paints = []
            for _ in range(bench.rounds + 1):
                context = browser.new_context(viewport={"width": 1280, "height": 800})
                page = context.new_page()
                page.goto(f"http://127.0.0.1:{ours.port}{path}", wait_until="load")
                paints.append(page.evaluate(LARGEST_PAINT))
                context.close()
            value = median(paints[1:])  # the first one starts a process of the browser
            yield ResultRow(
                f"page {name} paint", value, f"{value:.0f} ms", measurements={"ms": paints}
            )
        browser.close()

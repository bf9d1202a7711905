"""Cache hits, against a bare ASGI function that sends the same bytes."""

import json
from collections.abc import Iterator
from pathlib import Path

from benchmarks import servers
from benchmarks.load import RequestSet
from benchmarks.run import BenchmarkRun, ResultRow, by_rate
from benchmarks.scenarios import samples
from benchmarks.servers import Server

LIST = "/v1/evidence?direction=supports&species=human&limit=20"
#: Headers that differ between responses: uvicorn adds them for the bare function, too.
VOLATILE_HEADERS = {"date"}


def rows(bench: BenchmarkRun) -> Iterator[ResultRow]:
    """Compare requests per second of cache hits: record, list, 304 and encodings."""
    record = samples.ours_record(samples.slugs(bench.store, 1)[0])
    with bench.ours() as ours:
        tag = dict(ours.get(record)[1])["etag"]
        for name, path, headers in (
            ("cached record", record, {}),
            ("cached list", LIST, {}),
            ("cached 304", record, {"If-None-Match": tag}),
            ("cached zstd", LIST, {"Accept-Encoding": "zstd"}),
            ("cached br", LIST, {"Accept-Encoding": "br"}),
            ("cached gzip", LIST, {"Accept-Encoding": "gzip"}),
        ):
            bench.say(name)
            response = save_response(bench.folder / "response", ours, path, headers)
            requests = RequestSet([path], headers, connections=32)
            with bench.peer(servers.raw_asgi(response), "/") as raw:
                results = bench.run_rounds({"ours": (ours, requests), "raw": (raw, requests)})
            yield by_rate(name, results["ours"], results["raw"])


def save_response(file: Path, server: Server, path: str, headers: dict[str, str]) -> Path:
    """Write a response to a file, in the form that `servers.raw_asgi` reads."""
    server.get(path, **headers)
    status, response_headers, body = server.get(path, **headers)
    headers_to_send = [
        (name.lower(), value)
        for name, value in response_headers
        if name.lower() not in VOLATILE_HEADERS
    ]
    head = json.dumps({"status": status, "headers": headers_to_send}).encode()
    file.write_bytes(head + b"\n\n" + body)
    return file

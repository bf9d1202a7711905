"""Answers that were asked before: against a raw ASGI function that sends the very same bytes."""

import json
from collections.abc import Iterator
from pathlib import Path

from benchmarks import servers
from benchmarks.load import RequestSet
from benchmarks.run import BenchmarkRun, ResultRow, by_rate
from benchmarks.scenarios import samples
from benchmarks.servers import Server

LIST = "/v1/evidence?direction=supports&species=human&limit=20"
#: What differs from one answer to the next is added by the raw server's uvicorn, or left out.
EACH_TIME = {"date"}


def rows(bench: BenchmarkRun) -> Iterator[ResultRow]:
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
            answer = saved(bench.folder / "answer", ours, path, headers)
            asked = RequestSet([path], headers, connections=32)
            with bench.peer(servers.raw_asgi(answer), "/") as raw:
                seen = bench.run_rounds({"ours": (ours, asked), "raw": (raw, asked)})
            yield by_rate(name, seen["ours"], seen["raw"])


def saved(file: Path, server: Server, path: str, headers: dict[str, str]) -> Path:
    """One of our answers, as the raw server takes it."""
    server.get(path, **headers)
    status, found, body = server.get(path, **headers)
    kept = [(name.lower(), value) for name, value in found if name.lower() not in EACH_TIME]
    head = json.dumps({"status": status, "headers": kept}).encode()
    file.write_bytes(head + b"\n\n" + body)
    return file

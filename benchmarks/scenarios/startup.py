"""Start: time to the first response, beside the imports alone, and memory when idle."""

import time
from collections.abc import Iterator
from statistics import median

from benchmarks import servers
from benchmarks.run import BenchmarkRun, ResultRow
from benchmarks.scenarios import samples

IDLE_SECONDS = 2.0


def rows(bench: BenchmarkRun) -> Iterator[ResultRow]:
    """Measure time to the first response, CPU time and idle memory."""
    bench.say("starting")
    record = samples.ours_record(samples.slugs(bench.store, 1)[0])
    answer = bench.folder / "start"
    answer.write_bytes(b'{"status": 200, "headers": []}\n\n')
    pairs, spent, memory, theirs = [], [], [], []
    for _ in range(bench.rounds):
        with bench.ours(probe=record) as ours:
            cpu = ours.cpu_seconds
            time.sleep(min(IDLE_SECONDS, bench.seconds))
            memory.append(ours.memory_mb)
        with bench.peer(servers.raw_asgi(answer), "/") as raw:
            theirs.append(raw.memory_mb)
        with bench.peer(servers.imports_only(), "/") as stack:
            spent.append((cpu, stack.cpu_seconds))
            pairs.append((ours.first_answer_seconds, stack.first_answer_seconds))
    mine, other = (f"{median(one):.2f} s" for one in zip(*pairs, strict=True))
    difference = median(ours - stack for ours, stack in pairs)
    cpu_times = [f"{median(one):.2f} s" for one in zip(*spent, strict=True)]
    note = f"CPU {cpu_times[0]} against {cpu_times[1]}"
    measurements = {"seconds": pairs, "cpu_seconds": spent}
    yield ResultRow("first answer", difference, mine, other, note, measurements)
    idle, peer_memory = median(memory), f"raw uvicorn: {median(theirs):.0f} MB"
    yield ResultRow("idle memory", idle, f"{idle:.0f} MB", peer_memory, measurements={"mb": memory})

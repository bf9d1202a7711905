"""Metrics of several worker processes, added up by prometheus_client's multiprocess mode.

Counters and histograms are shared through files by themselves. Collectors are not: what they yield
is copied into such metrics once a second, and before each response to `/metrics`.
"""

import os
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from prometheus_client import CollectorRegistry, Counter, Gauge
from prometheus_client.core import Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

PERIOD_SECONDS = 1.0
Mode = Literal["livesum", "livemin", "livemax"]
#: Gauges are added up over the workers that are alive, but for these.
MODES: dict[str, Mode] = {
    "kkb_build_info": "livemax",
    "kkb_dataset_revision": "livemin",
    "kkb_disk_free_bytes": "livemin",
    "kkb_replica_lag_seconds": "livemax",
    "kkb_store_bytes": "livemax",
    "kkb_store_file_replaced": "livemax",
    "process_start_time_seconds": "livemin",
}


class WorkerMetrics:
    """Shares what the collectors of this process yield, and reads the sums over all workers.

    Args:
        folder: The folder that `PROMETHEUS_MULTIPROC_DIR` names.
        collectors: Collectors whose metrics have the same labels in each sample.
    """

    def __init__(self, folder: Path, collectors: Iterable[Collector]) -> None:
        self.folder, self.collectors = folder, tuple(collectors)
        self._own = CollectorRegistry()
        self._metrics: dict[str, Counter | Gauge] = {}
        self._counted: dict[tuple[str, tuple[str, ...]], float] = {}
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="kkb-metrics", daemon=True)

    def start(self) -> None:
        """Share the metrics now, and once a second."""
        self.share()
        self._thread.start()

    def stop(self) -> None:
        """Stop the thread, and share the last values."""
        self._stop.set()
        self._thread.join(5)
        self.share()

    def share(self) -> None:
        """Copy what the collectors yield into the files."""
        with self._lock:
            for collector in self.collectors:
                for family in collector.collect():
                    self._copy(family)

    def summed(self) -> CollectorRegistry:
        """Return a registry with the metrics of all workers."""
        self.share()
        self._forget_dead_workers()
        registry = CollectorRegistry()
        MultiProcessCollector(registry, str(self.folder))  # type: ignore[no-untyped-call]
        return registry

    def _copy(self, family: Metric) -> None:
        for sample in family.samples:
            labels = tuple(sample.labels.values())
            metric = self._metric(family, tuple(sample.labels))
            child = metric.labels(*labels) if labels else metric
            if isinstance(child, Counter):
                # A collector yields totals, and a counter takes what is added.
                key = family.name, labels
                child.inc(sample.value - self._counted.get(key, 0.0))
                self._counted[key] = sample.value
            else:
                child.set(sample.value)

    def _metric(self, family: Metric, labels: tuple[str, ...]) -> Counter | Gauge:
        name, text = family.name, family.documentation
        if name not in self._metrics:
            if family.type == "counter":
                self._metrics[name] = Counter(name, text, labels, registry=self._own)
            else:
                mode = MODES.get(name, "livesum")
                self._metrics[name] = Gauge(
                    name, text, labels, registry=self._own, multiprocess_mode=mode
                )
        return self._metrics[name]

    def _forget_dead_workers(self) -> None:
        """Drop the gauges of workers that have ended; their counters stay."""
        for pid in {int(file.stem.rpartition("_")[2]) for file in self.folder.glob("gauge_*.db")}:
            try:
                os.kill(pid, 0)
            except ProcessLookupError:
                mark_process_dead(pid, str(self.folder))  # type: ignore[no-untyped-call]

    def _run(self) -> None:
        while not self._stop.wait(PERIOD_SECONDS):
            self.share()

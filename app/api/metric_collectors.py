"""Metrics that are read when they are requested: response cache, database, disk and replica."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from app.api.cache.refresh import CacheRefresher
from app.api.cache.response_cache import ResponseCache
from app.kit.pool import MeasuredPool
from app.kit.sessions import Store
from app.services.store.replica_lag import ReplicaLag
from app.services.store.store_file import StoreFile


class CacheCollector(Collector):
    """Metrics of the response cache."""

    def __init__(self, cache: ResponseCache, refresher: CacheRefresher) -> None:
        self.cache, self.refresher = cache, refresher

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics of the response cache."""
        cache, current = self.cache, self.cache.current
        number = len(current) + len(cache.immutable)
        yield CounterMetricFamily(
            "kkb_response_cache_hits", "Requests answered from the response cache.", cache.hits
        )
        yield CounterMetricFamily(
            "kkb_response_cache_misses",
            "GET requests not answered from the response cache.",
            cache.misses,
        )
        yield CounterMetricFamily(
            "kkb_response_cache_refreshes",
            "Slow responses that were made again after a write, before a request for them.",
            self.refresher.refreshed,
        )
        yield GaugeMetricFamily(
            "kkb_response_cache_entries", "Entries in the response cache.", number
        )
        yield GaugeMetricFamily(
            "kkb_response_cache_bytes", "Size of the response cache in bytes.", cache.bytes
        )
        yield GaugeMetricFamily(
            "kkb_response_cache_limit_bytes",
            "Maximum size of the response cache in bytes.",
            cache.limit,
        )
        if current.revision is not None:
            yield GaugeMetricFamily(
                "kkb_dataset_revision",
                "The revision that answers are from.",
                current.revision.revision,
            )


class PoolCollector(Collector):
    """Metrics of the connection pools of a store."""

    def __init__(self, store: Store) -> None:
        self.engines = {"primary": store.engine}
        if store.read_engine is not store.engine:
            self.engines["read"] = store.read_engine

    def collect(self) -> Iterator[Metric]:
        """Yield size, use and waits of each pool."""
        size = GaugeMetricFamily(
            "kkb_pool_connections_limit", "Database connections of the pool.", labels=["pool"]
        )
        in_use = GaugeMetricFamily(
            "kkb_pool_connections_in_use", "Those that requests hold.", labels=["pool"]
        )
        waits = CounterMetricFamily(
            "kkb_pool_waits", "Requests that found all connections in use.", labels=["pool"]
        )
        seconds = CounterMetricFamily(
            "kkb_pool_wait_seconds", "Seconds that requests waited for one.", labels=["pool"]
        )
        for name, engine in self.engines.items():
            pool = engine.pool
            if isinstance(pool, MeasuredPool):  # a database in memory has none
                size.add_metric([name], pool.size())
                in_use.add_metric([name], pool.checkedout())
                waits.add_metric([name], pool.waits)
                seconds.add_metric([name], pool.wait_seconds)
        yield from (size, in_use, waits, seconds)


class DiskCollector(Collector):
    """Free space of the folders that the service writes to, and the size of a SQLite store."""

    def __init__(self, store_file: StoreFile, releases: Path) -> None:
        self.store_file = store_file
        self.folders = {"releases": releases}
        with suppress(FileNotFoundError):  # a release is served where nothing can be written
            self.folders["temporary"] = Path(tempfile.gettempdir())
        if store_file.file:
            self.folders["store"] = store_file.file.parent

    def collect(self) -> Iterator[Metric]:
        """Yield free bytes by folder, and the bytes of the files of the store."""
        free = GaugeMetricFamily("kkb_disk_free_bytes", "Free space by folder.", labels=["folder"])
        for name, folder in self.folders.items():
            existing = next((path for path in (folder, *folder.parents) if path.exists()), folder)
            free.add_metric([name], shutil.disk_usage(existing).free)
        yield free
        sizes = GaugeMetricFamily(
            "kkb_store_bytes", "Size of the SQLite file and of its WAL.", labels=["file"]
        )
        for name, number in self.store_file.sizes().items():
            sizes.add_metric([name], number)
        yield sizes
        yield GaugeMetricFamily(
            "kkb_store_file_replaced",
            "1 if the SQLite file or its WAL was removed or replaced under the server.",
            int(self.store_file.fault() is not None),
        )


class ReplicaLagCollector(Collector):
    """Seconds by which the database for reads is behind."""

    def __init__(self, lag: ReplicaLag) -> None:
        self.lag = lag

    def collect(self) -> Iterator[Metric]:
        """Yield the lag: 0 without a replica, infinity if it does not answer."""
        yield GaugeMetricFamily(
            "kkb_replica_lag_seconds",
            "Seconds by which the read replica is behind; +Inf if it does not answer.",
            self.lag.seconds(),
        )

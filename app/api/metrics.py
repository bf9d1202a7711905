"""Prometheus metrics of requests and of the response cache.

Cache hits that the protocol serves never reach the application: they are counted as hits, not as
requests.
"""

import time
from collections.abc import Iterator
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import Response
from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.cache.response_cache import ResponseCache
from app.api.routers import api_router
from app.api.worker_metrics import WorkerMetrics

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class CacheCollector(Collector):
    """Metrics of the response cache."""

    def __init__(self, cache: ResponseCache) -> None:
        self.cache = cache

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


class WorkerCollector(Collector):
    """Number of worker processes: each yields itself, and the sum is what is running."""

    def collect(self) -> Iterator[Metric]:
        """Yield this process."""
        yield GaugeMetricFamily("kkb_workers", "Processes that answer requests.", 1)


class Metrics:
    """Request metrics, in their own registry.

    Args:
        cache: The response cache of this process.
        folder: Where the metrics of several worker processes are added up; None for one process.
    """

    def __init__(self, cache: ResponseCache, folder: Path | None = None) -> None:
        collectors: list[Collector] = [CacheCollector(cache), WorkerCollector()]
        self.registry = CollectorRegistry()
        self.workers = WorkerMetrics(folder, collectors) if folder else None
        for collector in [] if self.workers else collectors:
            self.registry.register(collector)
        self.requests = Counter(
            "kkb_requests",
            "Requests that the application answered.",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self.seconds = Histogram(
            "kkb_request_seconds",
            "How long they took, to the last byte.",
            ("route",),
            buckets=SECONDS,
            registry=self.registry,
        )

    def start(self) -> None:
        """Start to share what collectors yield, if there are several workers."""
        if self.workers:
            self.workers.start()

    def stop(self) -> None:
        """Stop sharing."""
        if self.workers:
            self.workers.stop()

    def exposition(self) -> bytes:
        """Return the metrics of the node in the text format of Prometheus."""
        return generate_latest(self.workers.summed() if self.workers else self.registry)


class MetricsMiddleware:
    """Counts and times every request that reaches the application, by route template."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app, self.metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the application and measure the request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status, begun = 500, time.perf_counter()

        async def send_and_note_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, send_and_note_status)
        finally:
            route = getattr(scope.get("route"), "path", "none")
            self.metrics.requests.labels(scope["method"], route, str(status)).inc()
            self.metrics.seconds.labels(route).observe(time.perf_counter() - begun)


def build_router() -> APIRouter:
    """Build the router of `/metrics`."""
    router = api_router("", tag="about")

    @router.get(
        "/metrics",
        operation_id="get_metrics",
        summary="Prometheus metrics of this node",
        description="Requests and latencies by route, and the response cache, in the text format of"
        " Prometheus.",
        response_class=Response,
        responses={
            200: {
                "description": "Metrics.",
                "content": {"text/plain": {"schema": {"type": "string"}}},
            }
        },
    )
    def read_metrics(request: Request) -> Response:
        content = request.app.state.metrics.exposition()
        headers = {"Content-Type": CONTENT_TYPE_LATEST, "Cache-Control": "no-store"}
        return Response(content, headers=headers)

    return router

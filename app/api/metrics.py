"""Prometheus metrics of requests, connections, failures and of what the process uses.

Labels are bounded: route templates and never paths, methods of HTTP and never what a client sent.
`deploy/alerts.yaml` has the alerts, docs/operations.md the list.
"""

from collections.abc import Iterator
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import Response
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from app import __version__
from app.api.routers import api_router
from app.api.worker_metrics import WorkerMetrics

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
#: Route of what the protocol refuses before there is a request for the application.
PROTOCOL_ROUTE = "protocol"
#: Why the database could not answer: values of a label.
DATABASE_ERRORS = ("busy", "cancelled", "disconnected", "full", "pool", "read-only")
#: Why a request with or without a key is a 401: values of a label.
FAILED_LOGINS = ("expired", "missing", "revoked", "unknown")


class BuildCollector(Collector):
    """Number of worker processes and version: each process yields itself."""

    def collect(self) -> Iterator[Metric]:
        """Yield this process and its version."""
        yield GaugeMetricFamily("kkb_workers", "Processes that answer requests.", 1)
        build = GaugeMetricFamily("kkb_build_info", "Version of the software.", labels=["version"])
        build.add_metric([__version__], 1)
        yield build


class Metrics:
    """Metrics of the requests and of the process, in their own registry.

    Args:
        collectors: What is read when the metrics are requested (app.api.metric_collectors).
        folder: Where the metrics of several worker processes are added up; None for one process.
    """

    def __init__(self, *collectors: Collector, folder: Path | None = None) -> None:
        collected = [*collectors, ProcessCollector(registry=None), BuildCollector()]
        self.registry = CollectorRegistry()
        self.workers = WorkerMetrics(folder, collected) if folder else None
        for collector in [] if self.workers else collected:
            self.registry.register(collector)
        self.requests = Counter(
            "kkb_requests",
            "Requests that the application answered or the protocol refused.",
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
        self.requests_in_flight = self._gauge(
            "kkb_requests_in_flight", "Requests that are being answered."
        )
        self.connections = self._gauge("kkb_connections", "Open connections of clients.")
        self.responses_broken_off = Counter(
            "kkb_responses_broken_off",
            "Responses that ended before they were complete.",
            registry=self.registry,
        )
        self.database_errors = self._counter(
            "kkb_database_errors", "Requests that the database could not answer.", DATABASE_ERRORS
        )
        self.failed_logins = self._counter(
            "kkb_failed_logins", "Requests refused for their API key.", FAILED_LOGINS
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

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count and time a request that the application answered."""
        self.count(method, route, status)
        self.seconds.labels(route).observe(seconds)

    def count(self, method: str, route: str, status: int) -> None:
        """Count a request."""
        label = method if method in METHODS else "other"
        self.requests.labels(label, route, str(status)).inc()

    def _gauge(self, name: str, documentation: str) -> Gauge:
        return Gauge(name, documentation, registry=self.registry, multiprocess_mode="livesum")

    def _counter(self, name: str, documentation: str, reasons: tuple[str, ...]) -> Counter:
        """Return a counter by reason whose series exist from the start, so that rates are right."""
        counter = Counter(name, documentation, ("reason",), registry=self.registry)
        for reason in reasons:
            counter.labels(reason)
        return counter


def build_router() -> APIRouter:
    """Build the router of `/metrics`."""
    router = api_router("", tag="about")

    @router.get(
        "/metrics",
        operation_id="get_metrics",
        summary="Prometheus metrics of this node",
        description="Requests, connections, failures, the response cache, database connections and"
        " the process itself, in the text format of Prometheus.",
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

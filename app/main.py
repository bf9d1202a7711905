"""Application factory: composes settings, store, routes and middleware."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from anyio.to_thread import current_default_thread_limiter
from fastapi import APIRouter, FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi_offline import FastAPIOffline
from starlette_compress import CompressMiddleware, add_compress_type

from app import __version__
from app.api import metrics, middleware, openapi, problems
from app.api.access_log import AccessLog, ClientAddresses
from app.api.cache.etags import EncodingETagMiddleware
from app.api.cache.middleware import ResponseCacheMiddleware
from app.api.cache.refresh import CacheRefresher
from app.api.cache.response_cache import ResponseCache
from app.api.deps import ServiceContext
from app.api.disconnects import CancelOnDisconnectMiddleware
from app.api.expensive_requests import ExpensiveRequests
from app.api.instrumentation import InstrumentationMiddleware
from app.api.metric_collectors import (
    CacheCollector,
    DiskCollector,
    PoolCollector,
    ReplicaLagCollector,
)
from app.api.metrics import Metrics
from app.api.proxy_headers import ProxyHeadersMiddleware, TrustedProxies
from app.api.rate_limit import RateLimiter, RateLimitMiddleware
from app.api.release_parameter import ReleaseParameterMiddleware
from app.api.route_groups import grouped
from app.api.routes import (
    api_keys,
    calibration,
    catalogue,
    cite,
    claim_synthesis,
    claim_verdict,
    collection_writes,
    collections,
    diff,
    explain,
    graph,
    health,
    history,
    matrix,
    pages,
    paths,
    problem_types,
    proposals,
    releases,
    resolve,
    root,
    search,
    synthesis,
    timeline_and_gaps,
)
from app.api.security_headers import SecurityHeadersMiddleware
from app.api.shutdown import bounded_shutdown
from app.explorer import application as explorer
from app.explorer.routers import routers as page_routers
from app.explorer.site import Site
from app.kit.repository import Repository
from app.kit.sessions import Store
from app.kit.source_digest import source_digest
from app.resources import RESOURCES
from app.services import bootstrap
from app.services.evidence.synthesis.facts_cache import ClaimFactsCache
from app.services.graph.layout import GraphLayouts
from app.services.graph.loader import GraphCache
from app.services.records import exports
from app.services.records.export_files import ExportFileCache
from app.services.releases.archive import Archive
from app.services.search.list_search import text_matches
from app.services.store.observers import StoreObservers
from app.services.store.opening import open_store
from app.settings import Settings

if TYPE_CHECKING:
    from app.mcp.http import McpEndpoint

DESCRIPTION = """
Knowledge base on how ketamine works: cited records on receptors, pathways, indications and
evidence notes.

All collections accept the same parameters: typed filters, `q`, `sort`, `fields`, `include`,
`limit` and `cursor`. A filter by records takes slugs, `type:slug`, names and identifiers, one by a
vocabulary its values in any capitals; `meta.filters` has what was applied. Every response states
its release, licence and citation. It is a reference, not medical advice.
"""
#: Worker threads, and the limit of concurrent connections: every accepted request gets a thread at
#: once. Waiting for a database connection ends in a 503 after `pool_timeout_seconds`, while waiting
#: for a thread has no timeout.
THREADS = 500
#: Seconds after which a busy thread lets another one run. With Python's 5 ms, four busy ones delay
#: the event loop by 20 ms at each of its turns.
SWITCH_SECONDS = 0.0005
#: Response headers that scripts of other origins may read (CORS).
EXPOSED_HEADERS = [
    "ETag",
    "Link",
    "Location",
    "Allow",
    "Accept-Ranges",
    "Content-Range",
    "Content-Disposition",
    "X-Total-Count",
    "Idempotency-Replayed",
    "WWW-Authenticate",
    "X-Request-ID",
    "Retry-After",
    "RateLimit",
    "RateLimit-Policy",
]


def share_interpreter() -> None:
    """Give every accepted request a thread, and let the event loop run soon among busy ones."""
    current_default_thread_limiter().total_tokens = THREADS
    sys.setswitchinterval(SWITCH_SECONDS)


def create_app(
    settings: Settings,
    store: Store | None = None,
    archive: Archive | None = None,
    metrics_folder: Path | None = None,
) -> FastAPI:
    """Create the application with its routes and middleware.

    By default the store and the archive are those that `settings` name; `kkb serve --release`
    passes a read-only store, whose responses never expire. `metrics_folder` is where the metrics
    of several worker processes are added up.
    """
    pool = settings.pool_options
    store = store or open_store(settings.database_url, settings.read_database_url, **pool)
    store = store.with_time_limit(settings.read_seconds)
    cache = ResponseCache(settings.cache_bytes)
    refresher = CacheRefresher(cache)
    proxies = TrustedProxies(settings.trusted_proxies)
    archive = archive or Archive(settings.releases_folder, **pool)
    site = Site(settings.contact_url, settings.notice_urgent)
    observers = StoreObservers(store, cache.set_revision)
    request_metrics = Metrics(
        CacheCollector(cache, refresher),
        PoolCollector(store),
        DiskCollector(observers.file, archive.folder),
        ReplicaLagCollector(observers.replica_lag),
        folder=metrics_folder,
    )
    access_log = AccessLog(
        enabled=settings.access_log, addresses=ClientAddresses(settings.log_client_addresses)
    )

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[dict[str, Any]]:
        share_interpreter()
        observers.open()
        request_metrics.start()
        state = {
            "response_cache": cache if settings.cache_bytes else None,
            "trusted_proxies": proxies,
            "connections_per_client": settings.connections_per_client,
            "path_prefix": urlsplit(settings.public_url).path,
            "metrics": request_metrics,
            "access_log": access_log,
        }
        async with mcp_endpoint.run() if mcp_endpoint else nullcontext():
            with bounded_shutdown():
                async with refresher.running():
                    yield state
        request_metrics.stop()
        observers.close()

    app: FastAPI = FastAPIOffline(
        title="ketamine-kb",
        version=__version__,
        description=DESCRIPTION,
        license_info={"name": "Data: CC BY 4.0; software: MIT", "identifier": "CC-BY-4.0"},
        openapi_url="/openapi.json",
        docs_url="/docs",
        redoc_url="/redoc",
        redirect_slashes=False,
        lifespan=lifespan,
    )
    app.state.metrics = request_metrics
    app.state.access_log = access_log
    app.state.store_file = observers.file
    app.state.readiness = observers.readiness
    app.state.service = replace(
        service_context(settings, store, archive),
        immutable=observers.watcher is None,
        code_version=f"{code_version()}-{site.digest}",
        on_commit=observers.poll,
    )
    app.state.expensive_requests = ExpensiveRequests(settings.expensive_requests)
    # Not `include_router`: it would match each route twice, and rebuild it for each application.
    app.router.routes.extend(grouped(route for router in routers() for route in router.routes))
    mcp_endpoint = _mount_mcp(app, settings) if settings.mcp else None
    problems.install(app)
    explorer.install(app, site)
    openapi.install(app)
    _add_middleware(app, settings, proxies, refresher)
    return app


def _add_middleware(
    app: FastAPI, settings: Settings, proxies: TrustedProxies, refresher: CacheRefresher
) -> None:
    # The middleware added last runs first; a response passes this list from the top down.
    app.add_middleware(ReleaseParameterMiddleware)
    app.add_middleware(CancelOnDisconnectMiddleware)
    app.add_middleware(middleware.BodyLimitMiddleware, limit=settings.max_body_bytes)
    app.add_middleware(SecurityHeadersMiddleware)
    _add_compression(app)
    app.add_middleware(EncodingETagMiddleware)
    app.add_middleware(middleware.HeadMiddleware)
    app.add_middleware(middleware.UnhandledErrorMiddleware)
    app.state.rate_limiter = RateLimiter(settings.rate_limit_requests, settings.rate_limit_seconds)
    if settings.rate_limit_requests:
        app.add_middleware(RateLimitMiddleware, limiter=app.state.rate_limiter)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=["*"],
        allow_methods=["*"],  # a method that a path does not support gets a 405 problem
        allow_headers=["*"],
        expose_headers=EXPOSED_HEADERS,
        max_age=86400,
    )
    app.add_middleware(middleware.RequestIdMiddleware)
    app.add_middleware(ProxyHeadersMiddleware, proxies=proxies, public_url=settings.public_url)
    if settings.cache_bytes:
        app.add_middleware(ResponseCacheMiddleware, proxies=proxies, refresher=refresher)
    app.add_middleware(
        InstrumentationMiddleware,
        metrics=app.state.metrics,
        access_log=app.state.access_log,
        proxies=proxies,
    )


def _mount_mcp(app: FastAPI, settings: Settings) -> "McpEndpoint":
    """Add `/mcp` to an application. Its packages are imported here: they are optional."""
    from app.mcp.http import McpEndpoint
    from app.mcp.server import build_server

    service, expensive = app.state.service, app.state.expensive_requests
    server = build_server(service, settings.public_url, expensive)
    endpoint = McpEndpoint(server, settings.public_url, settings.max_body_bytes)
    app.router.routes.append(endpoint.route)
    return endpoint


def service_context(settings: Settings, store: Store, archive: Archive) -> ServiceContext:
    """Compose the parts of the service that read records."""
    return ServiceContext(
        store=store,
        repository=Repository(RESOURCES, text_search=text_matches),
        archive=archive,
        graphs=GraphCache(),
        claim_facts=ClaimFactsCache(),
        layouts=GraphLayouts(),
        export_files=ExportFileCache(settings.export_file_bytes),
        code_version=code_version(),
    )


def _add_compression(app: FastAPI) -> None:
    streamed = [form.media_type for form in exports.EXPORT_FORMATS.values() if form.streamed]
    for media in (problems.MEDIA_TYPE, *streamed):
        add_compress_type(media.partition(";")[0])
    app.add_middleware(CompressMiddleware, minimum_size=800)


def create_app_from_environment() -> FastAPI:
    """Create the application from environment variables, for `kkb serve --reload`.

    The code may have changed since the process that watches it prepared the store.
    """
    settings = Settings()
    store = open_store(settings.database_url)
    bootstrap.migrate_and_rebuild(store)
    store.engine.dispose()
    return create_app(settings)


@lru_cache(maxsize=1)
def routers() -> tuple[APIRouter, ...]:
    """Return all routers.

    They depend on no store and no setting, so the applications of one process share them.
    """
    return (
        collections.build_router(RESOURCES),  # first, as most requests match it
        root.build_router(RESOURCES),
        catalogue.build_router(RESOURCES),
        cite.build_router(),
        problem_types.build_router(),
        health.build_router(),
        matrix.build_router(),
        timeline_and_gaps.build_router(),
        search.build_router(),
        resolve.build_router(),
        claim_verdict.build_router(RESOURCES["claims"]),
        claim_synthesis.build_router(RESOURCES["claims"]),
        calibration.build_router(),
        releases.build_router(),
        diff.build_router(),
        pages.build_router(RESOURCES),
        graph.build_router(),
        paths.build_router(),
        explain.build_router(),
        synthesis.build_router(),
        metrics.build_router(),
        history.build_router(RESOURCES),
        proposals.build_router(),
        api_keys.build_router(),
        releases.build_publish_router(),
        collection_writes.build_router(RESOURCES),
        *page_routers(),
    )


def code_version() -> str:
    """Return a digest of the package's source, part of each ETag: new code may answer otherwise."""
    return source_digest(Path(__file__).parent)

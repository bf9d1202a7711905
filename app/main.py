"""Application factory: composes settings, store, routes and middleware."""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any

from anyio.to_thread import current_default_thread_limiter
from fastapi import APIRouter, FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi_offline import FastAPIOffline
from starlette_compress import CompressMiddleware, add_compress_type

from app import __version__
from app.api import metrics, middleware, openapi, problems
from app.api.cache.etags import EncodingETagMiddleware
from app.api.cache.response_cache import ResponseCache, ResponseCacheMiddleware
from app.api.deps import ServiceContext
from app.api.metrics import Metrics, MetricsMiddleware
from app.api.release_parameter import ReleaseParameterMiddleware
from app.api.route_groups import grouped
from app.api.routes import (
    api_keys,
    claim_verdict,
    collections,
    diff,
    explain,
    graph,
    history,
    matrix,
    meta,
    pages,
    paths,
    proposals,
    record_edits,
    release_publishing,
    releases,
    resolve,
    search,
    timeline_and_gaps,
)
from app.kit.repository import Repository
from app.kit.sessions import Store
from app.resources import RESOURCES
from app.services.graph.loader import GraphCache
from app.services.records import exports
from app.services.releases.archive import Archive
from app.services.store.opening import open_store
from app.services.store.read_only import ReadOnlyStore
from app.services.store.revision_watcher import RevisionWatcher
from app.settings import Settings

DESCRIPTION = """
How does ketamine work? Cited records on receptors, pathways, indications and evidence notes.

The same parameters on every collection: typed filters, `q`, `sort`, `fields`, `include`,
`limit` and `cursor`. Every answer says its release, licence and how to cite it.
It is a reference, not medical advice.
"""
#: A request that is let in gets a thread: waiting for a database connection ends in a 503 after
#: `pool_timeout_seconds`, while waiting for a thread would never end. Also the most connections.
THREADS = 500
EXPOSED = [
    "ETag",
    "Link",
    "Location",
    "Allow",
    "Accept-Ranges",
    "Content-Range",
    "Content-Disposition",
    "Idempotency-Replayed",
    "WWW-Authenticate",
    "X-Request-ID",
    "Retry-After",
]


def create_app(
    settings: Settings, store: Store | None = None, archive: Archive | None = None
) -> FastAPI:
    """The whole application, with all its middleware."""
    pool: dict[str, Any] = {
        "pool_size": settings.pool_size,
        "pool_timeout": settings.pool_timeout_seconds,
    }
    store = store or open_store(settings.database_url, settings.read_database_url, **pool)
    memory = ResponseCache(settings.cache_bytes)
    figures = Metrics(memory)
    watch = None
    if not isinstance(store, ReadOnlyStore):
        watch = RevisionWatcher(store, memory.set_revision)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[dict[str, Any]]:
        current_default_thread_limiter().total_tokens = THREADS
        if watch:
            watch.start()
        yield {"memory": memory if settings.cache_bytes else None}
        if watch:
            watch.stop()

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
    app.state.figures = figures
    app.state.service = ServiceContext(
        store=store,
        repository=Repository(RESOURCES),
        archive=archive or Archive(settings.releases_folder, **pool),
        immutable=watch is None,
        graphs=GraphCache(),
        code_version=code_version(),
        public_url=settings.public_url,
        on_commit=watch.poll if watch else lambda: None,
    )
    # Not `include_router`: it matches each route twice, and builds it again per application.
    app.router.routes.extend(grouped(route for router in routers() for route in router.routes))
    problems.install(app)
    openapi.install(app)
    # Added last runs first: an answer passes the list from the top down on its way out.
    app.add_middleware(ReleaseParameterMiddleware)
    app.add_middleware(middleware.BodyLimitMiddleware, limit=settings.max_body_bytes)
    for media in (problems.MEDIA_TYPE, *exports.MEDIA_TYPES.values()):
        if not media.endswith("parquet"):
            add_compress_type(media.partition(";")[0])
    app.add_middleware(CompressMiddleware, minimum_size=800)
    app.add_middleware(EncodingETagMiddleware)
    app.add_middleware(middleware.HeadMiddleware)
    app.add_middleware(middleware.UnhandledErrorMiddleware)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=["*"],
        allow_methods=["*"],  # what an address does not take is told by a 405, in words
        allow_headers=["*"],
        expose_headers=EXPOSED,
        max_age=86400,
    )
    app.add_middleware(middleware.RequestIdMiddleware)
    app.add_middleware(MetricsMiddleware, figures=figures)
    if settings.cache_bytes:
        app.add_middleware(ResponseCacheMiddleware, cache=memory)
    return app


def create_app_from_environment() -> FastAPI:
    """Create the application by the settings of the environment, for `kkb serve --reload`."""
    return create_app(Settings())


@cache
def routers() -> tuple[APIRouter, ...]:
    """All routes: they know no store and no setting, so applications of one process share them."""
    return (
        collections.build_router(RESOURCES),  # first, as it is requested most
        meta.build_router(RESOURCES),
        matrix.build_router(),
        timeline_and_gaps.build_router(),
        search.build_router(),
        resolve.build_router(),
        claim_verdict.build_router(RESOURCES["claims"]),
        releases.build_router(),
        diff.build_router(),
        pages.build_router(RESOURCES),
        graph.build_router(),
        paths.build_router(),
        explain.build_router(),
        metrics.build_router(),
        history.build_router(RESOURCES),
        proposals.build_router(),
        api_keys.build_router(),
        release_publishing.build_router(),
        record_edits.build_router(RESOURCES),
    )


def code_version() -> str:
    """A digest of our own source: an answer of older code is another answer."""
    root, digest = Path(__file__).parent, hashlib.sha256(__version__.encode())
    for path in sorted(root.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]

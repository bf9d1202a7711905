"""The routers of all pages, special pages before the general ones."""

from functools import lru_cache

from fastapi import APIRouter

from app.explorer.routes import (
    api,
    calibration,
    changes,
    cite,
    claims,
    compounds,
    conditions,
    diff,
    gaps,
    glossary,
    graph,
    home,
    lists,
    matrix,
    methods,
    pathways,
    receptors,
    record_history,
    record_sections,
    records,
    releases,
    search,
    sitemap,
    statements,
    static_files,
    timeline,
    well_known,
)
from app.resources import RESOURCES


@lru_cache(maxsize=1)
def routers() -> tuple[APIRouter, ...]:
    """Return all routers of pages; they depend on no store and no setting."""
    return (
        home.build_router(),
        static_files.build_router(),
        sitemap.build_router(),
        well_known.build_router(),
        api.build_router(),
        calibration.build_router(),
        changes.build_router(),
        cite.build_router(),
        claims.build_router(),
        diff.build_router(),
        glossary.build_router(),
        methods.build_router(),
        releases.build_router(),
        compounds.build_router(),
        conditions.build_router(),
        statements.build_router(),
        pathways.build_router(),
        graph.build_router(),
        receptors.build_router(),
        matrix.build_router(),
        gaps.build_router(),
        search.build_router(),
        timeline.build_router(),
        lists.build_router(RESOURCES),
        record_history.build_router(RESOURCES),
        record_sections.build_router(RESOURCES),
        records.build_router(RESOURCES),
    )

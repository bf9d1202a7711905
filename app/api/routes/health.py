"""Health routes: liveness and readiness checks."""

from fastapi import APIRouter, Request

from app.api.routers import api_router
from app.api.schemas.health import Health


def build_router() -> APIRouter:
    """Build the router of `/healthz` and `/readyz`."""
    router = api_router("", tag="about")

    @router.get(
        "/healthz",
        operation_id="get_health",
        summary="Liveness check",
        description="Answers without the database, as long as the process runs.",
        response_model=Health,
    )
    async def get_health() -> dict[str, str]:
        return {"status": "ok"}

    @router.get(
        "/readyz",
        operation_id="get_readiness",
        summary="Readiness check",
        description="Reads from the database; 503 if it is unreachable or holds no dataset.",
        response_model=Health,
    )
    async def get_readiness(request: Request) -> dict[str, str]:
        await request.app.state.readiness.check()
        return {"status": "ok"}

    return router

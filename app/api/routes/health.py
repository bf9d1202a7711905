"""Health routes: liveness and readiness checks."""

from fastapi import APIRouter

from app.api.deps import RunningService
from app.api.routers import api_router
from app.api.schemas.health import Health
from app.domain.errors import UnavailableError
from app.services.store.revision import current_revision


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
    def get_readiness(service: RunningService) -> dict[str, str]:
        with service.store.read() as session:
            revision = current_revision(session)
        if revision is None:
            raise UnavailableError("The database is empty: run `kkb load`.")
        return {"status": "ok"}

    return router

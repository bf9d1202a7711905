"""Route of the static files."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.api.cache.etags import IMMUTABLE_CACHE_CONTROL, if_none_match_hits
from app.api.cache.response_cache import CACHE_SCOPE_KEY, IMMUTABLE
from app.domain.errors import NotFoundError
from app.explorer import assets


def build_router() -> APIRouter:
    """Build the router of `/assets`."""
    router = APIRouter(include_in_schema=False)

    @router.get("/assets/{file_name}")
    def get_asset(request: Request, file_name: str) -> Response:
        asset = assets.by_file_name().get(file_name)
        if asset is None:
            return _file_of_another_version(file_name)
        request.scope.get(CACHE_SCOPE_KEY, {})["revision"] = IMMUTABLE
        headers = {
            "ETag": f'"{asset.digest}"',
            "Cache-Control": IMMUTABLE_CACHE_CONTROL,
            "Vary": "Accept-Encoding",
        }
        if if_none_match_hits(request, headers["ETag"]):
            return Response(status_code=304, headers=headers)
        return Response(asset.content, media_type=asset.media_type, headers=headers)

    return router


def _file_of_another_version(file_name: str) -> Response:
    """Return the file as it is now, for a page that a cache or another process still has."""
    if asset := assets.of_another_version(file_name):
        no_store = {"Cache-Control": "no-store"}
        return Response(asset.content, media_type=asset.media_type, headers=no_store)
    raise NotFoundError(f"No file {file_name[:120]!r}; pages link to those that exist.")

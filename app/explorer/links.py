"""Links of pages: below the path prefix, and within the requested release."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlencode

from fastapi import Request

from app.api.deps import ServiceContext, supports_release
from app.api.page_addresses import page_path
from app.api.route_info import routes_at
from app.explorer import assets
from app.resources import RESOURCES

Parameters = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class PageLinks:
    """Makes the addresses that a page links to.

    Args:
        prefix: Path prefix of the service, such as `/ketamine`; "" without one.
        release_params: Release parameters of the request, which every link repeats whose address
            supports them.
        supports_release: Returns whether the address of a path has a historical form.
    """

    prefix: str
    release_params: Parameters
    supports_release: Callable[[str], bool] = lambda path: True

    @classmethod
    def of(cls, request: Request, service: ServiceContext) -> "PageLinks":
        """Return the links of the response to a request."""
        prefix = request.scope.get("root_path", "")

        @cache
        def has_historical_form(path: str) -> bool:
            routes = (route for route in routes_at(request.app, path) if "GET" in route.methods)
            return all(supports_release(route) for route in routes)

        return cls(prefix, tuple(service.release_params), has_historical_form)

    def page_url(self, path: str, **parameters: Any) -> str:
        """Return the address of a page by its path or that of its JSON, with query parameters."""
        return self._url(page_path(path), parameters)

    def api_url(self, path: str, **parameters: Any) -> str:
        """Return the address of a path of the API (`/v1/…`)."""
        return self._url(path, parameters)

    def record_url(self, reference: Mapping[str, Any], record_type: str = "") -> str:
        """Return the page of a record by a reference to it: an object with `type` and `slug`.

        `record_type` is for references whose field leads to one collection, which have no type.
        """
        resource = RESOURCES.by_record_type[record_type or reference["type"]]
        return self._url(f"/{resource.name}/{reference['slug']}", {})

    def asset_url(self, name: str) -> str:
        """Return the address of a static file, which changes with its content."""
        return f"{self.prefix}{assets.path_of(name)}"

    def _url(self, path: str, parameters: Mapping[str, Any]) -> str:
        path, hash_sign, fragment = path.partition("#")
        pairs = [
            (name, item)
            for name, value in parameters.items()
            for item in (value if isinstance(value, list | tuple) else [value])
            if item is not None
        ]
        if self.release_params and self.supports_release(path.partition("?")[0]):
            pairs += self.release_params
        query = urlencode(pairs, safe=",:")
        separator = "&" if "?" in path else "?"
        return f"{self.prefix}{path}{separator if query else ''}{query}{hash_sign}{fragment}"

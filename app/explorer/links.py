"""Links of pages: below the path prefix, and within the requested release."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from fastapi import Request

from app.api.deps import ServiceContext
from app.api.page_addresses import page_path
from app.explorer import assets
from app.resources import RESOURCES

Parameters = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class PageLinks:
    """Makes the addresses that a page links to.

    Args:
        prefix: Path prefix of the service, such as `/ketamine`; "" without one.
        release_params: Release parameters of the request, which every link repeats.
    """

    prefix: str
    release_params: Parameters

    @classmethod
    def of(cls, request: Request, service: ServiceContext) -> "PageLinks":
        """Return the links of the response to a request."""
        prefix = request.scope.get("root_path", "")
        return cls(prefix, tuple((name, value) for name, value in service.release_params))

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
        query = urlencode([*pairs, *self.release_params], safe=",:")
        separator = "&" if "?" in path else "?"
        return f"{self.prefix}{path}{separator if query else ''}{query}{hash_sign}{fragment}"

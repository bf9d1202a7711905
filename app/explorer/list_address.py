"""Addresses of a list: what its links change of the query of the page."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from pydantic import BaseModel

from app.api.schemas.envelope import applied_parameters
from app.kit.query_types import PAGE_PARAMETERS

#: Parameters that choose neither which records a list has nor their number.
PRESENTATION = ("sort", "limit", "cursor", "fields", "include", "facets")
Url = Callable[..., str]


@dataclass(frozen=True)
class ListAddress:
    """The address of a list page, and those that its links lead to.

    Args:
        path: Path of the page.
        parameters: Parameters of the page, by name, with the values that the query read.
        url: Makes an address of a path and parameters.
    """

    path: str
    parameters: dict[str, Any]
    url: Url = field(compare=False)

    @classmethod
    def of(cls, path: str, query: BaseModel, url: Url) -> "ListAddress":
        """Return the address of the page of a query."""
        parameters = applied_parameters(query)
        limit = getattr(query, "limit", None)
        if limit != type(query).model_fields["limit"].default:
            parameters["limit"] = limit
        return cls(path, parameters, url)

    @property
    def filters(self) -> dict[str, Any]:
        """The parameters that choose records."""
        return {n: v for n, v in self.parameters.items() if n not in PRESENTATION}

    def with_values(self, **changes: Any) -> str:
        """Return the address of the first page with some parameters replaced; None removes one."""
        return self.url(self.path, **_written({**self.parameters, **changes}))

    def toggled(self, name: str, value: str) -> str:
        """Return the address with a value of a list parameter added, or removed if it is there."""
        values = [str(item) for item in self.parameters.get(name, [])]
        values = [v for v in values if v != value] if value in values else [*values, value]
        return self.with_values(**{name: values})

    def has(self, name: str, value: str) -> bool:
        """Return whether a list parameter has a value."""
        return value in [str(item) for item in self.parameters.get(name, [])]

    def data_path(self, path: str, **more: Any) -> str:
        """Return path and query of the data of the page, without the release."""
        return _address(path, {**self.parameters, **more})

    def export_path(self, path: str, without: Sequence[str] = ()) -> str:
        """Return path and query of an export of the whole selection, without the release."""
        left_out = {*PAGE_PARAMETERS, *without}
        return _address(path, {n: v for n, v in self.parameters.items() if n not in left_out})

    @property
    def query(self) -> str:
        """The query string of the filters alone."""
        return _address("", self.filters).removeprefix("?")

    def hidden_fields(self, *without: str) -> list[tuple[str, str]]:
        """Return the parameters that a form on the page repeats, without those that it sets."""
        written = _written({n: v for n, v in self.parameters.items() if n not in without})
        return [(name, str(value)) for name, value in written.items() if value is not None]


def _written(parameters: dict[str, Any]) -> dict[str, Any]:
    """Return parameters as they are written in an address."""
    written: dict[str, Any] = {}
    for name, value in parameters.items():
        if isinstance(value, list):
            written[name] = ",".join(map(str, value)) or None
        else:
            written[name] = str(value).lower() if isinstance(value, bool) else value
    return written


def _address(path: str, parameters: dict[str, Any]) -> str:
    pairs = {n: v for n, v in _written(parameters).items() if v is not None}
    return f"{path}?{urlencode(pairs, safe=',:')}" if pairs else path

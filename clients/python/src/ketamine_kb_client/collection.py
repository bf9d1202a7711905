"""One collection of the service: its records, one by one, as a list, and as a table."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas
    import polars

    from ketamine_kb_client.client import Client

Json = dict[str, Any]
#: Records of a batch request that the service answers at once.
BATCH = 500


class Collection:
    """A collection such as `claims`, with the parameters of its list as keyword arguments."""

    def __init__(self, client: Client, name: str) -> None:
        self.client, self.name = client, name
        self.path = f"/v1/{name}"

    def get(self, slug: str, **parameters: Any) -> Json:
        """Return a record; included records of `include` are in the key `included`."""
        body = self.client.get(f"{self.path}/{slug}", **parameters)
        record: Json = body["data"]
        return record | {"included": body["included"]} if "include" in parameters else record

    def list(self, **parameters: Any) -> Iterator[Json]:
        """Iterate over all records that match, in the order of `sort`; pages are read as needed."""
        return self.client.pages(self.path, {"limit": 500, **parameters})

    def count(self, **parameters: Any) -> int:
        """Return the exact number of records that match."""
        total: int = self.client.get(self.path, **{**parameters, "limit": 1})["page"]["total"]
        return total

    def facet(self, name: str, **parameters: Any) -> dict[str, int]:
        """Return the values of a filter with the number of records that match."""
        parameters = {**parameters, "facets": name, "limit": 1}
        values = self.client.get(self.path, **parameters)["facets"][name]
        return {value["value"]: value["count"] for value in values}

    def history(self, slug: str) -> Iterator[Json]:
        """Iterate over the changes of a record up to now, oldest first: releases have none."""
        return self.client.pages(f"{self.path}/{slug}/history", {"release": None})

    def bibtex(self, **parameters: Any) -> str:
        """Return the references of the records that match, as BibTeX."""
        return self.client.request(f"{self.path}.bib", parameters).text

    def many(self, ids: Iterable[str]) -> Iterator[Json | None]:
        """Iterate over the records of slugs, names or identifiers; None for one that is unknown."""
        wanted = list(ids)
        for start in range(0, len(wanted), BATCH):
            part = wanted[start : start + BATCH]
            answer = self.client.request(f"{self.path}/batch", {}, {"ids": part})
            yield from (result["record"] for result in answer.json()["data"])

    def parquet(self, **parameters: Any) -> bytes:
        """Return all records that match as a Parquet file."""
        return self.client.request(f"{self.path}.parquet", parameters).content

    def to_pandas(self, **parameters: Any) -> pandas.DataFrame:
        """Return all records that match as a data frame of pandas, with typed columns."""
        import pandas

        return pandas.read_parquet(io.BytesIO(self.parquet(**parameters)))

    def to_polars(self, **parameters: Any) -> polars.DataFrame:
        """Return all records that match as a data frame of polars, with typed columns."""
        import polars

        return polars.read_parquet(io.BytesIO(self.parquet(**parameters)))

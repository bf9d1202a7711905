"""Validation of a record against the other records of its dataset folder."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.text_folding import fold
from app.kit.resource import Resource
from app.services.dataset.entry import Entry
from app.services.records import validation
from app.services.records.input_models import RecordInput, referenced_slugs
from app.services.records.validation_types import UniqueColumn

_CITED = re.compile(r"(?<=[\[ ])[a-z0-9-]+(?=[\],])")


class FolderContext:
    """The `ValidationContext` of a dataset folder."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.by_slug: dict[str, dict[str, Entry]] = defaultdict(dict)
        self.notes: dict[str, dict[str, RecordInput]] = defaultdict(dict)
        self.cited: set[str] = set()
        self.referenced: set[tuple[str, str]] = set()
        self._owners: dict[tuple[str, Any], Entry] = {}
        self._named: dict[tuple[str, str], list[Entry]] = defaultdict(list)
        for entry in entries:
            if entry.resource.distinct_names:
                self._named[entry.resource.name, fold(entry.name)].append(entry)
            self.by_slug[entry.resource.name].setdefault(entry.slug, entry)
            for to, slug, path in referenced_slugs(entry.resource.mapping, entry.draft):
                self.referenced.update((name, slug.rpartition(":")[2]) for name in to)
                if "references" in to:
                    self.cited.add(slug)
                if entry.resource is validation.EVIDENCE and path[0] == "claims":
                    self.notes[slug][entry.slug] = entry.draft
            for reading in getattr(entry.draft, "readings", ()):
                self.referenced.update(("evidence", slug) for slug in _CITED.findall(reading.text))
            for unique in validation.unique_columns(entry.resource):
                for value in validation.unique_values(entry.resource, entry.draft, unique):
                    self._owners.setdefault((str(unique.column), value), entry)

    def has(self, collection: str, slug: str) -> bool:
        """Return whether the folder has a record."""
        return slug in self.by_slug[collection]

    def similar(self, collection: str, slug: str) -> list[str]:
        """Return every slug of the collection, to be ranked by similarity."""
        return list(self.by_slug[collection])

    def find_owner(
        self, unique: UniqueColumn, value: Any, except_for: tuple[Resource, str]
    ) -> str | None:
        """Return the file, line and slug of another record that has a unique value."""
        first = self._owners[str(unique.column), value]
        if (first.resource, first.slug) == except_for:
            return None
        return f"{first.file}:{first.line(unique.name)} ({first.slug})"

    def names_taken(
        self, resource: Resource, names: Sequence[str], except_for: str
    ) -> Mapping[str, str]:
        """Return file, line and slug of other records that have one of some names."""
        return {
            name: f"{entry.file}:{entry.line('name')} ({entry.slug})"
            for name in names
            for entry in self._named.get((resource.name, name), ())[:1]
            if entry.slug != except_for
        }

    def draft(self, collection: str, slug: str) -> Any:
        """Return the input of a record, or None."""
        entry = self.by_slug[collection].get(slug)
        return entry.draft if entry else None

    def notes_on(self, claim: str) -> Mapping[str, Any]:
        """Return the evidence notes on a claim, by slug."""
        return self.notes.get(claim, {})

    def is_cited(self, reference: str) -> bool:
        """Return whether any record names a reference."""
        return reference in self.cited

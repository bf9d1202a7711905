"""The records of a dataset folder, by the identifiers that importers compare."""

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from app.domain.distinct_names import is_confusable, next_distinct_name
from app.domain.text_folding import fold
from app.domain.vocabulary import XrefRelation
from app.services.dataset.entry import Entry
from app.services.records.input_models import full_dict

_NOT_IN_SLUG = re.compile(r"[^a-z0-9]+")
Fields = dict[str, Any]


def slug_of(text: str) -> str:
    """Return the words of a text as a slug."""
    return _NOT_IN_SLUG.sub("-", fold(text)).strip("-")


class DatasetIndex:
    """Records of a dataset by identifier, and the slugs and names that are taken."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.records: dict[str, dict[str, Fields]] = defaultdict(dict)
        self._slugs: dict[str, set[str]] = defaultdict(set)
        self._names: dict[str, set[str]] = defaultdict(set)
        self._by_curie: dict[tuple[str, str], str] = {}
        self._by_field: dict[tuple[str, str, str], str] = {}
        #: The last number that `free_slug` tried, so that it need not try all again.
        self._numbers: dict[tuple[str, str], int] = defaultdict(lambda: 1)
        self._complexes: dict[frozenset[str], str] = {}
        for entry in entries:
            self.add(entry.resource.name, full_dict(entry.draft))

    def add(self, collection: str, record: Fields) -> None:
        """Add a record, so that later rows of the source find it."""
        slug = record["slug"]
        self.records[collection][slug] = record
        self._slugs[collection].add(slug)
        self._names[collection].add(fold(record["name"]))
        for xref in record.get("xrefs") or ():
            # Any other relation identifies another thing.
            if xref.get("relation", XrefRelation.EXACT) == XrefRelation.EXACT:
                self._by_curie.setdefault((collection, xref["curie"]), slug)
        for name in ("inchikey", "hgnc_symbol", "pmid", "pmcid", "doi", "registration"):
            if record.get(name):
                self._by_field.setdefault((collection, name, record[name].lower()), slug)
        if record.get("subunits"):
            self._complexes.setdefault(frozenset(record["subunits"]), slug)
        if collection == "references" and record.get("title"):
            self._by_field.setdefault((collection, "title", slug_of(record["title"])), slug)

    def by_curie(self, collection: str, curie: str) -> str | None:
        """Return the slug of the record that a CURIE identifies."""
        return self._by_curie.get((collection, curie))

    def complex_of(self, subunits: set[str]) -> str | None:
        """Return the slug of the complex or family that consists of these receptors."""
        return self._complexes.get(frozenset(subunits))

    def by_field(self, collection: str, name: str, value: str | None) -> str | None:
        """Return the slug of the record with a value of an identifying field, in any case."""
        return self._by_field.get((collection, name, value.lower())) if value else None

    def reference(self, reference: Fields) -> tuple[str, str] | None:
        """Return the field by which the dataset has a reference, and the slug of that reference."""
        for name in ("pmid", "doi", "pmcid"):
            if slug := self.by_field("references", name, reference.get(name)):
                return name, slug
        title = slug_of(reference.get("title") or "")
        if slug := self.by_field("references", "title", title):
            other = self.records["references"][slug]
            # Two identifiers that differ are two publications, such as a paper and its erratum.
            if not any(other.get(n) and reference.get(n) for n in ("pmid", "doi")):
                return "title", slug
        return None

    def free_slug(self, collection: str, base: str) -> str:
        """Return a slug that no record has: the base, or the base with a number."""
        slug, number = base, self._numbers[collection, base]
        while slug in self._slugs[collection]:
            number += 1
            slug = f"{base}-{number}"
        self._numbers[collection, base] = number
        return slug

    def free_name(self, collection: str, name: str) -> str:
        """Return a name that no record has: the name, or the name with a letter or number."""
        taken = self._names[collection]
        if not any(is_confusable(name, other) for other in taken):
            return name
        if lettered := next_distinct_name(name, taken):
            return lettered
        number = 2
        while fold(f"{name} ({number})") in taken:
            number += 1
        return f"{name} ({number})"

"""Checks between the records of a dataset folder: one cause, one error."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

from app.kit.suggestions import similar
from app.resources import RESOURCES
from app.services.dataset.about import ABOUT_FILE, SourceCoverage
from app.services.dataset.entry import DatasetError, Entry
from app.services.dataset.folder_context import FolderContext
from app.services.records import validation
from app.services.records.validation import Violation
from app.services.records.validation_types import MissingRecord

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
#: A violation, and the record that has it.
EntryViolation = tuple[Entry, Violation]


@dataclass
class Unread:
    """The parts of a folder that could not be read, in files or records with errors.

    Attributes:
        words: Everything in them that may be a slug: of a record, or of one that it refers to.
        collections: Collections with a record whose slug is unknown.
    """

    words: set[str] = field(default_factory=set)
    collections: set[str] = field(default_factory=set)

    def add(self, values: Any, *collections: str) -> None:
        """Add a part, with the collections that it may have records of whose slug is unknown."""
        self.words.update(_SLUG.findall(str(values)))
        self.collections.update(collections)

    def has(self, record: MissingRecord) -> bool:
        """Return whether a record may be in one of the parts."""
        collection, slug = record
        return slug in self.words or collection in self.collections


def cross_checks(
    entries: Sequence[Entry],
    coverage: Sequence[SourceCoverage],
    unread: Unread,
    supplements: Set[str] = frozenset(),
) -> list[DatasetError]:
    """Return the errors between records, without those that follow from another error.

    A record that does not exist is one error, however many refer to it. The rules of a whole
    dataset, such as that a claim has evidence, are not applied to records that an error concerns.
    Records in the files of `supplements` are not counted in the coverage.
    """
    context = FolderContext(entries)
    errors, doubtful = [], set(unread.words)
    missing: dict[MissingRecord, list[EntryViolation]] = defaultdict(list)
    broken_rules: list[EntryViolation] = []
    for entry in entries:
        first = context.by_slug[entry.resource.name][entry.slug]
        if first is not entry:
            where = f"{first.file}:{first.line('slug')}"
            message = f"duplicate {entry.resource.record_type} {entry.slug!r}, first at {where}"
            errors.append(DatasetError(entry.file, entry.line("slug"), message))
            doubtful.add(entry.slug)
            continue
        for violation in validation.pre_write_violations(entry.resource, entry.draft, context):
            if violation.missing:
                missing[violation.missing].append((entry, violation))
            else:
                errors.append(_error(entry, violation))
        for violation in validation.post_write_violations(entry.resource, entry.draft, context):
            if violation.missing:
                missing[violation.missing].append((entry, violation))
            else:
                broken_rules.append((entry, violation))
    for record, references in missing.items():
        if unread.has(record):
            continue
        errors.append(_missing_record(record, references, context))
        collection, slug = record
        doubtful.update((slug, *similar(slug, context.by_slug[collection], limit=1)))
        doubtful.update(entry.slug for entry, _ in references)
    errors += [
        _error(entry, violation)
        for entry, violation in broken_rules
        if doubtful.isdisjoint(_rests_on(entry, context))
    ]
    complete = not (unread.words or unread.collections)
    counted = [entry for entry in entries if entry.file.partition("/")[0] not in supplements]
    return [*sorted(set(errors)), *_coverage_errors(counted, coverage, complete)]


def _rests_on(entry: Entry, context: FolderContext) -> set[str]:
    """Return the slugs of a record, of the notes on it, and of their studies."""
    notes = context.notes_on(entry.slug) if entry.resource is validation.CLAIMS else {}
    return {entry.slug, *notes, *(note.study for note in notes.values())}


def _error(entry: Entry, violation: Violation) -> DatasetError:
    return DatasetError(entry.file, entry.line(*violation.path), violation.message)


def _missing_record(
    record: MissingRecord, references: Sequence[EntryViolation], context: FolderContext
) -> DatasetError:
    """Return the error of a record that does not exist.

    Where several refer to it, and a record with a similar slug is referred to by none, the slug of
    that record is what is wrong. Otherwise the first place that refers to it is.
    """
    first, *others = sorted(_error(*reference) for reference in references)
    if not others:
        return first
    collection, slug = record
    record_type = RESOURCES[collection].record_type
    places = f"in {len(references)} places, first {first.file}:{first.line}"
    for other in similar(slug, context.by_slug[collection], limit=1):
        if (collection, other) not in context.referenced:
            entry = context.by_slug[collection][other]
            message = (
                f"slug: {record_type} {slug!r} does not exist and is referred to {places};"
                f" {other!r} is referred to nowhere: is it the same?"
            )
            return DatasetError(entry.file, entry.line("slug"), message)
    return DatasetError(first.file, first.line, f"{first.message} (referred to {places})")


def _coverage_errors(
    entries: Sequence[Entry], coverage: Sequence[SourceCoverage], complete: bool
) -> Iterator[DatasetError]:
    """Yield source rows that are unaccounted for, and collections with another record count.

    Records are counted if the folder is `complete`, without a part that could not be read.
    """
    expected: Counter[str] = Counter()
    for row in coverage:
        rest = row.rows - row.published - sum(w.rows for w in row.withheld)
        if rest:
            yield DatasetError(
                ABOUT_FILE, 1, f"{row.rows_of}: {rest} rows are neither published nor withheld"
            )
        expected[row.collection] += row.records
    counts = Counter(entry.resource.name for entry in entries)
    for name, number in expected.items() if complete else ():
        if counts[name] != number:
            message = f"coverage counts {number} {name}, the folder holds {counts[name]}"
            yield DatasetError(ABOUT_FILE, 1, message)

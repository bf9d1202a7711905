"""A dataset folder, read and checked whole: every fault at once, with file and line."""

import datetime
import difflib
import hashlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from app.domain import reading
from app.kit.resource import Resource
from app.kit.shape import Col, Refs, RefTo, Rows, Shape
from app.resources import RESOURCES
from app.services.drafts import Draft, draft_model, written
from app.services.yaml_files import BadYamlError, Line, read_yaml

ABOUT = "about.yaml"

#: The collections a slug may stand in, the slug, and where the draft names it.
Link = tuple[tuple[str, ...], str, tuple[str | int, ...]]


@dataclass(frozen=True, order=True)
class Fault:
    """One thing wrong with a dataset, and where."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


@dataclass(frozen=True)
class Entry:
    """One draft and where it stands."""

    resource: Resource
    draft: Draft
    file: str
    lines: Line
    path: tuple[str | int, ...]

    @property
    def slug(self) -> str:
        return str(self.draft.slug)  # type: ignore[attr-defined]

    def line(self, *inner: str | int) -> int:
        """The line of a field, or of the nearest thing around it that has one."""
        path = (*self.path, *inner)
        while path not in self.lines:
            path = path[:-1]
        return self.lines[path]


class Withheld(BaseModel):
    """Rows that were read and not published."""

    model_config = ConfigDict(extra="forbid")
    rows: int = Field(gt=0, description="How many.")
    reason: str = Field(min_length=1, description="Why.")


class Coverage(BaseModel):
    """What was read of one kind, and what became of it."""

    model_config = ConfigDict(extra="forbid")
    rows_of: str = Field(description="What was read.")
    rows: int = Field(description="How many rows there were.")
    published: int = Field(description="Rows that became records.")
    collection: str = Field(description="The collection that they stand in.")
    records: int = Field(description="Records that they became.")
    withheld: list[Withheld] = Field(description="Rows that are not published, and why.")


class About(BaseModel):
    """What a dataset says of itself; `date` is the day of its release."""

    model_config = ConfigDict(extra="forbid")
    release: str
    date: datetime.date | None = None
    coverage: list[Coverage] = []


@dataclass
class Folder:
    """All of a dataset folder: its drafts, its faults, its digest."""

    release: str = "unreleased"
    coverage: list[Coverage] = field(default_factory=list)
    digest: str = ""
    about: str = ""
    entries: list[Entry] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def of(self, collection: str) -> list[Entry]:
        return [e for e in self.entries if e.resource is RESOURCES[collection]]


def read_folder(root: Path) -> Folder:
    """Read and check a dataset folder; its faults say whether it may be loaded."""
    folder, digest = Folder(), hashlib.sha256()
    files = sorted(root.rglob("*.yaml"))
    if not files:
        folder.faults.append(Fault(str(root), 1, "no .yaml file here"))
    for path in files:
        name = path.relative_to(root).as_posix()
        digest.update(f"{name}\0".encode() + path.read_bytes())
        try:
            content, lines = read_yaml(path)
        except BadYamlError as error:
            folder.faults.append(Fault(name, error.line, error.message))
            continue
        if name == ABOUT:
            folder.about = path.read_text("utf-8")
            _read_about(folder, content, lines)
        else:
            _read_file(folder, name, content, lines)
    folder.digest = digest.hexdigest()
    folder.faults += _cross_checks(folder)
    folder.faults = sorted(set(folder.faults))
    return folder


def _read_about(folder: Folder, content: Any, lines: Line) -> None:
    try:
        about = About.model_validate(content or {})
    except ValidationError as error:
        for detail in error.errors():
            where: tuple[str | int, ...] = detail["loc"]
            while where not in lines:
                where = where[:-1]
            message = f"{'.'.join(map(str, detail['loc']))}: {detail['msg']}"
            folder.faults.append(Fault(ABOUT, lines[where], message))
        return
    folder.release, folder.coverage = about.release, about.coverage


def _uncovered(folder: Folder) -> Iterator[Fault]:
    """Rows that the count of coverage loses, and collections that it does not explain."""
    records: dict[str, int] = defaultdict(int)
    for row in folder.coverage:
        lost = row.rows - row.published - sum(w.rows for w in row.withheld)
        if lost:
            yield Fault(ABOUT, 1, f"{row.rows_of}: {lost} rows are neither published nor withheld")
        records[row.collection] += row.records
    for name, number in records.items():
        there = len(folder.of(name)) if name in RESOURCES else 0
        if there != number:
            message = f"coverage counts {number} {name}, the folder holds {there}"
            yield Fault(ABOUT, 1, message)


def _read_file(folder: Folder, name: str, content: Any, lines: Line) -> None:
    if not isinstance(content, dict):
        folder.faults.append(Fault(name, 1, "a file is a mapping of collections to lists"))
        return
    for collection, drafts in content.items():
        line = lines[(collection,)]
        if collection not in RESOURCES:
            message = f"unknown collection {collection!r}{nearest(collection, list(RESOURCES))}"
            folder.faults.append(Fault(name, line, message))
            continue
        if not isinstance(drafts, list):
            folder.faults.append(Fault(name, line, f"{collection} must be a list"))
            continue
        resource = RESOURCES[collection]
        if resource.derived:
            folder.faults.append(Fault(name, line, f"{collection} are computed, not written"))
            continue
        for index, values in enumerate(drafts):
            path = (collection, index)
            try:
                draft = draft_model(resource).model_validate(values)
            except ValidationError as error:
                for detail in error.errors():
                    folder.faults.append(_fault(name, lines, path, detail, resource))
                continue
            folder.entries.append(Entry(resource, draft, name, lines, path))


def _fault(
    name: str,
    lines: Line,
    path: tuple[str | int, ...],
    detail: ErrorDetails,
    resource: Resource,
) -> Fault:
    where = (*path, *detail["loc"])
    while where not in lines:
        where = where[:-1]
    field_name = ".".join(str(part) for part in detail["loc"])
    message = detail["msg"]
    if detail["type"] == "extra_forbidden":
        known = list(resource.shape.by_name)
        message = f"unknown field{nearest(str(detail['loc'][-1]), known)}"
    elif detail["type"] == "enum" and detail["input"] == "low":
        message = "a low-confidence row is never published"
    elif detail["type"] in {"enum", "literal_error"}:
        message = f"{detail['input']!r} is not in the vocabulary: {detail['ctx']['expected']}"
    return Fault(name, lines[where], f"{field_name}: {message}")


def nearest(word: str, known: list[str]) -> str:
    """`; did you mean 'x'?`, where something is near."""
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return f"; did you mean {close[0]!r}?" if close else ""


def _cross_checks(folder: Folder) -> Iterator[Fault]:
    slugs: dict[str, dict[str, Entry]] = defaultdict(dict)
    for entry in folder.entries:
        if first := slugs[entry.resource.name].get(entry.slug):
            where = f"{first.file}:{first.line('slug')}"
            message = f"duplicate {entry.resource.kind} {entry.slug!r}, first at {where}"
            yield Fault(entry.file, entry.line("slug"), message)
        else:
            slugs[entry.resource.name][entry.slug] = entry
    for entry in folder.entries:
        for to, slug, path in _links(entry.resource.shape, entry.draft):
            yield from _unknown(entry, to, slug, path, slugs)
    yield from _duplicate_keys(folder)
    yield from _unsupported(folder)
    yield from _unfounded(folder)
    yield from _untimed(folder)
    yield from _uncovered(folder)


def _links(shape: Shape, draft: Any, path: tuple[str | int, ...] = ()) -> Iterator[Link]:
    """Every slug that a draft names, with the collections it may stand in and its place."""
    for part in shape.parts:
        if not written(part):
            continue
        value = value_of(draft, part.name, shape)
        here = (*path, part.name)
        if isinstance(part.marker, Rows):
            for i, item in enumerate(value):
                yield from _links(shape.nested[part.name], item, (*here, i))
        elif isinstance(part.marker, Refs):
            for i, slug in enumerate(value):
                yield (part.marker.to,), slug, (*here, i)
        elif isinstance(part.marker, RefTo) and value is not None:
            to = part.marker.to
            yield (to,) if isinstance(to, str) else to, value, here


def _unknown(
    entry: Entry,
    to: tuple[str, ...],
    slug: str,
    path: tuple[str | int, ...],
    slugs: dict[str, dict[str, Entry]],
) -> Iterator[Fault]:
    kind, _, bare = slug.rpartition(":")
    if len(to) > 1:
        to = tuple(name for name in to if RESOURCES[name].kind == kind)
        if not to:
            message = f"{slug!r} must be type:slug, such as process:spine-formation"
            yield Fault(entry.file, entry.line(*path), message)
            return
    if bare not in slugs[to[0]] or (kind and kind != RESOURCES[to[0]].kind):
        message = f"unknown {RESOURCES[to[0]].kind} {slug!r}{nearest(bare, list(slugs[to[0]]))}"
        yield Fault(entry.file, entry.line(*path), f"{path[0]}: {message}")


def value_of(draft: Any, name: str, shape: Shape) -> Any:
    """A draft's value by its public name."""
    info = shape.by_name[name].info
    attribute = next(n for n, known in shape.model.model_fields.items() if known is info)
    return getattr(draft, attribute)


def _duplicate_keys(folder: Folder) -> Iterator[Fault]:
    """Identifiers that the database holds once: DOI, PMID, InChIKey, HGNC symbol, act slugs."""
    seen: dict[tuple[str, Any], Entry] = {}
    for entry in folder.entries:
        for name, column, value in _unique_values(entry):
            first = seen.setdefault((column, value), entry)
            if first is not entry:
                where = f"{first.file}:{first.line(name)} ({first.slug})"
                message = f"{name} {value!r} stands already at {where}"
                yield Fault(entry.file, entry.line(name), message)


def _unique_values(entry: Entry) -> Iterator[tuple[str, str, Any]]:
    shape = entry.resource.shape
    for part in shape.parts:
        if isinstance(part.marker, Col) and part.name != "slug" and written(part):
            column = part.marker.column
            value = value_of(entry.draft, part.name, shape)
            if column.property.columns[0].unique and value is not None:
                yield part.name, str(column), value
        elif isinstance(part.marker, Rows):
            inner = shape.nested[part.name]
            for item in value_of(entry.draft, part.name, shape):
                if "slug" in inner.by_name:
                    yield part.name, f"{inner.by_name['slug'].marker}", item.slug


def _unsupported(folder: Folder) -> Iterator[Fault]:
    """Claims with neither evidence nor a typed absence, and references that nothing cites."""
    noted = {f.claim for e in folder.of("evidence") for f in e.draft.claims}  # type: ignore[attr-defined]
    for entry in folder.of("claims"):
        absent = entry.draft.absence  # type: ignore[attr-defined]
        if entry.slug not in noted and absent is None:
            message = f"claim {entry.slug!r} has no evidence note and no `absence`"
            yield Fault(entry.file, entry.line("slug"), message)
        if entry.slug in noted and absent is not None:
            message = f"claim {entry.slug!r} has evidence, so `absence` must go"
            yield Fault(entry.file, entry.line("absence"), message)
    for entry in folder.of("evidence"):
        if not entry.draft.claims:  # type: ignore[attr-defined]
            message = f"note {entry.slug!r} bears on no claim"
            yield Fault(entry.file, entry.line("slug"), message)
    cited = {
        slug
        for entry in folder.entries
        for to, slug, _ in _links(entry.resource.shape, entry.draft)
        if "references" in to
    }
    for entry in folder.of("references"):
        if entry.slug not in cited:
            message = f"reference {entry.slug!r} is cited by nothing"
            yield Fault(entry.file, entry.line("slug"), message)


def _unfounded(folder: Folder) -> Iterator[Fault]:
    """Readings that cite a note on another claim, or give a figure that no cited note has."""
    studies = {e.slug: e.draft for e in folder.of("studies")}
    notes: dict[str, Any] = {e.slug: e.draft for e in folder.of("evidence")}
    known: dict[str, set[float]] = {}
    for slug, note in notes.items():
        study = studies.get(note.study)
        known[slug] = reading.all_figures([note.model_dump(), study.model_dump() if study else ""])
    for entry in folder.of("claims"):
        claim: Any = entry.draft
        own = {
            slug for slug, note in notes.items() if any(f.claim == entry.slug for f in note.claims)
        }
        said = reading.figures(f"{claim.statement} {claim.summary}")
        for index, told in enumerate(claim.readings):
            line = entry.line("readings", index, "text")
            try:
                told_sentences = reading.sentences(told.text)
            except ValueError as error:
                yield Fault(entry.file, line, f"{told.audience.value} reading: {error}")
                continue
            for sentence in told_sentences:
                yield from (
                    Fault(entry.file, line, message)
                    for message in _sentence_faults(sentence, own, known, said)
                )


def _sentence_faults(
    sentence: reading.Sentence, own: set[str], known: dict[str, set[float]], said: set[float]
) -> Iterator[str]:
    begins = f"“{sentence.text[:50]}…”"
    for slug in sentence.evidence:
        if slug not in own:
            message = f"cites {slug!r}, which is no note on this claim{nearest(slug, sorted(own))}"
            yield f"{begins} {message}"
    stated = said.union(*(known.get(slug, set()) for slug in sentence.evidence))
    for figure in sorted(reading.figures(sentence.text) - stated):
        yield f"{begins} gives the figure {figure:g}, which no note that it cites states"


def _untimed(folder: Folder) -> Iterator[Fault]:
    """Notes whose figures have neither a time-point nor a reason for having none."""
    for entry in folder.of("evidence"):
        note: Any = entry.draft
        if note.timepoint_value is not None or note.timepoint_absence is not None:
            continue
        bare = [f for f in [*note.effects, *note.arms] if f.timepoint_value is None]
        if bare:
            message = (
                f"note {entry.slug!r}: {len(bare)} figures have no time-point; give one, or say"
                " `timepoint_absence: not_applicable` or `not_stated`"
            )
            yield Fault(entry.file, entry.line("slug"), message)

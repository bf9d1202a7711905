"""Validation rules of records, for dataset folders and for writes alike.

A rule asks a `ValidationContext` about the other records. Those of `PRE_WRITE` hold before a record
is written; those of `POST_WRITE` hold of all that a change touches, once all of it is written.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement

from app.domain import readings
from app.kit.field_mapping import Attr, Column, ObjectList
from app.kit.resource import Resource
from app.kit.suggestions import similar
from app.resources import RESOURCES
from app.services.records.input_models import Path, input_value, is_input, referenced_slugs

#: Where in a draft something is wrong, and what.
Findings = Iterator[tuple[Path, str]]
CLAIMS, EVIDENCE, REFERENCES = (RESOURCES[n] for n in ("claims", "evidence", "references"))


@dataclass(frozen=True)
class Violation:
    """One thing wrong with one record."""

    resource: Resource
    slug: str
    path: Path
    message: str


@dataclass(frozen=True)
class UniqueColumn:
    """A column whose values the database holds once, and the key of the record they belong to."""

    name: str
    column: Attr
    owner: Attr
    where: Callable[[], ColumnElement[bool]] | None = None


class ValidationContext(Protocol):
    """What a rule may ask of the other records."""

    def has(self, collection: str, slug: str) -> bool:
        """Whether there is such a record."""

    def similar(self, collection: str, slug: str) -> list[str]:
        """Slugs that look like it, nearest first."""

    def find_owner(
        self, unique: UniqueColumn, value: Any, except_for: tuple[Resource, str]
    ) -> str | None:
        """Where another record holds a value that stands once, in words."""

    def draft(self, collection: str, slug: str) -> Any:
        """A record's draft, or None."""

    def notes_on(self, claim: str) -> Mapping[str, Any]:
        """slug → draft of the evidence notes on a claim."""

    def is_cited(self, reference: str) -> bool:
        """Whether any record names it."""


Rule = Callable[[Resource, Any, ValidationContext], Findings]


def pre_write_violations(
    resource: Resource, draft: Any, context: ValidationContext
) -> Iterator[Violation]:
    """What stands in the way of writing a draft."""
    yield from _run_rules(
        [_references_exist, _unique_values_free, *PRE_WRITE.get(resource, ())],
        resource,
        draft,
        context,
    )


def post_write_violations(
    resource: Resource, draft: Any, context: ValidationContext
) -> Iterator[Violation]:
    """What a record lacks, now that all is written."""
    yield from _run_rules(POST_WRITE.get(resource, ()), resource, draft, context)


def _run_rules(
    rules: Iterable[Rule], resource: Resource, draft: Any, context: ValidationContext
) -> Iterator[Violation]:
    for rule in rules:
        for path, message in rule(resource, draft, context):
            yield Violation(resource, draft.slug, path, message)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`; did you mean 'x'?`, where something is near."""
    suggestions = similar(word, known, limit=1)
    return f"; did you mean {suggestions[0]!r}?" if suggestions else ""


def _references_exist(resource: Resource, draft: Any, context: ValidationContext) -> Findings:
    """Every slug that it names is there."""
    for targets, slug, path in referenced_slugs(resource.mapping, draft):
        kind, _, bare = slug.rpartition(":")
        to = targets
        if len(targets) > 1:
            to = tuple(name for name in targets if RESOURCES[name].kind == kind)
            if not to:
                yield path, f"{slug!r} must be type:slug, such as process:spine-formation"
                continue
        expected_kind = RESOURCES[to[0]].kind
        if (kind and kind != expected_kind) or not context.has(to[0], bare):
            hint = did_you_mean(bare, context.similar(to[0], bare))
            yield path, f"{path[0]}: unknown {expected_kind} {slug!r}{hint}"


@cache
def unique_columns(resource: Resource) -> list[UniqueColumn]:
    """DOI, PMID, InChIKey, HGNC symbol, slugs of acts."""
    columns: list[UniqueColumn] = []
    for part in resource.mapping.fields:
        if isinstance(part.marker, Column) and is_input(part):
            column = part.marker.column
            if column.property.columns[0].unique:
                columns.append(UniqueColumn(part.name, column, resource.key))
        elif isinstance(part.marker, ObjectList):
            for inner in resource.mapping.nested[part.name].fields:
                marker = inner.marker
                if isinstance(marker, Column) and marker.column.property.columns[0].unique:
                    unique = UniqueColumn(
                        part.name, marker.column, part.marker.parent, part.marker.where
                    )
                    columns.append(unique)
    return columns


def unique_values(resource: Resource, draft: Any, unique: UniqueColumn) -> list[Any]:
    """What a draft puts at such a spot."""
    value, nested = input_value(draft, unique.name, resource.mapping), resource.mapping.nested
    if unique.name not in nested:
        return [] if value is None else [value]
    inner = next(
        part.name
        for part in nested[unique.name].fields
        if isinstance(part.marker, Column) and part.marker.column is unique.column
    )
    return [input_value(item, inner, nested[unique.name]) for item in value]


def _unique_values_free(resource: Resource, draft: Any, context: ValidationContext) -> Findings:
    """Identifiers that the database holds once are held by no other record."""
    for unique in unique_columns(resource):
        for value in unique_values(resource, draft, unique):
            if where := context.find_owner(unique, value, (resource, draft.slug)):
                yield (unique.name,), f"{unique.name} {value!r} stands already at {where}"


def _note_has_claims(_: Resource, note: Any, __: ValidationContext) -> Findings:
    if not note.claims:
        yield ("claims",), f"note {note.slug!r} bears on no claim"


def _figures_have_timepoints(_: Resource, note: Any, __: ValidationContext) -> Findings:
    """Figures have a time-point, or the note a reason for having none."""
    if note.timepoint_value is None and note.timepoint_absence is None:
        without_timepoint = [f for f in [*note.effects, *note.arms] if f.timepoint_value is None]
        if without_timepoint:
            yield (
                ("timepoint_absence",),
                f"note {note.slug!r}: {len(without_timepoint)} figures have no time-point; give"
                " one, or say"
                " `timepoint_absence: not_applicable` or `not_stated`",
            )


def _claim_has_evidence(_: Resource, claim: Any, context: ValidationContext) -> Findings:
    """A claim has evidence, or says why it has none."""
    has_notes = bool(context.notes_on(claim.slug))
    if not has_notes and claim.absence is None:
        yield ("absence",), f"claim {claim.slug!r} has no evidence note and no `absence`"
    if has_notes and claim.absence is not None:
        yield ("absence",), f"claim {claim.slug!r} has evidence, so `absence` must go"


def _reference_is_cited(_: Resource, reference: Any, context: ValidationContext) -> Findings:
    if not context.is_cited(reference.slug):
        yield ("slug",), f"reference {reference.slug!r} is cited by nothing"


def _readings_are_supported(_: Resource, claim: Any, context: ValidationContext) -> Findings:
    """A reading cites notes on its own claim, and gives no figure that they do not state."""
    if not claim.readings:
        return
    notes = context.notes_on(claim.slug)
    claim_figures = readings.figures(f"{claim.statement} {claim.summary}")
    known = _STATED_FIGURES.setdefault(context, {})
    for index, reading in enumerate(claim.readings):
        path = ("readings", index, "text")
        try:
            sentences = readings.sentences(reading.text)
        except ValueError as error:
            yield path, f"{reading.audience.value} reading: {error}"
            continue
        for sentence in sentences:
            begins = f"“{sentence.text[:50]}…”"
            for slug in sentence.evidence:
                if slug not in known:
                    known[slug] = _stated_figures(slug, context)
                if slug not in notes:
                    hint = did_you_mean(slug, sorted(notes))
                    yield path, f"{begins} cites {slug!r}, which is no note on this claim{hint}"
            stated = claim_figures.union(*(known[slug] for slug in sentence.evidence))
            for figure in sorted(readings.figures(sentence.text) - stated):
                problem = f"gives the figure {figure:g}, which no note that it cites states"
                yield path, f"{begins} {problem}"


#: World → note → the figures that it states, which every claim on it asks for.
_STATED_FIGURES: MutableMapping[ValidationContext, dict[str, set[float]]] = WeakKeyDictionary()


def _stated_figures(slug: str, context: ValidationContext) -> set[float]:
    """The figures that a note and its study state."""
    if (note := context.draft("evidence", slug)) is None:
        return set()
    study = context.draft("studies", note.study)
    return readings.all_figures([note.model_dump(), study.model_dump() if study else ""])


PRE_WRITE: dict[Resource, tuple[Rule, ...]] = {
    EVIDENCE: (_note_has_claims, _figures_have_timepoints)
}
POST_WRITE: dict[Resource, tuple[Rule, ...]] = {
    CLAIMS: (_claim_has_evidence, _readings_are_supported),
    REFERENCES: (_reference_is_cited,),
}

"""The dataset's rules, each written once: `kkb check` puts them to a folder, a write to the store.

A rule asks a `World` about the other records. Those of `FITS` hold before a record is written;
those of `STANDS` hold of all that a change touches, once all of it is written.
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
from app.services.records.input_models import Place, links, value_of, written

#: Where in a draft something is wrong, and what.
Found = Iterator[tuple[Place, str]]
CLAIMS, EVIDENCE, REFERENCES = (RESOURCES[n] for n in ("claims", "evidence", "references"))


@dataclass(frozen=True)
class Flaw:
    """One thing wrong with one record."""

    resource: Resource
    slug: str
    place: Place
    message: str


@dataclass(frozen=True)
class Spot:
    """A column whose values the database holds once, and the key of the record they belong to."""

    name: str
    column: Attr
    owner: Attr
    where: Callable[[], ColumnElement[bool]] | None = None


class World(Protocol):
    """What a rule may ask of the other records."""

    def has(self, collection: str, slug: str) -> bool:
        """Whether there is such a record."""

    def near(self, collection: str, slug: str) -> list[str]:
        """Slugs that look like it, nearest first."""

    def holder(self, spot: Spot, value: Any, but: tuple[Resource, str]) -> str | None:
        """Where another record holds a value that stands once, in words."""

    def draft(self, collection: str, slug: str) -> Any:
        """A record's draft, or None."""

    def notes_on(self, claim: str) -> Mapping[str, Any]:
        """slug → draft of the evidence notes on a claim."""

    def is_cited(self, reference: str) -> bool:
        """Whether any record names it."""


Rule = Callable[[Resource, Any, World], Found]


def fits(resource: Resource, draft: Any, world: World) -> Iterator[Flaw]:
    """What stands in the way of writing a draft."""
    yield from _apply([_known, _once, *FITS.get(resource, ())], resource, draft, world)


def stands(resource: Resource, draft: Any, world: World) -> Iterator[Flaw]:
    """What a record lacks, now that all is written."""
    yield from _apply(STANDS.get(resource, ()), resource, draft, world)


def _apply(rules: Iterable[Rule], resource: Resource, draft: Any, world: World) -> Iterator[Flaw]:
    for rule in rules:
        for path, message in rule(resource, draft, world):
            yield Flaw(resource, draft.slug, path, message)


def nearest(word: str, known: Iterable[str]) -> str:
    """`; did you mean 'x'?`, where something is near."""
    suggestions = similar(word, known, limit=1)
    return f"; did you mean {suggestions[0]!r}?" if suggestions else ""


def _known(resource: Resource, draft: Any, world: World) -> Found:
    """Every slug that it names is there."""
    for to, slug, path in links(resource.mapping, draft):
        kind, _, bare = slug.rpartition(":")
        if len(to) > 1:
            to = tuple(name for name in to if RESOURCES[name].kind == kind)
            if not to:
                yield path, f"{slug!r} must be type:slug, such as process:spine-formation"
                continue
        right = RESOURCES[to[0]].kind
        if (kind and kind != right) or not world.has(to[0], bare):
            near = nearest(bare, world.near(to[0], bare))
            yield path, f"{path[0]}: unknown {right} {slug!r}{near}"


@cache
def unique_spots(resource: Resource) -> list[Spot]:
    """DOI, PMID, InChIKey, HGNC symbol, slugs of acts."""
    found: list[Spot] = []
    for part in resource.mapping.fields:
        if isinstance(part.marker, Column) and written(part):
            column = part.marker.column
            if column.property.columns[0].unique:
                found.append(Spot(part.name, column, resource.key))
        elif isinstance(part.marker, ObjectList):
            for inner in resource.mapping.nested[part.name].fields:
                marker = inner.marker
                if isinstance(marker, Column) and marker.column.property.columns[0].unique:
                    one = Spot(part.name, marker.column, part.marker.parent, part.marker.where)
                    found.append(one)
    return found


def values_at(resource: Resource, draft: Any, spot: Spot) -> list[Any]:
    """What a draft puts at such a spot."""
    value, nested = value_of(draft, spot.name, resource.mapping), resource.mapping.nested
    if spot.name not in nested:
        return [] if value is None else [value]
    inner = next(
        part.name
        for part in nested[spot.name].fields
        if isinstance(part.marker, Column) and part.marker.column is spot.column
    )
    return [value_of(item, inner, nested[spot.name]) for item in value]


def _once(resource: Resource, draft: Any, world: World) -> Found:
    """Identifiers that the database holds once are held by no other record."""
    for spot in unique_spots(resource):
        for value in values_at(resource, draft, spot):
            if where := world.holder(spot, value, (resource, draft.slug)):
                yield (spot.name,), f"{spot.name} {value!r} stands already at {where}"


def _bears(_: Resource, note: Any, __: World) -> Found:
    if not note.claims:
        yield ("claims",), f"note {note.slug!r} bears on no claim"


def _timed(_: Resource, note: Any, __: World) -> Found:
    """Figures have a time-point, or the note a reason for having none."""
    if note.timepoint_value is None and note.timepoint_absence is None:
        bare = [f for f in [*note.effects, *note.arms] if f.timepoint_value is None]
        if bare:
            yield (
                ("timepoint_absence",),
                f"note {note.slug!r}: {len(bare)} figures have no time-point; give one, or say"
                " `timepoint_absence: not_applicable` or `not_stated`",
            )


def _supported(_: Resource, claim: Any, world: World) -> Found:
    """A claim has evidence, or says why it has none."""
    noted = bool(world.notes_on(claim.slug))
    if not noted and claim.absence is None:
        yield ("absence",), f"claim {claim.slug!r} has no evidence note and no `absence`"
    if noted and claim.absence is not None:
        yield ("absence",), f"claim {claim.slug!r} has evidence, so `absence` must go"


def _cited(_: Resource, reference: Any, world: World) -> Found:
    if not world.is_cited(reference.slug):
        yield ("slug",), f"reference {reference.slug!r} is cited by nothing"


def _founded(_: Resource, claim: Any, world: World) -> Found:
    """A reading cites notes on its own claim, and gives no figure that they do not state."""
    if not claim.readings:
        return
    own = world.notes_on(claim.slug)
    said = readings.figures(f"{claim.statement} {claim.summary}")
    known = _STATED.setdefault(world, {})
    for index, told in enumerate(claim.readings):
        path = ("readings", index, "text")
        try:
            sentences = readings.sentences(told.text)
        except ValueError as error:
            yield path, f"{told.audience.value} reading: {error}"
            continue
        for sentence in sentences:
            begins = f"“{sentence.text[:50]}…”"
            for slug in sentence.evidence:
                if slug not in known:
                    known[slug] = _figures(slug, world)
                if slug not in own:
                    near = nearest(slug, sorted(own))
                    yield path, f"{begins} cites {slug!r}, which is no note on this claim{near}"
            stated = said.union(*(known[slug] for slug in sentence.evidence))
            for figure in sorted(readings.figures(sentence.text) - stated):
                words = f"gives the figure {figure:g}, which no note that it cites states"
                yield path, f"{begins} {words}"


#: World → note → the figures that it states, which every claim on it asks for.
_STATED: MutableMapping[World, dict[str, set[float]]] = WeakKeyDictionary()


def _figures(slug: str, world: World) -> set[float]:
    """The figures that a note and its study state."""
    if (note := world.draft("evidence", slug)) is None:
        return set()
    study = world.draft("studies", note.study)
    return readings.all_figures([note.model_dump(), study.model_dump() if study else ""])


FITS: dict[Resource, tuple[Rule, ...]] = {EVIDENCE: (_bears, _timed)}
STANDS: dict[Resource, tuple[Rule, ...]] = {
    CLAIMS: (_supported, _founded),
    REFERENCES: (_cited,),
}

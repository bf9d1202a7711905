"""What a collection declares besides record and filters: search, pages, graph, dataset file.

Each class is one field of `Resource`, and holds values only. The services that use them check at
import what only they know, such as whether a page builder of that name exists.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

#: Value of a field → CURIE, as which it is written to the search index.
ToCurie = Callable[[str], str]


class AlternativeForm(Protocol):
    """Another form of a name that means the same record."""

    @property
    def text(self) -> str:
        """The form."""

    @property
    def left_out(self) -> str | None:
        """What the form leaves out of the name, such as a salt; None if nothing of note."""

    @property
    def recorded_only(self) -> bool:
        """Whether only a name that is recorded in just this form counts."""


def _no_variants(_name: str) -> Iterable[AlternativeForm]:
    return ()


@dataclass(frozen=True)
class SearchFields:
    """How the records of a collection are found, suggested and ranked.

    Name, synonyms, summary, description and cross-references are searched for every collection. A
    reference to another record is searched by that record's name; a dotted name leads into a list
    of objects.

    Args:
        number: Position of the collection among records with equal scores. It is packed into the
            ids of the search tables: unique, never changed and never reused.
        lookup_prior: Weight of the collection, in per cent, where a name is looked up.
        question_prior: Weight of the collection, in per cent, where a question is asked.
        texts: Fields whose words are searched, besides those of every collection.
        titles: Fields that are names, too, such as the title of a paper.
        identifiers: Fields that identify the record, each with its form as a CURIE.
        exact_texts: Fields that identify the record if they are equal to the character: in a SMILES
            capitals and signs have a meaning.
        type_words: Words that mean this collection in a query ("papers") and rank it first.
        suggest_tier: 0 to 2; suggestions of a lower tier come first.
        preferred: A field and the value that ranks a record above others where a question is asked.
        variants: Makes other forms of a name under which its record may be found.
    """

    number: int
    lookup_prior: int
    question_prior: int
    texts: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    identifiers: Mapping[str, ToCurie] = field(default_factory=dict)
    exact_texts: tuple[str, ...] = ()
    type_words: tuple[str, ...] = ()
    suggest_tier: int = 2
    preferred: tuple[str, Any] | None = None
    variants: Callable[[str], Iterable[AlternativeForm]] = _no_variants

    def __post_init__(self) -> None:
        if self.number < 1:
            raise TypeError(f"search number must be positive, not {self.number}")
        if self.suggest_tier not in SUGGEST_TIERS:
            raise TypeError(f"suggest_tier must be one of {SUGGEST_TIERS}")


SUGGEST_TIERS = (0, 1, 2)


@dataclass(frozen=True)
class DatasetFile:
    """Where the records of a collection are written in a dataset folder.

    A record that was loaded from a file stays in that file. These are the rules
    for records that are not in a file yet.

    Args:
        path: File of new records, relative to the folder; with `{slug}`, a file for each record.
        file_of: Field that names another record, whose file a new record is written to.
        with_referrer: Whether a new record is written to the file of the first record naming it.
        section: Order of the collection's list within a file; equals follow in registry order.
    """

    path: str
    file_of: str | None = None
    with_referrer: bool = False
    section: int = 100

    def __post_init__(self) -> None:
        if not self.path.endswith(".yaml") or "{" in self.path.replace("{slug}", ""):
            raise TypeError(f"{self.path!r} is not the path of a YAML file")
        if self.with_referrer and self.file_of:
            raise TypeError("`file_of` and `with_referrer` exclude each other")


Values = Mapping[str, Any]
#: Returns further fields of a row's record.
RowContext = Callable[[Values, Values, Values], Values]


def _no_context(_parent: Values, _row: Values, _source: Values) -> Values:
    return {}


@dataclass(frozen=True)
class RowRecords:
    """How rows inside records of other collections are records of this one.

    The lists of objects that hold the rows name this collection in their `ObjectList`. Curators
    write the rows there; the records have the fields of the rows, and a reference to the record
    that each row is in.

    Args:
        slug: Returns the slug of a row, from the slug of its record and the fields of the row.
        name: Returns its display name, from the fields of the row and the reference.
        summary: Returns its summary, likewise.
        context: Returns further fields of the record, from the fields of the record that the row is
            in, of the row, and of the `source`; the last are empty if it does not exist.
        source: Field of the record that the row is in which refers to another record, from which
            the context takes fields: if they change, so does the row.
        source_fields: Names of these fields.
    """

    slug: Callable[[str, Mapping[str, Any]], str]
    name: Callable[[Mapping[str, Any]], str]
    summary: Callable[[Mapping[str, Any]], str]
    context: RowContext = _no_context
    source: str | None = None
    source_fields: tuple[str, ...] = ()


class PageRecord(Protocol):
    """The record that a page is about, as far as the filters of its sections need it."""

    @property
    def slug(self) -> str:
        """The slug of the record."""

    @property
    def key(self) -> str:
        """The record type and the slug: `type:slug`."""

    @property
    def row(self) -> Mapping[str, Any]:
        """The record as it is served."""


#: Returns the filters of a list of related records; None if the record has none.
PageFilters = Callable[[PageRecord], dict[str, list[str]] | None]


class PageSection:
    """One section of a record's page, or a few that are computed together.

    Args:
        builder: Name of the builder, one of `app.services.pages.BUILDERS`.
        options: Arguments of that builder.
    """

    def __init__(self, builder: str, **options: Any) -> None:
        self.builder, self.options = builder, options


class NodeShape(StrEnum):
    """How nodes of a collection are drawn."""

    PILL = "pill"
    HEXAGON = "hexagon"
    BOX = "box"
    PARALLELOGRAM = "parallelogram"
    OCTAGON = "octagon"


@dataclass(frozen=True)
class GraphNode:
    """How the records of a collection appear as nodes of the graph.

    The record needs a field `kind`.

    Args:
        shape: Outline of the node in drawings.
        fill: Fill colours for light and dark backgrounds, as CSS colours.
        category: Biolink category.
        kind_categories: Biolink categories of kinds that have one of their own.
        prefixes: Bioregistry prefix → prefix as Biolink spells it, in order of preference.
    """

    shape: NodeShape
    fill: tuple[str, str]
    category: str
    kind_categories: Mapping[str, str] = field(default_factory=dict)
    prefixes: Mapping[str, str] = field(default_factory=dict)

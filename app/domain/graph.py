"""The mechanism as a graph: nodes, edges with verdicts, and the strength of a chain.

A chain is no stronger than its weakest step, and its sign is the product of its steps' signs:
inhibiting an inhibitor is an activation. No evidence is combined here: each edge has the verdict of
its claim.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod

from app.domain.vocabulary import (
    Certainty,
    Direction,
    Predicate,
    Species,
    VerdictKind,
)
from app.domain.wording import as_clause, counted

#: Verdict → its strength as a step of a chain; a refuted step is worse than an unassessed one.
#: What contradicts itself is weaker than what points one way.
VERDICT_STRENGTH = {
    VerdictKind.REFUTED: 0,
    VerdictKind.OPPOSITE: 0,
    VerdictKind.NOT_ASSESSED: 1,
    VerdictKind.NOT_JUDGED: 1,
    VerdictKind.UNTESTED: 1,
    VerdictKind.INCONCLUSIVE: 2,
    VerdictKind.WEAK: 2,
    VerdictKind.CONTESTED: 3,
    VerdictKind.MIXED_BY_JURISDICTION: 3,
    VerdictKind.SUGGESTIVE: 4,
    VerdictKind.SUPPORTED: 5,
    VerdictKind.BACKGROUND: 6,
    VerdictKind.ESTABLISHED: 6,
}
#: Verdicts that say that a claim is wrong.
REFUTING = frozenset({VerdictKind.REFUTED, VerdictKind.OPPOSITE})
CERTAINTIES = (
    None,
    Certainty.VERY_LOW,
    Certainty.LOW,
    Certainty.MODERATE,
    Certainty.HIGH,
)
#: Difference in rank between two verdicts; more than there are certainties.
VERDICT_STEP = 10
MAX_RANK = max(VERDICT_STRENGTH.values()) * VERDICT_STEP + len(CERTAINTIES) - 1
SIGNS = {1: "raises", -1: "lowers", 0: "neither raises nor lowers"}


@dataclass(frozen=True)
class Node:
    """One entity; its id is `type:slug`."""

    type: str
    slug: str
    name: str
    summary: str
    kind: str | None = None
    curies: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Record type and slug: `type:slug`."""
        return f"{self.type}:{self.slug}"


@dataclass(frozen=True)
class EdgeNote:
    """One evidence note on an edge's claim.

    `importance` is its place among the notes; `hours` is its earliest time-point, in hours after
    the dose.
    """

    slug: str
    study: str
    reference: str
    cited_as: str
    direction: Direction
    species: Species
    importance: float = 0.0
    doi: str | None = None
    pmid: str | None = None
    hours: float | None = None


@dataclass(frozen=True)
class EffectLatency:
    """How soon a step occurs: the earliest time-point of a supporting note, and that note."""

    hours: float
    note: str


@dataclass(frozen=True)
class EdgePosition:
    """Position of an edge in a pathway, counted from 1."""

    pathway: str
    name: str
    position: int


@dataclass(frozen=True)
class Edge:
    """One causal claim, with its verdict; `subject` and `object` are ids of nodes.

    Attributes:
        sign: 1 where more of the subject means more of the object, -1 where it means less, else 0.
        species: Species in which the claim was studied.
        notes: The notes on the claim, where they are cited; empty in the graph, which they would
            fill many times over.
    """

    claim: str
    name: str
    statement: str
    subject: str
    predicate: Predicate
    object: str
    sign: int
    verdict: VerdictKind
    certainty: Certainty | None = None
    in_people: VerdictKind | None = None
    in_animals: VerdictKind | None = None
    notes_for: int = 0
    notes_against: int = 0
    notes_neutral: int = 0
    studies_for: int = 0
    studies_against: int = 0
    studies_neutral: int = 0
    region: str | None = None
    region_name: str | None = None
    qualifier: str | None = None
    compound: str | None = None
    indication: str | None = None
    pathway_positions: tuple[EdgePosition, ...] = ()
    species: tuple[Species, ...] = ()
    latency: EffectLatency | None = None
    notes: tuple[EdgeNote, ...] = ()

    @cached_property
    def rank(self) -> int:
        """Strength of the edge as a step: by verdict, then by certainty; higher is stronger."""
        certainty = CERTAINTIES.index(self.certainty)
        if self.verdict in REFUTING:  # the more certain, the weaker the step
            certainty = -certainty
        return VERDICT_STRENGTH[self.verdict] * VERDICT_STEP + certainty

    @property
    def weight(self) -> float:
        """Rank of the edge from 0 (refuted) to 1 (established with high certainty)."""
        return round(max(self.rank, 0) / MAX_RANK, 3)

    @property
    def disputed(self) -> bool:
        """Whether at least one study disputes the claim, in whole or in part."""
        return self.studies_against > 0

    def most_important(self, direction: Direction, number: int) -> list[EdgeNote]:
        """Return up to `number` notes of one direction, the most important first."""
        matching = [note for note in self.notes if note.direction is direction]
        return sorted(matching, key=lambda n: (-n.importance, n.slug))[:number]


def chain_sign(chain: Iterable[Edge]) -> int:
    """Return the product of the signs; 0 if a step neither raises nor lowers the next entity."""
    return prod(edge.sign for edge in chain)


def weakest_step(chain: Sequence[Edge]) -> Edge:
    """Return the step of the lowest grade; the first of several."""
    return min(chain, key=lambda edge: edge.rank)


def verdict_in_words(edge: Edge) -> str:
    """Return the verdict in words: `supported with low certainty (2 studies for, 1 against)`."""
    words = as_clause(edge.verdict.label)
    if edge.certainty is not None:
        words += f" with {edge.certainty.label.lower()} certainty"
    if not edge.studies_for and not edge.studies_against:
        return words
    studies = counted(edge.studies_for, "study", "studies")
    return f"{words} ({studies} for, {edge.studies_against} against)"


def verdict_sentence(edge: Edge) -> str:
    """Return a sentence with a claim, its verdict, and its most important notes on either side.

    It has the form of a line of a reading (`app.domain.readings`).
    """
    cited = edge.most_important(Direction.SUPPORTS, 2) + edge.most_important(Direction.DISPUTES, 2)
    notes = f" [{', '.join(note.slug for note in cited)}]" if cited else ""
    return f"{edge.statement.rstrip('. ')}: {verdict_in_words(edge)}{notes}."

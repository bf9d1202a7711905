"""Searched: which public fields of each noun the search looks at; the table of that judgement.

Name, synonyms, summary, description and cross-references are looked at for every noun. A reference
to another record is looked at by that record's name; a dotted name leads into a list of objects.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache

from app.domain.prefixes import registration
from app.domain.vocabulary import RecordType
from app.kit.resource import Catalogue
from app.kit.shape import Refs, RefTo, Shape
from app.resources import RESOURCES


@dataclass(frozen=True)
class Searched:
    """One noun: fields whose words count, fields that identify, as CURIEs, and further names."""

    texts: tuple[str, ...] = ()
    ids: Mapping[str, Callable[[str], str]] = field(default_factory=dict)
    titles: tuple[str, ...] = ()
    people: str = ""  # the field that says whether it was in people


SEARCHED: dict[RecordType, Searched] = {
    RecordType.COMPOUND: Searched(
        ("mechanism_class", "controlled_status", "formula", "stereo", "regulatory_acts.product"),
        {"inchikey": "inchikey:{}".format},
    ),
    RecordType.RECEPTOR: Searched(
        ("family", "relevance", "class"), {"hgnc_symbol": "hgnc.symbol:{}".format}
    ),
    RecordType.PROCESS: Searched(("kind", "regions", "receptors")),
    RecordType.REGION: Searched(("role", "parent")),
    RecordType.INDICATION: Searched(("outcome_scales", "parent", "regulatory_status.product")),
    RecordType.AFFINITY: Searched(
        ("compound", "receptor", "action", "action_note", "assay", "species", "system", "caveat")
    ),
    RecordType.PATHWAY: Searched(("open_question",)),
    RecordType.CLAIM: Searched(
        (
            "statement",
            "readings.text",
            "qualifier",
            "open_question",
            "compound",
            "indication",
            "subject",
            "object",
            "region",
        )
    ),
    RecordType.VERDICT: Searched(("claim", "verdict")),
    RecordType.CONFLICT: Searched(("claim", "would_settle")),
    RecordType.STUDY: Searched(
        (
            "population",
            "design",
            "design_note",
            "species",
            "compounds",
            "indications",
            "comparator_note",
            "setting",
        ),
        {"registration": registration},
        people="species",
    ),
    RecordType.EVIDENCE: Searched(
        ("finding", "outcome", "compound", "study", "route", "dose_note", "limitations")
    ),
    RecordType.REFERENCE: Searched(
        ("authors", "journal", "year"),
        {"doi": "doi:{}".format, "pmid": "pubmed:{}".format, "pmcid": "pmc:{}".format},
        titles=("title",),
    ),
}


@cache
def vocabularies(kind: RecordType) -> frozenset[str]:
    """The fields that hold a word of a closed vocabulary: `rct_parallel` is read as two words."""
    parts = RESOURCES.by_kind[kind].shape.parts
    scalars = {part.name: part.scalar for part in parts}
    return frozenset(
        name for name, one in scalars.items() if isinstance(one, type) and issubclass(one, StrEnum)
    )


def _check(catalogue: Catalogue) -> None:
    """A field that no noun has is found at import."""
    for kind, own in SEARCHED.items():
        shape: Shape = catalogue.by_kind[kind].shape
        for name in [*own.texts, *own.titles, *own.ids]:
            head, _, tail = name.partition(".")
            inner = shape.nested[head].by_name if tail else {}
            if head not in shape.by_name or (tail and tail not in inner):
                raise TypeError(f"{kind.value} has no field {name}")
            if tail and isinstance(inner[tail].marker, RefTo | Refs):
                raise TypeError(f"{kind.value}: {name} leads out of the record")


_check(RESOURCES)

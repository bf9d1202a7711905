"""Measured constants as databases state them."""

from dataclasses import dataclass

from app.domain.vocabulary import AffinityAction, AffinityParameter, Relation, Species


@dataclass(frozen=True)
class MeasuredConstant:
    """A constant as a row of a database states it; values are in nM.

    Args:
        place: Place in the file.
        record: Identifier of the row in the database.
        pmids: PubMed ids of its papers.
        doi: DOI of its paper.
        document: Identifier of its paper in the database.
        cited: The paper in the words of the database.
        computed_from: The logarithm that the value was computed from: "pIC50 4.65".
    """

    place: str
    compound: str
    receptor: str
    parameter: AffinityParameter
    relation: Relation
    value_nm: float
    upper_value_nm: float | None = None
    species: Species = Species.NOT_STATED
    action: AffinityAction | None = None
    action_note: str | None = None
    assay: str | None = None
    pmids: tuple[str, ...] = ()
    doi: str | None = None
    document: str | None = None
    record: str | None = None
    computed_from: str | None = None
    cited: str | None = None

    @property
    def papers(self) -> tuple[str, ...]:
        """Return the public identifiers of its papers."""
        return (*self.pmids, *([self.doi] if self.doi else []))

"""The evidence notes that a request to compute a verdict includes."""

from dataclasses import dataclass

from app.domain.verdicts import points
from app.domain.vocabulary import Masking, Species, StudyDesign


@dataclass(frozen=True)
class NoteFilter:
    """The notes that a request includes; an empty set of species or masking includes all."""

    design: frozenset[StudyDesign] = frozenset(StudyDesign)
    species: frozenset[Species] = frozenset()
    masking: frozenset[Masking] = frozenset()
    exclude: frozenset[str] = frozenset()
    year_from: int | None = None
    year_to: int | None = None
    min_participants: int | None = None

    def refuses(self, note: points.NoteFacts) -> str | None:
        """Return why a note is excluded, or None."""
        if note.design not in self.design:
            return f"design is {note.design.value}"
        if self.species and note.species not in self.species:
            return f"species is {note.species.value}"
        if self.masking and note.masking not in self.masking:
            return f"masking is {note.masking.value}"
        if self.exclude & {note.slug, note.study}:
            return "excluded by name"
        if self.year_from is not None and (note.year is None or note.year < self.year_from):
            return f"year is {note.year or 'not known'}"
        if self.year_to is not None and (note.year is None or note.year > self.year_to):
            return f"year is {note.year or 'not known'}"
        number = note.participants
        if self.min_participants is not None and (number or 0) < self.min_participants:
            return f"participants are {'not known' if number is None else number}"
        return None

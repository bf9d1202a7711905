"""Vocabularies of verdicts and conflicts."""

from enum import StrEnum


class VerdictKind(StrEnum):
    """Verdict on a claim, from its evidence notes."""

    ESTABLISHED = "established"
    SUPPORTED = "supported"
    CONTESTED = "contested"
    WEAK = "weak"
    REFUTED = "refuted"
    UNTESTED = "untested"


class Certainty(StrEnum):
    """Certainty of a body of evidence, in the four levels of GRADE."""

    HIGH = "high"
    MODERATE = "moderate"
    LOW = "low"
    VERY_LOW = "very_low"


class ConflictKind(StrEnum):
    """Difference that explains why two sides of a claim disagree."""

    OTHER_SPECIES = "other_species"
    OTHER_COMPOUND = "other_compound"
    OTHER_POPULATION = "other_population"
    OTHER_DOSE = "other_dose"
    OTHER_OUTCOME = "other_outcome"
    REPLICATION_FAILED = "replication_failed"
    OPPOSITE_DIRECTION = "opposite_direction"

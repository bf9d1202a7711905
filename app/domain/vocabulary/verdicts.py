"""Vocabularies of verdicts and conflicts."""

from app.domain.vocabulary.base import Vocabulary


class VerdictKind(Vocabulary):
    """Verdict on a claim, from its evidence notes, the strongest first."""

    ESTABLISHED = (
        "established",
        "Established",
        "Nearly all evidence supports the claim, and three or more sound independent studies do.",
    )
    SUPPORTED = "supported", "Supported", "Most of the evidence supports the claim."
    CONTESTED = "contested", "Contested", "The evidence is divided."
    WEAK = "weak", "Weak", "There is less evidence than one sound study provides."
    REFUTED = (
        "refuted",
        "Refuted",
        "Most of the evidence disputes the claim, or counter-examples refute a universal claim.",
    )
    UNTESTED = (
        "untested",
        "Undecided",
        "No note supports or disputes the claim; `absence` says why.",
    )


class Certainty(Vocabulary):
    """Certainty of a body of evidence, in the four levels of GRADE, the highest first."""

    HIGH = "high", "High", "The true effect lies close to what the evidence shows."
    MODERATE = (
        "moderate",
        "Moderate",
        "The true effect is probably close to what the evidence shows, but may differ"
        " substantially.",
    )
    LOW = "low", "Low", "The true effect may differ substantially from what the evidence shows."
    VERY_LOW = (
        "very_low",
        "Very low",
        "The true effect is likely to differ substantially from what the evidence shows.",
    )


class ConflictKind(Vocabulary):
    """Difference that explains why two sides of a claim disagree."""

    OTHER_SPECIES = "other_species", "Different species", "The sides studied different species."
    OTHER_COMPOUND = "other_compound", "Different compounds", "The sides gave different compounds."
    OTHER_POPULATION = (
        "other_population",
        "Different populations",
        "The sides studied different groups of people.",
    )
    OTHER_DOSE = "other_dose", "Different doses", "The sides gave different doses or routes."
    OTHER_OUTCOME = "other_outcome", "Different outcomes", "The sides measured different outcomes."
    REPLICATION_FAILED = (
        "replication_failed",
        "Failed replication",
        "Later studies did not reproduce the earlier finding.",
    )
    OPPOSITE_DIRECTION = (
        "opposite_direction",
        "Unexplained",
        "No recorded characteristic of the studies separates the sides.",
    )

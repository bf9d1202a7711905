"""Vocabularies of verdicts and conflicts."""

from app.domain.vocabulary.base import Vocabulary


class VerdictKind(Vocabulary):
    """Verdict on a claim, the most favourable first; then the words of releases before 2027."""

    ESTABLISHED = (
        "established",
        "Well established",
        "Shown with high certainty by independent studies, and the next one is expected to agree.",
    )
    SUPPORTED = (
        "supported",
        "Supported",
        "Shown: the interval of the effect lies on the side of the claim, or independent"
        " laboratories show it by causal tests.",
    )
    SUGGESTIVE = (
        "suggestive",
        "Suggestive",
        "It points to the claim, but by one group without strong evidence, or with very low"
        " certainty.",
    )
    CONTESTED = "contested", "Contested", "Studies exclude each other's result."
    INCONCLUSIVE = (
        "inconclusive",
        "Inconclusive",
        "Not shown: both no effect and a worthwhile one are possible.",
    )
    REFUTED = (
        "refuted",
        "Refuted",
        "A worthwhile effect is excluded, tests dispute the claim, or the acts say the contrary.",
    )
    OPPOSITE = "opposite", "Opposite shown", "A worthwhile effect the other way was shown."
    MIXED_BY_JURISDICTION = (
        "mixed_by_jurisdiction",
        "Differs by jurisdiction",
        "The latest acts of the jurisdictions differ.",
    )
    NOT_ASSESSED = (
        "not_assessed",
        "Not assessed here",
        "No study of the dataset has a usable result; `absence` says why.",
    )
    NOT_JUDGED = "not_judged", "Not testable", "The claim asks no question that studies can answer."
    BACKGROUND = (
        "background",
        "Background knowledge",
        "Textbook knowledge on which other claims build; it is not judged.",
    )
    WEAK = (
        "weak",
        "Weak",
        "There was less evidence than one sound study provides. In releases before rule 2027.",
        True,
    )
    UNTESTED = (
        "untested",
        "Undecided",
        "No note supported or disputed the claim. In releases before rule 2027.",
        True,
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

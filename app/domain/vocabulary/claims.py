"""Vocabularies of claims and their readings."""

from enum import StrEnum


class ClaimKind(StrEnum):
    """Subject matter of a claim; it decides which evidence counts, and for how much."""

    MECHANISM = "mechanism"
    EFFICACY = "efficacy"
    SAFETY = "safety"
    REGULATORY = "regulatory"
    COMPARATIVE = "comparative"
    BACKGROUND = "background"


class Predicate(StrEnum):
    """Verb of a causal claim; `sign` is the direction of its effect on the object."""

    BINDS = "binds"
    BLOCKS = "blocks"
    INHIBITS = "inhibits"
    ACTIVATES = "activates"
    MODULATES = "modulates"
    INCREASES = "increases"
    DECREASES = "decreases"
    RELEASES = "releases"
    CONVERTS_TO = "converts_to"
    REQUIRED_FOR = "required_for"
    SUFFICIENT_FOR = "sufficient_for"
    MAINTAINS = "maintains"
    TREATS = "treats"
    CAUSES = "causes"


class Quantifier(StrEnum):
    """Scope of a claim: one sound counter-example refutes a universal claim."""

    GENERAL = "general"
    UNIVERSAL = "universal"


class Audience(StrEnum):
    """Readers that a reading of a claim is written for."""

    PLAIN = "plain"
    CLINICIAN = "clinician"
    RESEARCHER = "researcher"


class Absence(StrEnum):
    """Reason why no evidence note supports or disputes a claim."""

    STUDY_NOT_READ = "study_not_read"
    NO_EVIDENCE_FOUND = "no_evidence_found"
    NOT_SEARCHED = "not_searched"

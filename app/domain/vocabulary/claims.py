"""Vocabularies of claims and their readings."""

from app.domain.vocabulary.base import Vocabulary


class ClaimKind(Vocabulary):
    """Subject matter of a claim; it decides which evidence counts, and for how much."""

    MECHANISM = (
        "mechanism",
        "Mechanism",
        "How a drug acts: on molecules, cells, circuits or behaviour.",
    )
    EFFICACY = "efficacy", "Efficacy", "Whether a treatment works for a condition."
    SAFETY = "safety", "Safety", "Harms of a treatment: adverse effects, misuse, dependence."
    REGULATORY = (
        "regulatory",
        "Regulation",
        "What regulators, payers and guidelines decided or recommend.",
    )
    COMPARATIVE = "comparative", "Comparison", "How one treatment compares with another."
    BACKGROUND = "background", "Background", "Accepted knowledge that other claims build on."


class Predicate(Vocabulary):
    """Verb of a causal claim; `sign` is the direction of its effect on the object."""

    BINDS = "binds", "binds", "The subject binds to the object, whatever follows from it."
    BLOCKS = "blocks", "blocks", "The subject occupies the object and prevents its function."
    INHIBITS = "inhibits", "inhibits", "The subject reduces the activity of the object."
    ACTIVATES = "activates", "activates", "The subject raises the activity of the object."
    MODULATES = (
        "modulates",
        "modulates",
        "The subject changes how the object responds to something else.",
    )
    INCREASES = "increases", "increases", "The subject raises the amount or rate of the object."
    DECREASES = "decreases", "decreases", "The subject lowers the amount or rate of the object."
    RELEASES = "releases", "releases", "The subject sets the object free, such as a transmitter."
    CONVERTS_TO = (
        "converts_to",
        "is converted to",
        "The subject is metabolised or otherwise transformed into the object.",
    )
    REQUIRED_FOR = (
        "required_for",
        "is required for",
        "The object does not occur, or occurs less, without the subject.",
    )
    SUFFICIENT_FOR = (
        "sufficient_for",
        "is sufficient for",
        "The subject alone brings the object about.",
    )
    MAINTAINS = "maintains", "maintains", "The subject keeps the object going once it has begun."
    TREATS = "treats", "treats", "The subject relieves the condition that is the object."
    CAUSES = "causes", "causes", "The subject brings about the object, such as an adverse effect."


class Quantifier(Vocabulary):
    """Scope of a claim: one sound counter-example refutes a universal claim."""

    GENERAL = "general", "General", "The claim holds as a rule; single exceptions do not refute it."
    UNIVERSAL = (
        "universal",
        "Universal",
        "The claim holds without exception (“no …”, “all …”); sound counter-examples refute it.",
    )


class Audience(Vocabulary):
    """Readers that a reading of a claim is written for."""

    PLAIN = "plain", "General public", "Readers without training in the field."
    CLINICIAN = "clinician", "Clinicians", "Readers who treat patients."
    RESEARCHER = "researcher", "Researchers", "Readers who work in the field."


class Absence(Vocabulary):
    """Reason why no evidence note supports or disputes a claim."""

    STUDY_NOT_READ = (
        "study_not_read",
        "Study not read",
        "A study of the claim's compound and indication is in the store, but its result is not"
        " entered yet. Computed.",
    )
    NO_FIGURE = (
        "no_figure",
        "No figure",
        "Studies of the claim are entered, but none has an estimate that answers it. Computed.",
    )
    NO_EVIDENCE_FOUND = (
        "no_evidence_found",
        "No evidence found",
        "A search of the literature found no study of the claim.",
    )
    NOT_SEARCHED = "not_searched", "Not searched", "The literature was not searched yet."

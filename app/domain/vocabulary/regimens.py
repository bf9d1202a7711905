"""Vocabularies of dose regimens."""

from app.domain.vocabulary.base import Vocabulary


class RegimenSource(Vocabulary):
    """Kind of source of a dose regimen."""

    LABEL = "label", "Product label", "Prescribing information of a regulator."
    GUIDELINE = "guideline", "Guideline", "Recommendation of a professional body."
    DRUG_REFERENCE = (
        "drug_reference",
        "Drug reference",
        "Compendium that states doses, often citing others.",
    )
    TRIAL = "trial", "Trial", "Regimen of a clinical trial."
    OBSERVATIONAL_STUDY = (
        "observational_study",
        "Observational study",
        "Regimen of a cohort, registry or case series.",
    )
    REVIEW = "review", "Review", "Regimen that a review describes."


class RegimenPhase(Vocabulary):
    """Part of a treatment that a regimen is for."""

    SINGLE = "single", "Single administration", "One administration."
    INDUCTION = "induction", "Induction", "Start of anaesthesia, or of a course of treatment."
    CONSOLIDATION = (
        "consolidation",
        "Consolidation",
        "Weeks after induction in which doses become less frequent.",
    )
    MAINTENANCE = "maintenance", "Maintenance", "Continued administration after induction."
    COURSE = "course", "Course", "Whole course of several administrations or of an infusion."
    RESCUE = "rescue", "Rescue", "Administration when earlier treatment has failed."

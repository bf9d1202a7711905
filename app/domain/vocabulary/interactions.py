"""Vocabularies of drug interactions."""

from app.domain.vocabulary.base import Vocabulary


class InteractantKind(Vocabulary):
    """What a drug interacts with."""

    DRUG = "drug", "Drug", "One drug."
    DRUG_CLASS = "drug_class", "Drug class", "Several drugs of one class or effect."
    FOOD = "food", "Food or drink", "Food, drink or a constituent of them."
    HERBAL = "herbal", "Herbal product", "Herbal medicine or supplement."
    PHYSICAL = "physical", "Solution or material", "Physical incompatibility, such as in a syringe."


class InteractionKind(Vocabulary):
    """Level at which an interaction takes place."""

    PHARMACOKINETIC = (
        "pharmacokinetic",
        "Pharmacokinetic",
        "One substance changes the concentration of the other.",
    )
    PHARMACODYNAMIC = (
        "pharmacodynamic",
        "Pharmacodynamic",
        "One substance changes the effect of the other.",
    )
    BOTH = "both", "Both", "Concentration and effect change."
    INCOMPATIBILITY = "incompatibility", "Incompatibility", "They react or precipitate when mixed."
    NOT_KNOWN = "not_known", "Not known", "The level is not known."


class InteractionChange(Vocabulary):
    """Change of the exposure or of the effect in question."""

    INCREASED = "increased", "Increased", "Higher with the interacting substance."
    DECREASED = "decreased", "Decreased", "Lower with the interacting substance."
    NO_CHANGE = "no_change", "No change", "No difference was found."
    MIXED = "mixed", "Mixed", "Increased in one respect, decreased or unchanged in another."
    NOT_STATED = "not_stated", "Not stated", "The source does not state a change."


class InteractionEvidence(Vocabulary):
    """Kind of evidence for an interaction."""

    PHARMACOKINETIC_STUDY = (
        "pharmacokinetic_study",
        "Pharmacokinetic study",
        "Concentrations in people with and without the other substance.",
    )
    RANDOMISED_TRIAL = (
        "randomised_trial",
        "Randomised trial",
        "Trial that randomised the combination.",
    )
    SECONDARY_ANALYSIS = (
        "secondary_analysis",
        "Secondary analysis",
        "Analysis of trials by a co-medication that was not randomised.",
    )
    META_ANALYSIS = "meta_analysis", "Meta-analysis", "Synthesis of several studies."
    HUMAN_EXPERIMENT = "human_experiment", "Human experiment", "Experiment on volunteers."
    CASE_SERIES = "case_series", "Case series", "Description of one or several cases."
    ANIMAL_EXPERIMENT = "animal_experiment", "Animal experiment", "Experiment on animals."
    IN_VITRO_EXPERIMENT = (
        "in_vitro_experiment",
        "In vitro experiment",
        "Experiment on cells, microsomes or molecules.",
    )
    PRODUCT_LABEL = "product_label", "Product label", "Statement of a product label."
    REVIEW = "review", "Review", "Statement of a review."
    HYPOTHESIS = "hypothesis", "Hypothesis", "Inferred from other findings, and not tested."


class InteractionSeverity(Vocabulary):
    """Severity of an interaction, as the source rates it."""

    MAJOR = "major", "Major", "May be life-threatening or cause permanent harm."
    MODERATE = "moderate", "Moderate", "May worsen the condition or require a change of treatment."
    MINOR = "minor", "Minor", "Little clinical effect."


class InteractionManagement(Vocabulary):
    """What the source advises."""

    CONTRAINDICATED = "contraindicated", "Contraindicated", "Do not combine."
    AVOID = "avoid", "Avoid", "Avoid the combination; consider an alternative."
    ADJUST_DOSE = "adjust_dose", "Adjust the dose", "Change the dose or its timing."
    MONITOR = "monitor", "Monitor", "Combine with monitoring or caution."
    NO_ADJUSTMENT = "no_adjustment", "No adjustment", "Nothing needs to be changed."

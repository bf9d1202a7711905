"""Vocabularies of studies: design, species, masking."""

from enum import StrEnum


class StudyDesign(StrEnum):
    """Design of a study or, where it is no study, type of its source."""

    RCT_PARALLEL = "rct_parallel"
    RCT_CROSSOVER = "rct_crossover"
    RCT_WITHDRAWAL = "rct_withdrawal"
    OPEN_LABEL_TRIAL = "open_label_trial"
    SINGLE_ARM_TRIAL = "single_arm_trial"
    COHORT = "cohort"
    CROSS_SECTIONAL = "cross_sectional"
    CASE_SERIES = "case_series"
    META_ANALYSIS = "meta_analysis"
    POOLED_ANALYSIS = "pooled_analysis"
    REANALYSIS = "reanalysis"
    SYSTEMATIC_REVIEW = "systematic_review"
    NARRATIVE_REVIEW = "narrative_review"
    GUIDELINE = "guideline"
    REGULATORY_ACT = "regulatory_act"
    HUMAN_EXPERIMENT = "human_experiment"
    ANIMAL_EXPERIMENT = "animal_experiment"
    EX_VIVO_EXPERIMENT = "ex_vivo_experiment"
    IN_VITRO_EXPERIMENT = "in_vitro_experiment"
    STRUCTURAL = "structural"


class Species(StrEnum):
    """Species that a study was done in; `recombinant` is a cell line that expresses the target."""

    HUMAN = "human"
    NON_HUMAN_PRIMATE = "non_human_primate"
    RAT = "rat"
    MOUSE = "mouse"
    RODENT = "rodent"
    RECOMBINANT = "recombinant"
    OTHER = "other"
    NOT_STATED = "not_stated"


class Blinding(StrEnum):
    """Who was blinded to the treatment, as planned."""

    OPEN = "open"
    RATER = "rater"
    SINGLE = "single"
    DOUBLE = "double"
    TRIPLE = "triple"
    NOT_APPLICABLE = "not_applicable"
    NOT_STATED = "not_stated"


class Comparator(StrEnum):
    """What the treated group was compared with."""

    PLACEBO = "placebo"
    ACTIVE_PLACEBO = "active_placebo"
    ACTIVE_TREATMENT = "active_treatment"
    SAME_DRUG = "same_drug"
    USUAL_CARE = "usual_care"
    NONE = "none"
    MIXED = "mixed"
    NOT_APPLICABLE = "not_applicable"


class Masking(StrEnum):
    """How well the allocation stayed concealed, beyond the blinding that was planned."""

    UNMASKED = "unmasked"
    FUNCTIONAL_UNBLINDING_LIKELY = "functional_unblinding_likely"
    ACTIVE_PLACEBO = "active_placebo"
    FULLY_MASKED = "fully_masked"
    NOT_APPLICABLE = "not_applicable"
    NOT_STATED = "not_stated"

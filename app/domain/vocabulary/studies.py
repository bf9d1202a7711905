"""Vocabularies of studies: design, species, masking."""

from app.domain.vocabulary.base import Vocabulary


class StudyDesign(Vocabulary):
    """Design of a study or, where it is no study, type of its source."""

    RCT_PARALLEL = (
        "rct_parallel",
        "Randomised trial, parallel groups",
        "Participants are randomised to one treatment each.",
    )
    RCT_CROSSOVER = (
        "rct_crossover",
        "Randomised trial, crossover",
        "Participants receive the treatments one after the other, in random order.",
    )
    RCT_WITHDRAWAL = (
        "rct_withdrawal",
        "Randomised withdrawal trial",
        "Participants who responded are randomised to continue or to stop treatment.",
    )
    OPEN_LABEL_TRIAL = (
        "open_label_trial",
        "Open-label trial",
        "Trial without blinding whose groups are not randomised, or an open phase of a trial.",
    )
    SINGLE_ARM_TRIAL = (
        "single_arm_trial",
        "Single-arm trial",
        "All participants receive the treatment; there is no control group.",
    )
    COHORT = "cohort", "Cohort study", "Groups are followed over time and compared."
    CROSS_SECTIONAL = (
        "cross_sectional",
        "Cross-sectional study",
        "Exposure and outcome are recorded at one point in time.",
    )
    CASE_SERIES = "case_series", "Case series", "Description of one or several cases."
    META_ANALYSIS = (
        "meta_analysis",
        "Meta-analysis",
        "Statistical synthesis of the results of published studies.",
    )
    POOLED_ANALYSIS = (
        "pooled_analysis",
        "Pooled analysis",
        "Joint analysis of the participants of several studies.",
    )
    REANALYSIS = "reanalysis", "Re-analysis", "New analysis of the data of an earlier study."
    SYSTEMATIC_REVIEW = (
        "systematic_review",
        "Systematic review",
        "Review with a documented search, without a meta-analysis.",
    )
    NARRATIVE_REVIEW = (
        "narrative_review",
        "Narrative review",
        "Review of the literature without a systematic search.",
    )
    GUIDELINE = "guideline", "Guideline", "Recommendations of a professional body."
    REGULATORY_ACT = "regulatory_act", "Regulatory act", "Decision or document of a regulator."
    HUMAN_EXPERIMENT = (
        "human_experiment",
        "Human experiment",
        "Experiment on volunteers or patients, such as imaging or pharmacokinetics.",
    )
    ANIMAL_EXPERIMENT = "animal_experiment", "Animal experiment", "Experiment on living animals."
    EX_VIVO_EXPERIMENT = (
        "ex_vivo_experiment",
        "Ex vivo experiment",
        "Experiment on tissue taken from an organism, such as brain slices.",
    )
    IN_VITRO_EXPERIMENT = (
        "in_vitro_experiment",
        "In vitro experiment",
        "Experiment on cultured cells, membranes or isolated molecules.",
    )
    STRUCTURAL = (
        "structural",
        "Structural study",
        "Structure of a molecule or complex, by crystallography or cryo-electron microscopy.",
    )


class Species(Vocabulary):
    """Species that a study was done in; `recombinant` is a cell line that expresses the target."""

    HUMAN = "human", "Human", "Human participants, tissue or proteins."
    NON_HUMAN_PRIMATE = "non_human_primate", "Non-human primate", "Monkeys or apes."
    RAT = "rat", "Rat", "Rats, or tissue and proteins of rats."
    MOUSE = "mouse", "Mouse", "Mice, or tissue and proteins of mice."
    RODENT = "rodent", "Rodent", "Several rodent species, or an unspecified one."
    RECOMBINANT = (
        "recombinant",
        "Recombinant",
        "Cell line that expresses the target; the species of the gene is not recorded.",
    )
    OTHER = "other", "Other species", "A species that is none of the others."
    NOT_STATED = "not_stated", "Not stated", "The source does not state the species."


class Blinding(Vocabulary):
    """Who was blinded to the treatment, as planned."""

    OPEN = "open", "Open", "Nobody was blinded."
    RATER = "rater", "Rater-blinded", "Only those who assessed the outcome were blinded."
    SINGLE = "single", "Single-blind", "One party was blinded, usually the participants."
    DOUBLE = "double", "Double-blind", "Participants and investigators were blinded."
    TRIPLE = (
        "triple",
        "Triple-blind",
        "Participants, investigators and those who analysed the data were blinded.",
    )
    NOT_APPLICABLE = "not_applicable", "Not applicable", "The design has no blinding."
    NOT_STATED = "not_stated", "Not stated", "The source does not state the blinding."


class Comparator(Vocabulary):
    """What the treated group was compared with."""

    PLACEBO = "placebo", "Placebo", "Inactive treatment, such as saline."
    ACTIVE_PLACEBO = (
        "active_placebo",
        "Active placebo",
        "Drug with noticeable effects but without the one studied, such as midazolam.",
    )
    ACTIVE_TREATMENT = "active_treatment", "Active treatment", "Another effective treatment."
    SAME_DRUG = "same_drug", "Same drug", "Another dose, route or schedule of the same drug."
    USUAL_CARE = "usual_care", "Usual care", "The care that patients receive otherwise."
    NONE = "none", "None", "There was no comparison group."
    MIXED = "mixed", "Mixed", "Several kinds of comparator."
    NOT_APPLICABLE = "not_applicable", "Not applicable", "The design has no comparison."


class Masking(Vocabulary):
    """How well the allocation stayed concealed, beyond the blinding that was planned."""

    UNMASKED = "unmasked", "Unmasked", "Participants knew their treatment."
    FUNCTIONAL_UNBLINDING_LIKELY = (
        "functional_unblinding_likely",
        "Functional unblinding likely",
        "The perceptible effects of the drug are likely to have revealed who received it.",
    )
    ACTIVE_PLACEBO = (
        "active_placebo",
        "Masked by an active placebo",
        "A comparator with perceptible effects concealed the allocation in part.",
    )
    FULLY_MASKED = (
        "fully_masked",
        "Fully masked",
        "The allocation could not be guessed, for example under general anaesthesia.",
    )
    NOT_APPLICABLE = "not_applicable", "Not applicable", "The design has no allocation to mask."
    NOT_STATED = "not_stated", "Not stated", "The source does not state how masking was done."

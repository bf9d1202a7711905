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


#: Designs whose material is no organism, so that they have no participants.
NO_PARTICIPANTS = (
    StudyDesign.EX_VIVO_EXPERIMENT,
    StudyDesign.IN_VITRO_EXPERIMENT,
    StudyDesign.STRUCTURAL,
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


class Funding(Vocabulary):
    """Who paid for a study, as it declares."""

    INDUSTRY = "industry", "Industry", "A company, most often the maker of the drug."
    PUBLIC = "public", "Public", "Public bodies, foundations or the institution of the authors."
    MIXED = "mixed", "Mixed", "Industry and public bodies."
    NONE = "none", "None", "The study states that it had no funding."
    NOT_REPORTED = "not_reported", "Not reported", "The study does not state its funding."


class BiasTool(Vocabulary):
    """Instrument by which a source judged the risk of bias."""

    ROB_2 = "rob_2", "RoB 2", "Cochrane's revised tool for randomised trials (2019)."
    COCHRANE_2011 = "cochrane_2011", "Cochrane 2011", "Cochrane's tool of 2011 (RoB 1)."
    ROBINS_I = "robins_i", "ROBINS-I", "Tool for non-randomised studies of interventions."
    OTHER_TOOL = "other_tool", "Other", "Another instrument, or the source's own criteria."


class BiasDomain(Vocabulary):
    """Domain of the risk of bias, of RoB 2 or of the Cochrane tool of 2011."""

    RANDOMISATION = (
        "randomisation",
        "Randomisation process",
        "RoB 2: random sequence, concealment and balance at baseline.",
    )
    DEVIATIONS = (
        "deviations",
        "Deviations from intended interventions",
        "RoB 2: departures from the assigned treatment, and their analysis.",
    )
    MISSING_DATA = "missing_data", "Missing outcome data", "RoB 2; incomplete outcome data in 2011."
    MEASUREMENT = "measurement", "Measurement of the outcome", "RoB 2: how and by whom."
    REPORTING = "reporting", "Selective reporting", "Selection of the reported result."
    SEQUENCE_GENERATION = "sequence_generation", "Sequence generation", "Tool of 2011."
    ALLOCATION_CONCEALMENT = "allocation_concealment", "Allocation concealment", "Tool of 2011."
    BLINDING_OF_PARTICIPANTS = (
        "blinding_of_participants",
        "Blinding of participants and personnel",
        "Tool of 2011.",
    )
    BLINDING_OF_ASSESSMENT = (
        "blinding_of_assessment",
        "Blinding of outcome assessment",
        "Tool of 2011.",
    )
    CONFOUNDING = "confounding", "Confounding", "ROBINS-I."
    OTHER_BIAS = "other_bias", "Other bias", "Any other source of bias."
    OVERALL = "overall", "Overall", "Judgement over all domains."


class BiasJudgement(Vocabulary):
    """Judgement of the risk of bias in one domain."""

    LOW = "low", "Low", "Low risk of bias."
    SOME_CONCERNS = "some_concerns", "Some concerns", "RoB 2: some concerns."
    MODERATE = "moderate", "Moderate", "ROBINS-I: moderate risk of bias."
    UNCLEAR = "unclear", "Unclear", "Tool of 2011: not enough information."
    HIGH = "high", "High", "High or serious risk of bias."

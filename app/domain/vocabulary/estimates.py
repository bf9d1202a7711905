"""Vocabularies of effect estimates and study arms."""

from app.domain.vocabulary.base import Vocabulary


class EstimateMetric(Vocabulary):
    """Metric of an effect estimate, and with it the scale of its value; ratios are logarithms."""

    MD = "MD", "Mean difference", "Difference between two means, in points of the instrument."
    SMD = (
        "SMD",
        "Standardised mean difference",
        "Difference between two means in standard deviations (Hedges' g).",
    )
    LOG_OR = "logOR", "Log odds ratio", "Natural logarithm of an odds ratio."
    LOG_RR = "logRR", "Log risk ratio", "Natural logarithm of a risk ratio or rate ratio."
    LOG_HR = "logHR", "Log hazard ratio", "Natural logarithm of a hazard ratio."
    RD = "RD", "Risk difference", "Difference between two risks, from -1 to 1."
    LOGIT_PROPORTION = (
        "logit_proportion",
        "Logit of a proportion",
        "Natural logarithm of the odds in one group, without a comparison.",
    )


class OutcomeKind(Vocabulary):
    """Whether an outcome is what a treatment is given for, or a harm; it decides the sign."""

    BENEFIT = "benefit", "Benefit", "A positive value is in favour of the intervention."
    HARM = "harm", "Harm", "A positive value is more of the event with the intervention."


class OutcomeDomain(Vocabulary):
    """What an effect estimate measures, across instruments."""

    DEPRESSION_SEVERITY = (
        "depression_severity",
        "Severity of depression",
        "Score of a depression scale, such as MADRS or HDRS.",
    )
    DEPRESSION_RESPONSE = (
        "depression_response",
        "Response of depression",
        "A fall of the score by at least half, or as the trial defines it.",
    )
    DEPRESSION_REMISSION = (
        "depression_remission",
        "Remission of depression",
        "A score below a threshold that the trial defines.",
    )
    DEPRESSION_RELAPSE = (
        "depression_relapse",
        "Relapse of depression",
        "Return of depression after response or remission.",
    )
    DEPRESSIVE_EPISODE = (
        "depressive_episode",
        "Depressive episode",
        "A new depressive episode in people at risk, such as after birth.",
    )
    SUICIDAL_IDEATION = (
        "suicidal_ideation",
        "Suicidal ideation",
        "Thoughts of suicide, by a scale or as present or absent.",
    )
    PTSD_SEVERITY = (
        "ptsd_severity",
        "Severity of PTSD",
        "Score of a scale of post-traumatic stress disorder, such as CAPS-5.",
    )
    OCD_SEVERITY = (
        "ocd_severity",
        "Severity of OCD",
        "Score of a scale of obsessive-compulsive disorder, such as Y-BOCS.",
    )
    ANXIETY_SEVERITY = "anxiety_severity", "Severity of anxiety", "Score of an anxiety scale."
    PAIN = "pain", "Pain", "Intensity of pain."
    OPIOID_CONSUMPTION = (
        "opioid_consumption",
        "Opioid consumption",
        "Amount of opioids that patients needed.",
    )
    ABSTINENCE = "abstinence", "Abstinence", "No use of the substance."
    DELIRIUM = "delirium", "Delirium", "Delirium that the intervention was meant to prevent."
    OTHER_BENEFIT = (
        "other_benefit",
        "Other benefit",
        "Another outcome that the intervention is given for; the instrument names it.",
    )
    MORTALITY = "mortality", "Death", "Death from any cause."
    CARDIOVASCULAR_COLLAPSE = (
        "cardiovascular_collapse",
        "Cardiovascular collapse",
        "Severe fall of blood pressure, vasopressor use or cardiac arrest around intubation.",
    )
    DISSOCIATION = "dissociation", "Dissociation", "Dissociation, as an event or by a scale."
    SEDATION = "sedation", "Sedation", "Sedation or somnolence, as an event or by a scale."
    RAISED_BLOOD_PRESSURE = (
        "raised_blood_pressure",
        "Raised blood pressure",
        "A rise of blood pressure, as an event or in mmHg.",
    )
    DISCONTINUED_FOR_ADVERSE_EVENT = (
        "discontinued_for_adverse_event",
        "Discontinuation for an adverse event",
        "Treatment was stopped because of an adverse event.",
    )
    SERIOUS_ADVERSE_EVENT = (
        "serious_adverse_event",
        "Serious adverse event",
        "Adverse event that is fatal, life-threatening, disabling or needs a stay in hospital.",
    )
    OTHER_HARM = (
        "other_harm",
        "Other harm",
        "Another adverse event or effect; the instrument names it.",
    )

    @property
    def kind(self) -> OutcomeKind:
        """Whether the outcome is a benefit or a harm."""
        return OutcomeKind.HARM if self in _HARMS else OutcomeKind.BENEFIT

    @property
    def larger_is(self) -> "LargerIs | None":
        """Whether a higher score, or the event, is better or worse; None if it depends."""
        if self is OutcomeDomain.OTHER_BENEFIT:
            return None
        return LargerIs.BETTER if self in _BETTER else LargerIs.WORSE


class LargerIs(Vocabulary):
    """Whether a larger value is better or worse for the people treated."""

    BETTER = "better", "Better", "A larger value is in favour of the intervention."
    WORSE = "worse", "Worse", "A larger value is in favour of the comparator."
    NEITHER = "neither", "Neither", "The value measures no benefit or harm."


_HARMS = {
    OutcomeDomain.MORTALITY,
    OutcomeDomain.CARDIOVASCULAR_COLLAPSE,
    OutcomeDomain.DISSOCIATION,
    OutcomeDomain.SEDATION,
    OutcomeDomain.RAISED_BLOOD_PRESSURE,
    OutcomeDomain.DISCONTINUED_FOR_ADVERSE_EVENT,
    OutcomeDomain.SERIOUS_ADVERSE_EVENT,
    OutcomeDomain.OTHER_HARM,
}
_BETTER = {
    OutcomeDomain.DEPRESSION_RESPONSE,
    OutcomeDomain.DEPRESSION_REMISSION,
    OutcomeDomain.ABSTINENCE,
}


class Favours(Vocabulary):
    """Which side the point estimate of an effect is in favour of, whatever its interval."""

    INTERVENTION = "intervention", "Intervention", "The estimate is in favour of the intervention."
    COMPARATOR = "comparator", "Comparator", "The estimate is in favour of the comparator."
    NEITHER = "neither", "Neither", "The two sides are equal, or the source gives no direction."
    NOT_APPLICABLE = (
        "not_applicable",
        "Not applicable",
        "The figure is no comparison of treatments by benefit or harm, such as a concentration.",
    )


class ArmRole(Vocabulary):
    """Role of a study arm in the comparison."""

    DRUG = "drug", "Drug", "The arm received the drug under study."
    COMPARATOR = "comparator", "Comparator", "The arm that the drug is compared with."
    NEITHER = "neither", "Neither", "The group is no arm of a comparison, such as all participants."


class Derivation(Vocabulary):
    """How the standard error of an effect estimate was derived, in order of trust."""

    REPORTED_SE = "reported_se", "Reported", "The source prints the standard error."
    CI = "ci", "Confidence interval", "From the width of the printed interval and its level."
    EVENTS = "events", "Events", "From the numbers of people and of events in the arms."
    SD = "sd", "Standard deviations", "From means, standard deviations and sizes of the arms."
    P = "p", "p-value", "From the effect and its exact p-value."
    P_BOUND = (
        "p_bound",
        "Bound of the p-value",
        "From the effect and a bound, p < x, read as p = x: the least effect compatible with it.",
    )
    SD_BORROWED = (
        "sd_borrowed",
        "Borrowed standard deviation",
        "From the sizes of the arms and the typical standard deviation of the instrument.",
    )
    UNREPORTED_NULL = (
        "unreported_null",
        "No difference, without a figure",
        "The source says that there was no difference: value 0, standard error from the sizes.",
    )


class ComparatorKind(Vocabulary):
    """What the intervention of one comparison is compared with."""

    INACTIVE = "inactive", "Inactive", "Placebo without perceptible effects, such as saline."
    ACTIVE_PLACEBO = (
        "active_placebo",
        "Active placebo",
        "A drug with perceptible effects but without the one studied, such as midazolam.",
    )
    ADD_ON_INACTIVE = (
        "add_on_inactive",
        "Inactive, both added to a treatment",
        "Both arms receive the same active treatment; the comparator adds a placebo to it.",
    )
    ACTIVE_TREATMENT = "active_treatment", "Active treatment", "Another effective treatment."
    SAME_DRUG_OTHER_DOSE = (
        "same_drug_other_dose",
        "Same drug, other dose",
        "Another dose, route or schedule of the same drug.",
    )
    NO_TREATMENT = "no_treatment", "No treatment", "Nothing, usual care or a waiting list."
    MIXED = "mixed", "Mixed", "Several of them, in a synthesis of several studies."
    NONE = "none", "None", "There is no comparison group."


class EstimateRegimen(Vocabulary):
    """How the intervention of one comparison was given over time."""

    SINGLE = "single", "Single dose", "One dose or one infusion of a few hours at most."
    REPEATED = "repeated", "Repeated doses", "A course of doses."
    CONTINUOUS = "continuous", "Continuous", "An infusion over days, or daily treatment."
    WITHDRAWAL = (
        "withdrawal",
        "Randomised withdrawal",
        "Responders were randomised to continue or to stop.",
    )
    MIXED = "mixed", "Mixed", "Several of them, in a synthesis of several studies."


class AnalysisSet(Vocabulary):
    """Participants in an analysis."""

    ITT = "itt", "Intention to treat", "Everyone as randomised."
    MITT = "mitt", "Modified intention to treat", "Everyone randomised who met some condition."
    COMPLETERS = "completers", "Completers", "Those who completed, or kept to the protocol."
    NOT_STATED = "not_stated", "Not stated", "The source does not state it."


class EstimateRole(Vocabulary):
    """Role of an effect estimate in the analysis plan of its study."""

    PRIMARY = "primary", "Primary", "The primary endpoint."
    SECONDARY = "secondary", "Secondary", "Another planned endpoint, or an adverse event."
    POST_HOC = "post_hoc", "Post hoc", "Analysed after the results were known."

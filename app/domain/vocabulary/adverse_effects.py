"""Vocabularies of adverse effects, warnings and contraindications."""

from app.domain.vocabulary.base import Vocabulary


class AdverseEffectKind(Vocabulary):
    """Whether a record states an effect, or what a label or regulator warns of."""

    ADVERSE_EFFECT = "adverse_effect", "Adverse effect", "Unwanted effect that was observed."
    BOXED_WARNING = "boxed_warning", "Boxed warning", "Most serious warning of a US label."
    WARNING = "warning", "Warning", "Warning or precaution of a label, regulator or guideline."
    CONTRAINDICATION = (
        "contraindication",
        "Contraindication",
        "Condition in which the drug must not be given.",
    )


class AdverseEffectMeasure(Vocabulary):
    """What the value of an adverse effect is."""

    INCIDENCE = "incidence", "Incidence", "Share of treated people or administrations with it."
    SCALE_DEFINED_INCIDENCE = (
        "scale_defined_incidence",
        "Incidence by a scale",
        "Share with a score beyond a threshold of a scale.",
    )
    PREVALENCE = "prevalence", "Prevalence", "Share of an exposed or affected group that has it."
    CASE_COUNT = "case_count", "Case count", "Number of cases; a rate cannot be computed from it."
    SPONTANEOUS_REPORTS = (
        "spontaneous_reports",
        "Spontaneous reports",
        "Number of reports to a pharmacovigilance database; never an incidence.",
    )
    REPORTING_ODDS_RATIO = (
        "reporting_odds_ratio",
        "Reporting odds ratio",
        "Odds ratio of reports in a pharmacovigilance database.",
    )
    ODDS_RATIO = "odds_ratio", "Odds ratio", "Odds ratio of an observational or randomised study."
    MEAN_CHANGE = "mean_change", "Mean change", "Mean change of a measurement from baseline."
    GROUP_DIFFERENCE = (
        "group_difference",
        "Difference between groups",
        "Difference of exposed people or animals from controls.",
    )
    EFFECTIVE_DOSE = "effective_dose", "Effective dose (ED50)", "Dose with the effect in half."
    DOSE_THRESHOLD = "dose_threshold", "Dose threshold", "Lowest dose at which it was observed."
    NOT_QUANTIFIED = "not_quantified", "Not quantified", "The source gives no figure."


class AdverseEffectUnit(Vocabulary):
    """Unit of the value of an adverse effect."""

    PERCENT = "%", "%", "Per cent of people, reports or administrations."
    PER_1000 = "per_1000", "per 1000", "Per thousand administrations."
    RATIO = "ratio", "ratio", "Ratio, such as an odds ratio."
    PEOPLE = "people", "people", "Number of people, animals or deaths."
    EVENTS = "events", "events", "Number of events."
    REPORTS = "reports", "reports", "Number of reports."
    MMHG = "mmHg", "mmHg", "Millimetres of mercury."
    MG_PER_KG = "mg/kg", "mg/kg", "Milligrams per kilogram of body weight."
    MG_PER_KG_PER_DAY = (
        "mg/kg/day",
        "mg/kg/day",
        "Milligrams per kilogram of body weight and day.",
    )
    POINTS = "points", "points", "Points of a scale."


class Seriousness(Vocabulary):
    """Whether an adverse effect is serious, as the source classifies it."""

    SERIOUS = (
        "serious",
        "Serious",
        "Fatal, life-threatening, disabling, or leading to hospital admission.",
    )
    NON_SERIOUS = "non_serious", "Not serious", "None of these."
    NOT_STATED = "not_stated", "Not stated", "The source does not classify it."

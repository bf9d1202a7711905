"""Vocabularies of evidence notes: direction, directness, doses, effects."""

from app.domain.vocabulary.base import Vocabulary


class Direction(Vocabulary):
    """Result of a study with respect to the claim as it is worded."""

    SUPPORTS = "supports", "Supports", "The finding is what the claim predicts."
    DISPUTES = "disputes", "Disputes", "The finding contradicts the claim."
    NEUTRAL = "neutral", "Neutral", "The finding bears on the claim without deciding it."
    MIXED = "mixed", "Mixed", "The finding supports the claim in part and disputes it in part."


class PopulationDirectness(Vocabulary):
    """How close the population of a study is to the one in the claim (GRADE indirectness)."""

    SAME = "same", "Same population", "The population that the claim is about."
    OTHER_HUMAN = "other_human", "Other people", "People, but not those that the claim is about."
    ANIMAL = "animal", "Animals", "Animals; the claim is about people or about organisms at large."
    CELLS = "cells", "Cells", "Cells, tissue or isolated molecules."


class CompoundDirectness(Vocabulary):
    """How close the compound of a study is to the one in the claim (GRADE indirectness)."""

    SAME = "same", "Same compound", "The compound that the claim is about."
    ENANTIOMER = "enantiomer", "Enantiomer", "An enantiomer or the racemate of that compound."
    METABOLITE = "metabolite", "Metabolite", "A metabolite of that compound."
    OTHER_DRUG = "other_drug", "Other drug", "Another drug."


class OutcomeDirectness(Vocabulary):
    """How close the outcome of a study is to the one in the claim (GRADE indirectness)."""

    SAME = "same", "Same outcome", "The outcome that the claim is about."
    SURROGATE = "surrogate", "Surrogate", "A measure that stands for that outcome."


class CausalTest(Vocabulary):
    """Type of causal inference that a mechanism experiment allows."""

    CORRELATION = "correlation", "Correlation", "Cause and effect were observed together."
    NECESSITY_BLOCKER = (
        "necessity_blocker",
        "Necessity, by a blocker",
        "The effect was tested while a drug blocked the supposed cause.",
    )
    NECESSITY_GENETIC = (
        "necessity_genetic",
        "Necessity, by genetics",
        "The effect was tested in the absence of a gene, or with less of its product.",
    )
    SUFFICIENCY = (
        "sufficiency",
        "Sufficiency",
        "The supposed cause was induced alone, to see whether the effect follows.",
    )
    RESCUE = (
        "rescue",
        "Rescue",
        "An effect that had been lost was tested after the supposed cause was restored.",
    )
    DOSE_RESPONSE = "dose_response", "Dose-response", "The effect was measured at several doses."
    OCCLUSION = (
        "occlusion",
        "Occlusion",
        "The drug was given where the supposed mechanism was already saturated.",
    )
    TEMPORAL_ORDER = (
        "temporal_order",
        "Temporal order",
        "It was tested whether the supposed cause precedes the effect.",
    )
    DIRECT_BINDING = (
        "direct_binding",
        "Direct binding",
        "Binding of the compound to the target was measured, or seen in a structure.",
    )


class PrimaryEndpoint(Vocabulary):
    """Whether a finding is the study's primary end-point, and whether it was met."""

    MET = "met", "Met", "Primary endpoint, and the result was as hypothesised."
    MISSED = "missed", "Missed", "Primary endpoint, and the result was not as hypothesised."
    NOT_PRIMARY = "not_primary", "Not primary", "Secondary or exploratory endpoint."
    NOT_APPLICABLE = "not_applicable", "Not applicable", "The design has no primary endpoint."
    NOT_STATED = "not_stated", "Not stated", "The source does not state it."


class Route(Vocabulary):
    """Route of administration."""

    INTRAVENOUS = "intravenous", "Intravenous", "Into a vein, as injection or infusion."
    INTRAMUSCULAR = "intramuscular", "Intramuscular", "Injected into a muscle."
    SUBCUTANEOUS = "subcutaneous", "Subcutaneous", "Injected under the skin."
    INTRANASAL = "intranasal", "Intranasal", "Sprayed into the nose."
    ORAL = "oral", "Oral", "Swallowed."
    SUBLINGUAL = "sublingual", "Sublingual", "Dissolved under the tongue."
    RECTAL = "rectal", "Rectal", "Inserted into the rectum."
    INHALED = "inhaled", "Inhaled", "Breathed in."
    INTRAPERITONEAL = (
        "intraperitoneal",
        "Intraperitoneal",
        "Injected into the abdominal cavity; the usual route in rodents.",
    )
    LOCAL = "local", "Local", "Applied to one tissue, such as a brain region or a nerve."
    IN_VITRO = "in_vitro", "In vitro", "Applied to cells, tissue or molecules."
    MIXED = "mixed", "Mixed", "Several routes."


class DoseUnit(Vocabulary):
    """Unit of a dose, an infusion rate or, in vitro, a concentration."""

    MG_PER_KG = "mg/kg", "mg/kg", "Milligrams per kilogram of body weight."
    MG_PER_KG_PER_H = (
        "mg/kg/h",
        "mg/kg/h",
        "Infusion rate: milligrams per kilogram of body weight and hour.",
    )
    MG_PER_KG_PER_DAY = (
        "mg/kg/day",
        "mg/kg/day",
        "Daily dose: milligrams per kilogram of body weight.",
    )
    UG_PER_KG_PER_MIN = (
        "ug/kg/min",
        "µg/kg/min",
        "Infusion rate: micrograms per kilogram of body weight and minute.",
    )
    MG = "mg", "mg", "Milligrams."
    MG_PER_MIN = "mg/min", "mg/min", "Infusion rate: milligrams per minute."
    MG_PER_H = "mg/h", "mg/h", "Infusion rate: milligrams per hour."
    MG_PER_DAY = "mg/day", "mg/day", "Daily dose: milligrams."
    INDUCTION_DOSE = (
        "induction_dose",
        "× induction dose",
        "Multiple of the dose by which anaesthesia was induced.",
    )
    UG = "ug", "µg", "Micrograms."
    NM = "nM", "nM", "Concentration: nanomoles per litre."
    UM = "uM", "µM", "Concentration: micromoles per litre."
    PERCENT = "%", "%", "Concentration in per cent, as of an inhaled gas."


class Metric(Vocabulary):
    """Statistic that the value of an effect is."""

    MEAN_DIFFERENCE = (
        "mean_difference",
        "Mean difference",
        "Difference between the means of two groups, in the unit of the outcome.",
    )
    STANDARDISED_MEAN_DIFFERENCE = (
        "standardised_mean_difference",
        "Standardised mean difference",
        "Difference between the means of two groups in standard deviations (Cohen's d, Hedges' g).",
    )
    MEAN_CHANGE = "mean_change", "Mean change", "Mean change from baseline within one group."
    ODDS_RATIO = "odds_ratio", "Odds ratio", "Ratio of the odds of an event in two groups."
    REPORTING_ODDS_RATIO = (
        "reporting_odds_ratio",
        "Reporting odds ratio",
        "Odds ratio of reports of an adverse event, from a pharmacovigilance database.",
    )
    RISK_RATIO = "risk_ratio", "Risk ratio", "Ratio of the risks of an event in two groups."
    RATE_RATIO = "rate_ratio", "Rate ratio", "Ratio of the event rates in two groups."
    HAZARD_RATIO = "hazard_ratio", "Hazard ratio", "Ratio of the hazards of an event in two groups."
    RISK_DIFFERENCE = (
        "risk_difference",
        "Risk difference",
        "Difference between the risks of an event in two groups.",
    )
    NUMBER_NEEDED_TO_TREAT = (
        "number_needed_to_treat",
        "Number needed to treat",
        "Patients to be treated for one more to have the outcome.",
    )
    PROPORTION = "proportion", "Proportion", "Share of a group with the outcome."
    PERCENT_CHANGE = (
        "percent_change",
        "Percent change",
        "Change in per cent of the reference value.",
    )
    FOLD_CHANGE = "fold_change", "Fold change", "Value as a multiple of the reference value."
    CORRELATION = "correlation", "Correlation", "Correlation coefficient of two measures."
    CONCENTRATION = "concentration", "Concentration", "Concentration of a substance."
    INHIBITION_CONSTANT = (
        "inhibition_constant",
        "Inhibition constant",
        "Concentration that characterises an inhibition, such as Ki or IC50.",
    )
    HALF_LIFE = "half_life", "Half-life", "Time in which a concentration falls by half."
    TIME_TO_PEAK = "time_to_peak", "Time to peak", "Time from dose to the highest concentration."
    DURATION = "duration", "Duration", "Length of time."
    CLEARANCE = "clearance", "Clearance", "Volume cleared of the drug per unit of time."
    VOLUME_OF_DISTRIBUTION = (
        "volume_of_distribution",
        "Volume of distribution",
        "Amount of drug in the body divided by its concentration in plasma.",
    )
    RATIO = "ratio", "Ratio", "Ratio of two quantities that is none of the others."
    COUNT = "count", "Count", "Number of cases or events."
    TEST_STATISTIC = "test_statistic", "Test statistic", "Statistic of a test, such as t, F or z."
    P_VALUE = "p_value", "p-value", "Only a p-value was published, without an estimate."


class PRelation(Vocabulary):
    """How a published p-value bounds the exact one."""

    EQUAL = "=", "=", "The exact p-value."
    LESS = "<", "<", "The p-value is below the published one."
    GREATER = ">", ">", "The p-value is above the published one."


class TimeUnit(Vocabulary):
    """Unit of a time-point or a duration."""

    MINUTE = "minute", "Minutes", "Minutes."
    HOUR = "hour", "Hours", "Hours."
    DAY = "day", "Days", "Days."
    WEEK = "week", "Weeks", "Weeks."
    MONTH = "month", "Months", "Months; 30.4375 days on average."
    YEAR = "year", "Years", "Years; 365.25 days on average."


class TimepointAbsence(Vocabulary):
    """Why the figures of a note have no time-point."""

    NOT_APPLICABLE = "not_applicable", "Not applicable", "The figures do not depend on time."
    NOT_STATED = "not_stated", "Not stated", "The source does not state the time-point."

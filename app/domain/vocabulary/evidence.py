"""Vocabularies of evidence notes: direction, directness, doses, effects."""

from enum import StrEnum


class Direction(StrEnum):
    """Result of a study with respect to the claim as it is worded."""

    SUPPORTS = "supports"
    DISPUTES = "disputes"
    NEUTRAL = "neutral"
    MIXED = "mixed"


class PopulationDirectness(StrEnum):
    """How close the population of a study is to the one in the claim (GRADE indirectness)."""

    SAME = "same"
    OTHER_HUMAN = "other_human"
    ANIMAL = "animal"
    CELLS = "cells"


class CompoundDirectness(StrEnum):
    """How close the compound of a study is to the one in the claim (GRADE indirectness)."""

    SAME = "same"
    ENANTIOMER = "enantiomer"
    METABOLITE = "metabolite"
    OTHER_DRUG = "other_drug"


class OutcomeDirectness(StrEnum):
    """How close the outcome of a study is to the one in the claim (GRADE indirectness)."""

    SAME = "same"
    SURROGATE = "surrogate"


class CausalTest(StrEnum):
    """Type of causal inference that a mechanism experiment allows."""

    CORRELATION = "correlation"
    NECESSITY_BLOCKER = "necessity_blocker"
    NECESSITY_GENETIC = "necessity_genetic"
    SUFFICIENCY = "sufficiency"
    RESCUE = "rescue"
    DOSE_RESPONSE = "dose_response"
    OCCLUSION = "occlusion"
    TEMPORAL_ORDER = "temporal_order"
    DIRECT_BINDING = "direct_binding"


class PrimaryEndpoint(StrEnum):
    """Whether a finding is the study's primary end-point, and whether it was met."""

    MET = "met"
    MISSED = "missed"
    NOT_PRIMARY = "not_primary"
    NOT_APPLICABLE = "not_applicable"
    NOT_STATED = "not_stated"


class Route(StrEnum):
    """Route of administration."""

    INTRAVENOUS = "intravenous"
    INTRAMUSCULAR = "intramuscular"
    SUBCUTANEOUS = "subcutaneous"
    INTRANASAL = "intranasal"
    ORAL = "oral"
    SUBLINGUAL = "sublingual"
    INHALED = "inhaled"
    INTRAPERITONEAL = "intraperitoneal"
    LOCAL = "local"
    IN_VITRO = "in_vitro"
    MIXED = "mixed"


class DoseUnit(StrEnum):
    """Unit of a dose, an infusion rate or, in vitro, a concentration."""

    MG_PER_KG = "mg/kg"
    MG_PER_KG_PER_H = "mg/kg/h"
    MG = "mg"
    UG = "ug"
    NM = "nM"
    UM = "uM"
    PERCENT = "%"


class Metric(StrEnum):
    """Statistic that the value of an effect is."""

    MEAN_DIFFERENCE = "mean_difference"
    STANDARDISED_MEAN_DIFFERENCE = "standardised_mean_difference"
    MEAN_CHANGE = "mean_change"
    ODDS_RATIO = "odds_ratio"
    REPORTING_ODDS_RATIO = "reporting_odds_ratio"
    RISK_RATIO = "risk_ratio"
    RATE_RATIO = "rate_ratio"
    HAZARD_RATIO = "hazard_ratio"
    RISK_DIFFERENCE = "risk_difference"
    NUMBER_NEEDED_TO_TREAT = "number_needed_to_treat"
    PROPORTION = "proportion"
    PERCENT_CHANGE = "percent_change"
    FOLD_CHANGE = "fold_change"
    CORRELATION = "correlation"
    CONCENTRATION = "concentration"
    INHIBITION_CONSTANT = "inhibition_constant"
    HALF_LIFE = "half_life"
    TIME_TO_PEAK = "time_to_peak"
    DURATION = "duration"
    CLEARANCE = "clearance"
    VOLUME_OF_DISTRIBUTION = "volume_of_distribution"
    RATIO = "ratio"
    COUNT = "count"
    TEST_STATISTIC = "test_statistic"
    P_VALUE = "p_value"


class PRelation(StrEnum):
    """How a published p-value bounds the exact one."""

    EQUAL = "="
    LESS = "<"
    GREATER = ">"


class TimeUnit(StrEnum):
    """Unit of a time-point or a duration."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


class TimepointAbsence(StrEnum):
    """Why the figures of a note have no time-point."""

    NOT_APPLICABLE = "not_applicable"
    NOT_STATED = "not_stated"

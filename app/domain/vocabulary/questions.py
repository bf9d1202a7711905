"""Vocabularies of the question that a claim asks of trials."""

from app.domain.vocabulary.base import Vocabulary


class QuestionRelation(Vocabulary):
    """What a claim says of the effect, and with it what the effect is held against."""

    SUPERIOR = "superior", "Superior", "The intervention is better than the comparator."
    NON_INFERIOR = "non_inferior", "Non-inferior", "It is not worse by more than a margin."
    EQUIVALENT = "equivalent", "Equivalent", "The difference is within a margin either way."
    THRESHOLD = "threshold", "Threshold", "A share of people is above or below a proportion."
    HARM = "harm", "Harm", "The unwanted event is more frequent with the intervention."
    INFERIOR = (
        "inferior",
        "Inferior",
        "The outcome is worse with the intervention, such as a drug that weakens another's effect.",
    )
    REGULATORY_STATUS = (
        "regulatory_status",
        "Regulatory status",
        "The latest act of each jurisdiction gives one of the statuses; no effect is estimated.",
    )


class EffectMeasure(Vocabulary):
    """Scale of a margin or of the smallest worthwhile effect."""

    SMD = "smd", "SMD", "Standardised mean difference."
    RISK_RATIO = "risk_ratio", "Risk ratio", "Ratio of two risks."
    RISK_DIFFERENCE_POINTS = (
        "risk_difference_points",
        "Risk difference",
        "Difference of two shares in percentage points.",
    )
    PROPORTION_POINTS = (
        "proportion_points",
        "Distance from a proportion",
        "Distance of a share from the threshold in percentage points.",
    )
    SCALE_POINTS = "scale_points", "Points of a scale", "Points of the instrument in `note`."
    MG_MORPHINE = "mg_morphine", "mg of morphine", "Milligrams of morphine equivalents in 24 h."
    MMHG_SYSTOLIC = "mmhg_systolic", "mmHg", "Systolic blood pressure in mmHg."


class ThresholdSide(Vocabulary):
    """Side of a proportion on which the claim places the share."""

    ABOVE = "above", "Above", "The share is larger than the proportion."
    BELOW = "below", "Below", "The share is smaller than the proportion."

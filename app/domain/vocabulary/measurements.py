"""Vocabularies of published figures: relations, summary statistics, dispersion, intervals."""

from app.domain.vocabulary.base import Vocabulary


class ValueRelation(Vocabulary):
    """Relation of the true value to the published one."""

    EQUAL = "=", "=", "The value itself."
    ABOUT = "~", "about", "The value is approximate."
    LESS = "<", "<", "The true value is below the published one."
    LESS_OR_EQUAL = "<=", "≤", "The true value is at most the published one."
    GREATER = ">", ">", "The true value is above the published one."
    GREATER_OR_EQUAL = ">=", "≥", "The true value is at least the published one."
    RANGE = "range", "range", "The source gives a range of values."


class SummaryStatistic(Vocabulary):
    """Statistic by which a source summarises the values of several subjects."""

    MEAN = "mean", "Mean", "Arithmetic mean."
    GEOMETRIC_MEAN = "geometric_mean", "Geometric mean", "Geometric mean."
    LEAST_SQUARES_MEAN = (
        "least_squares_mean",
        "Least-squares mean",
        "Mean adjusted by a statistical model.",
    )
    MEDIAN = "median", "Median", "Median."
    MODEL_ESTIMATE = (
        "model_estimate",
        "Model estimate",
        "Typical value of a population pharmacokinetic or another statistical model.",
    )
    INDIVIDUAL = "individual", "Individual value", "Value of one subject or one sample."
    NOT_STATED = "not_stated", "Not stated", "The source does not state the statistic."


class Dispersion(Vocabulary):
    """Measure of the variation between subjects."""

    SD = "sd", "SD", "Standard deviation, in the unit of the value."
    GEOMETRIC_SD = "geometric_sd", "Geometric SD", "Geometric standard deviation, a factor."
    SE = "se", "SE", "Standard error of the mean, in the unit of the value."
    COEFFICIENT_OF_VARIATION = (
        "coefficient_of_variation",
        "Coefficient of variation",
        "Standard deviation as a percentage of the mean.",
    )
    INTERINDIVIDUAL_VARIABILITY = (
        "interindividual_variability",
        "Interindividual variability",
        "Variation between individuals in a population model, in per cent.",
    )
    NOT_STATED = "not_stated", "Not stated", "Printed after ±, without a statement of what it is."


class IntervalKind(Vocabulary):
    """Kind of interval around a value."""

    CONFIDENCE = "confidence", "Confidence interval", "Confidence interval of the estimate."
    CREDIBLE = "credible", "Credible interval", "Credible interval of a Bayesian estimate."
    OBSERVED_RANGE = "observed_range", "Observed range", "Lowest and highest observed value."
    INTERQUARTILE_RANGE = (
        "interquartile_range",
        "Interquartile range",
        "First and third quartile of the observed values.",
    )
    NOT_STATED = "not_stated", "Not stated", "The source does not state the kind of interval."

"""Vocabularies of the pooling of estimates."""

from app.domain.vocabulary.base import Vocabulary


class PoolingMethod(Vocabulary):
    """How estimates of several studies are pooled, and how the interval of the result is made."""

    BAYES = (
        "bayes",
        "Bayesian random effects",
        "Normal-normal model with a flat prior of the mean and a half-normal prior of tau.",
    )
    REML_HKSJ = (
        "reml_hksj",
        "REML, modified Hartung-Knapp",
        "REML estimate of tau²; Hartung-Knapp interval that is never narrower than the Wald one.",
    )
    COCHRANE = (
        "cochrane",
        "REML, interval as in RevMan",
        "REML estimate of tau²; modified Hartung-Knapp interval if there are more than two studies"
        " and tau² is above 0, else the Wald interval.",
    )
    WALD = (
        "wald",
        "REML, Wald interval",
        "REML estimate of tau²; interval by the normal distribution.",
    )
    DL = (
        "dl",
        "DerSimonian-Laird, Wald interval",
        "DerSimonian-Laird estimate of tau²; interval by the normal distribution.",
    )
    FIXED = (
        "fixed",
        "Fixed effect",
        "Inverse-variance weights without variance between studies; Wald interval.",
    )


class Tau2Estimator(Vocabulary):
    """Estimator of tau², the variance of the effects between studies."""

    FIXED = "EE", "None (fixed effect)", "tau² is 0."
    DERSIMONIAN_LAIRD = "DL", "DerSimonian-Laird", "By the moments of Q."
    HEDGES = "HE", "Hedges", "By the variance of the estimates, without weights."
    SIDIK_JONKMAN = "SJ", "Sidik-Jonkman", "By weights of a crude variance between studies."
    PAULE_MANDEL = "PM", "Paule-Mandel", "The value at which Q equals its degrees of freedom."
    EMPIRICAL_BAYES = "EB", "Empirical Bayes", "Morris 1983; the same solution as Paule-Mandel."
    RESTRICTED_MAXIMUM_LIKELIHOOD = (
        "REML",
        "Restricted maximum likelihood",
        "The maximum of the restricted likelihood.",
    )
    MAXIMUM_LIKELIHOOD = "ML", "Maximum likelihood", "The maximum of the likelihood."


class IntervalMethod(Vocabulary):
    """How the confidence interval of a pooled estimate is made."""

    WALD = "wald", "Wald", "By the normal distribution."
    HARTUNG_KNAPP = "hksj", "Hartung-Knapp", "By the t distribution with k-1 degrees of freedom."
    MODIFIED_HARTUNG_KNAPP = (
        "modified_hksj",
        "Modified Hartung-Knapp",
        "Hartung-Knapp with a standard error that is never below the Wald one.",
    )
    COCHRANE = (
        "cochrane",
        "As in RevMan",
        "Modified Hartung-Knapp if there are more than two studies and tau² is above 0, else Wald.",
    )

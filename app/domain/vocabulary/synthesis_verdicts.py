"""Vocabularies of what verdicts are computed from: estimates, certainty, exclusions."""

from app.domain.vocabulary.base import Vocabulary


class EffectMagnitude(Vocabulary):
    """Size of an effect, in multiples of the smallest worthwhile effect."""

    LARGE = "large", "Large", "3.5 times the smallest worthwhile effect or more."
    MODERATE = "moderate", "Moderate", "2 to 3.5 times the smallest worthwhile effect."
    SMALL = "small", "Small", "Less than twice the smallest worthwhile effect."
    TRIVIAL = "trivial", "Trivial", "The whole interval is below the smallest worthwhile effect."


class VerdictBasis(Vocabulary):
    """What a verdict is computed from."""

    POOLED = "pooled", "Pooled estimates", "Estimates of two or more trials, pooled."
    SINGLE = "single", "One estimate", "The estimate of one trial."
    ADOPTED = "adopted", "Published synthesis", "The estimate of a published meta-analysis."
    NARRATIVE = "narrative", "Narrative", "Directions of studies that compare with nothing."
    LADDER = "ladder", "Causal tests", "Causal tests of independent laboratories."
    UNIVERSAL = "universal", "Counter-examples", "The verdicts on each compound."
    REGULATORY = "regulatory", "Acts", "The latest act of each jurisdiction."
    BACKGROUND = "background", "Textbooks", "Not judged."
    NONE = "none", "None", "Nothing to compute a verdict from."


class CertaintyDomain(Vocabulary):
    """What changes the certainty: the start, GRADE's five domains, and reasons for an upgrade."""

    DESIGN = "design", "Design", "The level at which certainty starts."
    RISK_OF_BIAS = "risk_of_bias", "Risk of bias", "Masking, and published judgements."
    INCONSISTENCY = "inconsistency", "Inconsistency", "Differences between the studies."
    INDIRECTNESS = "indirectness", "Indirectness", "Other people, drugs, outcomes or masking."
    IMPRECISION = "imprecision", "Imprecision", "Width of the interval, and number of people."
    PUBLICATION_BIAS = (
        "publication_bias",
        "Publication and reporting bias",
        "Results that are missing or without a figure.",
    )
    LARGE_EFFECT = "large_effect", "Large effect", "A ratio above 2 or 5 in observations."
    DOSE_RESPONSE = "dose_response", "Dose-response", "The effect rises with the dose."


class ExclusionReason(Vocabulary):
    """Why an estimate is not among those that a verdict is computed from."""

    OUTCOME = "outcome", "Other outcome", "The question asks for another outcome."
    COMPOUND = "compound", "Other compound", "The question asks for another compound."
    POPULATION = "population", "Other population", "The question asks for other people."
    COMPARATOR = "comparator", "Other comparator", "The question asks for another comparator."
    ROUTE = "route", "Other route", "The question asks for another route."
    REGIMEN = "regimen", "Other regimen", "The question asks for another regimen."
    WINDOW = "window", "Outside the time window", "The outcome was read too early or too late."
    NO_TIME = "no_time", "No time", "The time of the outcome is not on record."
    MASKING = "masking", "Masking not accepted", "The question accepts only other masking."
    DESIGN = "design", "Design", "The comparison is not randomised, and randomised trials exist."
    NO_STANDARD_ERROR = (
        "no_standard_error",
        "No standard error",
        "The source gives no figure from which a standard error follows.",
    )
    SUBGROUP = "subgroup", "Part of the participants", "An estimate for all of them exists."
    OTHER_ESTIMATE = (
        "other_estimate",
        "Another estimate of the trial",
        "Another estimate of the same trial fits the question better.",
    )
    SYNTHESIS = (
        "synthesis",
        "Synthesis of these trials",
        "Its trials have estimates of their own, or it would count them twice.",
    )
    NOT_CONVERTIBLE = (
        "not_convertible",
        "Other scale",
        "It cannot be converted to the scale of the other estimates.",
    )
    READER = "reader", "Excluded by the reader", "The request excludes it."


class UnitFlag(Vocabulary):
    """Assumption behind the estimate of a trial."""

    SD_BORROWED = "sd_borrowed", "Borrowed SD", "The SD is the typical one of the instrument."
    SD_IMPLIED = "sd_implied", "Implied SD", "The SD follows from the standard error and sizes."
    P_BOUND = "p_bound", "Bound of the p-value", "The standard error is from p < x, read as p = x."
    UNREPORTED_NULL = (
        "unreported_null",
        "No figure",
        "The source says that there was no difference: value 0.",
    )
    FROM_RATIO = "from_ratio", "From a ratio", "Converted from a log odds ratio (factor √3/π)."
    ARMS_COMBINED = "arms_combined", "Arms combined", "Several arms share one control."
    STRATA_COMBINED = "strata_combined", "Strata combined", "Disjoint parts of one trial."
    SYNTHESIS = "synthesis", "Pooled trials", "A pooled analysis, or a meta-analysis adopted."
    NOT_RANDOMISED = "not_randomised", "Not randomised", "The comparison is not randomised."
    DISCREPANCY = "discrepancy", "Discrepancy", "Figures of the source contradict each other."
    OTHER_POPULATION = "other_population", "Other people", "Indirect: other people."
    OTHER_COMPOUND = "other_compound", "Other compound", "Indirect: an enantiomer or other drug."
    SURROGATE = "surrogate", "Surrogate", "Indirect: a surrogate of the outcome."
    OTHER_MASKING = "other_masking", "Other masking", "Indirect: masked otherwise than wanted."

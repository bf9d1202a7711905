"""Vocabularies of the verdicts of rule 2027.1, which are computed from estimates."""

from app.domain.vocabulary.base import Vocabulary


class SynthesisVerdict(Vocabulary):
    """Verdict on a claim from its estimates, findings or acts, the most favourable first."""

    ESTABLISHED = (
        "established",
        "Well established",
        "Shown with high certainty by independent studies, and the next one is expected to agree.",
    )
    SUPPORTED = "supported", "Shown", "The interval lies on the side of the claim."
    SUGGESTIVE = (
        "suggestive",
        "Hints",
        "It points to the claim, but by one group without strong evidence, or of very low"
        " certainty.",
    )
    CONTESTED = "contested", "Studies contradict each other", "Studies exclude each other's result."
    INCONCLUSIVE = (
        "inconclusive",
        "Not shown",
        "The interval holds both no effect and a worthwhile one; neither is excluded.",
    )
    REFUTED = "refuted", "No worthwhile effect", "A worthwhile effect is excluded."
    OPPOSITE = "opposite", "The reverse was shown", "A worthwhile effect the other way was shown."
    MIXED_BY_JURISDICTION = (
        "mixed_by_jurisdiction",
        "Differs by jurisdiction",
        "The latest acts of the jurisdictions differ.",
    )
    NOT_ASSESSED = (
        "not_assessed",
        "Not assessed here",
        "No study of the dataset has a usable result; `absence` says why.",
    )
    NOT_JUDGED = "not_judged", "Not testable", "The claim asks no question that studies can answer."
    BACKGROUND = "background", "Known before", "Textbook knowledge, which is not judged."


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


class EvidenceGap(Vocabulary):
    """Why no study of the dataset answers a claim."""

    NO_STUDY = "no_study", "No study", "The dataset has no study of the question."
    STUDY_NOT_READ = (
        "study_not_read",
        "Study not read",
        "The dataset has a study of the question, whose result is not entered.",
    )
    NO_FIGURE = (
        "no_figure",
        "No figure",
        "Studies of the question are entered, but none has an estimate that answers it.",
    )


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

"""Vocabularies of assessments: what reviews, guidelines and agencies concluded on a claim."""

from app.domain.vocabulary.base import Vocabulary


class AssessmentKind(Vocabulary):
    """Kind of document in which a body states its conclusion."""

    SYSTEMATIC_REVIEW = (
        "systematic_review",
        "Systematic review",
        "Review with a documented search, with or without a meta-analysis.",
    )
    GUIDELINE = "guideline", "Guideline", "Recommendations of a professional or public body."
    HEALTH_TECHNOLOGY_APPRAISAL = (
        "health_technology_appraisal",
        "Health technology appraisal",
        "Appraisal of effectiveness and cost, such as by NICE.",
    )
    CONSENSUS_STATEMENT = (
        "consensus_statement",
        "Consensus statement",
        "Agreed statement of a group of experts.",
    )
    REGULATORY_REVIEW = (
        "regulatory_review",
        "Regulatory review",
        "Assessment report of a regulator.",
    )
    STUDY_REPORT = (
        "study_report",
        "Study report",
        "Conclusion of a single study or secondary analysis.",
    )


class Recommendation(Vocabulary):
    """Direction and strength of a recommendation, following GRADE."""

    STRONG_FOR = "strong_for", "Strong for", "Recommended."
    WEAK_FOR = "weak_for", "Weak for", "Suggested, or recommended under conditions."
    NONE = "none", "None", "The body makes no recommendation."
    WEAK_AGAINST = "weak_against", "Weak against", "Suggested not to be used."
    STRONG_AGAINST = "strong_against", "Strong against", "Recommended not to be used."
    RESEARCH_ONLY = "research_only", "Research only", "Recommended in research only."
    NOT_RECOMMENDED = (
        "not_recommended",
        "Not recommended",
        "Not recommended for payment or use; the body grades no strength.",
    )

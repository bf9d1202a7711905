"""On which side of no effect a claim places an estimate.

Estimates have the sign of their outcome: positive in favour of the intervention for benefits, more
of the event for harms. The rule needs the sign of the claim: positive if the claim is right.
"""

from app.domain.synthesis.questions import QuestionFacts
from app.domain.vocabulary import (
    LargerIs,
    OutcomeDomain,
    OutcomeKind,
    QuestionRelation,
    ThresholdSide,
)

#: Outcomes that scales measure: a count of people is of those whose score fell enough.
SCALES_OF_SYMPTOMS = frozenset(
    {
        OutcomeDomain.DEPRESSION_SEVERITY,
        OutcomeDomain.SUICIDAL_IDEATION,
        OutcomeDomain.PTSD_SEVERITY,
        OutcomeDomain.OCD_SEVERITY,
        OutcomeDomain.ANXIETY_SEVERITY,
        OutcomeDomain.PAIN,
    }
)


def claim_sign(question: QuestionFacts, outcome: OutcomeDomain) -> int:
    """Return 1 if a positive estimate of the outcome is on the claim's side, else -1."""
    if question.relation is QuestionRelation.THRESHOLD:
        return -1 if question.side is ThresholdSide.BELOW else 1
    # Harm and inferior say that the intervention does worse, all other relations that it does not.
    worse = question.relation in (QuestionRelation.HARM, QuestionRelation.INFERIOR)
    is_harm = outcome.kind is OutcomeKind.HARM
    return 1 if worse == is_harm else -1


def event_sign(question: QuestionFacts, outcome: OutcomeDomain) -> int:
    """Return 1 if the claim says that the event becomes more frequent, else -1.

    The event of a benefit such as relapse is unwanted: fewer events are in favour. That of a scale
    is a response on it, which is wanted.
    """
    unwanted = outcome.kind is OutcomeKind.BENEFIT and outcome.larger_is is LargerIs.WORSE
    unwanted = unwanted and outcome not in SCALES_OF_SYMPTOMS
    return claim_sign(question, outcome) * (-1 if unwanted else 1)

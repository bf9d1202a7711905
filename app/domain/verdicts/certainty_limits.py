"""What the certainty of an effect could not take into account."""

from app.domain.verdicts.effect_certainty import FUNNEL_K, CertaintyInput
from app.domain.vocabulary import QuestionRelation

_HELD_AGAINST_WORTHWHILE = frozenset(
    {QuestionRelation.SUPERIOR, QuestionRelation.INFERIOR, QuestionRelation.HARM}
)


def effect_limits(inputs: CertaintyInput) -> tuple[str, ...]:
    """Return what the certainty of an effect could not take into account, as sentences."""
    limits = []
    if inputs.subjective and not any(unit.study.bias for unit in inputs.units):
        limits.append("Risk of bias rests on masking alone: no published judgement is on record.")
    elif inputs.subjective and not all(unit.study.bias for unit in inputs.units):
        limits.append("Judgements of the risk of bias are on record for some trials only.")
    if inputs.pooled.k == 1:
        limits.append("Inconsistency cannot be seen in one study.")
    if inputs.evidence.worthwhile is None and inputs.relation in _HELD_AGAINST_WORTHWHILE:
        limits.append(
            "No source gives a smallest worthwhile effect: its size is open, and only an effect on"
            " the other side of the null would refute the claim."
        )
    if inputs.small_study_p is None:
        limits.append(f"Small-study effects are tested from {FUNNEL_K} trials on.")
    if not inputs.unpublished_people:
        limits.append("Unpublished trials count as far as they are on record; none is.")
    if any(unit.participants is None for unit in inputs.units):
        limits.append("The number of people is not on record for every unit.")
    return tuple(limits)

"""The questions that the home page answers first: those that most studies bear on."""

from collections import Counter
from collections.abc import Mapping, Sequence

from app.domain.vocabulary import ClaimKind
from app.explorer.labels import answer_text
from app.services.evidence.claim_summaries import ClaimSummary

#: How many questions of each kind are shown, in this order.
QUESTIONS_PER_KIND = {ClaimKind.REGULATORY: 1, ClaimKind.EFFICACY: 4, ClaimKind.SAFETY: 1}
#: Claims of each kind that are read, to choose from.
CANDIDATES_PER_KIND = 12
#: Questions about one condition; the rest is on its own page.
MAX_QUESTIONS_PER_CONDITION = 3


def common_questions(candidates: Mapping[str, Sequence[ClaimSummary]]) -> list[ClaimSummary]:
    """Return the claims whose questions are common, by kind and by condition.

    The dataset does not say what people ask. The number of studies is the closest that it has: what
    many studies bear on was asked often.

    Args:
        candidates: Kind of claim → claims, those with most studies first.
    """
    return [
        with_question(claim)
        for kind, shown in QUESTIONS_PER_KIND.items()
        for claim in _by_condition(candidates.get(kind, ()), shown)
    ]


def with_question(claim: ClaimSummary) -> ClaimSummary:
    """Return a claim with a question and an answer that follows an answer word.

    Claims of old releases have no question of their own: their name stands for it.
    """
    question = claim["title_question"] or claim["name"]
    answer = answer_text(claim["short_answer"])
    return claim | {"title_question": question, "short_answer": answer}


def _by_condition(claims: Sequence[ClaimSummary], shown: int) -> list[ClaimSummary]:
    """Return the first claims, those on one condition together and no more than three of it."""
    per_condition: Counter[object] = Counter()
    chosen: list[ClaimSummary] = []
    for claim in claims:
        per_condition[claim["indication_id"]] += 1
        if len(chosen) < shown and (
            per_condition[claim["indication_id"]] <= MAX_QUESTIONS_PER_CONDITION
        ):
            chosen.append(claim)
    conditions = [claim["indication_id"] for claim in chosen]
    return sorted(chosen, key=lambda claim: conditions.index(claim["indication_id"]))

"""Verdicts on universal claims ("no other …"): each compound is judged, and one can refute all."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from app.domain.synthesis.facts import EstimateFacts
from app.domain.synthesis.questions import QuestionFacts
from app.domain.verdicts.effect_synthesis import RULE_DEFAULTS, EffectOptions, judge_effect
from app.domain.verdicts.judgement import CertaintyChange, Judgement
from app.domain.vocabulary import (
    Certainty,
    CertaintyDomain,
    VerdictBasis,
    VerdictKind,
)
from app.domain.wording import listed

V = VerdictKind
_SHOWN = (V.ESTABLISHED, V.SUPPORTED)
#: Two independent hints are as much as one counter-example that was shown.
HINTS_THAT_REFUTE = 2


def judge_universal(
    question: QuestionFacts,
    estimates: Iterable[EstimateFacts],
    options: EffectOptions = RULE_DEFAULTS,
) -> Judgement:
    """Return the judgement on a claim that no compound has the effect that its question asks for.

    Refuted by one compound that has it (supported or established), or by two hints (suggestive);
    contested by one hint. Supported only if the effect is refuted for every compound.
    """
    estimates = tuple(estimates)
    by_compound = {
        compound: judge_effect(
            replace(question, compounds=frozenset({compound})), estimates, options
        )
        for compound in sorted(question.compounds)
    }
    assessed = {c: j for c, j in by_compound.items() if j.verdict is not V.NOT_ASSESSED}
    if not assessed:
        return Judgement(VerdictBasis.NONE, V.NOT_ASSESSED, by_compound=by_compound)
    shown = [c for c, j in assessed.items() if j.verdict in _SHOWN]
    hints = [c for c, j in assessed.items() if j.verdict is V.SUGGESTIVE]
    excluded = [c for c, j in assessed.items() if j.verdict in (V.REFUTED, V.OPPOSITE)]
    deciding, verdict = list(assessed), V.INCONCLUSIVE
    reason = "No compound is shown to have the effect, but it is not excluded for all of them."
    if shown or len(hints) >= HINTS_THAT_REFUTE:
        verdict, deciding = V.REFUTED, shown or hints
        reason = f"Trials {'show' if shown else 'suggest'} the effect for {_names(deciding)}."
    elif hints:
        verdict, deciding = V.CONTESTED, hints
        reason = f"Trials suggest the effect for one compound: {_names(hints)}."
    elif len(excluded) == len(by_compound):
        verdict, deciding = V.SUPPORTED, excluded
        reason = "The effect is excluded for every compound."
    certainties = [j.certainty for c, j in assessed.items() if c in deciding and j.certainty]
    # One counter-example suffices: the surest decides. A negative is as sure as its weakest part.
    ranked = sorted(certainties, key=list(Certainty).index)
    certainty = ranked[0] if verdict is V.REFUTED else ranked[-1]
    level = 3 - list(Certainty).index(certainty)
    why = f"certainty on {_names(sorted(deciding))}"
    step = CertaintyChange(CertaintyDomain.DESIGN, level, why)
    return Judgement(
        VerdictBasis.UNIVERSAL,
        verdict,
        (reason,),
        certainty,
        (step,),
        by_compound=by_compound,
    )


def _names(compounds: Sequence[str]) -> str:
    """Return the compounds of slugs in words."""
    return listed([compound.replace("-", " ") for compound in compounds])

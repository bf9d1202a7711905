"""The verdict on a claim, with what it hinges on."""

from dataclasses import dataclass

from app.domain.verdicts.effect_influence import (
    ChangingTrial,
    changing_trials,
    decisive_trials,
    judgements_without_one,
)
from app.domain.verdicts.facts import ClaimEvidence
from app.domain.verdicts.judgement import Judgement
from app.domain.verdicts.laboratory_ladder import SpeciesVerdicts, verdicts_by_species
from app.domain.verdicts.rule import effect_options, judge_claim
from app.domain.vocabulary import PoolingMethod, VerdictBasis, VerdictKind


@dataclass(frozen=True)
class ClaimVerdict:
    """The verdict on a claim, with what it hinges on and an editor's override.

    Args:
        judgement: What the rule says.
        decisive: Studies without which the verdict would be another.
        changing: Trials that would change it.
        by_species: Verdicts of people and of animals alone, if both were studied.
        override: Verdict and reason of an editor, who takes precedence over the rule.
    """

    judgement: Judgement
    decisive: tuple[str, ...] = ()
    changing: tuple[ChangingTrial, ...] = ()
    by_species: SpeciesVerdicts | None = None
    override: tuple[VerdictKind, str] | None = None

    @property
    def kind(self) -> VerdictKind:
        """The verdict that is served."""
        return self.override[0] if self.override else self.judgement.verdict


def claim_verdict(
    claim: ClaimEvidence,
    judgement: Judgement | None = None,
    method: PoolingMethod = PoolingMethod.BAYES,
    override: tuple[VerdictKind, str] | None = None,
) -> ClaimVerdict:
    """Return the verdict on a claim, with what it hinges on.

    Args:
        claim: The claim with its evidence.
        judgement: A judgement on it; that of the rule if None.
        method: Method that pools two and more units.
        override: Verdict and reason of an editor.
    """
    judgement = judgement or judge_claim(claim, method)
    decisive: list[str] = []
    changing: list[ChangingTrial] = []
    if claim.question is not None and judgement.effect is not None:
        options = effect_options(claim, method)
        without = judgements_without_one(claim.question, judgement, options)
        decisive = decisive_trials(judgement, without)
        changing = changing_trials(claim.question, judgement, options)
    by_species = None
    if judgement.basis is VerdictBasis.LADDER:
        by_species = verdicts_by_species(claim.findings, about_compound=claim.about_compound)
    return ClaimVerdict(judgement, tuple(decisive), tuple(changing), by_species, override)

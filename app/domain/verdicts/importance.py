"""The order of the findings on a claim in lists: those that say most about it first.

It orders; it decides nothing.
"""

from types import MappingProxyType

from app.domain.synthesis.eligibility import RANDOMISED_DESIGNS, SYNTHESIS_DESIGNS
from app.domain.verdicts.facts import FindingFacts
from app.domain.verdicts.laboratory_ladder import RUNGS
from app.domain.vocabulary import (
    CompoundDirectness,
    OutcomeDirectness,
    PopulationDirectness,
    StudyDesign,
)

D = StudyDesign
#: Place of a design where no causal test was made, from 0 to 4.
DESIGN_LEVELS = MappingProxyType(
    dict.fromkeys(RANDOMISED_DESIGNS | SYNTHESIS_DESIGNS, 4.0)
    | dict.fromkeys((D.REGULATORY_ACT, D.REANALYSIS), 3.0)
    | dict.fromkeys((D.OPEN_LABEL_TRIAL, D.SINGLE_ARM_TRIAL, D.COHORT, D.HUMAN_EXPERIMENT), 2.0)
    | dict.fromkeys((D.CROSS_SECTIONAL, D.CASE_SERIES, D.GUIDELINE), 1.5)
)
OTHER_DESIGNS = 0.5
#: The units of a pool come before every finding that is not pooled.
POOLED = 10.0
INDIRECT = 0.5  # for each respect in which a finding is indirect
MOST_PEOPLE = 10_000


def importance(finding: FindingFacts, weight: float | None = None) -> float:
    """Return the place of a finding: by its weight in the pool, its causal test or its design.

    Args:
        finding: The finding.
        weight: Share of its trial in the pooled estimate, from 0 to 1; None if it is not pooled.
    """
    if weight is not None:
        return POOLED + weight
    if finding.causal_test is not None:
        level = 1.0 + RUNGS[finding.causal_test]
    else:
        level = DESIGN_LEVELS.get(finding.design, OTHER_DESIGNS)
    directness = finding.directness
    level -= INDIRECT * (directness.population is not PopulationDirectness.SAME)
    level -= INDIRECT * (directness.compound is not CompoundDirectness.SAME)
    level -= INDIRECT * (directness.outcome is OutcomeDirectness.SURROGATE)
    people = min(finding.participants or 0, MOST_PEOPLE)
    return round(max(0.0, level) + 0.4 * people / MOST_PEOPLE, 4)

"""The ladder of a claim: what each rung from in vitro to human trial has shown."""

from collections.abc import Iterable, Sequence

from app.domain.synthesis.eligibility import RANDOMISED_DESIGNS
from app.domain.verdicts.facts import FindingFacts
from app.domain.verdicts.importance import importance
from app.domain.vocabulary import (
    Direction,
    OutcomeDirectness,
    Species,
    StudyDesign,
    Vocabulary,
)

D = StudyDesign


class Rung(Vocabulary):
    """Level of evidence, from in vitro to clinical trial."""

    IN_VITRO = "in_vitro", "In vitro", "Cultured cells, membranes, isolated molecules, structures."
    SLICE = "slice", "Tissue slice", "Tissue taken from an organism."
    RODENT = "rodent", "Rodent", "Living animals other than primates."
    PRIMATE = "primate", "Non-human primate", "Living monkeys or apes."
    HUMAN_BIOMARKER = (
        "human_biomarker",
        "Human biomarker",
        "Experiments in people, and trials with a surrogate outcome.",
    )
    HUMAN_TRIAL = "human_trial", "Human trial", "Trials and observations of the outcome in people."


class RungState(Vocabulary):
    """What the notes on one rung show."""

    SUPPORTED = "supported", "Supported", "The notes on this rung support the claim."
    CONTRADICTED = "contradicted", "Contradicted", "The notes on this rung dispute the claim."
    MIXED = "mixed", "Mixed", "Some notes support the claim, others dispute it."
    OPEN = "open", "Open", "There are notes, but none decides."
    UNTESTED = "untested", "No note", "There is no note on this rung."


LABORATORY = {
    D.IN_VITRO_EXPERIMENT: Rung.IN_VITRO,
    D.STRUCTURAL: Rung.IN_VITRO,
    D.EX_VIVO_EXPERIMENT: Rung.SLICE,
}
NON_EMPIRICAL = {D.REGULATORY_ACT, D.GUIDELINE, D.NARRATIVE_REVIEW}


def rung_of(design: StudyDesign, species: Species, outcome: OutcomeDirectness) -> Rung | None:
    """Return the rung of a note; None for reviews, guidelines and regulatory acts."""
    if design in NON_EMPIRICAL:
        return None
    if design in LABORATORY:
        return LABORATORY[design]
    if species is not Species.HUMAN:
        return Rung.PRIMATE if species is Species.NON_HUMAN_PRIMATE else Rung.RODENT
    marker = design is D.HUMAN_EXPERIMENT or (
        outcome is OutcomeDirectness.SURROGATE and design in RANDOMISED_DESIGNS
    )
    return Rung.HUMAN_BIOMARKER if marker else Rung.HUMAN_TRIAL


def state_of(findings: Sequence[FindingFacts]) -> RungState:
    """Return what the notes on one rung show together."""
    directions = {finding.direction for finding in findings}
    if not directions:
        return RungState.UNTESTED
    if Direction.MIXED in directions or {Direction.SUPPORTS, Direction.DISPUTES} <= directions:
        return RungState.MIXED
    if Direction.SUPPORTS in directions:
        return RungState.SUPPORTED
    return RungState.CONTRADICTED if Direction.DISPUTES in directions else RungState.OPEN


def findings_by_rung(findings: Iterable[FindingFacts]) -> dict[Rung, list[FindingFacts]]:
    """Return every rung, from the lowest, with its findings, the most important first."""
    out: dict[Rung, list[FindingFacts]] = {rung: [] for rung in Rung}
    for finding in sorted(findings, key=lambda f: (-importance(f), f.evidence)):
        rung = rung_of(finding.design, finding.species, finding.directness.outcome)
        if rung is not None:
            out[rung].append(finding)
    return out

"""Facts of a claim: its question and estimates, and findings and acts where none is pooled."""

from dataclasses import dataclass

from app.domain.synthesis.facts import DIRECT, EstimateFacts, NoteDirectness, StudyFacts
from app.domain.synthesis.questions import QuestionFacts
from app.domain.vocabulary import (
    Absence,
    CausalTest,
    Certainty,
    ClaimKind,
    Direction,
    Masking,
    Quantifier,
    Species,
    StudyDesign,
)

#: Designs on material without an organism: human cells are not people.
LABORATORY_DESIGNS = frozenset(
    {StudyDesign.IN_VITRO_EXPERIMENT, StudyDesign.EX_VIVO_EXPERIMENT, StudyDesign.STRUCTURAL}
)


@dataclass(frozen=True)
class FindingFacts:
    """Finding of a note on a claim: its direction, and how it was made.

    Args:
        evidence: Slug of the note.
        study: Its study; its `group` is the laboratory.
        direction: Direction relative to the claim as worded.
        design: Design of the note or, if it has none, of the study.
        species: Species studied.
        directness: How directly the note is about the claim.
        causal_test: Type of causal test; None if there was none.
        masking: Masking of the note or, if it has none, of the study.
        participants: Number of participants in the note or, if unknown, in the study.
        tested_um: Lowest concentration tested in vitro, in µmol/L; None if not on record.
    """

    evidence: str
    study: StudyFacts
    direction: Direction
    design: StudyDesign
    species: Species
    directness: NoteDirectness = DIRECT
    causal_test: CausalTest | None = None
    masking: Masking | None = None
    participants: int | None = None
    tested_um: float | None = None


def is_human(finding: FindingFacts) -> bool:
    """Return whether people were studied, rather than human cells or molecules."""
    return finding.species is Species.HUMAN and finding.design not in LABORATORY_DESIGNS


@dataclass(frozen=True)
class RegulatoryActFacts:
    """What an act, or a guideline, says on a claim in one jurisdiction.

    Args:
        slug: Slug of the act or of the note on it.
        jurisdiction: ISO 3166 code, or INT.
        date: Year, month or day of the act in ISO 8601; None if unknown.
        direction: Whether it says what the claim says.
        status: What was decided, in words.
        is_act: False for guidelines and opinions, which bind nobody.
        primary_source: Whether the document itself was read, not a report of it.
        reference: Slug of the document; None if there is none.
        is_recorded: Whether it is a record of an act, with its type and status; else it is a note.
    """

    slug: str
    jurisdiction: str
    date: str | None
    direction: Direction
    status: str
    is_act: bool = True
    primary_source: bool = True
    reference: str | None = None
    is_recorded: bool = False


@dataclass(frozen=True)
class ClaimEvidence:
    """A claim with everything in the store that the rule may use.

    Args:
        kind: Kind of claim.
        background: Whether it is textbook knowledge.
        quantifier: Whether it is universal ("no other …").
        question: What it asks of trials; None if it asks nothing that trials can answer.
        estimates: Effect estimates that may answer it; the question chooses.
        findings: Findings of notes on the claim.
        acts: Acts and guidelines, for regulatory claims.
        jurisdictions: Jurisdictions that a regulatory claim names; those of the acts if empty.
        expected_studies: Completed studies whose results are not published.
        has_unread_study: Whether the store has a study of the question without a result.
        absence: Why there is no study, as curators know it.
        certainty_of_syntheses: Certainty that syntheses give their own result, by study.
        about_compound: Whether the subject of a mechanism claim is a compound.
        exposure_um: Free peak concentration of its subject in treatment, in µmol/L, where the claim
            is about concentrations reached in treatment; else None.
    """

    kind: ClaimKind
    background: bool = False
    quantifier: Quantifier = Quantifier.GENERAL
    question: QuestionFacts | None = None
    estimates: tuple[EstimateFacts, ...] = ()
    findings: tuple[FindingFacts, ...] = ()
    acts: tuple[RegulatoryActFacts, ...] = ()
    jurisdictions: tuple[str, ...] = ()
    expected_studies: tuple[StudyFacts, ...] = ()
    has_unread_study: bool = False
    absence: Absence = Absence.NOT_SEARCHED
    certainty_of_syntheses: tuple[tuple[str, Certainty], ...] = ()
    about_compound: bool = False
    exposure_um: float | None = None

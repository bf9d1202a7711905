"""The estimates and findings that a request to synthesise includes."""

from dataclasses import dataclass
from typing import Any

from app.domain.synthesis.facts import EstimateFacts
from app.domain.verdicts.facts import ClaimEvidence, FindingFacts
from app.domain.vocabulary import Derivation, Direction, Masking, Species, StudyDesign


@dataclass(frozen=True)
class EstimateFilter:
    """What a request includes; an empty set, or no set of designs, includes all.

    Args:
        design: Designs of estimates and findings.
        species: Species studied; estimates are of people.
        masking: Levels of masking.
        exclude: Slugs of studies, evidence notes or estimates to leave out.
        year_from: Earliest year of the study; `year_to` is the latest.
        min_participants: Least number of participants.
        without: Derivations of standard errors to leave out.
    """

    design: frozenset[StudyDesign] | None = None
    species: frozenset[Species] = frozenset()
    masking: frozenset[Masking] = frozenset()
    exclude: frozenset[str] = frozenset()
    year_from: int | None = None
    year_to: int | None = None
    min_participants: int | None = None
    without: frozenset[Derivation] = frozenset()

    def refuses_estimate(self, estimate: EstimateFacts) -> str | None:
        """Return why an estimate is left out, or None."""
        if self.exclude & {estimate.slug, estimate.evidence, estimate.study.slug}:
            return "excluded by name"
        if estimate.derivation in self.without:
            assert estimate.derivation is not None
            return f"derivation is {estimate.derivation.value}"
        return self._refuses(
            estimate.design,
            Species.HUMAN,
            estimate.masking,
            estimate.study.year,
            estimate.participants,
        )

    def refuses_finding(self, finding: FindingFacts) -> str | None:
        """Return why a finding is left out, or None."""
        if self.exclude & {finding.evidence, finding.study.slug}:
            return "excluded by name"
        return self._refuses(
            finding.design,
            finding.species,
            finding.masking,
            finding.study.year,
            finding.participants,
        )

    def _refuses(
        self,
        design: StudyDesign,
        species: Species,
        masking: Masking | None,
        year: int | None,
        participants: int | None,
    ) -> str | None:
        if self.design is not None and design not in self.design:
            return f"design is {design.value}"
        if self.species and species not in self.species:
            return f"species is {species.value}"
        if self.masking and masking not in self.masking:
            return f"masking is {masking.value if masking else 'not known'}"
        too_early = self.year_from is not None and (year is None or year < self.year_from)
        if too_early or (self.year_to is not None and (year is None or year > self.year_to)):
            return f"year is {year or 'not known'}"
        if self.min_participants is not None and (participants or 0) < self.min_participants:
            return f"participants are {'not known' if participants is None else participants}"
        return None


def excluded_evidence(claim: ClaimEvidence, include: EstimateFilter) -> list[dict[str, Any]]:
    """Return the notes that a request leaves out, each with the reason, ordered by slug.

    A note without a direction on the claim has only an estimate that may answer it.
    """
    excluded: dict[str, tuple[str, Direction | None, str]] = {}
    for estimate in claim.estimates:
        if reason := include.refuses_estimate(estimate):
            excluded[estimate.evidence] = (estimate.study.slug, None, reason)
    for finding in claim.findings:
        if reason := include.refuses_finding(finding):
            excluded[finding.evidence] = (finding.study.slug, finding.direction, reason)
    return [
        {"note": note, "study": study, "direction": direction, "reason": reason}
        for note, (study, direction, reason) in sorted(excluded.items())
    ]

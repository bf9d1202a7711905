"""The estimates and findings that a request to synthesise includes."""

from dataclasses import dataclass

from app.domain.synthesis.facts import EstimateFacts
from app.domain.verdicts.facts import FindingFacts
from app.domain.vocabulary import Derivation, Masking, StudyDesign


@dataclass(frozen=True)
class EstimateFilter:
    """What a request includes; an empty set includes all.

    Args:
        design: Designs of estimates and findings.
        masking: Levels of masking.
        exclude: Slugs of studies, evidence notes or estimates to leave out.
        year_from: Earliest year of the study; `year_to` is the latest.
        min_participants: Least number of participants.
        without: Derivations of standard errors to leave out.
    """

    design: frozenset[StudyDesign] = frozenset()
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
            estimate.design, estimate.masking, estimate.study.year, estimate.participants
        )

    def refuses_finding(self, finding: FindingFacts) -> str | None:
        """Return why a finding is left out, or None."""
        if self.exclude & {finding.evidence, finding.study.slug}:
            return "excluded by name"
        return self._refuses(
            finding.design, finding.masking, finding.study.year, finding.participants
        )

    def _refuses(
        self,
        design: StudyDesign,
        masking: Masking | None,
        year: int | None,
        participants: int | None,
    ) -> str | None:
        if self.design and design not in self.design:
            return f"design is {design.value}"
        if self.masking and masking not in self.masking:
            return f"masking is {masking.value if masking else 'not known'}"
        too_early = self.year_from is not None and (year is None or year < self.year_from)
        if too_early or (self.year_to is not None and (year is None or year > self.year_to)):
            return f"year is {year or 'not known'}"
        if self.min_participants is not None and (participants or 0) < self.min_participants:
            return f"participants are {'not known' if participants is None else participants}"
        return None

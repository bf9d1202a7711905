"""Which findings on a mechanism may count: no reviews beside studies, and tested concentrations."""

from collections.abc import Sequence

from app.domain.synthesis.eligibility import SYNTHESIS_DESIGNS
from app.domain.verdicts.facts import LABORATORY_DESIGNS, FindingFacts
from app.domain.vocabulary import Direction
from app.domain.vocabulary import StudyDesign as D

#: A binding that takes more than ten times the concentration of treatment does not occur in it.
EXPOSURE_MULTIPLE = 10.0
_REVIEWS = SYNTHESIS_DESIGNS | {D.NARRATIVE_REVIEW, D.GUIDELINE}


def usable_findings(
    findings: Sequence[FindingFacts], exposure_um: float | None
) -> tuple[list[FindingFacts], list[str]]:
    """Return findings that may count, and why others may not.

    A review does not count beside studies. At a concentration of treatment a binding counts if it
    was seen at up to ten times of it, and the lack of one if at least as much was tested.
    """
    primary = [f for f in findings if f.design not in _REVIEWS]
    used = primary or list(findings)
    limits: list[str] = []
    if exposure_um is None:
        return used, limits
    limit = EXPOSURE_MULTIPLE * exposure_um
    inside = [f for f in used if _within_exposure(f, exposure_um, limit)]
    if len(inside) < len(used):
        beyond = ", ".join(sorted(f.evidence for f in used if f not in inside))
        limits.append(
            f"Not counted, since the concentration tested is unknown or beyond {limit:g} µmol/L,"
            f" ten times that of treatment: {beyond}."
        )
    return inside, limits


def _within_exposure(finding: FindingFacts, exposure_um: float, limit: float) -> bool:
    if finding.design not in LABORATORY_DESIGNS:
        return True  # a dose for an organism, not a concentration
    if finding.tested_um is None:
        return False
    if finding.direction is Direction.DISPUTES:
        return finding.tested_um >= exposure_um
    return finding.tested_um <= limit

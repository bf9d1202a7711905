"""Rules of claims: words that the software computes, or that only releases have, are refused."""

from typing import Any

from app.domain.verdicts.rule import RULE_VERSION
from app.domain.vocabulary import Absence, VerdictKind
from app.kit.resource import Resource
from app.services.records.validation_types import InputError, InputErrors, ValidationContext

COMPUTED_ABSENCES = (Absence.STUDY_NOT_READ, Absence.NO_FIGURE)


def absence_is_not_computed(_: Resource, claim: Any, __: ValidationContext) -> InputErrors:
    """Check that a claim's `absence` is a value that curators write."""
    if claim.absence in COMPUTED_ABSENCES:
        yield InputError(
            ("absence",),
            f"claim {claim.slug!r}: `{claim.absence.value}` is computed from the records in the"
            " store. Write `no_evidence_found` or `not_searched`, which it takes the place of",
        )


def override_is_current(_: Resource, claim: Any, __: ValidationContext) -> InputErrors:
    """Check that an editor's verdict is none that only releases of rule 2026 have."""
    verdict = claim.override_verdict
    if verdict is not None and verdict.superseded:
        words = ", ".join(kind.value for kind in VerdictKind if not kind.superseded)
        yield InputError(
            ("override_verdict",),
            f"override_verdict: {verdict.value!r} is a verdict of releases before rule"
            f" {RULE_VERSION}. Write one of {words}",
        )

"""Verdicts and conflicts as fields of records and of responses."""

from typing import Any

from app.domain.verdicts import conflicts, rule
from app.domain.vocabulary import Absence, ConflictKind, VerdictKind

CONFLICT_WORDS = {
    ConflictKind.OTHER_SPECIES: "the sides studied different species",
    ConflictKind.OTHER_COMPOUND: "the sides gave different compounds",
    ConflictKind.OTHER_POPULATION: "the sides studied different populations",
    ConflictKind.OTHER_DOSE: "the sides gave different doses",
    ConflictKind.OTHER_OUTCOME: "the sides measured different outcomes",
    ConflictKind.REPLICATION_FAILED: "later studies did not reproduce earlier findings",
    ConflictKind.OPPOSITE_DIRECTION: "no recorded characteristic separates the sides",
}
#: Summary of the verdict on a claim whose study is in the store without a note.
UNREAD = "Not assessed: the store has a study of this claim whose result is not entered yet."


def conflict_values(
    claim: Any, verdict: rule.VerdictResult, conflict: conflicts.ConflictResult
) -> dict[str, Any]:
    """Return the field values of a conflict record."""
    settled = {VerdictKind.ESTABLISHED, VerdictKind.SUPPORTED, VerdictKind.REFUTED}
    supporting, disputing = len(conflict.supporting), len(conflict.disputing)
    notes = f"{supporting} note{'s' * (supporting > 1)} for and {disputing} against"
    return {
        "slug": claim.slug,
        "name": f"Conflict: {claim.name}",
        "summary": f"{notes}: {CONFLICT_WORDS[conflict.kind]}.",
        "claim": claim.slug,
        "kind": conflict.kind,
        "supporting": list(conflict.supporting),
        "disputing": list(conflict.disputing),
        "moderators": [vars(moderator) for moderator in conflict.moderators],
        "resolution": headline(verdict) if verdict.kind in settled else None,
        "would_settle": conflict.would_settle,
    }


def headline(verdict: rule.VerdictResult) -> str:
    """Return the verdict in one sentence."""
    if verdict.kind is VerdictKind.UNTESTED:
        return "Untested: no note supports or disputes it."
    certainty = (
        f" with {verdict.certainty.value.replace('_', ' ')} certainty" if verdict.certainty else ""
    )
    f, a = verdict.supporting, verdict.disputing
    return (
        f"{verdict.kind.value.capitalize()}{certainty}: {f.points:g} points for"
        f" ({f.studies} independent {'study' if f.studies == 1 else 'studies'}),"
        f" {a.points:g} against ({a.studies})."
    )


def verdict_fields(verdict: rule.VerdictResult) -> dict[str, Any]:
    """Return the fields of a verdict as the API shows them."""
    out: dict[str, Any] = {
        "verdict": verdict.kind,
        "certainty": verdict.certainty,
        "in_people": verdict.people,
        "in_animals": verdict.animals,
        "share_for": verdict.share,
        "points_for": verdict.supporting.points,
        "points_against": verdict.disputing.points,
    }
    for word, side in (
        ("for", verdict.supporting),
        ("against", verdict.disputing),
        ("neutral", verdict.neutral),
    ):
        out |= {
            f"notes_{word}": side.notes,
            f"studies_{word}": side.studies,
            f"participants_{word}": side.participants,
        }
    return out | {
        "rules_fired": list(verdict.rules_fired),
        "decisive": list(verdict.decisive),
        "would_change_if": list(verdict.would_change_if),
        "rule_version": verdict.rule_version,
        "rule_verdict": verdict.rule_kind,
        "override_reason": verdict.override_reason,
    }


def ledger(verdict: rule.VerdictResult) -> list[dict[str, Any]]:
    """Return the ledger of a verdict: the points of each note, line by line."""
    return [
        {
            "note": line.note.slug,
            "study": line.note.study,
            "direction": line.note.direction,
            "starts_at": line.base_points,
            "changes": "; ".join(f"{change:+g} {why}" for change, why in line.adjustments) or None,
            "points": line.points,
            "study_points": line.study_points,
        }
        for line in verdict.ledger
    ]


def verdict_values(
    claim: Any, verdict: rule.VerdictResult, absence: Absence | None
) -> dict[str, Any]:
    """Return the field values of a verdict record.

    Args:
        absence: Why nothing supports or disputes the claim.
    """
    name, summary = verdict.kind.value, headline(verdict)
    if absence is Absence.STUDY_NOT_READ:  # it was tested, so it is not called untested
        name, summary = "result not entered", UNREAD
    return {
        "slug": claim.slug,
        "name": f"{claim.name}: {name}",
        "summary": summary,
        "claim": claim.slug,
        "absence": absence,
        **verdict_fields(verdict),
        "ledger": ledger(verdict),
    }

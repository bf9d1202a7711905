"""Verdicts of claims: the rule of `domain.verdicts`, applied to the dataset or to chosen notes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app import models as m
from app.domain.verdicts import conflicts, points, rule
from app.domain.vocabulary import ConflictKind, Masking, Species, StudyDesign, VerdictKind
from app.kit.batching import batched
from app.kit.resource import Resource
from app.kit.sessions import ReadSession
from app.resources import RESOURCES
from app.services.evidence.notes import notes_by_claim

VERDICTS, CONFLICTS = RESOURCES["verdicts"], RESOURCES["conflicts"]
CHUNK = 50  # claims whose verdicts are computed at a time, with all of their notes
#: The field values of derived records, each with its collection.
DerivedValues = list[tuple[Resource, dict[str, Any]]]


def derive(
    session: ReadSession, slugs: Iterable[str] | None = None
) -> Iterator[dict[str, DerivedValues]]:
    """Yield the verdict of each claim, and its conflict if notes disagree, by slug.

    The claims come in batches, in the order of the dataset files.

    Args:
        slugs: The claims; None for all.
    """
    batches = [()] if slugs is None else batched(slugs, 500)
    claims = [claim for batch in batches for claim in session.execute(_claims(*batch))]
    claims.sort(key=lambda claim: (claim.source_file or "", claim.source_position or 0, claim.slug))
    for batch in batched(claims, CHUNK):
        notes = notes_by_claim(session, [claim.id for claim in batch])
        yield {claim.slug: _derive_one(claim, notes[claim.id]) for claim in batch}


def _derive_one(claim: Any, notes: Sequence[conflicts.ClaimNote]) -> DerivedValues:
    verdict = _claim_evidence(claim, notes).default_verdict()
    derived = [(VERDICTS, _verdict(claim, verdict))]
    if conflict := conflicts.find_conflict(notes):
        derived.append((CONFLICTS, _conflict(claim, verdict, conflict)))
    return derived


def _conflict(
    claim: Any, verdict: rule.VerdictResult, conflict: conflicts.ConflictResult
) -> dict[str, Any]:
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


CONFLICT_WORDS = {
    ConflictKind.OTHER_SPECIES: "the sides studied different species",
    ConflictKind.OTHER_COMPOUND: "the sides gave different compounds",
    ConflictKind.OTHER_POPULATION: "the sides studied different populations",
    ConflictKind.OTHER_DOSE: "the sides gave different doses",
    ConflictKind.OTHER_OUTCOME: "the sides measured different outcomes",
    ConflictKind.REPLICATION_FAILED: "what came later did not repeat what was found before",
    ConflictKind.OPPOSITE_DIRECTION: "nothing recorded separates the sides",
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
        f" ({f.studies} independent studies), {a.points:g} against ({a.studies})."
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


def _verdict(claim: Any, verdict: rule.VerdictResult) -> dict[str, Any]:
    return {
        "slug": claim.slug,
        "name": f"{claim.name}: {verdict.kind.value}",
        "summary": headline(verdict),
        "claim": claim.slug,
        **verdict_fields(verdict),
        "ledger": ledger(verdict),
    }


@dataclass(frozen=True)
class NoteFilter:
    """The notes that a request includes; an empty set of species or masking includes all."""

    design: frozenset[StudyDesign] = frozenset(StudyDesign)
    species: frozenset[Species] = frozenset()
    masking: frozenset[Masking] = frozenset()
    exclude: frozenset[str] = frozenset()
    year_from: int | None = None
    year_to: int | None = None
    min_participants: int | None = None

    def refuses(self, note: points.NoteFacts) -> str | None:
        """Return why a note is excluded, or None."""
        if note.design not in self.design:
            return f"design is {note.design.value}"
        if self.species and note.species not in self.species:
            return f"species is {note.species.value}"
        if self.masking and note.masking not in self.masking:
            return f"masking is {note.masking.value}"
        if self.exclude & {note.slug, note.study}:
            return "excluded by name"
        if self.year_from is not None and (note.year is None or note.year < self.year_from):
            return f"year is {note.year or 'not known'}"
        if self.year_to is not None and (note.year is None or note.year > self.year_to):
            return f"year is {note.year or 'not known'}"
        number = note.participants
        if self.min_participants is not None and (number or 0) < self.min_participants:
            return f"participants are {'not known' if number is None else number}"
        return None


@dataclass(frozen=True)
class ClaimEvidence:
    """A claim with its notes and the override of an editor, as stored."""

    name: str
    claim: points.ClaimFacts
    notes: list[points.NoteFacts]
    override: tuple[VerdictKind | None, str | None]

    def default_verdict(self) -> rule.VerdictResult:
        """Return the verdict of all notes, with the override of an editor."""
        return rule.override(rule.judge(self.claim, self.notes), *self.override)


def claims_and_notes(session: ReadSession, slug: str | None = None) -> dict[str, ClaimEvidence]:
    """Return one claim, or all, with their notes, by slug, in three statements."""
    claims = session.execute(_claims(*([slug] if slug is not None else []))).all()
    notes = notes_by_claim(session, [claim.id for claim in claims] if slug is not None else None)
    return {claim.slug: _claim_evidence(claim, notes[claim.id]) for claim in claims}


def _claims(*slugs: str) -> Any:
    """Select the claims with these slugs, or all."""
    stmt = select(
        m.Claim.id,
        m.Record.slug,
        m.Record.name,
        m.Record.source_file,
        m.Record.source_position,
        m.Claim.kind,
        m.Claim.predicate,
        m.Claim.quantifier,
        m.Claim.override_verdict,
        m.Claim.override_reason,
    ).join(m.Record, m.Record.id == m.Claim.id)
    return stmt.where(*([m.Record.slug.in_(slugs)] if slugs else [])).order_by(m.Record.slug)


def _claim_evidence(claim: Any, notes: Iterable[conflicts.ClaimNote]) -> ClaimEvidence:
    return ClaimEvidence(
        claim.name,
        points.ClaimFacts(claim.kind, claim.predicate, claim.quantifier),
        [note.note for note in notes],
        (claim.override_verdict, claim.override_reason),
    )

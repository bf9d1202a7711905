"""Verdicts of claims: the rule of `domain.verdicts`, applied to the dataset or to chosen notes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app import models as m
from app.domain.verdicts import conflicts, points, rule
from app.domain.vocabulary import Absence, VerdictKind
from app.kit.batching import batched
from app.kit.resource import Resource
from app.kit.sessions import ReadSession
from app.resources import RESOURCES
from app.services.evidence import unread_studies
from app.services.evidence.notes import notes_by_claim
from app.services.evidence.rendering import conflict_values, verdict_values

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
        computed = {
            claim.id: _claim_evidence(claim, notes[claim.id]).default_verdict() for claim in batch
        }
        undecided = [key for key, verdict in computed.items() if verdict.share is None]
        unread = unread_studies.claims_with_any(session, undecided) if undecided else ()
        absences = {
            claim.id: Absence.STUDY_NOT_READ if claim.id in unread else claim.absence
            for claim in batch
            if claim.id in undecided
        }
        yield {
            claim.slug: _derived(claim, computed[claim.id], absences.get(claim.id), notes[claim.id])
            for claim in batch
        }


def _derived(
    claim: Any,
    verdict: rule.VerdictResult,
    absence: Absence | None,
    notes: Sequence[conflicts.ClaimNote],
) -> DerivedValues:
    derived = [(VERDICTS, verdict_values(claim, verdict, absence))]
    if conflict := conflicts.find_conflict(notes):
        derived.append((CONFLICTS, conflict_values(claim, verdict, conflict)))
    return derived


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
        m.Claim.absence,
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

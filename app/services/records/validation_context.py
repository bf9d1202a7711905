"""Validation against the store."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from app import models as m
from app.domain.text_folding import fold
from app.kit.batching import batched
from app.kit.resource import Resource
from app.kit.sessions import ReadSession
from app.kit.suggestions import similar, with_suggestions
from app.resources import RESOURCES
from app.services.records import validation
from app.services.records.input_models import RecordInput, referenced_slugs
from app.services.records.lookup import (
    REPOSITORY,
    RecordKey,
    has_referrers,
    record_ids,
    record_inputs,
    referrers,
)
from app.services.records.record_edit import RecordEdit
from app.services.records.validation_types import UniqueColumn

CLAIMS, EVIDENCE, STUDIES = (RESOURCES[name] for name in ("claims", "evidence", "studies"))

BATCH = 500  # ids in one statement


def _notes_by_claim(session: ReadSession, claims: Iterable[str]) -> dict[str, list[str]]:
    keys = {
        key: slug for (_, slug), key in record_ids(session, _record_keys("claims", claims)).items()
    }
    out: dict[str, list[str]] = defaultdict(list)
    stmt = select(m.Finding.claim_id, m.Record.slug).join(
        m.Record, m.Record.id == m.Finding.evidence_id
    )
    for batch in batched(keys, BATCH):
        for claim, note in session.execute(stmt.where(m.Finding.claim_id.in_(batch))):
            out[keys[claim]].append(note)
    return out


def _record_keys(collection: str, slugs: Iterable[str]) -> list[RecordKey]:
    return [(collection, slug) for slug in slugs]


class StoreContext:
    """The `ValidationContext` of the store, as it will be after the edits."""

    def __init__(self, session: ReadSession, edits: Sequence[RecordEdit]) -> None:
        self.session = session
        self.edits = {edit.key: edit for edit in edits}
        self.notes: dict[str, Any] = {}
        self.studies: dict[str, Any] = {}

    def load_claims(self, slugs: Iterable[str]) -> list[RecordInput]:
        """Read and cache claims as they are stored, with their notes and the studies of those."""
        claims = record_inputs(self.session, CLAIMS, slugs)
        slugs_by_claim = _notes_by_claim(self.session, claims)
        self.notes = dict(
            record_inputs(
                self.session, EVIDENCE, {s for notes in slugs_by_claim.values() for s in notes}
            )
        )
        self.studies = dict(
            record_inputs(self.session, STUDIES, {note.study for note in self.notes.values()})
        )
        return list(claims.values())

    def has(self, collection: str, slug: str) -> bool:
        """Return whether a record exists after the edits."""
        if edit := self.edits.get((collection, slug)):
            return edit.draft is not None
        return bool(record_ids(self.session, [(collection, slug)]))

    def similar(self, collection: str, slug: str) -> list[str]:
        """Return slugs that may be meant instead, those of the edits first."""
        pending = [s for (name, s), e in self.edits.items() if name == collection and e.draft]
        return [*pending, *REPOSITORY.similar_slugs(self.session, collection, slug)]

    def find_owner(
        self, unique: UniqueColumn, value: Any, except_for: tuple[Resource, str]
    ) -> str | None:
        """Return the collection/slug of another record that has a unique value."""
        for resource in (r for r in RESOURCES.values() if not r.derived):
            for other in validation.unique_columns(resource):
                slug = self._stored_owner(other, value) if other.column is unique.column else None
                if slug and (resource.name, slug) not in self.edits:
                    return f"{resource.name}/{slug}"
        for edit in (edit for edit in self.edits.values() if edit.draft):
            for other in validation.unique_columns(edit.resource):
                values = validation.unique_values(edit.resource, edit.draft, other)
                if other.column is unique.column and value in values:
                    same = (edit.resource, edit.slug) == except_for
                    return None if same else "/".join(edit.key)
        return None

    def names_taken(
        self, resource: Resource, names: Sequence[str], except_for: str
    ) -> dict[str, str]:
        """Return the collection/slug of other records that have one of some names."""
        stmt = select(m.Record.folded, m.Record.slug).where(
            m.Record.type == resource.record_type,
            m.Record.folded.in_(names),
            m.Record.slug != except_for,
        )
        taken = {
            name: f"{resource.name}/{slug}"
            for name, slug in self.session.execute(stmt)
            if (resource.name, slug) not in self.edits
        }
        for edit in self.edits.values():
            if edit.resource is resource and edit.draft and edit.slug != except_for:
                name = fold(edit.draft.name)  # type: ignore[attr-defined]
                taken |= {name: "/".join(edit.key)} if name in names else {}
        return taken

    def _stored_owner(self, unique: UniqueColumn, value: Any) -> str | None:
        stmt = select(m.Record.slug).join(unique.column.class_, unique.owner == m.Record.id)
        stmt = stmt.where(unique.column == value)
        if unique.where:
            stmt = stmt.where(unique.where())
        return self.session.execute(stmt).scalars().first()

    def draft(self, collection: str, slug: str) -> Any:
        """Return the input of a stored record, or None."""
        cache = {"evidence": self.notes, "studies": self.studies}.get(collection, {})
        if slug not in cache:
            cache |= record_inputs(self.session, RESOURCES[collection], [slug])
        return cache.get(slug)

    def notes_on(self, claim: str) -> dict[str, Any]:
        """Return the cached notes on a claim, by slug."""
        return {
            slug: note
            for slug, note in self.notes.items()
            if any(finding.claim == claim for finding in note.claims)
        }

    def is_cited(self, reference: str) -> bool:
        """Return whether any record refers to a reference."""
        return has_referrers(self.session, RESOURCES["references"], reference)


def withdrawal_violations(
    session: ReadSession, edits: Sequence[RecordEdit], context: StoreContext
) -> list[validation.Violation]:
    """Return the violations of withdrawals: remaining references, unknown successors."""
    keys = {edit.key for edit in edits}
    violations = []
    for edit in (e for e in edits if e.draft is None):
        to, record_type = edit.successor, edit.resource.record_type
        if to is not None and (to == edit.slug or not context.has(edit.resource.name, to)):
            suggestions = similar(to, context.similar(edit.resource.name, to))
            message = with_suggestions(f"successor: unknown {record_type} {to!r}", suggestions)
            if to == edit.slug:
                suggestions = []
                message = f"successor: {record_type} {to!r} cannot replace itself"
            violations.append(
                validation.Violation(
                    edit.resource, edit.slug, ("successor",), message, did_you_mean=suggestions
                )
            )
        remaining = [key for key in referrers(session, edit.resource, edit.slug) if key not in keys]
        if remaining:
            listed = ", ".join("/".join(key) for key in remaining[:5])
            rest = f" and {len(remaining) - 5} more" if len(remaining) > 5 else ""
            message = f"{record_type} {edit.slug!r} is still referenced by {listed}{rest}"
            violations.append(validation.Violation(edit.resource, edit.slug, ("slug",), message))
    return violations


def affected_studies(session: ReadSession, edits: Iterable[RecordEdit]) -> set[str]:
    """Return the studies that edits change, and the further reports of these."""
    changed = {edit.slug for edit in edits if edit.resource is STUDIES and edit.draft}
    ids = record_ids(session, _record_keys("studies", changed)).values()
    stmt = select(m.Record.slug).join(m.StudyUnit, m.StudyUnit.study_id == m.Record.id)
    reports: set[str] = set()
    for batch in batched(ids, BATCH):
        reports.update(session.execute(stmt.where(m.StudyUnit.unit_id.in_(batch))).scalars())
    return changed | reports


def affected_references(
    edits: Iterable[RecordEdit], before: Mapping[RecordKey, RecordInput]
) -> set[str]:
    """Return the references that edits change, add a citation of, or remove one of."""
    references = {edit.slug for edit in edits if edit.resource is RESOURCES["references"]}
    for edit in edits:
        for draft in (before.get(edit.key), edit.draft):
            for to, slug, _ in referenced_slugs(edit.resource.mapping, draft) if draft else ():
                if "references" in to:
                    references.add(slug)
    return references

"""Validation against the store, and the claims that a change affects."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from app import models as m
from app.kit.batching import batched
from app.kit.resource import Resource
from app.kit.sessions import ReadSession
from app.resources import RESOURCES
from app.services.records import validation
from app.services.records.edits import Edit
from app.services.records.input_models import RecordInput, referenced_slugs
from app.services.records.lookup import REPOSITORY, RecordKey, record_ids, record_inputs, referrers

CLAIMS, EVIDENCE, STUDIES = (RESOURCES[n] for n in ("claims", "evidence", "studies"))

BATCH = 500  # ids of one statement


class AffectedClaims:
    """claim → the edits, as collection/slug, that may move its verdict, each with its reason.

    Made before the edits are written. `of_stored` are the claims whose notes, as they are stored,
    the edits change or withdraw, and the claims that they change or withdraw themselves.
    """

    def __init__(self, session: ReadSession, replaced: Mapping[RecordKey, RecordInput]) -> None:
        self.causes: dict[str, dict[str, str]] = {}
        self.successors: dict[str, str | None] = {}
        self._replaced = replaced
        self._of_study: dict[str, list[str]] = defaultdict(list)
        studies = [slug for collection, slug in replaced if collection == STUDIES.name]
        for study, claim in _claims_of_studies(session, studies):
            self._of_study[study].append(claim)
        self.of_stored = {
            claim
            for (collection, slug), draft in replaced.items()
            for claim in self._claims_of(RESOURCES[collection], slug, draft)
        }

    def _claims_of(self, resource: Resource, slug: str, draft: RecordInput | None) -> Iterable[str]:
        if resource is CLAIMS:
            return (slug,)
        if resource is EVIDENCE and draft is not None:
            return [finding.claim for finding in draft.claims]  # type: ignore[attr-defined]
        return self._of_study.get(slug, ()) if resource is STUDIES else ()

    def add(self, edit: Edit) -> None:
        """Take in an edit that changes something."""
        if edit.resource is CLAIMS:
            self.successors[edit.slug] = edit.successor
        for draft in (self._replaced.get(edit.name), edit.draft):
            for claim in self._claims_of(edit.resource, edit.slug, draft):
                causes = self.causes.setdefault(claim, {})
                causes[f"{edit.resource.name}/{edit.slug}"] = edit.why


def _claims_of_studies(session: ReadSession, studies: Sequence[str]) -> Iterable[tuple[str, str]]:
    keys = {
        key: slug
        for (_, slug), key in record_ids(session, _record_keys("studies", studies)).items()
    }
    stmt = (
        select(m.Evidence.study_id, m.Record.slug)
        .join(m.Finding, m.Finding.evidence_id == m.Evidence.id)
        .join(m.Record, m.Record.id == m.Finding.claim_id)
    )
    for batch in batched(keys, BATCH):
        for study, claim in session.execute(stmt.where(m.Evidence.study_id.in_(batch))):
            yield keys[study], claim


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
    """What the rules may ask of the store, as it will be when the edits are in."""

    def __init__(self, session: ReadSession, edits: Sequence[Edit]) -> None:
        self.session = session
        self.edits = {edit.name: edit for edit in edits}
        self.notes: dict[str, Any] = {}
        self.studies: dict[str, Any] = {}

    def load_claims(self, slugs: Iterable[str]) -> list[RecordInput]:
        """Read claims as they are stored now, with the notes on them and the notes' studies."""
        claims = record_inputs(self.session, CLAIMS, slugs)
        on = _notes_by_claim(self.session, claims)
        self.notes = dict(
            record_inputs(self.session, EVIDENCE, {s for notes in on.values() for s in notes})
        )
        self.studies = dict(
            record_inputs(self.session, STUDIES, {note.study for note in self.notes.values()})
        )
        return list(claims.values())

    def has(self, collection: str, slug: str) -> bool:
        if edit := self.edits.get((collection, slug)):
            return edit.draft is not None
        return bool(record_ids(self.session, [(collection, slug)]))

    def similar(self, collection: str, slug: str) -> list[str]:
        pending = [s for (name, s), e in self.edits.items() if name == collection and e.draft]
        return [*pending, *REPOSITORY.similar_slugs(self.session, collection, slug)]

    def find_owner(
        self, unique: validation.UniqueColumn, value: Any, except_for: tuple[Resource, str]
    ) -> str | None:
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
                    return None if same else "/".join(edit.name)
        return None

    def _stored_owner(self, unique: validation.UniqueColumn, value: Any) -> str | None:
        stmt = select(m.Record.slug).join(unique.column.class_, unique.owner == m.Record.id)
        stmt = stmt.where(unique.column == value)
        stmt_ = stmt.where(unique.where()) if unique.where else stmt
        return self.session.execute(stmt_).scalars().first()

    def draft(self, collection: str, slug: str) -> Any:
        cache = {"evidence": self.notes, "studies": self.studies}.get(collection, {})
        if slug not in cache:
            cache |= record_inputs(self.session, RESOURCES[collection], [slug])
        return cache.get(slug)

    def notes_on(self, claim: str) -> dict[str, Any]:
        return {
            slug: note
            for slug, note in self.notes.items()
            if any(finding.claim == claim for finding in note.claims)
        }

    def is_cited(self, reference: str) -> bool:
        return bool(referrers(self.session, RESOURCES["references"], reference))


def withdrawal_violations(
    session: ReadSession, edits: Sequence[Edit], context: StoreContext
) -> list[validation.Violation]:
    """What stands in the way of a withdrawal: records that still name it, a successor unknown."""
    names = {edit.name for edit in edits}
    violations = []
    for edit in (e for e in edits if e.draft is None):
        to, kind = edit.successor, edit.resource.kind
        if to is not None and (to == edit.slug or not context.has(edit.resource.name, to)):
            hint = validation.did_you_mean(to, context.similar(edit.resource.name, to))
            message = f"successor: unknown {kind} {to!r}{hint}"
            if to == edit.slug:
                message = f"successor: {kind} {to!r} cannot stand in its own place"
            violations.append(
                validation.Violation(edit.resource, edit.slug, ("successor",), message)
            )
        referrers_ = [
            name for name in referrers(session, edit.resource, edit.slug) if name not in names
        ]
        if referrers_:
            names_ = ", ".join("/".join(name) for name in referrers_[:5])
            rest = f" and {len(referrers_) - 5} more" if len(referrers_) > 5 else ""
            message = f"{kind} {edit.slug!r} is still named by {names_}{rest}"
            violations.append(validation.Violation(edit.resource, edit.slug, ("slug",), message))
    return violations


def affected_references(edits: Iterable[Edit], before: Mapping[RecordKey, RecordInput]) -> set[str]:
    """The references that the edits are about, name, or no longer name."""
    references = {edit.slug for edit in edits if edit.resource is RESOURCES["references"]}
    for edit in edits:
        for draft in (before.get(edit.name), edit.draft):
            for to, slug, _ in referenced_slugs(edit.resource.mapping, draft) if draft else ():
                if "references" in to:
                    references.add(slug)
    return references

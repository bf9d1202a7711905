"""The store as the rules see it, and the claims whose standing a change may move."""

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
from app.services.records.input_models import Draft, links
from app.services.records.lookup import LISTING, Name, drafts, ids_of, named_by

CLAIMS, EVIDENCE, STUDIES = (RESOURCES[n] for n in ("claims", "evidence", "studies"))

BATCH = 500  # ids of one statement


class AffectedClaims:
    """claim → the edits, as collection/slug, that may move its verdict, each with its reason.

    Made before the edits are written. `of_stored` are the claims whose notes, as they are stored,
    the edits change or withdraw, and the claims that they change or withdraw themselves.
    """

    def __init__(self, session: ReadSession, replaced: Mapping[Name, Draft]) -> None:
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

    def _claims_of(self, resource: Resource, slug: str, draft: Draft | None) -> Iterable[str]:
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
    keys = {key: slug for (_, slug), key in ids_of(session, _named("studies", studies)).items()}
    stmt = (
        select(m.Evidence.study_id, m.Record.slug)
        .join(m.Finding, m.Finding.evidence_id == m.Evidence.id)
        .join(m.Record, m.Record.id == m.Finding.claim_id)
    )
    for batch in batched(keys, BATCH):
        for study, claim in session.execute(stmt.where(m.Evidence.study_id.in_(batch))):
            yield keys[study], claim


def _notes_by_claim(session: ReadSession, claims: Iterable[str]) -> dict[str, list[str]]:
    keys = {key: slug for (_, slug), key in ids_of(session, _named("claims", claims)).items()}
    out: dict[str, list[str]] = defaultdict(list)
    stmt = select(m.Finding.claim_id, m.Record.slug).join(
        m.Record, m.Record.id == m.Finding.evidence_id
    )
    for batch in batched(keys, BATCH):
        for claim, note in session.execute(stmt.where(m.Finding.claim_id.in_(batch))):
            out[keys[claim]].append(note)
    return out


def _named(collection: str, slugs: Iterable[str]) -> list[Name]:
    return [(collection, slug) for slug in slugs]


class StoreWorld:
    """What the rules may ask of the store, as it will be when the edits are in."""

    def __init__(self, session: ReadSession, edits: Sequence[Edit]) -> None:
        self.session = session
        self.edits = {edit.name: edit for edit in edits}
        self.notes: dict[str, Any] = {}
        self.studies: dict[str, Any] = {}

    def load_claims(self, slugs: Iterable[str]) -> list[Draft]:
        """Read claims as they are stored now, with the notes on them and the notes' studies."""
        claims = drafts(self.session, CLAIMS, slugs)
        on = _notes_by_claim(self.session, claims)
        self.notes = dict(
            drafts(self.session, EVIDENCE, {s for notes in on.values() for s in notes})
        )
        self.studies = dict(
            drafts(self.session, STUDIES, {note.study for note in self.notes.values()})
        )
        return list(claims.values())

    def has(self, collection: str, slug: str) -> bool:
        if edit := self.edits.get((collection, slug)):
            return edit.draft is not None
        return bool(ids_of(self.session, [(collection, slug)]))

    def near(self, collection: str, slug: str) -> list[str]:
        pending = [s for (name, s), e in self.edits.items() if name == collection and e.draft]
        return [*pending, *LISTING.similar_slugs(self.session, collection, slug)]

    def holder(self, spot: validation.Spot, value: Any, but: tuple[Resource, str]) -> str | None:
        for resource in (r for r in RESOURCES.values() if not r.derived):
            for other in validation.unique_spots(resource):
                slug = self._stored(other, value) if other.column is spot.column else None
                if slug and (resource.name, slug) not in self.edits:
                    return f"{resource.name}/{slug}"
        for edit in (edit for edit in self.edits.values() if edit.draft):
            for other in validation.unique_spots(edit.resource):
                held = validation.values_at(edit.resource, edit.draft, other)
                if other.column is spot.column and value in held:
                    same = (edit.resource, edit.slug) == but
                    return None if same else "/".join(edit.name)
        return None

    def _stored(self, spot: validation.Spot, value: Any) -> str | None:
        stmt = select(m.Record.slug).join(spot.column.class_, spot.owner == m.Record.id)
        stmt = stmt.where(spot.column == value)
        found = stmt.where(spot.where()) if spot.where else stmt
        return self.session.execute(found).scalars().first()

    def draft(self, collection: str, slug: str) -> Any:
        kept = {"evidence": self.notes, "studies": self.studies}.get(collection, {})
        if slug not in kept:
            kept |= drafts(self.session, RESOURCES[collection], [slug])
        return kept.get(slug)

    def notes_on(self, claim: str) -> dict[str, Any]:
        return {
            slug: note
            for slug, note in self.notes.items()
            if any(finding.claim == claim for finding in note.claims)
        }

    def is_cited(self, reference: str) -> bool:
        return bool(named_by(self.session, RESOURCES["references"], reference))


def parting(
    session: ReadSession, edits: Sequence[Edit], world: StoreWorld
) -> list[validation.Flaw]:
    """What stands in the way of a withdrawal: records that still name it, a successor unknown."""
    names = {edit.name for edit in edits}
    flaws = []
    for edit in (e for e in edits if e.draft is None):
        to, kind = edit.successor, edit.resource.kind
        if to is not None and (to == edit.slug or not world.has(edit.resource.name, to)):
            near = validation.nearest(to, world.near(edit.resource.name, to))
            message = f"successor: unknown {kind} {to!r}{near}"
            if to == edit.slug:
                message = f"successor: {kind} {to!r} cannot stand in its own place"
            flaws.append(validation.Flaw(edit.resource, edit.slug, ("successor",), message))
        by = [name for name in named_by(session, edit.resource, edit.slug) if name not in names]
        if by:
            shown = ", ".join("/".join(name) for name in by[:5])
            rest = f" and {len(by) - 5} more" if len(by) > 5 else ""
            message = f"{kind} {edit.slug!r} is still named by {shown}{rest}"
            flaws.append(validation.Flaw(edit.resource, edit.slug, ("slug",), message))
    return flaws


def cited(edits: Iterable[Edit], before: Mapping[Name, Draft]) -> set[str]:
    """The references that the edits are about, name, or no longer name."""
    found = {edit.slug for edit in edits if edit.resource is RESOURCES["references"]}
    for edit in edits:
        for draft in (before.get(edit.name), edit.draft):
            for to, slug, _ in links(edit.resource.mapping, draft) if draft else ():
                if "references" in to:
                    found.add(slug)
    return found

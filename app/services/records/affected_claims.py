"""The claims whose verdicts may change because of some edits."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from app import models as m
from app.kit.batching import batched
from app.kit.resource import Resource
from app.kit.sessions import ReadSession
from app.resources import RESOURCES
from app.services.evidence.synthesis.answering import (
    ActKey,
    AnswerKey,
    EstimateKey,
    PopulationKey,
    QuestionIndex,
    StudyKey,
    claims_of_references,
    keys_of_estimates,
    keys_of_references,
    keys_of_studies,
)
from app.services.records.input_models import RecordInput
from app.services.records.lookup import RecordKey, record_ids
from app.services.records.record_edit import RecordEdit

_NAMES = "claims evidence studies references indications assessments effects regulatory-acts"
CLAIMS, EVIDENCE, STUDIES, REFERENCES, INDICATIONS, ASSESSMENTS, EFFECTS, ACTS = (
    RESOURCES[name] for name in _NAMES.split()
)
#: Collections whose records a verdict names.
NAMED_IN_VERDICTS = frozenset({CLAIMS, EVIDENCE, STUDIES, EFFECTS})
BATCH = 500  # ids in one statement


class AffectedClaims:
    """The claims whose verdicts may change because of some edits.

    It is created before the edits are written; `add` is called for each of them, and
    `add_answered` once they are written.

    Attributes:
        causes: Slug of a claim that edited records name → these edits, each with its reason.
        answered: Slugs of further claims, whose question the edited records may answer.
        successors: Slug of an edited claim → its successor, if it is withdrawn in favour of one.
        of_stored: Slugs of claims whose stored verdict may name a record that the edits replace.
    """

    def __init__(self, session: ReadSession, replaced: Mapping[RecordKey, RecordInput]) -> None:
        self.causes: dict[str, dict[str, str]] = {}
        self.answered: set[str] = set()
        self.successors: dict[str, str | None] = {}
        self.of_stored: set[str] = set()
        self._replaced = replaced
        self._keys: set[AnswerKey] = set()
        self._studies: set[str] = set()
        self._references: set[str] = set()
        studies = {
            key: slug
            for (_, slug), key in record_ids(
                session, [key for key in replaced if key[0] == STUDIES.name]
            ).items()
        }
        self._claims_of_studies = _claims_of_studies(session, studies)
        estimates = keys_of_estimates(session, studies)
        index = QuestionIndex(session) if replaced else None
        self._answered_before: dict[RecordKey, set[str]] = {}
        for key, draft in replaced.items():
            resource, slug = RESOURCES[key[0]], key[1]
            keys = _keys_of(resource, draft)
            if resource is STUDIES:
                keys |= estimates[slug]
                self._keys |= estimates[slug]
            self._answered_before[key] = index.claims(keys) if index and keys else set()
            if resource in NAMED_IN_VERDICTS:
                self.of_stored.update(self._named_by(resource, slug, draft))
                self.of_stored |= self._answered_before[key]

    def add(self, edit: RecordEdit) -> None:
        """Register an edit that changes something."""
        resource, before = edit.resource, self._replaced.get(edit.key)
        if resource is CLAIMS:
            self.successors[edit.slug] = edit.successor
        for draft in (before, edit.draft):
            for claim in self._named_by(resource, edit.slug, draft):
                causes = self.causes.setdefault(claim, {})
                for cause in edit.causes or (f"{resource.name}/{edit.slug}",):
                    causes[cause] = edit.why
        if resource is EVIDENCE:
            self._add_studies(before, edit.draft)
        elif resource is REFERENCES and _differs(before, edit.draft, "kind"):
            self._references.add(edit.slug)
        elif resource is not INDICATIONS or _differs(before, edit.draft, "parent"):
            self.answered |= self._answered_before.get(edit.key, set())
            self._keys |= _keys_of(resource, edit.draft)

    def add_answered(self, session: ReadSession) -> None:
        """Add the claims whose question the records may answer as they are after the edits."""
        keys = self._keys | keys_of_studies(session, self._studies)
        keys |= keys_of_references(session, self._references)
        self.answered |= claims_of_references(session, self._references)
        if keys:
            self.answered |= QuestionIndex(session).claims(keys)

    def to_derive(self) -> set[str]:
        """Return the slugs of all claims whose verdict has to be derived again."""
        return self.answered | self.causes.keys()

    def _named_by(self, resource: Resource, slug: str, draft: Any | None) -> Iterable[str]:
        """Return the claims that a record names, or that the notes on a study name."""
        if resource is CLAIMS:
            return (slug,)
        if resource is STUDIES:
            return self._claims_of_studies.get(slug, ())
        if resource is EVIDENCE and draft is not None:
            return [finding.claim for finding in draft.claims]
        return draft.claims if resource in (EFFECTS, ASSESSMENTS) and draft is not None else ()

    def _add_studies(self, before: Any | None, after: Any | None) -> None:
        """Register the studies that an edit gives a note or takes one from."""
        studies = {note.study for note in (before, after) if note is not None}
        if before is None or after is None or len(studies) > 1:
            self._studies |= studies


def _differs(before: Any | None, after: Any | None, field: str) -> bool:
    return getattr(before, field, None) != getattr(after, field, None)


def _keys_of(resource: Resource, draft: Any | None) -> set[AnswerKey]:
    """Return the keys of the questions that a record may answer as it is in a draft."""
    if draft is None:
        return set()
    if resource is EFFECTS:
        return {EstimateKey(draft.compound, draft.outcome_domain.value)}
    if resource is STUDIES:
        return {
            StudyKey(compound, indication)
            for compound in draft.compounds
            for indication in draft.indications
        }
    if resource is ACTS:
        return {ActKey(draft.compound)}
    return {PopulationKey(draft.slug)} if resource is INDICATIONS else set()


def _claims_of_studies(session: ReadSession, studies: Mapping[int, str]) -> dict[str, set[str]]:
    """Return the claims that the notes and estimates of some studies name.

    Args:
        studies: Slugs of the studies, by id.
    """
    claims: dict[str, set[str]] = defaultdict(set)
    for batch in batched(sorted(studies), BATCH):
        for study, claim in _claims_named(session, batch):
            claims[studies[study]].add(claim)
    return claims


def _claims_named(session: ReadSession, studies: Sequence[int]) -> Iterator[tuple[int, str]]:
    findings = (
        select(m.Evidence.study_id, m.Record.slug)
        .join(m.Finding, m.Finding.evidence_id == m.Evidence.id)
        .join(m.Record, m.Record.id == m.Finding.claim_id)
        .where(m.Evidence.study_id.in_(studies))
    )
    estimates = (
        select(m.Estimate.study_id, m.Record.slug)
        .join(m.EstimateClaim, m.EstimateClaim.estimate_id == m.Estimate.id)
        .join(m.Record, m.Record.id == m.EstimateClaim.claim_id)
        .where(m.Estimate.study_id.in_(studies))
    )
    for stmt in (findings, estimates):
        yield from ((row.study_id, row.slug) for row in session.execute(stmt))

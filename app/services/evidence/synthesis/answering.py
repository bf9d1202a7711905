"""The claims whose question a changed record may answer.

Questions name no studies: an estimate of a compound and an outcome answers every claim that asks
for both. The keys mirror the statements by which `loader` reads the facts of a claim.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import aliased

from app import models as m
from app.domain.vocabulary import ClaimKind, QuestionRelation
from app.kit.batching import batched
from app.kit.sessions import ReadSession

BATCH = 500  # ids in one statement


class EstimateKey(NamedTuple):
    """Effect estimates of a compound and an outcome domain."""

    compound: str
    outcome: str


class StudyKey(NamedTuple):
    """Studies of a compound in an indication."""

    compound: str
    indication: str


class ActKey(NamedTuple):
    """Acts of regulators on a compound."""

    compound: str


class PopulationKey(NamedTuple):
    """Claims on an indication, or on one that is broader."""

    indication: str


AnswerKey = EstimateKey | StudyKey | ActKey | PopulationKey

_CLAIM, _STUDY, _COMPOUND, _INDICATION, _PARENT = (aliased(m.Record) for _ in range(5))
_IDS: Any = bindparam("ids", expanding=True)
_SLUGS: Any = bindparam("slugs", expanding=True)
_QUESTIONS = select(_CLAIM.slug, m.Claim.question).join(m.Claim, m.Claim.id == _CLAIM.id)
_PARENTS = (
    select(_INDICATION.slug, _PARENT.slug.label("parent"))
    .join(m.Indication, m.Indication.id == _INDICATION.id)
    .join(_PARENT, _PARENT.id == m.Indication.parent_id)
)
_STUDIED = (
    select(_COMPOUND.slug.label("compound"), _INDICATION.slug.label("indication"))
    .select_from(_STUDY)
    .join(m.StudyCompound, m.StudyCompound.study_id == _STUDY.id)
    .join(_COMPOUND, _COMPOUND.id == m.StudyCompound.compound_id)
    .join(m.StudyIndication, m.StudyIndication.study_id == _STUDY.id)
    .join(_INDICATION, _INDICATION.id == m.StudyIndication.indication_id)
    .where(_STUDY.type == "study", _STUDY.slug.in_(_SLUGS))
)
_ESTIMATES_OF_STUDIES = (
    select(m.Estimate.study_id, _COMPOUND.slug.label("compound"), m.Estimate.outcome_domain)
    .join(_COMPOUND, _COMPOUND.id == m.Estimate.compound_id)
    .where(m.Estimate.study_id.in_(_IDS))
    .distinct()
)
_REFERENCE_IDS = select(m.Record.id).where(m.Record.type == "reference", m.Record.slug.in_(_SLUGS))
_REPORTED_CLAIMS = (
    select(_CLAIM.slug)
    .join(m.Finding, m.Finding.claim_id == _CLAIM.id)
    .join(m.Claim, m.Claim.id == _CLAIM.id)
    .join(m.Evidence, m.Evidence.id == m.Finding.evidence_id)
    .where(m.Claim.kind == ClaimKind.REGULATORY, m.Evidence.reference_id.in_(_REFERENCE_IDS))
    .distinct()
)
_DOCUMENTED = (
    select(_COMPOUND.slug)
    .join(m.RegulatoryAct, m.RegulatoryAct.compound_id == _COMPOUND.id)
    .where(m.RegulatoryAct.reference_id.in_(_REFERENCE_IDS))
    .distinct()
)


class QuestionIndex:
    """The claims with a question, by the keys of the records that may answer it."""

    def __init__(self, session: ReadSession) -> None:
        parents = {row.slug: row.parent for row in session.execute(_PARENTS)}
        broader = {slug: _with_broader(slug, parents) for slug in parents}
        self._claims: dict[AnswerKey, set[str]] = defaultdict(set)
        for claim, question in session.execute(_QUESTIONS):
            if question is None:
                continue
            named = set(question["population"])
            narrower = {slug for slug, above in broader.items() if not named.isdisjoint(above)}
            for key in _keys_of_question(question, named | narrower):
                self._claims[key].add(claim)

    def claims(self, keys: Iterable[AnswerKey]) -> set[str]:
        """Return the claims, by slug, whose question records with any of the keys may answer."""
        return {claim for key in keys for claim in self._claims.get(key, ())}


def _keys_of_question(question: Mapping[str, Any], population: Collection[str]) -> set[AnswerKey]:
    """Return the keys of what answers a question.

    Args:
        question: `question` of the claim's record.
        population: Its indications with all that are narrower.
    """
    keys: set[AnswerKey] = set(map(PopulationKey, population))
    for compound in question["intervention"].get("compounds") or ():
        keys.update(EstimateKey(compound, outcome) for outcome in question.get("outcomes") or ())
        keys.update(StudyKey(compound, indication) for indication in population)
        if question["relation"] == QuestionRelation.REGULATORY_STATUS:
            keys.add(ActKey(compound))
    return keys


def _with_broader(indication: str, parents: Mapping[str, str]) -> set[str]:
    slugs: set[str] = set()
    current: str | None = indication
    while current is not None and current not in slugs:
        slugs.add(current)
        current = parents.get(current)
    return slugs


def keys_of_studies(session: ReadSession, slugs: Iterable[str]) -> set[AnswerKey]:
    """Return the keys of some studies: what they gave, in which indications."""
    return {
        StudyKey(row.compound, row.indication)
        for batch in batched(sorted(slugs), BATCH)
        for row in session.execute(_STUDIED, {"slugs": batch})
    }


def keys_of_estimates(
    session: ReadSession, studies: Mapping[int, str]
) -> dict[str, set[AnswerKey]]:
    """Return the keys of the estimates of some studies, by the slug of the study.

    Args:
        studies: Slugs of the studies, by id.
    """
    keys: dict[str, set[AnswerKey]] = defaultdict(set)
    for batch in batched(sorted(studies), BATCH):
        for row in session.execute(_ESTIMATES_OF_STUDIES, {"ids": batch}):
            keys[studies[row.study_id]].add(EstimateKey(row.compound, row.outcome_domain.value))
    return keys


def claims_of_references(session: ReadSession, slugs: Iterable[str]) -> set[str]:
    """Return the regulatory claims on which notes cite some references."""
    batches = list(batched(sorted(slugs), BATCH))
    return {c for b in batches for c in session.execute(_REPORTED_CLAIMS, {"slugs": b}).scalars()}


def keys_of_references(session: ReadSession, slugs: Iterable[str]) -> set[AnswerKey]:
    """Return the keys of the acts that cite some references."""
    batches = list(batched(sorted(slugs), BATCH))
    return {
        ActKey(compound)
        for batch in batches
        for compound in session.execute(_DOCUMENTED, {"slugs": batch}).scalars()
    }

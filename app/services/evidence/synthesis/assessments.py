"""What other bodies concluded on a claim: assessments with their pooled estimates."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import aliased

from app import models as m
from app.domain.vocabulary import AssessmentKind, Certainty, Direction, Metric
from app.kit.sessions import ReadSession

_SLUG, _STUDY, _CLAIM = (aliased(m.Record) for _ in range(3))
_COLUMNS = (
    m.Assessment.id,
    _SLUG.slug,
    _STUDY.slug.label("study"),
    m.Assessment.body,
    m.Assessment.kind,
    m.Assessment.year,
    m.Assessment.direction,
    m.Assessment.certainty,
)
_BY_CLAIM = (
    select(_CLAIM.slug.label("claim"), *_COLUMNS)
    .select_from(m.AssessmentClaim)
    .join(_CLAIM, _CLAIM.id == m.AssessmentClaim.claim_id)
    .join(m.Assessment, m.Assessment.id == m.AssessmentClaim.assessment_id)
    .join(_SLUG, _SLUG.id == m.Assessment.id)
    .outerjoin(_STUDY, _STUDY.id == m.Assessment.study_id)
    .order_by(_CLAIM.slug, m.Assessment.year.desc(), _SLUG.slug)
)
_OF_ONE_CLAIM = _BY_CLAIM.where(_CLAIM.type == "claim", _CLAIM.slug == bindparam("claim"))
_ESTIMATES = select(
    m.AssessmentEstimate.assessment_id,
    m.AssessmentEstimate.outcome,
    m.AssessmentEstimate.metric,
    m.AssessmentEstimate.value,
    m.AssessmentEstimate.lower,
    m.AssessmentEstimate.upper,
    m.AssessmentEstimate.certainty,
    m.AssessmentEstimate.favours,
).order_by(m.AssessmentEstimate.assessment_id, m.AssessmentEstimate.position)
_OF_SOME = _ESTIMATES.where(
    m.AssessmentEstimate.assessment_id.in_(bindparam("ids", expanding=True))
)


@dataclass(frozen=True)
class PublishedEstimate:
    """A pooled estimate as an assessment prints it; ratios are no logarithms.

    `favours` is what the estimate is in favour of, as printed, such as ketamine.
    """

    outcome: str
    metric: Metric
    value: float | None
    lower: float | None
    upper: float | None
    certainty: Certainty | None
    favours: str | None


@dataclass(frozen=True)
class ClaimAssessment:
    """What one body concluded on a claim.

    Args:
        claim: Slug of the claim.
        study: Slug of the document, if it is a study.
        direction: Direction relative to the claim; None if the body does not say.
        certainty: Certainty as the body rates it; None if it does not.
    """

    slug: str
    claim: str
    body: str
    kind: AssessmentKind
    year: int | None
    direction: Direction | None
    certainty: Certainty | None
    study: str | None
    estimates: tuple[PublishedEstimate, ...] = ()


def read_assessments(session: ReadSession, claim: str) -> list[ClaimAssessment]:
    """Return the assessments of one claim with their estimates, the newest first."""
    rows = list(session.execute(_OF_ONE_CLAIM, {"claim": claim}))
    if not rows:
        return []
    return _assessments(rows, session.execute(_OF_SOME, {"ids": [row.id for row in rows]}))


def read_all_assessments(session: ReadSession) -> list[ClaimAssessment]:
    """Return the assessments of all claims with their estimates, by claim, the newest first."""
    return _assessments(list(session.execute(_BY_CLAIM)), session.execute(_ESTIMATES))


def _assessments(rows: Sequence[Any], estimate_rows: Iterable[Any]) -> list[ClaimAssessment]:
    estimates: dict[int, list[PublishedEstimate]] = defaultdict(list)
    for key, *figures in estimate_rows:
        estimates[key].append(PublishedEstimate(*figures))
    return [_assessment(row, estimates[row.id]) for row in rows]


def _assessment(row: Any, estimates: Sequence[PublishedEstimate] = ()) -> ClaimAssessment:
    return ClaimAssessment(
        slug=row.slug,
        claim=row.claim,
        body=row.body,
        kind=row.kind,
        year=row.year,
        direction=row.direction,
        certainty=row.certainty,
        study=row.study,
        estimates=tuple(estimates),
    )

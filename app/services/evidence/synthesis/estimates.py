"""Effect estimates that may answer a claim, in the form that the rule takes."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Boolean, bindparam, or_, select, union
from sqlalchemy.orm import aliased

from app import models as m
from app.domain.synthesis.facts import EstimateFacts, NoteDirectness, StudyFacts
from app.domain.synthesis.questions import QuestionFacts
from app.kit.sessions import ReadSession

_ESTIMATE, _NOTE, _COMPOUND, _INDICATION, _RECORD = (aliased(m.Record) for _ in range(5))
#: Columns of an estimate that `EstimateFacts` has under the same names.
_FIGURES = (
    m.Estimate.metric,
    m.Estimate.value,
    m.Estimate.standard_error,
    m.Estimate.comparator_kind,
    m.Estimate.regimen,
    m.Estimate.instrument,
    m.Estimate.derivation,
    m.Estimate.participants,
    m.Estimate.n_intervention,
    m.Estimate.n_comparator,
    m.Estimate.events_intervention,
    m.Estimate.events_comparator,
    m.Estimate.sd_intervention,
    m.Estimate.sd_comparator,
    m.Estimate.route,
    m.Estimate.intervention,
    m.Estimate.comparator,
    m.Estimate.time_hours,
    m.Estimate.masking,
    m.Estimate.subgroup,
    m.Estimate.shared_control,
    m.Estimate.analysis,
    m.Estimate.role,
    m.Estimate.discrepancy,
)
_FIGURE_NAMES = [column.key for column in _FIGURES]


def has_estimates(session: ReadSession) -> bool:
    """Return whether the store holds any effect estimate; releases before them have none."""
    return session.execute(select(m.Estimate.id).limit(1)).first() is not None


_FINDING, _BEARS = aliased(m.Finding), aliased(m.EstimateClaim)
_CLAIM: Any = bindparam("claim")
_OF_COMPOUNDS = select(_RECORD.id).where(
    _RECORD.type == "compound", _RECORD.slug.in_(bindparam("compounds", expanding=True))
)
_OF_POPULATION = (
    select(m.StudyIndication.study_id)
    .join(_INDICATION, _INDICATION.id == m.StudyIndication.indication_id)
    .where(
        _INDICATION.type == "indication",
        _INDICATION.slug.in_(bindparam("population", expanding=True)),
    )
)
#: Estimates that bear on a claim, and those of the compounds, outcomes and population of its
#: question. Of another population are those of notes on the claim: indirect evidence.
_CANDIDATES = union(
    select(m.EstimateClaim.estimate_id).where(m.EstimateClaim.claim_id == _CLAIM),
    select(m.Estimate.id).where(
        m.Estimate.compound_id.in_(_OF_COMPOUNDS),
        m.Estimate.outcome_domain.in_(bindparam("outcomes", expanding=True)),
        or_(
            bindparam("any_population", type_=Boolean).is_(True),
            m.Estimate.study_id.in_(_OF_POPULATION),
            m.Estimate.evidence_id.in_(
                select(m.Finding.evidence_id).where(m.Finding.claim_id == _CLAIM)
            ),
        ),
    ),
)
_ESTIMATES = (
    select(
        _ESTIMATE.slug,
        _NOTE.slug.label("evidence"),
        _COMPOUND.slug.label("compound"),
        m.Estimate.study_id,
        m.Estimate.outcome_domain.label("outcome"),
        m.Estimate.design,
        _FINDING.id.label("finding_id"),
        _FINDING.population_directness,
        _FINDING.compound_directness,
        _FINDING.outcome_directness,
        _BEARS.id.label("bears_id"),
        *_FIGURES,
    )
    .select_from(m.Estimate)
    .join(_ESTIMATE, _ESTIMATE.id == m.Estimate.id)
    .join(_NOTE, _NOTE.id == m.Estimate.evidence_id)
    .outerjoin(_COMPOUND, _COMPOUND.id == m.Estimate.compound_id)
    .outerjoin(
        _FINDING, (_FINDING.evidence_id == m.Estimate.evidence_id) & (_FINDING.claim_id == _CLAIM)
    )
    .outerjoin(_BEARS, (_BEARS.estimate_id == m.Estimate.id) & (_BEARS.claim_id == _CLAIM))
    .where(m.Estimate.id.in_(_CANDIDATES))
    .order_by(_ESTIMATE.slug)
)


def estimate_rows(session: ReadSession, claim: int, question: QuestionFacts) -> list[Any]:
    """Return the rows of the estimates that may answer a claim, ordered by slug."""
    parameters = {
        "claim": claim,
        "compounds": sorted(question.compounds),
        "outcomes": list(question.outcomes),
        "population": sorted(question.population),
        "any_population": not question.population,
    }
    return list(session.execute(_ESTIMATES, parameters).all())


def estimate_facts(rows: Iterable[Any], studies: dict[int, StudyFacts]) -> list[EstimateFacts]:
    """Return the estimates of some rows, with their studies."""
    facts = []
    # By position: reading the figures by name would take as long as all the rest.
    for (
        slug,
        evidence,
        compound,
        study_id,
        outcome,
        design,
        finding_id,
        population_directness,
        compound_directness,
        outcome_directness,
        bears_id,
        *figures,
    ) in rows:
        directness = None
        if finding_id is not None:
            directness = NoteDirectness(
                population_directness, compound_directness, outcome_directness
            )
        facts.append(
            EstimateFacts(
                slug=slug,
                evidence=evidence,
                study=studies[study_id],
                outcome=outcome,
                compound=compound,
                directness=directness,
                bears_on_claim=bears_id is not None,
                design=design or studies[study_id].design,
                **dict(zip(_FIGURE_NAMES, figures, strict=True)),
            )
        )
    return facts

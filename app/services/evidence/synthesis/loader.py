"""Everything that the verdict on one claim is computed from, read in a few statements."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import aliased

from app import models as m
from app.domain.synthesis.questions import QuestionFacts
from app.domain.verdicts.facts import RegulatoryActFacts, RuleInput
from app.domain.vocabulary import Certainty, ClaimKind, QuestionRelation, VerdictKind
from app.kit.sessions import ReadSession
from app.services.evidence.synthesis.acts import recorded_acts
from app.services.evidence.synthesis.assessments import ClaimAssessment, read_assessments
from app.services.evidence.synthesis.estimates import estimate_facts, estimate_rows
from app.services.evidence.synthesis.findings import (
    finding_facts,
    finding_rows,
    regulatory_act_facts,
)
from app.services.evidence.synthesis.questions import question_facts, with_narrower
from app.services.evidence.synthesis.studies import read_studies

_CLAIM = (
    select(
        m.Claim.id,
        m.Record.name,
        m.Claim.statement,
        m.Claim.title_question,
        m.Claim.kind,
        m.Claim.quantifier,
        m.Claim.subject_type,
        m.Claim.background,
        m.Claim.question,
        m.Claim.searched_to,
        m.Claim.reviewed_on,
        m.Verdict.verdict,
        m.Verdict.certainty,
        m.Verdict.rule_version,
    )
    .join(m.Record, m.Record.id == m.Claim.id)
    .join(m.Verdict, m.Verdict.claim_id == m.Claim.id)
    .where(m.Record.type == "claim", m.Record.slug == bindparam("slug"))
)
_COMPOUND, _INDICATION = aliased(m.Record), aliased(m.Record)
_HAS_NOTE = select(m.Evidence.id).where(m.Evidence.study_id == m.Study.id).exists()
#: Studies of a compound and an indication without a note, or with results that are not published.
_OTHER_STUDIES = (
    select(m.Study.id)
    .join(m.StudyCompound, m.StudyCompound.study_id == m.Study.id)
    .join(_COMPOUND, _COMPOUND.id == m.StudyCompound.compound_id)
    .join(m.StudyIndication, m.StudyIndication.study_id == m.Study.id)
    .join(_INDICATION, _INDICATION.id == m.StudyIndication.indication_id)
    .where(
        _COMPOUND.type == "compound",
        _COMPOUND.slug.in_(bindparam("compounds", expanding=True)),
        _INDICATION.type == "indication",
        _INDICATION.slug.in_(bindparam("population", expanding=True)),
        or_(~_HAS_NOTE, m.Study.results_expected.is_(True)),
    )
    .distinct()
    .order_by(m.Study.id)
)


@dataclass(frozen=True)
class StoredVerdict:
    """The verdict of the rule of points, as stored with the claim."""

    verdict: VerdictKind
    certainty: Certainty | None
    rule_version: str


@dataclass(frozen=True)
class SynthesisFacts:
    """A claim with all that may answer it.

    Args:
        question_fields: `question` of the record.
        searched_to: Last day on which evidence was looked for; None if not recorded.
        reviewed_on: Day of the last review by an editor; None if not recorded.
        evidence: What the rule judges.
        assessments: What other bodies concluded, the newest first.
        stored: Verdict of the record.
    """

    slug: str
    name: str
    statement: str
    title_question: str | None
    question_fields: Mapping[str, Any] | None
    searched_to: str | None
    reviewed_on: str | None
    evidence: RuleInput
    assessments: list[ClaimAssessment]
    stored: StoredVerdict


def read_synthesis_facts(session: ReadSession, slug: str) -> SynthesisFacts | None:
    """Return the facts of a claim; None if there is no such claim."""
    claim = session.execute(_CLAIM, {"slug": slug}).first()
    if claim is None:
        return None
    question, estimates, others = None, [], []
    acts: list[RegulatoryActFacts] = []
    findings = finding_rows(session, claim.id)
    assessments = read_assessments(session, slug)
    if claim.question is not None:
        population = with_narrower(session, claim.question["population"])
        question = question_facts(claim.question, population)
        estimates = estimate_rows(session, claim.id, question)
        others = _other_studies(session, question)
        if question.relation is QuestionRelation.REGULATORY_STATUS:
            acts = recorded_acts(session, claim.question, population)
    if claim.kind is ClaimKind.REGULATORY:
        acts += regulatory_act_facts(findings)
    studies = read_studies(session, {row.study_id for row in (*estimates, *findings)} | set(others))
    return SynthesisFacts(
        slug=slug,
        name=claim.name,
        statement=claim.statement,
        title_question=claim.title_question,
        question_fields=claim.question,
        searched_to=claim.searched_to,
        reviewed_on=claim.reviewed_on,
        evidence=RuleInput(
            kind=claim.kind,
            background=claim.background,
            quantifier=claim.quantifier,
            question=question,
            estimates=tuple(estimate_facts(estimates, studies)),
            findings=tuple(finding_facts(findings, studies)),
            acts=tuple(acts),
            jurisdictions=tuple((claim.question or {}).get("jurisdictions") or ()),
            expected_studies=tuple(studies[key] for key in others if studies[key].results_expected),
            has_unread_study=any(not studies[key].results_expected for key in others),
            certainty_of_syntheses=tuple(
                (assessment.study, assessment.certainty)
                for assessment in assessments
                if assessment.study is not None and assessment.certainty is not None
            ),
            about_compound=claim.subject_type == "compound",
        ),
        assessments=assessments,
        stored=StoredVerdict(claim.verdict, claim.certainty, claim.rule_version),
    )


def _other_studies(session: ReadSession, question: QuestionFacts) -> list[int]:
    """Return studies that the question is about and whose results are not entered, by id."""
    parameters = {
        "compounds": sorted(question.compounds),
        "population": sorted(question.population),
    }
    return list(session.execute(_OTHER_STUDIES, parameters).scalars())

"""Everything that the verdict on one claim is computed from, read in a few statements."""

from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import bindparam, false, select, true, union_all
from sqlalchemy.orm import aliased

from app import models as m
from app.domain.synthesis.facts import StudyFacts
from app.domain.synthesis.questions import QuestionFacts
from app.domain.verdicts.claim_verdict import ClaimVerdict, claim_verdict
from app.domain.verdicts.conflicts import ClaimNote
from app.domain.verdicts.facts import ClaimEvidence, FindingFacts, RegulatoryActFacts
from app.domain.vocabulary import Absence, Certainty, ClaimKind, QuestionRelation, VerdictKind
from app.kit.sessions import ReadSession
from app.services.evidence.synthesis.acts import recorded_acts
from app.services.evidence.synthesis.assessments import ClaimAssessment, read_assessments
from app.services.evidence.synthesis.estimates import estimate_facts, estimate_rows
from app.services.evidence.synthesis.findings import (
    dose_of,
    finding_facts,
    finding_rows,
    regulatory_act_facts,
)
from app.services.evidence.synthesis.questions import question_facts, with_narrower
from app.services.evidence.synthesis.studies import read_studies

_CLAIMS = select(
    m.Claim.id,
    m.Record.slug,
    m.Record.name,
    m.Record.source_file,
    m.Record.source_position,
    m.Claim.statement,
    m.Claim.title_question,
    m.Claim.kind,
    m.Claim.quantifier,
    m.Claim.subject_type,
    m.Claim.background,
    m.Claim.absence,
    m.Claim.question,
    m.Claim.override_verdict,
    m.Claim.override_reason,
    m.Claim.searched_to,
    m.Claim.reviewed_on,
).join(m.Record, m.Record.id == m.Claim.id)
_CLAIM = _CLAIMS.where(m.Record.type == "claim", m.Record.slug == bindparam("slug"))
_SOME_CLAIMS = _CLAIMS.where(m.Record.slug.in_(bindparam("slugs", expanding=True)))
_STORED = (
    select(m.Verdict.verdict, m.Verdict.certainty, m.Verdict.rule_version)
    .join(m.Record, m.Record.id == m.Verdict.claim_id)
    .where(m.Record.type == "claim", m.Record.slug == bindparam("slug"))
)
_COMPOUND, _INDICATION = aliased(m.Record), aliased(m.Record)
_HAS_NOTE = select(m.Evidence.id).where(m.Evidence.study_id == m.Study.id).exists()
#: Studies of the compounds of a question in its population.
_STUDIES_OF_QUESTION = (
    select(m.Study.id, m.Record.slug)
    .join(m.Record, m.Record.id == m.Study.id)
    .join(m.StudyCompound, m.StudyCompound.study_id == m.Study.id)
    .join(_COMPOUND, _COMPOUND.id == m.StudyCompound.compound_id)
    .join(m.StudyIndication, m.StudyIndication.study_id == m.Study.id)
    .join(_INDICATION, _INDICATION.id == m.StudyIndication.indication_id)
    .where(
        _COMPOUND.type == "compound",
        _COMPOUND.slug.in_(bindparam("compounds", expanding=True)),
        _INDICATION.type == "indication",
        _INDICATION.slug.in_(bindparam("population", expanding=True)),
    )
)
#: Those whose results are published, and not entered.
_UNREAD_STUDIES = _STUDIES_OF_QUESTION.where(~_HAS_NOTE, m.Study.results_expected.is_not(True))
_AN_UNREAD_STUDY = _UNREAD_STUDIES.limit(1).subquery()
#: The studies that are completed and not published, and one that is unread, if there is one.
_OTHER_STUDIES = union_all(
    _STUDIES_OF_QUESTION.where(m.Study.results_expected.is_(True))
    .add_columns(true().label("is_expected"))
    .distinct(),
    select(_AN_UNREAD_STUDY, false()),
)


@dataclass(frozen=True)
class StoredVerdict:
    """The verdict of the record: an editor's, or in a release that of an older rule."""

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
        notes: Its findings, with dose and route.
        assessments: What other bodies concluded, the newest first.
        override: Verdict and reason of an editor, who takes precedence over the rule.
    """

    slug: str
    name: str
    statement: str
    title_question: str | None
    question_fields: Mapping[str, Any] | None
    searched_to: str | None
    reviewed_on: str | None
    evidence: ClaimEvidence
    notes: list[ClaimNote]
    assessments: list[ClaimAssessment]
    override: tuple[VerdictKind, str] | None

    @cached_property
    def default_verdict(self) -> ClaimVerdict:
        """The verdict on all evidence."""
        return claim_verdict(self.evidence, override=self.override)


def read_claims(session: ReadSession, slugs: Sequence[str] | None = None) -> list[Any]:
    """Return the rows of some claims, or of all, from which `read_claim_facts` goes on."""
    if slugs is None:
        return list(session.execute(_CLAIMS))
    return list(session.execute(_SOME_CLAIMS, {"slugs": list(slugs)}))


def read_synthesis_facts(session: ReadSession, slug: str) -> SynthesisFacts | None:
    """Return the facts of a claim; None if there is no such claim."""
    claim = session.execute(_CLAIM, {"slug": slug}).first()
    return None if claim is None else read_claim_facts(session, claim)


def read_stored_verdict(session: ReadSession, slug: str) -> StoredVerdict:
    """Return the verdict of the record of a claim."""
    return StoredVerdict(*session.execute(_STORED, {"slug": slug}).one())


def read_findings(session: ReadSession, slug: str) -> list[FindingFacts] | None:
    """Return the findings on a claim; None if there is no such claim."""
    claim = session.execute(_CLAIM, {"slug": slug}).first()
    if claim is None:
        return None
    rows = finding_rows(session, claim.id)
    return finding_facts(rows, read_studies(session, {row.study_id for row in rows}))


def unread_studies_of(session: ReadSession, question: Mapping[str, Any]) -> list[str]:
    """Return the studies, by slug, that a question is about and whose results are not entered."""
    population = with_narrower(session, question["population"])
    parameters = _study_parameters(question_facts(question, population))
    return sorted({row.slug for row in session.execute(_UNREAD_STUDIES, parameters)})


def read_claim_facts(
    session: ReadSession, claim: Any, known_studies: MutableMapping[int, StudyFacts] | None = None
) -> SynthesisFacts:
    """Return the facts of a claim of `read_claims`.

    Args:
        session: The transaction to read in.
        claim: The row of the claim.
        known_studies: Studies that were read for other claims in the same transaction.
    """
    question, estimates = None, []
    expected: list[int] = []
    has_unread_study = False
    acts: list[RegulatoryActFacts] = []
    findings = finding_rows(session, claim.id)
    assessments = read_assessments(session, claim.slug)
    if claim.question is not None:
        population = with_narrower(session, claim.question["population"])
        question = question_facts(claim.question, population)
        estimates = estimate_rows(session, claim.id, question)
        others = list(session.execute(_OTHER_STUDIES, _study_parameters(question)))
        expected = sorted(row.id for row in others if row.is_expected)
        has_unread_study = len(others) > len(expected)
        if question.relation is QuestionRelation.REGULATORY_STATUS:
            acts = recorded_acts(session, claim.question, population)
    if claim.kind is ClaimKind.REGULATORY:
        acts += regulatory_act_facts(findings)
    study_ids = {row.study_id for row in (*estimates, *findings)}.union(expected)
    studies = read_studies(session, study_ids, known_studies)
    facts = finding_facts(findings, studies)
    override = claim.override_verdict and (claim.override_verdict, claim.override_reason)
    return SynthesisFacts(
        slug=claim.slug,
        name=claim.name,
        statement=claim.statement,
        title_question=claim.title_question,
        question_fields=claim.question,
        searched_to=claim.searched_to,
        reviewed_on=claim.reviewed_on,
        evidence=ClaimEvidence(
            kind=claim.kind,
            background=claim.background,
            quantifier=claim.quantifier,
            question=question,
            estimates=tuple(estimate_facts(estimates, studies)),
            findings=tuple(facts),
            acts=tuple(acts),
            jurisdictions=tuple((claim.question or {}).get("jurisdictions") or ()),
            expected_studies=tuple(studies[key] for key in expected),
            absence=claim.absence or Absence.NOT_SEARCHED,
            has_unread_study=has_unread_study,
            certainty_of_syntheses=tuple(
                (assessment.study, assessment.certainty)
                for assessment in assessments
                if assessment.study is not None and assessment.certainty is not None
            ),
            about_compound=claim.subject_type == "compound",
        ),
        notes=[
            ClaimNote(finding, dose_of(row), row.route)
            for row, finding in zip(findings, facts, strict=True)
        ],
        assessments=assessments,
        override=override,
    )


def _study_parameters(question: QuestionFacts) -> dict[str, list[str]]:
    """Return the parameters of the statements that read the studies of a question."""
    return {"compounds": sorted(question.compounds), "population": sorted(question.population)}

"""Findings on a claim, and acts of regulators, for claims that no estimates are pooled for."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import bindparam, case, func, select
from sqlalchemy.orm import aliased

from app import models as m
from app.domain.synthesis.facts import NoteDirectness, StudyFacts
from app.domain.verdicts.facts import FindingFacts, RegulatoryActFacts
from app.domain.vocabulary import NO_PARTICIPANTS, StudyDesign
from app.kit.sessions import ReadSession
from app.services.evidence.synthesis.acts import DOCUMENT_KINDS

_NOTE, _REFERENCE = aliased(m.Record), aliased(m.Record)
_DESIGN = func.coalesce(m.Evidence.design, m.Study.design)
_FINDINGS = (
    select(
        _NOTE.slug,
        _NOTE.name,
        _REFERENCE.slug.label("reference"),
        m.Evidence.study_id,
        m.Finding.direction,
        m.Finding.population_directness,
        m.Finding.compound_directness,
        m.Finding.outcome_directness,
        m.Finding.causal_test,
        m.Study.species,
        m.Study.jurisdiction,
        m.Study.year,
        m.Reference.kind.label("reference_kind"),
        m.Evidence.tested_um,
        m.Evidence.dose_value,
        m.Evidence.dose_upper_value,
        m.Evidence.dose_unit,
        m.Evidence.route,
        _DESIGN.label("design"),
        func.coalesce(m.Evidence.masking, m.Study.masking).label("masking"),
        case(
            (_DESIGN.in_(NO_PARTICIPANTS), None),
            else_=func.coalesce(m.Evidence.participants, m.Study.n_analysed, m.Study.n_randomised),
        ).label("participants"),
    )
    .select_from(m.Finding)
    .join(m.Evidence, m.Evidence.id == m.Finding.evidence_id)
    .join(m.Study, m.Study.id == m.Evidence.study_id)
    .join(_NOTE, _NOTE.id == m.Evidence.id)
    .join(_REFERENCE, _REFERENCE.id == m.Evidence.reference_id)
    .join(m.Reference, m.Reference.id == m.Evidence.reference_id)
    .where(m.Finding.claim_id == bindparam("claim"))
    .order_by(_NOTE.slug)
)


def finding_rows(session: ReadSession, claim: int) -> list[Any]:
    """Return the rows of the findings on a claim, ordered by the slug of their notes."""
    return list(session.execute(_FINDINGS, {"claim": claim}).all())


def finding_facts(rows: Iterable[Any], studies: dict[int, StudyFacts]) -> list[FindingFacts]:
    """Return the findings of some rows, with their studies."""
    return [
        FindingFacts(
            evidence=row.slug,
            study=studies[row.study_id],
            direction=row.direction,
            design=row.design,
            species=row.species,
            directness=NoteDirectness(
                row.population_directness, row.compound_directness, row.outcome_directness
            ),
            causal_test=row.causal_test,
            masking=row.masking,
            participants=row.participants,
            tested_um=row.tested_um,
        )
        for row in rows
    ]


def dose_of(row: Any) -> tuple[float, float, str] | None:
    """Return the dose of a note: lowest, highest and unit; None if it is not on record."""
    if row.dose_value is None:
        return None
    highest = row.dose_value if row.dose_upper_value is None else row.dose_upper_value
    return row.dose_value, highest, row.dose_unit.value


def regulatory_act_facts(rows: Iterable[Any]) -> list[RegulatoryActFacts]:
    """Return what notes on acts and guidelines say on a claim, by jurisdiction and date.

    What is published by a regulator, or as a label, is the document of the act; anything else is a
    report of it.
    """
    return [
        RegulatoryActFacts(
            slug=row.slug,
            jurisdiction=row.jurisdiction,
            date=None if row.year is None else str(row.year),
            direction=row.direction,
            status=row.name,
            is_act=row.design is StudyDesign.REGULATORY_ACT,
            primary_source=row.reference_kind in DOCUMENT_KINDS,
            reference=row.reference,
        )
        for row in rows
        if row.jurisdiction is not None
    ]

"""The same tables under the ORM, as joined-table inheritance: a record and its noun's own row."""

from typing import Any

from sqlalchemy.ext.associationproxy import association_proxy
from sqlalchemy.orm import DeclarativeBase, relationship

from app import models as m

RECORD, EVIDENCE, FINDING = m.Record.__table__, m.Evidence.__table__, m.Finding.__table__
CLAIM, STUDY, REFERENCE = m.Claim.__table__, m.Study.__table__, m.Reference.__table__


class Base(DeclarativeBase):
    metadata = m.Record.metadata


def own_row(table: Any) -> dict[str, Any]:
    return {"inherit_condition": table.c.id == RECORD.c.id}


def parts(table: Any, parent: Any) -> Any:
    """The rows of a table that belong to a record, in order."""
    entity = type(table.__name__, (Base,), {"__table__": table.__table__})
    column = table.__table__.c[parent]
    return relationship(entity, foreign_keys=column, order_by=table.__table__.c.position)


def to(target: Any, column: Any) -> Any:
    """The record that a column points at."""
    row = RECORD if target == "Record" else column.table.metadata.tables[target.lower()]
    return relationship(target, foreign_keys=column, primaryjoin=column == row.c.id, viewonly=True)


def through(table: Any, parent: str, child: str, target: str) -> Any:
    """Records by way of a table of links."""
    links = table.__table__
    return relationship(
        target,
        secondary=links,
        primaryjoin=RECORD.c.id == links.c[parent],
        secondaryjoin=links.c[child] == RECORD.c.id,
        order_by=(links.c.position, RECORD.c.slug),
        viewonly=True,
    )


class Record(Base):
    __table__ = RECORD
    synonyms = parts(m.Synonym, "record_id")
    xrefs = parts(m.Xref, "record_id")


class Finding(Base):
    __table__ = FINDING
    claim = to("Claim", FINDING.c.claim_id)


class Claim(Record):
    __table__ = CLAIM
    __mapper_args__ = own_row(CLAIM)
    said_by = through(m.Step, "claim_id", "pathway_id", "Record")
    subject = to("Record", CLAIM.c.subject_id)
    object = to("Record", CLAIM.c.object_id)
    region = to("Record", CLAIM.c.region_id)
    indication = to("Record", CLAIM.c.indication_id)
    compound = to("Record", CLAIM.c.compound_id)
    readings = parts(m.Reading, "claim_id")
    assessments = through(m.AssessmentClaim, "claim_id", "assessment_id", "Record")
    statements = through(m.StatementClaim, "claim_id", "statement_id", "Record")
    verdict_row = relationship("Verdict", uselist=False, viewonly=True)
    verdict = association_proxy("verdict_row", "verdict")
    certainty = association_proxy("verdict_row", "certainty")
    size = association_proxy("verdict_row", "size")
    verdict_absence = association_proxy("verdict_row", "absence")
    studies_for = association_proxy("verdict_row", "studies_for")
    studies_against = association_proxy("verdict_row", "studies_against")
    participants_for = association_proxy("verdict_row", "participants_for")
    participants_against = association_proxy("verdict_row", "participants_against")


class Verdict(Base):
    __table__ = m.Verdict.__table__


class Reference(Record):
    __table__ = REFERENCE
    __mapper_args__ = own_row(REFERENCE)
    authors = parts(m.Author, "reference_id")


class RiskOfBias(Base):
    __table__ = m.RiskOfBias.__table__
    reference = to("Reference", m.RiskOfBias.__table__.c.reference_id)


class Study(Record):
    __table__ = STUDY
    __mapper_args__ = own_row(STUDY)
    indications = through(m.StudyIndication, "study_id", "indication_id", "Record")
    compounds = through(m.StudyCompound, "study_id", "compound_id", "Record")
    references = through(m.StudyReference, "study_id", "reference_id", "Reference")
    draws_on = through(m.StudySource, "study_id", "source_id", "Record")
    unit_of = through(m.StudyUnit, "study_id", "unit_id", "Record")
    trials_pooled = through(m.PooledTrial, "study_id", "trial_id", "Record")
    risk_of_bias = relationship("RiskOfBias", order_by=m.RiskOfBias.__table__.c.position)


class Evidence(Record):
    __table__ = EVIDENCE
    __mapper_args__ = own_row(EVIDENCE)
    study = to("Study", EVIDENCE.c.study_id)
    reference = to("Reference", EVIDENCE.c.reference_id)
    compound = to("Record", EVIDENCE.c.compound_id)
    claims = relationship("Finding", order_by=FINDING.c.position)
    effects = parts(m.Effect, "evidence_id")
    arms = parts(m.Arm, "evidence_id")
    estimates = parts(m.Estimate, "evidence_id")
    limitations = parts(m.Limitation, "evidence_id")

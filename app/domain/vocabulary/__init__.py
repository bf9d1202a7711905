"""Closed vocabularies of the field, stored by value.

A value is what clients read and write, with a label and a definition (`/v1/meta`). A new one needs
a line here and a mention in the docs, but no migration: the columns are wide enough.
"""

from app.domain.vocabulary.base import Vocabulary
from app.domain.vocabulary.claims import (
    Absence,
    Audience,
    ClaimKind,
    Predicate,
    Quantifier,
)
from app.domain.vocabulary.evidence import (
    CausalTest,
    CompoundDirectness,
    Direction,
    DoseUnit,
    Metric,
    OutcomeDirectness,
    PopulationDirectness,
    PRelation,
    PrimaryEndpoint,
    Route,
    TimepointAbsence,
    TimeUnit,
)
from app.domain.vocabulary.pharmacology import (
    AffinityAction,
    AffinityParameter,
    AffinityState,
    CompoundKind,
    CompoundRelation,
    ConcentrationUnit,
    OutcomeState,
    ProcessKind,
    ReceptorClass,
    ReceptorKind,
    RegionKind,
    Relation,
    SourceKind,
)
from app.domain.vocabulary.records import (
    Confidence,
    DatePrecision,
    NameField,
    XrefRelation,
)
from app.domain.vocabulary.references import (
    ReferenceKind,
    Retraction,
)
from app.domain.vocabulary.regulation import (
    IndicationKind,
    RegulatoryActType,
    RegulatoryStatus,
)
from app.domain.vocabulary.studies import (
    Blinding,
    Comparator,
    Masking,
    Species,
    StudyDesign,
)
from app.domain.vocabulary.verdicts import (
    Certainty,
    ConflictKind,
    VerdictKind,
)

__all__ = [
    "Absence",
    "AffinityAction",
    "AffinityParameter",
    "AffinityState",
    "Audience",
    "Blinding",
    "CausalTest",
    "Certainty",
    "ClaimKind",
    "Comparator",
    "CompoundDirectness",
    "CompoundKind",
    "CompoundRelation",
    "ConcentrationUnit",
    "Confidence",
    "ConflictKind",
    "DatePrecision",
    "Direction",
    "DoseUnit",
    "IndicationKind",
    "Masking",
    "Metric",
    "NameField",
    "OutcomeDirectness",
    "OutcomeState",
    "PRelation",
    "PopulationDirectness",
    "Predicate",
    "PrimaryEndpoint",
    "ProcessKind",
    "Quantifier",
    "ReceptorClass",
    "ReceptorKind",
    "ReferenceKind",
    "RegionKind",
    "RegulatoryActType",
    "RegulatoryStatus",
    "Relation",
    "Retraction",
    "Route",
    "SourceKind",
    "Species",
    "StudyDesign",
    "TimeUnit",
    "TimepointAbsence",
    "VerdictKind",
    "Vocabulary",
    "XrefRelation",
]

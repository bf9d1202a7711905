"""Closed vocabularies of the field, stored by value.

A value is what clients read and write, with a label and a definition (`/v1/meta`). A new one needs
a line here and a mention in the docs, but no migration: the columns are wide enough.
"""

from app.domain.vocabulary.adverse_effects import (
    AdverseEffectKind,
    AdverseEffectMeasure,
    AdverseEffectUnit,
    Seriousness,
)
from app.domain.vocabulary.assessments import (
    AssessmentKind,
    Recommendation,
)
from app.domain.vocabulary.base import Vocabulary
from app.domain.vocabulary.claims import (
    Absence,
    Audience,
    ClaimKind,
    Predicate,
    Quantifier,
)
from app.domain.vocabulary.estimates import (
    AnalysisSet,
    ArmRole,
    ComparatorKind,
    Derivation,
    EstimateMetric,
    EstimateRegimen,
    EstimateRole,
    Favours,
    LargerIs,
    OutcomeDomain,
    OutcomeKind,
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
from app.domain.vocabulary.interactions import (
    InteractantKind,
    InteractionChange,
    InteractionEvidence,
    InteractionKind,
    InteractionManagement,
    InteractionSeverity,
)
from app.domain.vocabulary.measurements import (
    Dispersion,
    IntervalKind,
    SummaryStatistic,
    ValueRelation,
)
from app.domain.vocabulary.pharmacokinetics import (
    PharmacokineticParameter,
    PharmacokineticUnit,
    SampleMatrix,
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
from app.domain.vocabulary.regimens import (
    RegimenPhase,
    RegimenSource,
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
    "AdverseEffectKind",
    "AdverseEffectMeasure",
    "AdverseEffectUnit",
    "AffinityAction",
    "AffinityParameter",
    "AffinityState",
    "AnalysisSet",
    "ArmRole",
    "AssessmentKind",
    "Audience",
    "Blinding",
    "CausalTest",
    "Certainty",
    "ClaimKind",
    "Comparator",
    "ComparatorKind",
    "CompoundDirectness",
    "CompoundKind",
    "CompoundRelation",
    "ConcentrationUnit",
    "Confidence",
    "ConflictKind",
    "DatePrecision",
    "Derivation",
    "Direction",
    "Dispersion",
    "DoseUnit",
    "EstimateMetric",
    "EstimateRegimen",
    "EstimateRole",
    "Favours",
    "IndicationKind",
    "InteractantKind",
    "InteractionChange",
    "InteractionEvidence",
    "InteractionKind",
    "InteractionManagement",
    "InteractionSeverity",
    "IntervalKind",
    "LargerIs",
    "Masking",
    "Metric",
    "NameField",
    "OutcomeDirectness",
    "OutcomeDomain",
    "OutcomeKind",
    "OutcomeState",
    "PRelation",
    "PharmacokineticParameter",
    "PharmacokineticUnit",
    "PopulationDirectness",
    "Predicate",
    "PrimaryEndpoint",
    "ProcessKind",
    "Quantifier",
    "ReceptorClass",
    "ReceptorKind",
    "Recommendation",
    "ReferenceKind",
    "RegimenPhase",
    "RegimenSource",
    "RegionKind",
    "RegulatoryActType",
    "RegulatoryStatus",
    "Relation",
    "Retraction",
    "Route",
    "SampleMatrix",
    "Seriousness",
    "SourceKind",
    "Species",
    "StudyDesign",
    "SummaryStatistic",
    "TimeUnit",
    "TimepointAbsence",
    "ValueRelation",
    "VerdictKind",
    "Vocabulary",
    "XrefRelation",
]

"""Tables, one file per record type; used everywhere as `from app import models as m`.

A new column also needs a migration, and a field in `app/resources/` if it is public. The stored
JSON documents are then rebuilt at the next start, because their version is a digest of the fields.
"""

from app.kit.database import Base
from app.models.adverse_effect import AdverseEffect, AdverseEffectClaim
from app.models.affinity import Affinity
from app.models.api_key import ApiKey, IdempotentResponse
from app.models.arm import Arm
from app.models.assessment import Assessment, AssessmentClaim, AssessmentEstimate
from app.models.audit_log import Change, Withdrawal
from app.models.claim import Claim, Pathway, Reading, Step
from app.models.compound import Compound, CompoundLink
from app.models.conflict import Conflict, ConflictAgainst, ConflictFor, Moderator
from app.models.dataset import Dataset
from app.models.document import Document
from app.models.estimate import Estimate, EstimateClaim, EstimateIndication
from app.models.evidence import Effect, Evidence, Finding, Limitation
from app.models.facet_count import FacetCount
from app.models.indication import Indication, OutcomeScale
from app.models.interaction import (
    Interaction,
    InteractionClaim,
    InteractionEffect,
    InteractionReceptor,
)
from app.models.pharmacokinetic_value import PharmacokineticEnzyme, PharmacokineticValue
from app.models.process import Process, ProcessReceptor, ProcessRegion
from app.models.proposal import Proposal, ProposalEvent, ProposedChange
from app.models.receptor import Receptor, Subunit
from app.models.record import Record, Synonym, Xref
from app.models.reference import Author, Reference
from app.models.regimen import Regimen, RegimenJurisdiction
from app.models.region import Region
from app.models.regulatory_act import RegulatoryAct
from app.models.search_index import SearchName, SearchTerm, SearchText, SearchWord
from app.models.statement import Statement, StatementClaim
from app.models.studied_claim import StudiedClaim
from app.models.studied_outcome import StudiedOutcome
from app.models.study import (
    PooledTrial,
    RiskOfBias,
    Study,
    StudyCompound,
    StudyIndication,
    StudyReference,
    StudySource,
    StudyUnit,
)
from app.models.timeline_point import TimelinePoint, TimelineTotal
from app.models.verdict import (
    CertaintyLimit,
    CertaintyStep,
    Decisive,
    FiredRule,
    LedgerLine,
    Verdict,
    WouldChange,
)

__all__ = [
    "AdverseEffect",
    "AdverseEffectClaim",
    "Affinity",
    "ApiKey",
    "Arm",
    "Assessment",
    "AssessmentClaim",
    "AssessmentEstimate",
    "Author",
    "Base",
    "CertaintyLimit",
    "CertaintyStep",
    "Change",
    "Claim",
    "Compound",
    "CompoundLink",
    "Conflict",
    "ConflictAgainst",
    "ConflictFor",
    "Dataset",
    "Decisive",
    "Document",
    "Effect",
    "Estimate",
    "EstimateClaim",
    "EstimateIndication",
    "Evidence",
    "FacetCount",
    "Finding",
    "FiredRule",
    "IdempotentResponse",
    "Indication",
    "Interaction",
    "InteractionClaim",
    "InteractionEffect",
    "InteractionReceptor",
    "LedgerLine",
    "Limitation",
    "Moderator",
    "OutcomeScale",
    "Pathway",
    "PharmacokineticEnzyme",
    "PharmacokineticValue",
    "PooledTrial",
    "Process",
    "ProcessReceptor",
    "ProcessRegion",
    "Proposal",
    "ProposalEvent",
    "ProposedChange",
    "Reading",
    "Receptor",
    "Record",
    "Reference",
    "Regimen",
    "RegimenJurisdiction",
    "Region",
    "RegulatoryAct",
    "RiskOfBias",
    "SearchName",
    "SearchTerm",
    "SearchText",
    "SearchWord",
    "Statement",
    "StatementClaim",
    "Step",
    "StudiedClaim",
    "StudiedOutcome",
    "Study",
    "StudyCompound",
    "StudyIndication",
    "StudyReference",
    "StudySource",
    "StudyUnit",
    "Subunit",
    "Synonym",
    "TimelinePoint",
    "TimelineTotal",
    "Verdict",
    "Withdrawal",
    "WouldChange",
    "Xref",
]

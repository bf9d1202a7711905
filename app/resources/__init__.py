"""Public collections: one file per collection, and the registry of all of them.

A collection is registered by its import and its entry in RESOURCES, whose order is that of the
catalogue; a collection of entities by those in `app.resources.entities`.
"""

from enum import StrEnum

from app.kit.registry import ResourceRegistry
from app.resources.adverse_effects import ADVERSE_EFFECTS
from app.resources.affinities import AFFINITIES
from app.resources.arms import ARMS
from app.resources.assessments import ASSESSMENTS
from app.resources.claims import CLAIMS
from app.resources.conflicts import CONFLICTS
from app.resources.effects import EFFECTS
from app.resources.entities import ENTITIES
from app.resources.evidence import EVIDENCE
from app.resources.interactions import INTERACTIONS
from app.resources.pathways import PATHWAYS
from app.resources.pharmacokinetics import PHARMACOKINETICS
from app.resources.references import REFERENCES
from app.resources.regimens import REGIMENS
from app.resources.regulatory_acts import REGULATORY_ACTS
from app.resources.statements import STATEMENTS
from app.resources.studies import STUDIES
from app.resources.verdicts import VERDICTS

RESOURCES = ResourceRegistry(
    [
        *ENTITIES,
        AFFINITIES,
        PATHWAYS,
        CLAIMS,
        VERDICTS,
        CONFLICTS,
        STUDIES,
        EVIDENCE,
        EFFECTS,
        ARMS,
        REFERENCES,
        REGULATORY_ACTS,
        PHARMACOKINETICS,
        INTERACTIONS,
        REGIMENS,
        ADVERSE_EFFECTS,
        ASSESSMENTS,
        STATEMENTS,
    ]
)
_CURATED_FIRST = sorted(RESOURCES.values(), key=lambda resource: resource.derived)
#: The record types, for the schemas of the API: those that curators write first.
RecordType = StrEnum("RecordType", {r.record_type.upper(): r.record_type for r in _CURATED_FIRST})  # type: ignore[misc]
RecordType.__doc__ = "Record types; a slug is unique within its type."
#: The collections, for parameters that choose some of them.
Collection = StrEnum("Collection", {name.upper(): name for name in RESOURCES})  # type: ignore[misc]
Collection.__doc__ = "Collections."

if strays := [r.name for r in RESOURCES.values() if r.graph and r not in ENTITIES]:
    raise TypeError(f"nodes of the graph are registered in app.resources.entities: {strays}")

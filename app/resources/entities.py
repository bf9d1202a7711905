"""Entities: the collections whose records can be subject and object of a claim.

They are the nodes of the graph. An entity collection is registered here instead of in
`app.resources`, and its record type in `ENTITY_TYPES` of `app.models.claim`, from which the CHECK
constraints of claims are made.
"""

from enum import StrEnum

from app.kit.declarations import GraphNode
from app.kit.resource import Resource
from app.models.claim import ENTITY_TYPES
from app.resources.base import Ref, output_field
from app.resources.compounds import COMPOUNDS
from app.resources.indications import INDICATIONS
from app.resources.processes import PROCESSES
from app.resources.receptors import RECEPTORS
from app.resources.regions import REGIONS

ENTITIES: tuple[Resource, ...] = (COMPOUNDS, RECEPTORS, PROCESSES, REGIONS, INDICATIONS)
ENTITY_NAMES = tuple(resource.name for resource in ENTITIES)
#: Any of them, as the target of a reference.
ANY_ENTITY = "|".join(ENTITY_NAMES)
EntityType = StrEnum("EntityType", {r.record_type.upper(): r.record_type for r in ENTITIES})  # type: ignore[misc]
EntityType.__doc__ = "Record types that can be the subject or object of a claim."
#: Record type → how its records are drawn and exported as nodes.
NODES: dict[str, GraphNode] = {r.record_type: r.graph for r in ENTITIES if r.graph is not None}

if set(NODES) != set(ENTITY_TYPES):
    differing = ", ".join(sorted(set(NODES) ^ set(ENTITY_TYPES)))
    raise TypeError(f"entities need `graph` and a place in ENTITY_TYPES of a claim: {differing}")


class EntityRef(Ref):
    """Reference to a record of any entity collection."""

    type: EntityType = output_field(
        "Record type: compound, receptor, process, region or indication."
    )

"""Processes: molecular, cellular, circuit, behavioural and clinical events."""

from typing import Annotated

from pydantic import Field

from app import models as m
from app.domain.vocabulary import ProcessKind
from app.kit.declarations import DatasetFile, GraphNode, NodeShape, SearchFields
from app.kit.field_mapping import Column, ReferenceList
from app.kit.query_types import CommaSeparated, EnumIn, ListQuery, Slugs, Where, WhereRef
from app.kit.resource import Include, Resource
from app.resources.base import CITABLE_FORMATS, RECORD_COLUMNS, RecordBase, Ref, output_field
from app.resources.page_sections import EDGES, ENTITY, ENTITY_CITATIONS, REFERENCED_RECORDS, about


class Process(RecordBase):
    """Process: an event that a mechanism step starts or ends with."""

    kind: Annotated[ProcessKind, Column(m.Process.kind)] = output_field(
        "Level of organisation: molecular, cellular, circuit, behavioural, clinical or adverse."
    )
    regions: Annotated[
        list[Ref],
        ReferenceList(
            m.ProcessRegion.process_id,
            m.ProcessRegion.region_id,
            "regions",
            m.ProcessRegion.position,
        ),
    ] = output_field("Brain regions involved, as far as known.")
    receptors: Annotated[
        list[Ref],
        ReferenceList(
            m.ProcessReceptor.process_id,
            m.ProcessReceptor.receptor_id,
            "receptors",
            m.ProcessReceptor.position,
        ),
    ] = output_field("Proteins involved.")


class ProcessQuery(ListQuery):
    """Filters of the list of processes."""

    kind: Annotated[
        list[ProcessKind], CommaSeparated, Where(EnumIn(m.Process.kind)), Field(max_length=20)
    ] = Field(
        [],
        description="Levels of organisation: molecular, cellular, circuit, behavioural, clinical,"
        " adverse.",
    )
    region: Annotated[
        Slugs, WhereRef("regions", [m.ProcessRegion.region_id], parent=m.ProcessRegion.process_id)
    ] = Field([], description="Regions (any match).")
    receptor: Annotated[
        Slugs,
        WhereRef("receptors", [m.ProcessReceptor.receptor_id], parent=m.ProcessReceptor.process_id),
    ] = Field([], description="Receptors (any match).")


PROCESSES = Resource(
    name="processes",
    record_type="process",
    description="Events that mechanism steps start or end with.",
    key=m.Process.id,
    identity=RECORD_COLUMNS,
    record=Process,
    query=ProcessQuery,
    search=SearchFields(
        number=4,
        lookup_prior=95,
        question_prior=62,
        texts=("kind", "regions", "receptors"),
        suggest_tier=0,
    ),
    dataset=DatasetFile("entities/processes.yaml", section=3),
    graph=GraphNode(
        shape=NodeShape.BOX,
        fill=("#f6f3ea", "#322d1d"),
        category="biolink:BiologicalProcess",
        kind_categories={
            "behavioural": "biolink:Behavior",
            "clinical": "biolink:PhenotypicFeature",
            "adverse": "biolink:PhenotypicFeature",
        },
        prefixes={"go": "GO", "hp": "HP", "mesh": "MESH"},
    ),
    graph_address="/v1/neighbourhood/{key}",
    page=(*EDGES, *about(ENTITY), REFERENCED_RECORDS, ENTITY_CITATIONS),
    example="spine-formation",
    sort=("slug", "name", "kind"),
    formats=CITABLE_FORMATS,
    cites=("claims.evidence.reference",),
    extra_includes={
        "claims": Include(
            "claims",
            [(m.Claim.subject_id, m.Claim.id), (m.Claim.object_id, m.Claim.id)],
        ),
    },
)

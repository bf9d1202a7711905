"""Regions: parts of the brain and the circuits between them."""

from typing import Annotated

from pydantic import Field

from app import models as m
from app.domain.vocabulary import RegionKind
from app.kit.declarations import DatasetFile, GraphNode, NodeShape, SearchFields
from app.kit.field_mapping import Column, SingleReference
from app.kit.query_types import CommaSeparated, EnumIn, ListQuery, Slugs, Where, WhereRef
from app.kit.resource import Include, Resource
from app.resources.base import CITABLE_FORMATS, RECORD_COLUMNS, RecordBase, Ref, output_field
from app.resources.page_sections import EDGES, ENTITY, ENTITY_CITATIONS, about, by_slug, claims_in


class Region(RecordBase):
    """Brain region or circuit."""

    kind: Annotated[RegionKind, Column(m.Region.kind)] = output_field("Kind: region or circuit.")
    parent: Annotated[Ref | None, SingleReference(m.Region.parent_id, "regions")] = output_field(
        "Parent region."
    )
    role: Annotated[str | None, Column(m.Region.role)] = output_field(
        "Role in the mechanism of ketamine."
    )


class RegionQuery(ListQuery):
    """Filters of the list of regions."""

    kind: Annotated[
        list[RegionKind], CommaSeparated, Where(EnumIn(m.Region.kind)), Field(max_length=20)
    ] = Field([], description="Kinds: region, circuit.")
    parent: Annotated[Slugs, WhereRef("regions", [m.Region.parent_id])] = Field(
        [], description="Regions; selects parts of any of them."
    )


REGIONS = Resource(
    name="regions",
    record_type="region",
    description="Brain regions and circuits.",
    key=m.Region.id,
    identity=RECORD_COLUMNS,
    record=Region,
    query=RegionQuery,
    search=SearchFields(
        number=5,
        lookup_prior=95,
        question_prior=50,
        texts=("role", "parent"),
        suggest_tier=0,
    ),
    dataset=DatasetFile("entities/regions.yaml", section=4),
    graph=GraphNode(
        shape=NodeShape.PARALLELOGRAM,
        fill=("#f3ecf8", "#312140"),
        category="biolink:GrossAnatomicalStructure",
        kind_categories={"circuit": "biolink:AnatomicalEntity"},
        prefixes={"uberon": "UBERON", "mesh": "MESH"},
    ),
    graph_address="/v1/neighbourhood/{key}",
    page=(
        claims_in("here", "What happens here", by_slug("region")),
        *EDGES,
        *about(ENTITY),
        ENTITY_CITATIONS,
    ),
    example="lateral-habenula",
    sort=("slug", "name", "kind"),
    part_link=(m.Region.parent_id, m.Region.id),
    formats=CITABLE_FORMATS,
    cites=("claims.evidence.reference",),
    extra_includes={
        "parts": Include("regions", [(m.Region.parent_id, m.Region.id)]),
        "processes": Include(
            "processes", [(m.ProcessRegion.region_id, m.ProcessRegion.process_id)]
        ),
        "claims": Include(
            "claims",
            [
                (m.Claim.subject_id, m.Claim.id),
                (m.Claim.object_id, m.Claim.id),
                (m.Claim.region_id, m.Claim.id),
            ],
        ),
    },
)

"""Indications: conditions treated, their outcome scales and their regulatory status."""

from typing import Annotated

from pydantic import Field

from app import models as m
from app.domain.vocabulary import ClaimKind, IndicationKind, RegulatoryStatus
from app.kit.declarations import DatasetFile, GraphNode, NodeShape, PageSection, SearchFields
from app.kit.field_mapping import Column, ObjectList, ScalarList, SingleReference
from app.kit.query_types import (
    CommaSeparated,
    EnumIn,
    ListQuery,
    Slugs,
    Where,
    WhereRef,
    WhereRelated,
)
from app.kit.resource import Include, Resource
from app.resources.base import CITABLE_FORMATS, RECORD_COLUMNS, RecordBase, Ref, output_field
from app.resources.compounds import CompoundAct
from app.resources.page_sections import (
    EDGES,
    ENTITY,
    ENTITY_CITATIONS,
    about,
    by_key,
    by_slug,
    claims_in,
    studies_without_result,
)


class RegulatoryRecord(CompoundAct):
    """Regulatory act on one compound for this indication."""

    compound: Annotated[Ref, SingleReference(m.RegulatoryAct.compound_id, "compounds")] = (
        output_field("Drug concerned.")
    )


class Indication(RecordBase):
    """Indication: a condition that is treated."""

    kind: Annotated[IndicationKind, Column(m.Indication.kind)] = output_field(
        "Kind of indication: disorder, symptom or procedure."
    )
    parent: Annotated[Ref | None, SingleReference(m.Indication.parent_id, "indications")] = (
        output_field("Broader indication.")
    )
    outcome_scales: Annotated[
        list[str],
        ScalarList(m.OutcomeScale.indication_id, m.OutcomeScale.name, m.OutcomeScale.position),
    ] = output_field("Outcome scales used in trials.")
    regulatory_status: Annotated[
        list[RegulatoryRecord],
        ObjectList(
            m.RegulatoryAct.indication_id, m.RegulatoryAct.position, collection="regulatory-acts"
        ),
    ] = output_field("Regulatory acts by jurisdiction.")


class IndicationQuery(ListQuery):
    """Filters of the list of indications."""

    kind: Annotated[
        list[IndicationKind], CommaSeparated, Where(EnumIn(m.Indication.kind)), Field(max_length=20)
    ] = Field([], description="Kinds of indication: disorder, symptom, procedure.")
    parent: Annotated[Slugs, WhereRef("indications", [m.Indication.parent_id])] = Field(
        [], description="Indications; selects narrower indications of any of them."
    )
    status: Annotated[
        list[RegulatoryStatus],
        CommaSeparated,
        WhereRelated(m.RegulatoryAct.indication_id, EnumIn(m.RegulatoryAct.status)),
        Field(max_length=20),
    ] = Field([], description="Regulatory statuses (any match).")
    regulated_compound: Annotated[
        Slugs,
        WhereRef("compounds", [m.RegulatoryAct.compound_id], parent=m.RegulatoryAct.indication_id),
    ] = Field(
        [], description="Compounds; selects indications with a regulatory act on any of them."
    )


INDICATIONS = Resource(
    name="indications",
    record_type="indication",
    description="Treated conditions with outcome scales and regulatory status.",
    key=m.Indication.id,
    identity=RECORD_COLUMNS,
    record=Indication,
    query=IndicationQuery,
    search=SearchFields(
        number=3,
        lookup_prior=98,
        question_prior=54,
        texts=("outcome_scales", "parent", "regulatory_status.product"),
        suggest_tier=0,
    ),
    dataset=DatasetFile("entities/indications.yaml", section=5),
    graph=GraphNode(
        shape=NodeShape.OCTAGON,
        fill=("#fbe9e7", "#40211e"),
        category="biolink:DiseaseOrPhenotypicFeature",
        kind_categories={
            "disorder": "biolink:Disease",
            "symptom": "biolink:PhenotypicFeature",
            "procedure": "biolink:Procedure",
        },
        prefixes={"mondo": "MONDO", "doid": "DOID", "hp": "HP", "efo": "EFO", "mesh": "MESH"},
    ),
    graph_address="/v1/neighbourhood/{key}",
    page=(
        PageSection("regulatory_acts", field="regulatory_status"),
        claims_in("efficacy", "Efficacy", by_key("entity", kind=[ClaimKind.EFFICACY.value])),
        *about(ENTITY),
        *EDGES,
        studies_without_result(by_slug("indication")),
        ENTITY_CITATIONS,
    ),
    example="treatment-resistant-depression",
    sort=("slug", "name", "kind"),
    part_link=(m.Indication.parent_id, m.Indication.id),
    formats=CITABLE_FORMATS,
    cites=("studies.references", "claims.evidence.reference", "regulatory_references"),
    extra_includes={
        "claims": Include(
            "claims",
            [
                (m.Claim.indication_id, m.Claim.id),
                (m.Claim.subject_id, m.Claim.id),
                (m.Claim.object_id, m.Claim.id),
            ],
        ),
        "acts": Include("regulatory-acts", [(m.RegulatoryAct.indication_id, m.RegulatoryAct.id)]),
        "studies": Include(
            "studies", [(m.StudyIndication.indication_id, m.StudyIndication.study_id)]
        ),
        "regulatory_references": Include(
            "references", [(m.RegulatoryAct.indication_id, m.RegulatoryAct.reference_id)]
        ),
    },
)

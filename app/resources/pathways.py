"""Pathways: ordered sets of causal claims."""

from typing import Annotated

from pydantic import Field

from app import models as m
from app.kit.declarations import DatasetFile, PageSection, SearchFields
from app.kit.field_mapping import Column, ReferenceList
from app.kit.query_types import ListQuery, Slugs, WhereRef
from app.kit.resource import Include, Resource
from app.resources.base import CITABLE_FORMATS, RECORD_COLUMNS, RecordBase, Ref, output_field
from app.resources.page_sections import OWN_CITATIONS, by_slug


class Pathway(RecordBase):
    """Pathway: one route by which ketamine is thought to act."""

    steps: Annotated[
        list[Ref], ReferenceList(m.Step.pathway_id, m.Step.claim_id, "claims", m.Step.position)
    ] = output_field("Causal claims in order.")
    open_question: Annotated[str | None, Column(m.Pathway.open_question)] = output_field(
        "Open question."
    )


class PathwayQuery(ListQuery):
    """Filters of the list of pathways."""

    claim: Annotated[Slugs, WhereRef("claims", [m.Step.claim_id], parent=m.Step.pathway_id)] = (
        Field([], description="Claims; selects pathways that contain any of them as a step.")
    )


PATHWAYS = Resource(
    name="pathways",
    record_type="pathway",
    description="Routes by which ketamine is thought to act, step by step.",
    key=m.Pathway.id,
    identity=RECORD_COLUMNS,
    record=Pathway,
    query=PathwayQuery,
    search=SearchFields(
        number=6,
        lookup_prior=90,
        question_prior=75,
        texts=("open_question", "steps"),
        type_words=("pathway", "pathways"),
        suggest_tier=1,
    ),
    dataset=DatasetFile("pathways.yaml", section=7),
    graph_address="/v1/graph?pathway={slug}",
    page=(
        PageSection("steps"),
        PageSection("verdict_counts", filters=by_slug("pathway")),
        PageSection("evidence_by_side", filters=by_slug("pathway")),
        OWN_CITATIONS,
    ),
    example="nmda",
    formats=CITABLE_FORMATS,
    cites=("claims.evidence.reference",),
    extra_includes={"claims": Include("claims", [(m.Step.pathway_id, m.Step.claim_id)])},
)

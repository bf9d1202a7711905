"""Receptors: protein targets of every class, including transporters, enzymes and ion channels."""

from typing import Annotated

from pydantic import Field

from app import models as m
from app.domain.name_variants import generic_word_variants
from app.domain.vocabulary import ReceptorClass, ReceptorKind
from app.kit.declarations import DatasetFile, GraphNode, NodeShape, PageSection, SearchFields
from app.kit.field_mapping import Column, ReferenceList
from app.kit.query_types import CommaSeparated, EnumIn, ListQuery, Slugs, Text, Where, WhereRef
from app.kit.resource import Include, Resource
from app.resources.base import (
    CITABLE_FORMATS,
    RECORD_COLUMNS,
    RecordBase,
    Ref,
    any_spelling,
    output_field,
)
from app.resources.page_sections import (
    EDGES,
    ENTITY,
    ENTITY_CITATIONS,
    REFERENCED_RECORDS,
    about,
    measured_in,
)


class Receptor(RecordBase):
    """Protein target: a single protein, a protein complex or a protein family."""

    target_class: Annotated[ReceptorClass, Column(m.Receptor.target_class)] = output_field(
        "GtoPdb target class.", alias="class"
    )
    kind: Annotated[ReceptorKind, Column(m.Receptor.kind)] = output_field(
        "Kind of target: protein, complex or family."
    )
    family: Annotated[str | None, Column(m.Receptor.family)] = output_field("GtoPdb target family.")
    hgnc_symbol: Annotated[str | None, Column(m.Receptor.hgnc_symbol)] = output_field(
        "HGNC symbol, if a single gene encodes the target."
    )
    gene_location: Annotated[str | None, Column(m.Receptor.gene_location)] = output_field(
        "Cytogenetic band of the human gene."
    )
    relevance: Annotated[str | None, Column(m.Receptor.relevance)] = output_field(
        "Relevance to ketamine."
    )
    subunits: Annotated[
        list[Ref],
        ReferenceList(m.Subunit.complex_id, m.Subunit.member_id, "receptors", m.Subunit.position),
    ] = output_field("Subunits of a complex, or members of a family.")


AnySymbol = Annotated[Text, any_spelling("hgnc.symbol")]


class ReceptorQuery(ListQuery):
    """Filters of the list of receptors."""

    target_class: Annotated[
        list[ReceptorClass],
        CommaSeparated,
        Where(EnumIn(m.Receptor.target_class)),
        Field(max_length=20),
    ] = Field([], alias="class", description="GtoPdb target classes (any match).")
    kind: Annotated[
        list[ReceptorKind], CommaSeparated, Where(EnumIn(m.Receptor.kind)), Field(max_length=20)
    ] = Field([], description="Kinds of target: single_protein, complex, family.")
    hgnc_symbol: Annotated[
        list[AnySymbol], CommaSeparated, Where(m.Receptor.hgnc_symbol.in_), Field(max_length=500)
    ] = Field([], description="HGNC symbols, for example GRIN2B.")
    subunit: Annotated[
        Slugs, WhereRef("receptors", [m.Subunit.member_id], parent=m.Subunit.complex_id)
    ] = Field([], description="Receptors; selects complexes that contain any of them.")
    bound_by: Annotated[
        Slugs, WhereRef("compounds", [m.Affinity.compound_id], parent=m.Affinity.receptor_id)
    ] = Field([], description="Compounds; selects receptors at which any of them was measured.")


RECEPTORS = Resource(
    name="receptors",
    record_type="receptor",
    description="Receptors, ion channels, transporters, enzymes and signalling proteins.",
    key=m.Receptor.id,
    identity=RECORD_COLUMNS,
    record=Receptor,
    query=ReceptorQuery,
    search=SearchFields(
        number=2,
        lookup_prior=100,
        question_prior=54,
        texts=("family", "relevance", "class"),
        identifiers={"hgnc_symbol": "hgnc.symbol:{}".format},
        suggest_tier=0,
        variants=generic_word_variants(
            ("receptor", "channel", "transporter", "subunit"), implied="receptor"
        ),
    ),
    dataset=DatasetFile("entities/receptors.yaml", section=2),
    graph=GraphNode(
        shape=NodeShape.HEXAGON,
        fill=("#eef6e6", "#22331b"),
        category="biolink:BiologicalEntity",
        kind_categories={
            "single_protein": "biolink:Protein",
            "complex": "biolink:MacromolecularComplex",
            "family": "biolink:ProteinFamily",
        },
        prefixes={
            "uniprot": "UniProtKB",
            "chembl.target": "CHEMBL.TARGET",
            "hgnc": "HGNC",
            "ncbigene": "NCBIGene",
            "ensembl": "ENSEMBL",
        },
    ),
    graph_address="/v1/neighbourhood/{key}",
    page=(
        PageSection("binding_partners"),
        *about(ENTITY),
        *EDGES,
        REFERENCED_RECORDS,
        ENTITY_CITATIONS,
        measured_in("receptor"),
    ),
    example="nmda-receptor",
    sort=("slug", "name", "class", "hgnc_symbol"),
    part_link=(m.Subunit.complex_id, m.Subunit.member_id),
    formats=CITABLE_FORMATS,
    cites=("affinities.reference", "claims.evidence.reference"),
    extra_includes={
        "complexes": Include("receptors", [(m.Subunit.member_id, m.Subunit.complex_id)]),
        "affinities": Include("affinities", [(m.Affinity.receptor_id, m.Affinity.id)]),
        "claims": Include(
            "claims",
            [(m.Claim.subject_id, m.Claim.id), (m.Claim.object_id, m.Claim.id)],
        ),
        "processes": Include(
            "processes", [(m.ProcessReceptor.receptor_id, m.ProcessReceptor.process_id)]
        ),
    },
)

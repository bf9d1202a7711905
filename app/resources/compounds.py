"""Compounds: ketamine, its enantiomers and metabolites, comparators and tool compounds."""

from typing import Annotated

from pydantic import Field

from app import models as m
from app.domain import identifiers
from app.domain.name_variants import chemical_variants
from app.domain.vocabulary import (
    CompoundKind,
    CompoundRelation,
)
from app.kit.declarations import DatasetFile, GraphNode, NodeShape, PageSection, SearchFields
from app.kit.field_mapping import Column, ObjectList, SingleReference
from app.kit.query_types import CommaSeparated, EnumIn, ListQuery, Slugs, Text, Where, WhereRef
from app.kit.resource import Include, Resource
from app.resources.base import (
    CITABLE_FORMATS,
    RECORD_COLUMNS,
    InChIKey,
    OutputModel,
    RecordBase,
    Ref,
    any_spelling,
    in_format,
    output_field,
)
from app.resources.page_sections import (
    EDGES,
    ENTITY,
    ENTITY_CITATIONS,
    about,
    by_slug,
    measured_in,
    studies_without_result,
)
from app.resources.regulatory_acts import ActFields, ActSlug


class CompoundLink(OutputModel):
    """Relation of this compound to another compound."""

    relation: Annotated[CompoundRelation, Column(m.CompoundLink.relation)] = output_field(
        "Relation to the related compound: enantiomer or metabolite."
    )
    compound: Annotated[Ref, SingleReference(m.CompoundLink.other_id, "compounds")] = output_field(
        "Related compound."
    )


class CompoundAct(ActFields, ActSlug):
    """Regulatory act on this compound that names no indication, such as drug scheduling."""


class Compound(RecordBase):
    """Compound."""

    kind: Annotated[CompoundKind, Column(m.Compound.kind)] = output_field("Kind of compound.")
    stereo: Annotated[str | None, Column(m.Compound.stereo)] = output_field(
        "Stereochemistry, for example S."
    )
    smiles: Annotated[str | None, Column(m.Compound.smiles)] = output_field(
        "Structure as a SMILES string."
    )
    inchikey: Annotated[InChIKey | None, Column(m.Compound.inchikey)] = output_field(
        "Standard InChIKey."
    )
    formula: Annotated[str | None, Column(m.Compound.formula)] = output_field("Molecular formula.")
    molecular_mass_g_per_mol: Annotated[
        float | None, Column(m.Compound.molecular_mass_g_per_mol)
    ] = output_field("Molecular mass of the free base, in g/mol.")
    mechanism_class: Annotated[str | None, Column(m.Compound.mechanism_class)] = output_field(
        "Pharmacological class (mechanism of action)."
    )
    controlled_status: Annotated[str | None, Column(m.Compound.controlled_status)] = output_field(
        "Drug control schedule, if confirmed."
    )
    relations: Annotated[
        list[CompoundLink], ObjectList(m.CompoundLink.compound_id, m.CompoundLink.position)
    ] = output_field("Enantiomer and metabolite relations.")
    regulatory_acts: Annotated[
        list[CompoundAct],
        ObjectList(
            m.RegulatoryAct.compound_id,
            m.RegulatoryAct.position,
            lambda: m.RegulatoryAct.indication_id.is_(None),
            collection="regulatory-acts",
        ),
    ] = output_field(
        "Regulatory acts that name no indication; all others are listed with their indication."
    )


AnyInChIKey = Annotated[
    Text, any_spelling("inchikey"), in_format(identifiers.INCHIKEY, "an InChIKey")
]


class CompoundQuery(ListQuery):
    """Filters of the list of compounds."""

    kind: Annotated[
        list[CompoundKind], CommaSeparated, Where(EnumIn(m.Compound.kind)), Field(max_length=20)
    ] = Field(
        [],
        description="Kinds of compound: racemate, enantiomer, metabolite, comparator,"
        " tool_compound.",
    )
    inchikey: Annotated[AnyInChIKey | None, Where(m.Compound.inchikey.__eq__)] = Field(
        None, description="Complete InChIKey."
    )
    binds: Annotated[
        Slugs, WhereRef("receptors", [m.Affinity.receptor_id], parent=m.Affinity.compound_id)
    ] = Field([], description="Receptors; selects compounds measured at any of them.")
    related_to: Annotated[
        Slugs, WhereRef("compounds", [m.CompoundLink.other_id], parent=m.CompoundLink.compound_id)
    ] = Field([], description="Compounds; selects enantiomers and metabolites of any of them.")


COMPOUNDS = Resource(
    name="compounds",
    record_type="compound",
    description="Ketamine, its enantiomers and metabolites, comparators and tool compounds.",
    key=m.Compound.id,
    identity=RECORD_COLUMNS,
    record=Compound,
    query=CompoundQuery,
    search=SearchFields(
        number=1,
        lookup_prior=100,
        question_prior=56,
        texts=(
            "mechanism_class",
            "controlled_status",
            "formula",
            "stereo",
            "regulatory_acts.product",
        ),
        identifiers={"inchikey": "inchikey:{}".format},
        exact_texts=("smiles",),
        suggest_tier=0,
        variants=chemical_variants,
    ),
    dataset=DatasetFile("entities/compounds.yaml", section=1),
    graph=GraphNode(
        shape=NodeShape.PILL,
        fill=("#e8f0fb", "#1d2d44"),
        category="biolink:ChemicalEntity",
        kind_categories={
            "racemate": "biolink:SmallMolecule",
            "enantiomer": "biolink:SmallMolecule",
            "metabolite": "biolink:SmallMolecule",
        },
        prefixes={
            "chebi": "CHEBI",
            "unii": "UNII",
            "pubchem.compound": "PUBCHEM.COMPOUND",
            "chembl.compound": "CHEMBL.COMPOUND",
            "drugbank": "DRUGBANK",
            "cas": "CAS",
        },
    ),
    graph_address="/v1/neighbourhood/{key}",
    page=(
        PageSection("binding_partners"),
        *about(ENTITY),
        *EDGES,
        PageSection("related_compounds"),
        PageSection("regulatory_acts", field="regulatory_acts"),
        studies_without_result(by_slug("compound")),
        ENTITY_CITATIONS,
        measured_in("compound"),
    ),
    example="ketamine",
    sort=("slug", "name", "kind", "molecular_mass_g_per_mol"),
    formats=CITABLE_FORMATS,
    cites=(
        "affinities.reference",
        "evidence.reference",
        "studies.references",
        "claims.evidence.reference",
        "regulatory_references",
    ),
    extra_includes={
        "related": Include("compounds", [(m.CompoundLink.compound_id, m.CompoundLink.other_id)]),
        "acts": Include("regulatory-acts", [(m.RegulatoryAct.compound_id, m.RegulatoryAct.id)]),
        "affinities": Include("affinities", [(m.Affinity.compound_id, m.Affinity.id)]),
        "claims": Include(
            "claims",
            [
                (m.Claim.subject_id, m.Claim.id),
                (m.Claim.object_id, m.Claim.id),
                (m.Claim.compound_id, m.Claim.id),
            ],
        ),
        "studies": Include("studies", [(m.StudyCompound.compound_id, m.StudyCompound.study_id)]),
        "evidence": Include("evidence", [(m.Evidence.compound_id, m.Evidence.id)]),
        "regulatory_references": Include(
            "references", [(m.RegulatoryAct.compound_id, m.RegulatoryAct.reference_id)]
        ),
    },
)
